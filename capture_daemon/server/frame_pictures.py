"""Pictures of the frame for clients: in batches of one frame each, encoded once per distinct request."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from capture_daemon.common.priority import step_back
from capture_daemon.errors import CaptureDaemonError, SourceError
from capture_daemon.server.control_interface import CapturedFrame, PictureRequest

Result = TypeVar("Result")
_NONE_NOW = "no frame available: try again"

logger = logging.getLogger(__name__)

INTERVAL = 0.2
"""Seconds from one round's beginning to the next at least, 0.05 to 1: five pictures a second, smooth enough to aim
a region by."""
SHARE = 3
"""A pause of SHARE times the encoding time follows each batch, 1 to 10: at most a quarter of one core is used,
however large the frame."""
ROUND_LIMIT = 5.0
"""Seconds for clients to read their picture before the next batch starts without them, 1 to 20."""
HELD = 4
"""Batches whose pictures clients are still reading, 2 to 8: as many as fit into a client's limit of 20 seconds."""
VARIETY = 3
"""Different pictures of one frame, 1 to 8: other requests wait for the next batch. Twelve in memory is the
most that there can be, about 40 MiB of 1080p."""


class PictureBatcher:
    """Hands out what the control route's `frame` answers; every method is called on one event loop. `close` it."""

    def __init__(self, look: Callable[[], Awaitable[CapturedFrame]]) -> None:
        """`look` gives the current frame; what it raises is raised for everybody in the round."""
        self._look = look
        self._next: _Batch | None = None
        self._held: list[_Batch] = []
        self._not_before = 0.0
        # A thread of its own: encoding must not take those that the capture needs.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures", initializer=step_back)
        self._changed = asyncio.Event()
        self._beginnings: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def picture(self, wanted: PictureRequest) -> AsyncIterator[bytes]:
        """The rest of an answer, JSON from `"png"` to the closing brace, of a frame taken after this was called.

        It is kept in memory for as long as somebody is in here. Raises what the frame or its encoding raises.
        """
        chosen = await self._join(wanted)
        try:
            await asyncio.shield(chosen.seen)
            yield await asyncio.shield(chosen.made[wanted])
        finally:
            chosen.people -= 1
            if not chosen.people:
                chosen.made.clear()
            self._changed.set()

    async def close(self) -> None:
        """Start no more batches; a running encoding ends on its own, within a second."""
        tasks = list(self._beginnings)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _join(self, wanted: PictureRequest) -> _Batch:
        while True:
            if self._next is None:
                self._next = _Batch()
                beginning = asyncio.create_task(self._begin(self._next))
                self._beginnings.add(beginning)
                beginning.add_done_callback(self._beginnings.discard)
            chosen = self._next
            if wanted in chosen.made or len(chosen.made) < VARIETY:
                chosen.made.setdefault(wanted, asyncio.get_running_loop().create_future())
                chosen.people += 1
                return chosen
            await self._wait(lambda chosen=chosen: self._next is not chosen, None)  # type: ignore[misc]

    async def _begin(self, chosen: _Batch) -> None:
        """Wait for the round's turn, take the frame and make its pictures."""
        loop = asyncio.get_running_loop()
        try:
            await self._wait(lambda: not self._held, ROUND_LIMIT)
            await self._wait(lambda: len(self._held) < HELD, None)
            await asyncio.sleep(self._not_before - loop.time())
            self._next = None
            self._changed.set()
            if not chosen.people:
                return
            self._held.append(chosen)
            self._not_before = loop.time() + INTERVAL
            snapshot = await self._look()
            chosen.seen.set_result(None)
            began = loop.time()
            for wanted, made in list(chosen.made.items()):
                if chosen.people:
                    await self._make(snapshot, wanted, made)
            self._not_before = max(self._not_before, loop.time() + SHARE * (loop.time() - began))
        except CaptureDaemonError as error:
            chosen.fail(error)
        finally:
            if self._next is chosen:
                self._next = None
            chosen.fail(SourceError(_NONE_NOW))
            self._changed.set()

    async def _make(self, snapshot: CapturedFrame, wanted: PictureRequest, made: asyncio.Future[bytes]) -> None:
        loop = asyncio.get_running_loop()
        try:
            made.set_result(await loop.run_in_executor(self._thread, _answer, snapshot, wanted))
        except CaptureDaemonError as error:  # a part outside the frame, above all: raised for those who asked for it
            _fail(made, error)
        except Exception:
            # Others in this round have asked for something else, and get it.
            logger.exception(
                "a picture can't be made because of an unexpected error: please report it with the traceback below"
            )
            _fail(made, SourceError(_NONE_NOW))

    async def _wait(self, condition: Callable[[], bool], limit: float | None) -> None:
        """Wait until something holds, or the limit in seconds has passed."""
        try:
            async with asyncio.timeout(limit):
                while True:
                    self._held = [one for one in self._held if one.people]
                    if condition():
                        return
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return


class _Batch:
    def __init__(self) -> None:
        self.people = 0
        self.seen: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.made: dict[PictureRequest, asyncio.Future[bytes]] = {}

    def fail(self, error: CaptureDaemonError) -> None:
        """Fail everything that is still waited for."""
        _fail(self.seen, error)
        for waiting in self.made.values():
            _fail(waiting, error)


def _fail(waiting: asyncio.Future[Result], error: CaptureDaemonError) -> None:
    if not waiting.done():
        waiting.set_exception(error)
        waiting.exception()  # it is known, also where nobody waits any more


def _answer(snapshot: CapturedFrame, wanted: PictureRequest) -> bytes:
    picture = snapshot.picture(wanted)
    about: dict[str, Any] = {"size": list(picture.size), "regions": picture.regions}
    if wanted.box is not None:
        about["box"] = picture.box
    return b'"%s": "%s", %s' % (wanted.form.encode(), base64.b64encode(picture.data), json.dumps(about).encode()[1:])
