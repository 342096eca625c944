from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
import pytest

from capture_daemon.capture.base import Source, SourceSettings
from capture_daemon.capture.queues import Mailbox
from capture_daemon.errors import LogError, ModelError, SourceDamagedError
from capture_daemon.frames import Box, ColourImage, Frame, Region, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.pipeline import pipeline as pipeline_module
from capture_daemon.pipeline.frame_queue import MOST_WAITING
from capture_daemon.pipeline.pipeline import FINISH_LIMIT, Pipeline
from capture_daemon.pipeline.sink import Observer
from capture_daemon.reading.events import Event, FindText, ReadRows, Said, Steps
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from tests import looking
from tests.server.helpers import until

WAIT = 30.0
SIZE = Size(8, 8)
IMAGE = RowImage.whole(np.zeros((8, 8, 3), np.uint8))
REGIONS = Regions(Region.parse("0,0,8,8"))


class Batches(Source):
    """Hands out its frames in batches, then the end, an error, or nothing more until it is closed."""

    def __init__(
        self, batches: Sequence[Sequence[Frame]], *, live: bool = False, error: Exception | None = None
    ) -> None:
        super().__init__("frames", None, SourceSettings(), lambda state, detail: None)
        self.live = live
        self.closed = asyncio.Event()
        self.waiting = asyncio.Event()
        """Set once there is nothing left to hand out."""
        self.left = [list(batch) for batch in batches]
        self._error = error

    async def open(self) -> Size:
        return SIZE

    async def frames(self) -> list[Frame]:
        await asyncio.sleep(0)
        if self.left and not self.closed.is_set():
            return self.left.pop(0)
        self.waiting.set()
        if self._error is not None:
            raise self._error
        if self.live:
            await self.closed.wait()
        return []

    async def whole(self) -> ColourImage:
        return np.zeros((8, 8, 3), np.uint8)

    async def close(self) -> None:
        self.closed.set()

    @property
    def _handover(self) -> Mailbox[Any]:
        raise NotImplementedError

    def _work(self) -> None:
        raise NotImplementedError


def blank(count: int, first: int = 1) -> list[Frame]:
    return [
        Frame(np.zeros((8, 8), np.uint8), number / 30, number, Box(0, 0, 8, 8), SIZE)
        for number in range(first, first + count)
    ]


def numbered(batches: list[int], *, live: bool = False, error: Exception | None = None) -> Batches:
    """Batches of so many blank frames."""
    firsts = [1 + sum(batches[:place]) for place in range(len(batches))]
    return Batches([blank(*both) for both in zip(batches, firsts, strict=True)], live=live, error=error)


class OneRowAFrame(Reader):
    """Looks at each frame, reads one row in it, and says what it hears with the frame's number."""

    def __init__(self) -> None:
        super().__init__(REGIONS)
        self.seen: list[int] = []
        self.ended = False

    def see(self, frame: Frame) -> Steps:
        found = yield FindText(IMAGE.pixels, 1.0)
        texts = yield ReadRows((IMAGE,))
        self.seen.append(frame.sequence)
        if found is not None and texts:
            assert isinstance(texts[0], RowText)
            self._utter(f"{frame.sequence}: {texts[0].text}")

    def end(self) -> Steps:
        texts = yield ReadRows((IMAGE,))
        self.ended = True
        if texts:
            assert isinstance(texts[0], RowText)
            self._utter(f"end: {texts[0].text}")

    def _utter(self, text: str) -> None:
        self.events.append(Said(1, None, None, text, (text,), 1.0, 0.0, 0.0, Box(0, 0, 1, 1)))


class Eyes:
    """A looker that answers one call after another while it is `free`; from call `hangs_at` on it isn't."""

    def __init__(self, delay: float = 0.0, *, hangs_at: int | None = None) -> None:
        self.asked = self.read_rows = 0
        self.free = asyncio.Event()
        self.free.set()
        self._delay = delay
        self._hangs_at = hangs_at
        self._busy = False

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        await self._look()
        return []

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        await self._look()
        self.read_rows += len(rows)
        return [RowText(f"row {self.read_rows}", 1.0)] * len(rows)

    async def _look(self) -> None:
        assert not self._busy
        self.asked += 1
        if self.asked == self._hangs_at:
            self.free.clear()
        self._busy = True
        try:
            await asyncio.sleep(self._delay)
            await self.free.wait()
        finally:
            self._busy = False


