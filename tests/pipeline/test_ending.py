"""How a pipeline is stopped, and how it leaves a source to the next one."""

from __future__ import annotations

import asyncio

import pytest

from capture_daemon.pipeline import pipeline as pipeline_module
from capture_daemon.pipeline.pipeline import FINISH_LIMIT, Pipeline
from tests.pipeline.stand_ins import (
    Counter,
    Eyes,
    Kept,
    OneRowAFrame,
    blank,
    numbered,
    run,
)
from tests.server.helpers import until


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
