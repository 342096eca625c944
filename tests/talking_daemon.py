"""The whole daemon in a process of its own, but for what captures: lines out of nowhere, a few hundred a second.

    python -m tests.talking_daemon run --source screen:1 --config FILE …

takes what `capture-daemon` takes. The log, the feed, the server, signals and reloads are the real ones.
"""

from __future__ import annotations

import asyncio
import random

from capture_daemon import cli
from capture_daemon.daemon import daemon
from capture_daemon.frames import Size
from capture_daemon.linelog.pending import PendingLine
from capture_daemon.pipeline.session import CaptureSession
from capture_daemon.pipeline.sink import Sink
from tests.server.helpers import line

PAUSE = 0.004
"""Seconds between two lines, on average; sometimes several come at once."""


class Talker(CaptureSession):
    """Says lines without looking at anything; rests, and goes by another configuration, as the real one does."""

    async def load(self) -> None:
        """Nothing is loaded."""
        self._status.set_ocr("capturing", None)
        self._loaded.set()

    async def open(self) -> Size:
        """Nothing is opened."""
        self._publisher.lines = self._record_builder()
        return Size(1280, 720)

    async def run(self, sink: Sink) -> None:
        """Talk until it is stopped."""
        self._sink = sink
        self._status.attach(sink)
        number = 0
        last: PendingLine | None = None
        while not self._stopped:
            if self._hold_count:
                self._at_rest.set()
                self._let_go.clear()
                await self._let_go.wait()
                continue
            self._at_rest.clear()
            for _ in range(random.choice((1, 1, 1, 5))):
                number += 1
                text = f"line {number} " + "…" * random.randrange(300)
                last = await sink.write(line(text), last if number % 7 == 0 else None)
            await asyncio.sleep(random.uniform(0, 2 * PAUSE))
        self._at_rest.set()


if __name__ == "__main__":
    setattr(daemon, "CaptureSession", Talker)  # noqa: B010 - a name of the module, and no attribute that it offers
    cli.main()
