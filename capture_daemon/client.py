"""A client that follows a daemon's feed, reconnects when the connection is lost, and misses no line."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, Generator, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.frames import CloseCode

from capture_daemon.common.backoff import Backoff
from capture_daemon.errors import ConfigurationError
from capture_daemon.pipeline.transcript import Transcript
from capture_daemon.records import Choice, Entry, Gap, Hello, Line, Partial, Record, Status, parse_record
from capture_daemon.server.connect import DaemonConnection, own_token_for
from capture_daemon.server.fetch import fetch_picture

__all__ = [
    "DEFAULT_URL",
    "Choice",
    "Followed",
    "Gap",
    "Line",
    "Partial",
    "Status",
    "Transcript",
    "feed_url",
    "follow",
    "follow_sync",
    "picture",
    "picture_sync",
]

logger = logging.getLogger(__name__)

DEFAULT_URL = "ws://localhost:6677/v1/lines"
FIRST_DELAY = 0.25
LONGEST_DELAY = 15.0
"""Seconds between two attempts."""
OPEN_LIMIT = 5.0
_PATH = "/v1/lines"
_websockets_logger = logging.getLogger(f"{__name__}.websockets")
# At debug level websockets logs headers, and so the token.
_websockets_logger.setLevel(logging.WARNING)

Followed = Line | Choice | Gap | Status | Partial


def feed_url(url: str) -> str:
    """The address of a feed: `localhost:6677` and `ws://localhost:6677` are given the path of `/v1/lines`.

    Raises ConfigurationError if it is no WebSocket address, or has a query.
    """
    try:
        parts = urlsplit(url if "://" in url else f"ws://{url}")
        usable = parts.scheme in ("ws", "wss") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number
        usable = False
    if not usable or parts.query or parts.fragment:
        # A query may contain a token, which must not be printed.
        raise ConfigurationError(f"{url.partition('?')[0]!r} is not the address of a feed: it looks like {DEFAULT_URL}")
    return f"{parts.scheme}://{parts.netloc}{parts.path if parts.path not in ('', '/') else _PATH}"


@dataclass(slots=True)
class _Position:
    """How far a follower has come; `after` is None before the first `hello` of one who wants live lines only."""

    after: int | None
    stream: str | None = None

    def query(self, partials: bool) -> str:
        values = {"after": self.after, "stream": None if self.after is None else self.stream}
        known = {key: str(value) for key, value in values.items() if value is not None}
        return urlencode(known | ({"partials": "1"} if partials else {}))

    def advance(self, record: Record) -> None:
        if isinstance(record, Hello):
            if self.after is None or self.after > record.latest:
                self.after = record.latest
            if self.stream not in (None, record.stream):
                self.after = 0
            self.stream = record.stream
        elif isinstance(record, Entry):
            self.after = record.seq
        elif isinstance(record, Gap) and record.reason not in ("stream", "future"):
            self.after = record.last


async def follow(
    url: str | DaemonConnection,
    after: int | None = None,
    *,
    stream: str | None = None,
    partials: bool = False,
    token: str | None = None,
) -> AsyncGenerator[Followed, None]:
    """Every line and choice past `after` (0: from the beginning; None: from now on), gaps, statuses, and partials.

    A lost connection is reopened, after growing delays, and continues where it was. It never ends on its own.
    A line whose `replaces` is set replaces that line; add every line to a Transcript to keep the valid ones.

    Args:
        url: The feed's address, `ws://HOST:PORT`; or a DaemonConnection, with its own token and certificate.
        after: The number of the last line that is known.
        stream: The stream that `after` belongs to.
        partials: Also yield text that is still being typed.
        token: The daemon's token. The token that a daemon on this machine generates is found without it.

    Yields:
        Lines and choices in order, each once; a Gap for numbers that are not available; statuses; partials.

    Raises:
        ConfigurationError: The address is not usable or the server refuses, so that retrying would not help.

    """
    if not isinstance(url, DaemonConnection):
        # In a thread: the token is in a file, on a drive that may hang.
        url = DaemonConnection(url, await asyncio.to_thread(own_token_for, url) if token is None else token)
    daemon = url
    url = feed_url(daemon.url)
    position = _Position(after, stream)
    backoff = Backoff(FIRST_DELAY, LONGEST_DELAY)
    while True:
        try:
            async with connect(
                f"{url}?{position.query(partials)}",
                compression=None,
                proxy=None,
                additional_headers=None if daemon.token is None else {"Authorization": f"Bearer {daemon.token}"},
                logger=_websockets_logger,
                ssl=(daemon.context or True) if url.startswith("wss:") else None,
                open_timeout=OPEN_LIMIT,
                close_timeout=1,
            ) as connection:
                async for message in connection:
                    for record in _records(message):
                        backoff.reset()
                        position.advance(record)
                        if isinstance(record, Followed):
                            yield record
            logger.info("%s: the daemon stopped, waiting for it to restart", url)
        except InvalidStatus as error:
            _give_up_if_refused(url, error)
            logger.info("%s: %s, trying again", url, error)
        except ssl.SSLCertVerificationError as error:
            raise ConfigurationError(untrusted(url, error)) from error
        except (OSError, TimeoutError, ConnectionClosed, InvalidMessage, InvalidHandshake) as error:
            _give_up_without_token(url, error)
            if backoff.failures == 0:
                reason = str(error) or "it is cut off"
                logger.info("%s: no connection, trying again: %s%s", url, reason, _other_scheme(url, error))
        await asyncio.sleep(backoff.next())


def follow_sync(
    url: str | DaemonConnection,
    after: int | None = None,
    *,
    stream: str | None = None,
    partials: bool = False,
    token: str | None = None,
) -> Generator[Followed, None, None]:
    """What `follow` yields, in a loop without `async`; close the generator to hang up.

    The feed is read only while a record is waited for. A daemon that hangs up on a reader who takes long over one is
    dialled again at the next, and nothing is missed. Not for use where an event loop runs: RuntimeError there.
    """
    if _in_event_loop():
        raise RuntimeError("follow_sync can't be used where an event loop runs: use follow there")
    with asyncio.Runner() as runner:
        records = follow(url, after, stream=stream, partials=partials, token=token)
        try:
            while True:
                # Wrapped, because a task takes a coroutine and `anext` gives something else.
                yield runner.run(_next(records))
        finally:
            runner.run(records.aclose())


async def picture(
    url: str | DaemonConnection, line: Line | Choice | int, *, stream: str | None = None, token: str | None = None
) -> bytes | None:
    """The picture of a line or a choice as a JPEG; None if it is not kept, or no longer.

    Args:
        url: The daemon's address, as for `follow`.
        line: The line or the choice, or its number.
        stream: The stream that a number belongs to; by default the present one.
        token: The daemon's token. The token that a daemon on this machine generates is found without it.

    Raises:
        ConfigurationError: The address is not usable, no daemon answers there, or it refuses.
        CaptureDaemonError: It can't give the picture just now: try again.

    """
    # In a thread: so is everything that `urllib` does, and reading the token.
    return await asyncio.to_thread(picture_sync, url, line, stream=stream, token=token)


def picture_sync(
    url: str | DaemonConnection, line: Line | Choice | int, *, stream: str | None = None, token: str | None = None
) -> bytes | None:
    """What `picture` returns, without `await`."""
    if not isinstance(url, DaemonConnection):
        url = DaemonConnection(url, own_token_for(url) if token is None else token)
    address = urlsplit(feed_url(url.url))
    seq, stream = (line.seq, line.stream) if isinstance(line, Line | Choice) else (line, stream)
    base = f"http{address.scheme.removeprefix('ws')}://{address.netloc}"
    try:
        return fetch_picture(url, base, seq, stream)
    except ssl.SSLCertVerificationError as error:
        raise ConfigurationError(untrusted(url.url, error)) from error


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _next(records: AsyncGenerator[Followed, None]) -> Followed:
    return await anext(records)


def _records(message: str | bytes) -> Iterator[Record]:
    """The record in a message, or nothing if it is of a kind that this client doesn't know yet."""
    try:
        yield parse_record(message)
    except ValueError as error:
        logger.debug("passed over a message: %s", error)


