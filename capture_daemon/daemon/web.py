"""The HTTP pages: the viewer, the health check, the metrics, and the picture of a line."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any

from capture_daemon.daemon.metrics import CONTENT_TYPE, Metrics
from capture_daemon.pictures.keeper import PictureKeeper
from capture_daemon.records import Status, StatusState
from capture_daemon.server import viewer
from capture_daemon.server.feed import Feed
from capture_daemon.server.pages import RETRY, Page, text_page

logger = logging.getLogger(__name__)

_OFF = "no pictures are kept: see log.pictures"


async def picture_page(keeper: PictureKeeper, feed: Feed, seq: int, stream: str | None) -> Page:
    """The picture of a line as a page; of the present stream if `stream` is None."""
    if stream in (None, feed.stream) and seq > feed.latest:
        return _none(f"there is no line {seq} yet: the last one is {feed.latest}")
    try:
        picture = await keeper.read(stream or feed.stream, seq)
    except TimeoutError:
        reason = "the disk doesn't respond: try again later"
        return text_page(HTTPStatus.SERVICE_UNAVAILABLE, reason, RETRY)
    except OSError as error:
        logger.warning("%s: can't be read: %s", error.filename, error.strerror)
        return _none(f"the picture of line {seq} can't be read: see the daemon's log")
    if picture is None:
        return _none(f"the picture of line {seq} is not kept, or no longer" if keeper.on else _OFF)
    return Page(HTTPStatus.OK, "image/jpeg", picture)


def _none(reason: str) -> Page:
    return text_page(HTTPStatus.NOT_FOUND, reason, {})


WELL: tuple[StatusState, ...] = ("capturing", "paused")
"""The states in which a part does what it is there for, or has been body not to."""


def health(statuses: Iterable[Status], *, version: str, silence: float | None) -> Page:
    """200 where every part works, else 503. `silence` is the age of the last line in seconds, None before the first.

    A status's `detail` is left out: it may name files, addresses and what a program said.
    """
    states = {status.what: status.state for status in statuses}
    wrong = [f"{what} is {state}" for what, state in states.items() if state not in WELL]
    body: dict[str, Any] = {
        "ok": not wrong,
        "wrong": wrong,
        "states": states,
        "seconds_since_line": None if silence is None else round(silence, 1),
        "version": version,
    }
    status = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
    return Page(status, "application/json", json.dumps(body).encode() + b"\n")


class WebPages:
    """Renders each HTTP page on request."""

    def __init__(
        self,
        metrics: Metrics,
        health: Callable[[], Page],
        picture: Callable[[int, str | None], Awaitable[Page]] | None = None,
    ) -> None:
        """`picture` answers for the picture of a line, by its number and stream."""
        self._metrics = metrics
        self._health = health
        self._picture = picture

    def viewer(self) -> Page:
        """The page at `/`."""
        return viewer.page()

    def health(self) -> Page:
        """The answer at `/healthz`."""
        return self._health()

    def metrics(self) -> Page:
        """The answer at `/metrics`."""
        return Page(HTTPStatus.OK, CONTENT_TYPE, self._metrics.text())

    async def picture(self, seq: int, stream: str | None) -> Page:
        """The answer at `/v1/pictures/SEQ`."""
        if self._picture is None:
            return text_page(HTTPStatus.NOT_FOUND, _OFF, {})
        return await self._picture(seq, stream)
