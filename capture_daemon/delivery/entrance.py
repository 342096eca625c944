"""Who is let in, and to which door: what a handshake's address and headers must be like."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qsl

from capture_daemon.delivery.feed import Cursor

logger = logging.getLogger(__name__)

TEXTHOOKER_PATHS = frozenset({"/", "/api/ws/text/origin"})
LINES_PATH = "/v1/lines"
CONTROL_PATH = "/v1/control"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_LARGEST = 2**53 - 1  # the largest whole number that every reader of JSON can hold
_REMEMBERED = 100
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(:[0-9]{1,5})?")


class Headers(Protocol):
    """What is asked of a request's headers."""

    def get_all(self, key: str) -> list[str]:
        """Every value of a header."""
        ...


class RefusedError(Exception):
    """Why a handshake is refused: an HTTP status and one readable line."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TexthookerDoor:
    """Finished sentences from now on, and nothing else."""


@dataclass(frozen=True, slots=True)
class LinesDoor:
    """Records for programs: past `cursor`, where there is one, then live."""

    cursor: Cursor | None
    partials: bool


@dataclass(frozen=True, slots=True)
class ControlDoor:
    """Requests to the daemon, and an answer to each."""


Door = TexthookerDoor | LinesDoor | ControlDoor


def find_door(target: str) -> Door:
    """The door of a request's target, path and query.

    Raises RefusedError: 404 where there is none, 400 where the query can't be understood.
    """
    path, _, query = target.partition("?")
    if path in TEXTHOOKER_PATHS:
        return TexthookerDoor()
    if path == CONTROL_PATH:
        if query:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "there is nothing to be asked for in the query here")
        return ControlDoor()
    if path != LINES_PATH:
        raise RefusedError(
            HTTPStatus.NOT_FOUND, f"there is nothing here: lines are at {LINES_PATH}, for texthooker pages at /"
        )
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=10)
    except ValueError as error:
        raise RefusedError(
            HTTPStatus.BAD_REQUEST, "the query is not of the form after=SEQ&stream=ID&partials=1"
        ) from error
    values = dict(pairs)
    if len(values) < len(pairs):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the query says the same thing twice")
    if unknown := values.keys() - {"after", "stream", "partials"}:
        names = ", ".join(ascii(name) for name in sorted(unknown))
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"the query has {names}, and may have after, stream and partials")
    return LinesDoor(_cursor(values.get("after"), values.get("stream")), _partials(values.get("partials", "0")))


def _cursor(after: str | None, stream: str | None) -> Cursor | None:
    if stream is not None and (after is None or not stream.isalnum() or not stream.isascii()):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "stream must be the stream's name, and comes with after=SEQ")
    if after is None:
        return None
    if not (after.isascii() and after.isdecimal() and len(after) <= 16 and int(after) <= _LARGEST):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"after must be a line's number or 0, but it is {after[:40]!a}")
    return Cursor(int(after), stream)


def _partials(value: str) -> bool:
    if value not in ("0", "1"):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"partials must be 1 or 0, but it is {value[:40]!a}")
    return value == "1"


class Doorkeeper:
    """Lets in programs, the server's own pages, and pages that the configuration lists, by names the server answers to.

    Without this, any web page that is open in a browser could read along: by dialling a loopback address (its Origin
    gives it away), or by having its own name point to one (the Host gives it away).
    """

    def __init__(
        self, port: int, names: Sequence[str] = (), origins: Sequence[str] = (), *, bound: Sequence[str] = ()
    ) -> None:
        self._listed_names = tuple(names)
        self._listed_origins = tuple(origins)
        self._names = LOOPBACK_NAMES | {_bracketed(name) for name in (*bound, *self._listed_names)}
        self._origins = {origin.lower().rstrip("/") for origin in self._listed_origins} | {
            f"{scheme}://{name}{end}"
            for scheme, usual in (("http", 80), ("https", 443))
            for name in self._names
            for end in ([f":{port}", ""] if port == usual else [f":{port}"])
        }
        self._told: set[tuple[str, str]] = set()

    def check(self, headers: Headers) -> None:
        """Raise RefusedError, 400 or 403, where the headers' Host or Origin is not let in."""
        origins, hosts = headers.get_all("Origin"), headers.get_all("Host")
        if len(origins) > 1 or len(hosts) > 1:
            name = "Origin" if len(origins) > 1 else "Host"
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"the request has more than one {name}")
        host = hosts[0] if hosts else ""
        if _without_port(host) not in self._names:
            self._tell("a client that called this server %s", host, "hosts", self._listed_names)
            raise RefusedError(HTTPStatus.FORBIDDEN, "this server does not answer to that host: see server.hosts")
        if origins and origins[0].lower() not in self._origins:
            self._tell("a page of %s", origins[0], "origins", self._listed_origins)
            raise RefusedError(HTTPStatus.FORBIDDEN, "pages of this origin are not let in: see server.origins")

    def _tell(self, who: str, value: str, key: str, listed: Sequence[str]) -> None:
        """Say once which line lets this one in; a page that is refused tends to try again every second."""
        if not value or (key, value) in self._told or len(self._told) >= _REMEMBERED:
            return
        self._told.add((key, value))
        line = f"{key} = {json.dumps([*listed, value[:200]])}"
        logger.warning(
            f"refused {who}: to let it in, add to the configuration under [server]: %s", ascii(value[:200]), line
        )


def _bracketed(name: str) -> str:
    name = name.lower()
    if name.count(":") == 1:
        name = name.partition(":")[0]
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _without_port(host: str) -> str:
    match = _HOST.fullmatch(host.lower())
    return match[1] if match else ""
