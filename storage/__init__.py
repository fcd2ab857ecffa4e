"""What is remembered: the only importer of SQLAlchemy; SQL stops here."""

from storage.engine.database import Database, Transaction
from storage.engine.failure import Incompatible, Unavailable
from storage.engine.open import open_database
from storage.recording import NewCase, Recorded, record, record_many

__all__ = [
    "Database",
    "Incompatible",
    "NewCase",
    "Recorded",
    "Transaction",
    "Unavailable",
    "open_database",
    "record",
    "record_many",
]