class Counter(Observer):
    def __init__(self) -> None:
        self.frames = self.dropped = self.rows = 0

    def saw(self, frames: int, changes: int) -> None:
        self.frames += frames

    def passed_over(self, frames: int) -> None:
        self.dropped += frames

    def gave_up(self, rows: int) -> None:
        self.rows += rows


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(WAIT):
            await test()

    asyncio.run(limited())


class Kept:
    """Takes events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Said)]


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


def test_stopping_closes_the_source_and_says_the_line_in_hand() -> None:
    async def main() -> None:
        kept, reader, source = Kept(), OneRowAFrame(), numbered([1, 1], live=True)
        pipeline = Pipeline(source, reader, Eyes(0.1), kept, live=True)
        running = asyncio.create_task(pipeline.run())
        await asyncio.sleep(0.05)
        pipeline.stop()
        assert await running
        assert source.closed.is_set()
        assert kept.texts == ["1: row 1", "2: row 2", "end: row 3"]

    run(main)


def test_stopping_far_behind_still_reads_the_newest_frame() -> None:
    async def main() -> None:
        kept, observer, eyes, source = Kept(), Counter(), Eyes(), numbered([1] * 40, live=True)
        eyes.free.clear()
        pipeline = Pipeline(source, OneRowAFrame(), eyes, kept, live=True, observer=observer)
        running = asyncio.create_task(pipeline.run())
        await source.waiting.wait()
        pipeline.stop()
        eyes.free.set()
        await running
        assert kept.texts[-2].startswith("40: ")
        assert kept.texts[-1].startswith("end: ")
        assert len(kept.texts) + observer.dropped == 41
        assert len(kept.texts) < 20

    run(main)


@pytest.mark.parametrize("live", [True, False])
def test_stopping_does_not_wait_for_ever_for_an_answer(live: bool, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        kept, observer, reader, eyes = Kept(), Counter(), OneRowAFrame(), Eyes()
        eyes.free.clear()
        pipeline = Pipeline(numbered([32] * 9, live=live), reader, eyes, kept, live=live, observer=observer)
        running = asyncio.create_task(pipeline.run())
        await asyncio.sleep(0.2)
        began = asyncio.get_running_loop().time()
        pipeline.stop()
        await running
        assert FINISH_LIMIT - 0.1 < asyncio.get_running_loop().time() - began < FINISH_LIMIT + 1
        assert reader.ended
        assert not kept.texts
        assert observer.rows == 2  # of the frame in hand, and of the end
        assert eyes.asked == 1

    run(main)
    assert "the last frames could not be read before the end" in caplog.text


def test_stopping_after_the_end_shortens_the_wait_for_an_answer() -> None:
    async def main() -> None:
        eyes = Eyes(hangs_at=7)
        pipeline = Pipeline(numbered([3]), OneRowAFrame(), eyes, Kept(), live=False)
        running = asyncio.create_task(pipeline.run())
        await until(lambda: eyes.asked == 7)
        pipeline.stop()
        await asyncio.wait_for(running, 5)

    run(main)


def test_leaving_sees_what_waits_and_lets_the_source_go_on() -> None:
    async def main() -> None:
        kept, eyes, source = Kept(), Eyes(), numbered([1] * 5, live=True)
        eyes.free.clear()
        pipeline = Pipeline(source, OneRowAFrame(), eyes, kept, live=True)
        running = asyncio.create_task(pipeline.run())
        await source.waiting.wait()
        source.left = [blank(1, 6)]
        pipeline.leave()
        eyes.free.set()
        assert not await running
        assert kept.texts == [*(f"{number}: row {number}" for number in range(1, 6)), "end: row 6"]
        assert not source.closed.is_set()
        assert len(source.left) == 1

    run(main)


def test_leaving_before_anything_came_ends_it() -> None:
    async def main() -> None:
        for live in (True, False):
            source = numbered([], live=True)
            pipeline = Pipeline(source, OneRowAFrame(), Eyes(), Kept(), live=live)
            running = asyncio.create_task(pipeline.run())
            await source.waiting.wait()
            pipeline.leave()
            assert not await running

    run(main)


def test_leaving_gives_up_an_answer_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline_module, "LEAVE_LIMIT", 0.1)

    async def main() -> None:
        reader, eyes = OneRowAFrame(), Eyes()
        eyes.free.clear()
        pipeline = Pipeline(numbered([2], live=True), reader, eyes, Kept(), live=True)
        running = asyncio.create_task(pipeline.run())
        await until(lambda: eyes.asked == 1)
        pipeline.leave()
        assert not await running
        assert reader.ended

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
