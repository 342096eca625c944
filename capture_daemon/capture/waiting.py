"""The source while there is none: no known game has a window yet, or none was chosen."""

from __future__ import annotations

import asyncio
import time
from typing import Any, NoReturn

from capture_daemon.capture.base import NOTHING, Source, SourceSettings, StatusCallback
from capture_daemon.capture.queues import Handover
from capture_daemon.errors import SourceError
from capture_daemon.frames import ColourImage, Frame, Regions, Size


class WaitingSource(Source):
    """Gives no frame until it is closed; `say` why."""

    live = True

    def __init__(self, name: str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback) -> None:
        super().__init__(name, regions, settings, on_status)
        self.why = f"{name}: nothing is captured yet"
        self._closed = asyncio.Event()

    @property
    def progress(self) -> float:
        """Now: nothing is done that could hang."""
        return time.monotonic()

    async def open(self, *, may_wait: bool = False) -> Size:
        """Open nothing; returns `NOTHING`."""
        self.say(self.why)
        return NOTHING

    def say(self, why: str) -> None:
        """Report the state `waiting`, with that reason."""
        self.why = why
        if not self._closed.is_set():
            self._on_status("waiting", why)

    async def frames(self) -> list[Frame]:
        """`[]`, once it is closed."""
        await self._closed.wait()
        return []

    async def whole(self) -> ColourImage:
        """Raises SourceError, which says why there is no picture."""
        raise SourceError(self.why)

    async def close(self) -> None:
        """End `frames`; a second call does nothing."""
        self._closed.set()

    @property
    def _handover(self) -> Handover[Any]:
        return self._no_thread()

    def _work(self) -> None:
        self._no_thread()

    def _no_thread(self) -> NoReturn:
        raise AssertionError("it has no thread")
