"""A delivery room that serves the page, in a thread of its own, so that a test can drive a browser meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from capture_daemon.records import Choice, Line, Partial, Status
from capture_daemon.server import viewer
from capture_daemon.server.control_interface import Controls
from capture_daemon.server.pages import Page
from tests.server.helpers import Room, room

WAIT = 20.0
Result = TypeVar("Result")


class ViewerOnly:
    """The page, and nothing that the page has no use for."""

    def viewer(self) -> Page:
        return viewer.page()

    def health(self) -> Page:
        return Page(HTTPStatus.OK, "application/json", b"{}")

    def metrics(self) -> Page:
        return Page(HTTPStatus.OK, "text/plain", b"")

    async def picture(self, seq: int, stream: str | None) -> Page:
        return Page(HTTPStatus.NOT_FOUND, "text/plain", b"")


class Showing:
    """What happens in the room, said from outside of its thread."""

    def __init__(self, shown: Room, loop: asyncio.AbstractEventLoop) -> None:
        self._room = shown
        self._loop = loop

    @property
    def address(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self._room.port}/"

    @property
    def port(self) -> int:
        """The port, to serve on it again."""
        return self._room.port

    def say(self, *texts: str, **changes: Any) -> list[Line]:
        """Publish lines."""
        return self._call(lambda: self._room.say(*texts, **changes))

    def choose(self, choice: Choice) -> None:
        """Publish what was chosen from a menu."""

        async def publish() -> None:
            await self._room.feed.publish(choice)

        self._call(publish)

    def tell(self, record: Partial | Status) -> None:
        """Hand text still being typed, or a status, to whoever listens."""

        async def hand_on() -> None:
            if isinstance(record, Partial):
                self._room.feed.publish_partial(record)
            else:
                self._room.feed.set_status(record)

        self._call(hand_on)

    def _call(self, work: Callable[[], Awaitable[Result]]) -> Result:
        done: Future[Result] = asyncio.run_coroutine_threadsafe(_awaited(work), self._loop)
        return done.result(WAIT)


async def _awaited(work: Callable[[], Awaitable[Result]]) -> Result:
    return await work()


@contextmanager
def showing(folder: Path, *, controls: Controls | None = None, **settings: Any) -> Iterator[Showing]:
    """A room that serves the page, until the end of the `with`; `settings` are those of `[server]`."""
    begun: Future[Showing] = Future()
    ended = threading.Event()

    async def serve() -> None:
        async with room(folder, controls=controls, pages=ViewerOnly(), **settings) as shown:
            begun.set_result(Showing(shown, asyncio.get_running_loop()))
            await asyncio.to_thread(ended.wait)

    with ThreadPoolExecutor(1, thread_name_prefix="showing") as pool:
        served = pool.submit(asyncio.run, serve())
        either: tuple[Future[Any], Future[Any]] = (begun, served)
        wait(either, WAIT, FIRST_COMPLETED)
        if served.done():
            served.result()
        try:
            yield begun.result(0)
        finally:
            ended.set()
            served.result(WAIT)
