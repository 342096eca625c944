"""Frames wait in order while the reader is busy; where they become many, or large, some are dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np

from capture_daemon.frames import Box, Frame, GreyImage, Size
from capture_daemon.pipeline.frame_queue import AT_ONCE, MOST_BYTES, MOST_WAITING, FrameQueue
from tests.pipeline.test_pipeline import Batches, Counter

SIZE = Size(8, 8)


def frame(number: int, *, held: int = 100, pixels: GreyImage | None = None) -> Frame:
    picture = np.zeros((8, 8), np.uint8) if pixels is None else pixels
    return Frame(picture, number / 30, number, Box(0, 0, 8, 8), SIZE, held=held)


def taken(frames: list[Frame], *, live: bool = True) -> tuple[list[int], int]:
    """The numbers of the frames that a reader gets which has time only when all have come; how many were dropped."""

    async def main(source: Batches, queue: FrameQueue) -> list[int]:
        numbers: list[int] = []
        async with asyncio.TaskGroup() as group:
            queue.start(group)
            if live:
                await source.waiting.wait()
                await source.close()
            while batch := await queue.get():
                assert not live or len(batch) <= AT_ONCE
                numbers += [one.sequence for one in batch]
        return numbers

    observer = Counter()

    async def limited() -> list[int]:
        source = Batches([[one] for one in frames], live=live)
        async with asyncio.timeout(20):
            return await main(source, FrameQueue(source, observer, live=live))

    return asyncio.run(limited()), observer.dropped


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(20):
            await test()

    asyncio.run(limited())


def test_as_many_as_may_wait_are_kept() -> None:
    assert taken([frame(number) for number in range(MOST_WAITING)]) == (list(range(MOST_WAITING)), 0)


def test_one_more_and_every_second_is_dropped_but_the_last() -> None:
    numbers, dropped = taken([frame(number) for number in range(MOST_WAITING + 1)])
    assert numbers == [*range(0, MOST_WAITING + 1, 2), MOST_WAITING]
    assert dropped == MOST_WAITING + 1 - len(numbers)


def test_however_many_come_the_oldest_and_the_newest_stay() -> None:
    numbers, dropped = taken([frame(number) for number in range(1000)])
    assert numbers[0] == 0
    assert numbers[-10:] == list(range(990, 1000))
    assert len(numbers) <= MOST_WAITING
    assert len(numbers) + dropped == 1000


def test_large_frames_are_fewer() -> None:
    numbers, _ = taken([frame(number, held=MOST_BYTES // 4) for number in range(20)])
    assert 2 <= len(numbers) <= 4
    assert (numbers[0], numbers[-1]) == (0, 19)


def test_a_picture_that_frames_share_counts_once() -> None:
    shared = np.zeros((8, 8), np.uint8)
    numbers, dropped = taken([frame(number, held=MOST_BYTES // 2, pixels=shared) for number in range(30)])
    assert (len(numbers), dropped) == (30, 0)


def test_a_recording_loses_nothing() -> None:
    assert taken([frame(number) for number in range(200)], live=False) == (list(range(200)), 0)


def test_a_screen_on_which_nothing_changes_is_hardly_looked_at() -> None:
    shared = np.zeros((8, 8), np.uint8)
    numbers, dropped = taken([frame(30 * number, pixels=shared) for number in range(10)])
    assert numbers == [0, 30, 60, 90, 120, 150, 180, 210, 240, 270]
    still, _ = taken([frame(3 * number, pixels=shared) for number in range(100)])
    assert len(still) < 40
    assert dropped == 0


def test_closed_before_it_was_started_it_takes_nothing() -> None:
    async def main() -> None:
        source = Batches([[frame(1)]], live=True)
        queue = FrameQueue(source, Counter(), live=True)
        queue.close()
        async with asyncio.TaskGroup() as group:
            queue.start(group)
            assert await queue.get() == []

    run(main)
