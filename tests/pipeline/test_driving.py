from __future__ import annotations

import asyncio
import threading
from functools import partial

import numpy as np

from capture_daemon.pipeline.driving import answer_to, drive, through
from capture_daemon.reading.events import Answer, FindText, Request, Said, Steps
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from tests import looking


def test_a_reader_is_driven_through_frames_to_its_end() -> None:
    reader, looker = Reader(looking.REGIONS, ReadingSettings(early=False)), looking.OcrBackend()

    async def main() -> None:
        await drive(through(reader, looking.frames()), partial(answer_to, looker))
        await drive(reader.end(), partial(answer_to, looker))

    asyncio.run(main())
    assert [event.text for event in reader.events if isinstance(event, Said)] == list(looking.TEXTS)
    assert looker.looks >= looker.rows >= 2


def test_steps_are_done_in_a_thread_and_answered_on_the_loop() -> None:
    order: list[str] = []
    loops = threading.current_thread()

    def steps() -> Steps:
        for number in range(2):
            assert threading.current_thread() is not loops
            answer = yield FindText(np.zeros((8, 8, 3), np.uint8), 1.0)
            order.append(f"step {number} got {answer}")

    async def answer(request: Request) -> Answer:
        assert threading.current_thread() is loops
        order.append("asked")
        return None

    async def between() -> None:
        assert threading.current_thread() is loops
        order.append("between")

    asyncio.run(drive(steps(), answer, between))
    assert order == ["between", "asked", "step 0 got None", "between", "asked", "step 1 got None", "between"]


def test_no_frames_are_no_steps() -> None:
    async def main() -> None:
        await drive(through(Reader(looking.REGIONS), []), partial(answer_to, looking.OcrBackend()))

    asyncio.run(main())