def untrusted(url: str, error: ssl.SSLCertVerificationError) -> str:
    """The error for a daemon whose certificate isn't trusted."""
    return (
        f"{url}: the daemon's certificate isn't trusted: {error.verify_message}: "
        "name a file with it, or with who signed it, in the variable SSL_CERT_FILE"
    )


def _other_scheme(url: str, error: Exception) -> str:
    """A hint if somebody answers who doesn't speak what the address says."""
    if url.startswith("ws:") and isinstance(error, InvalidMessage):
        return ": a daemon with a certificate has an address that begins with wss:"
    if url.startswith("wss:") and isinstance(error, ssl.SSLError | ConnectionResetError | ConnectionAbortedError):
        return ": a daemon without a certificate has an address that begins with ws:"
    return ""


def _give_up_without_token(url: str, error: Exception) -> None:
    """Nothing is sent here that a server could close the connection for, but for a token that wasn't."""
    if isinstance(error, ConnectionClosed) and error.rcvd is not None and error.rcvd.code == CloseCode.POLICY_VIOLATION:
        raise ConfigurationError(f"{url}: the server requires a token (--token-file): {error.rcvd.reason}") from error


def _give_up_if_refused(url: str, error: InvalidStatus) -> None:
    status = error.response.status_code
    if 400 <= status < 500:
        said = bytes(error.response.body or b"").decode("utf-8", "replace").strip()[:200]
        raise ConfigurationError(
            f"{url}: the server refuses with HTTP {status}: {said or 'it gives no reason'}"
        ) from error
