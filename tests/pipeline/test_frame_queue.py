"""Frames wait in order while the reader is busy; where they become many, or large, some are dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from capture_daemon.frames import Box, Frame, GreyImage, Size
from capture_daemon.pipeline.frame_queue import (
    AT_ONCE,
    LOOK_AGAIN,
    MOST_BYTES,
    MOST_WAITING,
    STILL_AFTER,
    FrameGate,
    FrameQueue,
)
from tests.pipeline.stand_ins import Batches, Counter

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


def test_one_more_and_one_is_dropped() -> None:
    numbers, dropped = taken([frame(number) for number in range(MOST_WAITING + 1)])
    assert (numbers[0], numbers[-1]) == (0, MOST_WAITING)
    assert (len(numbers), dropped) == (MOST_WAITING, 1)


def test_those_that_stay_are_spread_over_all_the_time_in_which_they_came() -> None:
    numbers, dropped = taken([frame(number) for number in range(1000)])
    assert (numbers[0], numbers[-1]) == (0, 999)
    assert len(numbers) == 1000 - dropped
    assert max(after - before for before, after in pairwise(numbers)) <= 2 * 1000 / AT_ONCE


def test_a_reader_that_was_held_up_for_long_is_given_fewer_to_catch_up() -> None:
    counts = [len(taken([frame(number) for number in range(30 * seconds)])[0]) for seconds in (3, 6, 12)]
    assert MOST_WAITING == counts[0] > counts[1] > counts[2] >= AT_ONCE


def test_a_clock_put_back_drops_no_more() -> None:
    shown = [replace(frame(number), time=(number % 50) / 30) for number in range(100)]
    numbers, dropped = taken(shown)
    assert (numbers[0], numbers[-1], dropped) == (0, 99, 100 - MOST_WAITING)


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


def test_it_tells_how_far_the_reader_is_behind() -> None:
    async def main() -> None:
        observer = Counter()
        source = Batches([[frame(30 * number)] for number in range(1, 21)], live=True)
        queue = FrameQueue(source, observer, live=True)
        async with asyncio.TaskGroup() as group:
            queue.start(group)
            await source.waiting.wait()
            assert observer.seconds_behind[-1] == 19
            await source.close()
            first = await queue.get()
            assert observer.seconds_behind[-1] == 19
            (next_one, *_) = await queue.get()
            assert observer.seconds_behind[-1] == 20 - next_one.time < 20 - first[-1].time
            while await queue.get():
                pass
        assert observer.seconds_behind[-1] == 0

    run(main)


def test_closed_before_it_was_started_it_takes_nothing() -> None:
    async def main() -> None:
        source = Batches([[frame(1)]], live=True)
        queue = FrameQueue(source, Counter(), live=True)
        queue.close()
        async with asyncio.TaskGroup() as group:
            queue.start(group)
            assert await queue.get() == []

    run(main)


def still_frame(pixels: GreyImage, time: float) -> Frame:
    return Frame(pixels, time, round(time * 10), Box(0, 0, 8, 8), Size(8, 8))


def picture() -> GreyImage:
    return np.zeros((8, 8), np.uint8)


def test_pictures_that_are_not_known_to_be_the_same_are_all_seen() -> None:
    gate = FrameGate()
    for number in range(100):
        one = still_frame(picture(), 100 + number / 10)
        assert gate.select(one) == [one]


def test_a_still_picture_is_seen_for_a_while_and_then_now_and_again() -> None:
    gate, still = FrameGate(), picture()
    seen = [round(number / 10, 1) for number in range(101) if gate.select(still_frame(still, 100 + number / 10))]
    early = [time for time in seen if time < STILL_AFTER]
    assert len(early) == STILL_AFTER * 10
    assert len(seen) - len(early) <= (10 - STILL_AFTER) / LOOK_AGAIN + 1
    assert seen[-1] >= 9


def test_the_last_frame_passed_over_is_seen_before_one_that_is_different() -> None:
    gate, still = FrameGate(), picture()
    frames = [still_frame(still, 100 + number / 10) for number in range(28)]
    for one in frames:
        last = gate.select(one)
    assert last == []
    other = still_frame(picture(), 103.0)
    assert gate.select(other) == [frames[-1], other]
    again = still_frame(other.pixels, 103.1)
    assert gate.select(again) == [again]


def test_a_clock_put_back_does_not_stop_it() -> None:
    gate, still = FrameGate(), picture()
    for number in range(40):
        gate.select(still_frame(still, 100 + number / 10))
    before = still_frame(still, 50.0)
    assert gate.select(before) == [before]


def test_a_still_picture_that_brings_the_whole_one_along_is_seen() -> None:
    gate, still = FrameGate(), picture()
    for number in range(100):
        one = replace(still_frame(still, 100 + number / 10), whole=frame(number))
        assert gate.select(one) == [one]


def test_whole_pictures_are_dropped_before_any_frame_is() -> None:
    shown = [replace(frame(number), whole=frame(number, held=MOST_BYTES // 4)) for number in range(20)]
    numbers, dropped = taken(shown)
    assert (len(numbers), dropped) == (20, 0)
