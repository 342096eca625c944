from __future__ import annotations

import asyncio
import random

import pytest

from capture_daemon.errors import LogError, ModelError, SourceDamagedError
from capture_daemon.pipeline.frame_queue import MOST_WAITING
from capture_daemon.pipeline.pipeline import Pipeline
from capture_daemon.reading.events import Event, Said
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from tests import looking
from tests.pipeline.stand_ins import (
    Batches,
    Counter,
    Eyes,
    Kept,
    OneRowAFrame,
    numbered,
    run,
)
from tests.server.helpers import until


def test_of_a_recording_every_frame_is_seen_and_answered_in_order() -> None:
    async def main() -> None:
        kept, reader, observer = Kept(), OneRowAFrame(), Counter()
        pipeline = Pipeline(numbered([1, 32, 32, 7]), reader, Eyes(), kept, live=False, observer=observer)
        assert await pipeline.run()
        assert kept.texts == [*(f"{number}: row {number}" for number in range(1, 73)), "end: row 73"]
        assert pipeline.began == pytest.approx(1 / 30)
        assert pipeline.position == pytest.approx(72 / 30)
        assert (observer.frames, observer.dropped) == (72, 0)

    run(main)


def test_a_recording_is_not_taken_ahead_of_what_is_read() -> None:
    async def main() -> None:
        eyes, source = Eyes(), numbered([32] * 10)
        eyes.free.clear()
        running = asyncio.create_task(Pipeline(source, OneRowAFrame(), eyes, Kept(), live=False).run())
        await asyncio.sleep(0.2)
        assert len(source.left) == 9
        eyes.free.set()
        await running

    run(main)


@pytest.mark.parametrize("early", [False, True])
def test_how_long_answers_take_changes_nothing(early: bool) -> None:
    frames = looking.frames()

    async def lines(seed: int) -> list[Event]:
        chance = random.Random(seed)
        batches, rest = [], list(frames)
        while rest:
            size = chance.randint(1, 32)
            batches.append(rest[:size])
            rest = rest[size:]
        kept, looker = Kept(), looking.OcrBackend(seed=seed, slowest=0.05 if seed else 0)
        reader = Reader(looking.REGIONS, ReadingSettings(early=early))
        await Pipeline(Batches(batches), reader, looker, kept, live=False).run()
        return kept.events

    async def main() -> None:
        first = await lines(0)
        assert [event.text for event in first if isinstance(event, Said)][-1] == looking.TEXTS[-1]
        for seed in range(1, 6):
            assert await lines(seed) == first

    run(main)


def test_live_frames_that_come_while_an_answer_is_awaited_are_seen_in_order() -> None:
    async def main() -> None:
        kept, eyes, source, reader = Kept(), Eyes(), numbered([1] * 30, live=True), OneRowAFrame()
        eyes.free.clear()
        pipeline = Pipeline(source, reader, eyes, kept, live=True)
        running = asyncio.create_task(pipeline.run())
        await source.waiting.wait()
        await until(lambda: eyes.asked == 1)
        eyes.free.set()
        await until(lambda: len(reader.seen) == 30)
        assert reader.seen == list(range(1, 31))
        pipeline.stop()
        await running

    run(main)


def test_live_what_is_brief_is_read_though_answers_are_slow() -> None:
    async def main() -> None:
        kept = Kept()
        frames = looking.frames(letters_a_second=300, rest=0.3)
        source = Batches([], live=True)
        reader = Reader(looking.REGIONS, ReadingSettings(early=True))
        looker = looking.OcrBackend(slowest=0.3)
        pipeline = Pipeline(source, reader, looker, kept, live=True)
        source.left = [[frame] for frame in frames[:MOST_WAITING]]
        running = asyncio.create_task(pipeline.run())
        await source.waiting.wait()
        await until(lambda: pipeline.position >= frames[MOST_WAITING - 1].time)
        pipeline.stop()
        await running
        assert looking.TEXTS[0] in kept.texts

    run(main)


def test_live_where_too_many_frames_wait_every_second_is_dropped_but_the_first_and_the_last() -> None:
    async def main() -> None:
        observer, eyes, source, reader = Counter(), Eyes(), numbered([1] * 201, live=True), OneRowAFrame()
        eyes.free.clear()
        pipeline = Pipeline(source, reader, eyes, Kept(), live=True, observer=observer)
        running = asyncio.create_task(pipeline.run())
        await source.waiting.wait()
        eyes.free.set()
        await until(lambda: 201 in reader.seen)
        assert len(reader.seen) + observer.dropped == observer.frames == 201
        assert reader.seen == sorted(reader.seen)
        assert reader.seen[0] == 1
        assert MOST_WAITING / 2 < len(reader.seen) < MOST_WAITING + 10
        pipeline.stop()
        await running

    run(main)


def test_damage_is_told_once_everything_before_it_was_said() -> None:
    async def main() -> None:
        kept, error = Kept(), SourceDamagedError("clip.mp4 is cut off")
        pipeline = Pipeline(numbered([3], error=error), OneRowAFrame(), Eyes(0.01), kept, live=False)
        with pytest.raises(SourceDamagedError):
            await pipeline.run()
        assert len(kept.texts) == 4

    run(main)


@pytest.mark.parametrize("live", [True, False])
def test_what_taking_an_event_raises_ends_it(live: bool) -> None:
    async def main() -> None:
        async def refuse(event: Event) -> None:
            raise LogError("the disk is full")

        pipeline = Pipeline(numbered([32] * 30, live=live), OneRowAFrame(), Eyes(), refuse, live=live)
        with pytest.raises(ExceptionGroup) as caught:
            await pipeline.run()
        assert caught.group_contains(LogError)

    run(main)


def test_what_the_looker_raises_ends_it() -> None:
    class Blind(Eyes):
        async def _look(self) -> None:
            raise ModelError("the model is gone")

    async def main() -> None:
        pipeline = Pipeline(numbered([1], live=True), OneRowAFrame(), Blind(), Kept(), live=True)
        with pytest.raises(ExceptionGroup) as caught:
            await pipeline.run()
        assert caught.group_contains(ModelError)

    run(main)


def test_partials_are_wanted_while_somebody_asks_for_them() -> None:
    async def main() -> None:
        wanted = [True]
        reader, source = OneRowAFrame(), numbered([1], live=True)
        pipeline = Pipeline(source, reader, Eyes(), Kept(), live=True, wants_partials=lambda: wanted[0])
        running = asyncio.create_task(pipeline.run())
        await until(lambda: len(reader.seen) > 0)
        assert reader.wants_partials
        wanted[0] = False
        source.closed.set()
        await running

    run(main)
