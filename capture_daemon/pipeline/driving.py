"""Driving a reader: it works in a thread, and its requests are answered on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from capture_daemon.frames import ColourImage, Frame
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.reading.events import Answer, FindText, Request, Steps
from capture_daemon.reading.several import FrameReader


class OcrBackend(Protocol):
    """Looks at pictures for a reader, as `OcrWorker` does. It limits its own time."""

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        """Where text stands in a picture, in its own pixels; None if it could not be looked at."""
        ...

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """The text in pictures of rows: one answer a row, in order."""
        ...


def through(reader: FrameReader, frames: Iterable[Frame]) -> Steps:
    """The steps of taking in several frames, in order."""
    for frame in frames:
        yield from reader.see(frame)


async def answer_to(ocr: OcrBackend, request: Request) -> Answer:
    """The answer to a reader's request."""
    if isinstance(request, FindText):
        return await ocr.find(request.picture, request.scale)
    return await ocr.read(request.rows)


async def drive(
    steps: Steps,
    answer: Callable[[Request], Awaitable[Answer]],
    after_each: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Go through steps to their end. `after_each` is awaited each time before they go on, and at the end."""
    answered: Answer = None
    while True:
        request = await asyncio.to_thread(go_on, steps, answered)
        if after_each is not None:
            await after_each()
        if request is None:
            return
        answered = await answer(request)


def go_on(steps: Steps, answered: Answer) -> Request | None:
    """Send the answer to the last request, None at first; returns the next request, or None at the end."""
    try:
        return steps.send(answered)
    except StopIteration:
        return None
