"""Doing together what arrives together."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.enforcement.batching import Batcher


class Slow:
    """Doubles numbers, one batch at a time, when it is let."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = asyncio.Event()

    async def __call__(self, batch: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(batch))
        await self.go.wait()
        return [ValueError("odd") if n % 2 else n * 2 for n in batch]


async def test_what_arrives_during_a_batch_makes_up_the_next_one() -> None:
    slow = Slow()
    batcher = Batcher(slow, limit=3)
    tasks = [asyncio.create_task(batcher.submit(n)) for n in range(0, 12, 2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    tasks += [asyncio.create_task(batcher.submit(20))]
    slow.go.set()
    assert await asyncio.gather(*tasks) == [0, 4, 8, 12, 16, 20, 40]
    assert slow.batches == [[0, 2, 4], [6, 8, 10], [20]]


async def test_an_item_that_fails_fails_alone() -> None:
    slow = Slow()
    slow.go.set()
    batcher = Batcher(slow)
    results = await asyncio.gather(*(batcher.submit(n) for n in (2, 3, 4)), return_exceptions=True)
    assert [results[0], results[2]] == [4, 8]
    assert isinstance(results[1], ValueError)


async def test_a_batch_that_breaks_breaks_for_each_and_the_next_goes_on() -> None:
    calls = 0

    async def work(batch: Sequence[int]) -> Sequence[int]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("away")
        return list(batch)

    batcher = Batcher(work)
    with pytest.raises(OSError, match="away"):
        await batcher.submit(1)
    assert await batcher.submit(2) == 2


async def test_one_who_gives_up_does_not_stop_the_others() -> None:
    slow = Slow()
    batcher = Batcher(slow)
    impatient = asyncio.create_task(batcher.submit(2))
    patient = asyncio.create_task(batcher.submit(4))
    await asyncio.sleep(0)
    impatient.cancel()
    slow.go.set()
    assert await patient == 8


async def test_closing_gives_up_what_waits() -> None:
    slow = Slow()
    batcher = Batcher(slow, limit=1)
    tasks = [asyncio.create_task(batcher.submit(n)) for n in (2, 4)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(batcher) == 1
    await batcher.close()
    done, waiting = await asyncio.wait(tasks, timeout=1)
    assert not waiting
    assert all(task.cancelled() for task in done)


async def test_a_batch_that_hangs_does_not_hold_up_the_others_where_several_may_run() -> None:
    slow = Slow()
    batcher = Batcher(slow, at_once=2)
    stuck = asyncio.create_task(batcher.submit(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(batcher.submit(n)) for n in (4, 6)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert slow.batches == [[2], [4, 6]]
    slow.go.set()
    assert await asyncio.gather(stuck, *others) == [4, 8, 12]
