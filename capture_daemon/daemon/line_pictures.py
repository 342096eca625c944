"""The answer at `/v1/pictures/SEQ`: the picture of a line, or why there is none."""

from __future__ import annotations

import logging
from http import HTTPStatus

from capture_daemon.pictures.keeper import PictureKeeper
from capture_daemon.server.feed import Feed
from capture_daemon.server.pages import RETRY, Page, plain

logger = logging.getLogger(__name__)

OFF = "no pictures are kept: see log.pictures"


async def answer(keeper: PictureKeeper, feed: Feed, seq: int, stream: str | None) -> Page:
    """The picture of a line as a page; of the present stream if `stream` is None."""
    if stream in (None, feed.stream) and seq > feed.latest:
        return _none(f"there is no line {seq} yet: the last one is {feed.latest}")
    try:
        picture = await keeper.read(stream or feed.stream, seq)
    except TimeoutError:
        reason = "the disk doesn't respond: try again later"
        return plain(HTTPStatus.SERVICE_UNAVAILABLE, reason, RETRY)
    except OSError as error:
        logger.warning("%s: can't be read: %s", error.filename, error.strerror)
        return _none(f"the picture of line {seq} can't be read: see the daemon's log")
    if picture is None:
        return _none(f"the picture of line {seq} is not kept, or no longer" if keeper.on else OFF)
    return Page(HTTPStatus.OK, "image/jpeg", picture)


def _none(reason: str) -> Page:
    return plain(HTTPStatus.NOT_FOUND, reason, {})
