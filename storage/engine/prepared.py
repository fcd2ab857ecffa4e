"""Statements that are compiled once for a database and run past SQLAlchemy's own way of running them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import ClauseElement

from storage.engine.database import Transaction, upsert

Values = Mapping[str, Any]
Row = Sequence[Any]


class Prepared:
    """A statement that lies between a post and its deletion, where each one costs the post time.

    An insert takes a third of the time that `Connection.execute` takes for it. Rows come as the driver has
    them: ask for whole numbers and plain text only.
    """

    def __init__(
        self, statement: Callable[[Transaction], ClauseElement], columns: Iterable[str] = ()
    ) -> None:
        """Take what makes the statement and, where it sets columns, which ones."""
        self._statement = statement
        self._columns = [*columns]
        self._compiled: dict[str, tuple[str, Callable[[Values], list[Any]]]] = {}

    def __call__(self, tx: Transaction, values: Values) -> Row | None:
        """Return the first row, if there is one. Raises what `Connection.execute` raises."""
        return self._run(tx, (values,))

    def many(self, tx: Transaction, rows: Sequence[Values]) -> None:
        """Run the statement for each of some rows. Raises what `Connection.execute` raises."""
        self._run(tx, rows)

    def _run(self, tx: Transaction, rows: Sequence[Values]) -> Row | None:
        sql, parameters = self._compiled.get(tx.dialect.name) or self._compile(tx)
        failure = tx.dialect.loaded_dbapi.Error
        cursor = tx.connection.cursor()
        try:
            if len(rows) > 1:
                cursor.executemany(sql, [*map(parameters, rows)])
                return None
            cursor.execute(sql, parameters(rows[0]))
            return cursor.fetchone() if cursor.description else None
        except failure as error:
            raise DBAPIError.instance(sql, None, error, failure, hide_parameters=True) from error
        finally:
            cursor.close()

    def _compile(self, tx: Transaction) -> tuple[str, Callable[[Values], list[Any]]]:
        dialect = tx.dialect
        compiled: Any = self._statement(tx).compile(dialect=dialect, column_keys=self._columns or None)
        names = compiled.positiontup
        kinds = [compiled.binds[name].type.dialect_impl(dialect) for name in names]
        kept = [(n, keep) for n, kind in enumerate(kinds) if (keep := kind.bind_processor(dialect))]

        def parameters(values: Values) -> list[Any]:
            row = [values[name] for name in names]
            for n, keep in kept:
                row[n] = keep(row[n])
            return row

        self._compiled[dialect.name] = str(compiled), parameters
        return self._compiled[dialect.name]


def insert(table: Table, *, refusable: bool = False, returning: bool = True) -> Prepared:
    """Return an insert of whole rows. Of a table whose rows have ids it returns the new one's, if wanted.

    A `refusable` one returns nothing, and adds nothing, where a row may not stand beside one that is there.
    """
    columns = [column.name for column in table.c if column.name != "id"]

    def statement(tx: Transaction) -> Insert:
        insertion = upsert(tx, table).on_conflict_do_nothing() if refusable else table.insert()
        return insertion.returning(table.c.id) if returning and "id" in table.c else insertion

    return Prepared(statement, columns)
