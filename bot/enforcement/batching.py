"""Do together what arrives together, without making the first one wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """Runs few batches at a time; what is submitted meanwhile makes up the next, `limit` items at most.

    A lone item is run at once, so a batch never costs a quiet moment any delay.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]],
        *,
        limit: int = 100,
        at_once: int = 1,
    ) -> None:
        """Take `run`, which returns a result or an exception for each item, in the order of the items."""
        self._run = run
        self._limit = limit
        self._at_once = at_once
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """Return how many items wait for a batch."""
        return len(self._waiting)

    async def submit(self, item: Item) -> Result:
        """Return what became of `item`. Raises the exception that stands for it, or that its batch raised."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._tasks) < self._at_once:
            self._tasks.add(asyncio.create_task(self._work()))
        return await future

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
                await self._settle(batch)
        finally:
            # Not in a callback, which would come a moment after the next item.
            self._tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _settle(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._run([item for item, _ in batch])
        except asyncio.CancelledError:
            for _, future in batch:
                future.cancel()
            raise
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

    async def close(self) -> None:
        """Stop, giving up what still waits."""
        for task in self._tasks:
            task.cancel()
        for _, future in self._waiting:
            future.cancel()
        self._waiting.clear()
