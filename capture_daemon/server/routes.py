"""The WebSocket routes, and which one a request asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

from capture_daemon.server.feed import Cursor

TEXTHOOKER_PATHS = frozenset({"/", "/api/ws/text/origin"})
LINES_PATH = "/v1/lines"
CONTROL_PATH = "/v1/control"
PICTURES_PATH = "/v1/pictures/"
_LARGEST = 2**53 - 1  # the largest whole number that every reader of JSON can hold
LONGEST_STREAM = 32
"""Characters of a stream's name that is looked for; names have 12."""


class RequestRefusedError(Exception):
    """Why a request is refused: an HTTP status, one readable line, and headers that belong to it."""

    def __init__(self, status: HTTPStatus, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class TexthookerRoute:
    """Finished sentences from now on; pages that can't send headers put the token into the query."""

    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LinesRoute:
    """Records for programs: past `cursor`, if there is one, then live."""

    cursor: Cursor | None
    partials: bool


@dataclass(frozen=True, slots=True)
class ControlRoute:
    """Requests to the daemon, and an answer to each."""


@dataclass(frozen=True, slots=True)
class PictureRoute:
    """The picture of a line, by plain HTTP; `stream` is the present one if it is None."""

    seq: int
    stream: str | None


Route = TexthookerRoute | LinesRoute | ControlRoute


def find_route(target: str) -> Route:
    """The route of a request's target, path and query.

    Raises RequestRefusedError: 404 if there is none, 400 if the query can't be understood.
    """
    path, _, query = target.partition("?")
    if path in TEXTHOOKER_PATHS:
        return TexthookerRoute(_token(query))
    if path == CONTROL_PATH:
        if query:
            raise RequestRefusedError(HTTPStatus.BAD_REQUEST, "this route takes no query")
        return ControlRoute()
    if path != LINES_PATH:
        raise RequestRefusedError(
            HTTPStatus.NOT_FOUND,
            f"there is nothing here: lines are at {LINES_PATH}, for texthooker pages at /; "
            "pages for a browser are /, /overlay and /setup",
        )
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=10)
    except ValueError as error:
        raise RequestRefusedError(
            HTTPStatus.BAD_REQUEST, "the query is not of the form after=SEQ&stream=ID&partials=1"
        ) from error
    values = dict(pairs)
    if len(values) < len(pairs):
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST, "the query repeats a key")
    if unknown := values.keys() - {"after", "stream", "partials"}:
        names = ", ".join(ascii(name) for name in sorted(unknown))
        raise RequestRefusedError(
            HTTPStatus.BAD_REQUEST, f"the query has {names}, and may have after, stream and partials"
        )
    return LinesRoute(_cursor(values.get("after"), values.get("stream")), _partials(values.get("partials", "0")))


def find_picture(target: str) -> PictureRoute | None:
    """The picture that a request's target names; None if it names none.

    Raises RequestRefusedError: 404 if what stands for the number is none, 400 if the query can't be understood.
    """
    path, _, query = target.partition("?")
    if not path.startswith(PICTURES_PATH):
        return None
    number = path.removeprefix(PICTURES_PATH)
    if not _is_number(number) or int(number) == 0:
        raise RequestRefusedError(HTTPStatus.NOT_FOUND, f"a picture is at {PICTURES_PATH}SEQ, by its line's number")
    name, _, stream = query.partition("=")
    if query and (name != "stream" or not _is_stream(stream)):
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST, "the query may be stream=ID, the stream's name")
    return PictureRoute(int(number), stream or None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 16 and int(text) <= _LARGEST


def _is_stream(text: str) -> bool:
    return text.isascii() and text.isalnum() and len(text) <= LONGEST_STREAM


def _token(query: str) -> str | None:
    """The token in a query. A "+" is one: it isn't a form that is sent, and tokens in base64 have them."""
    tokens = [
        unquote(value) for name, _, value in (part.partition("=") for part in query.split("&")) if name == "token"
    ]
    if len(tokens) > 1:
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST, "the query has more than one token")
    return tokens[0] if tokens else None


def _cursor(after: str | None, stream: str | None) -> Cursor | None:
    if stream is not None and (after is None or not stream.isalnum() or not stream.isascii()):
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST, "stream must be the stream's name, and comes with after=SEQ")
    if after is None:
        return None
    if not _is_number(after):
        raise RequestRefusedError(
            HTTPStatus.BAD_REQUEST, f"after must be a line's number or 0, but it is {after[:40]!a}"
        )
    return Cursor(int(after), stream)


def _partials(value: str) -> bool:
    if value not in ("0", "1"):
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST, f"partials must be 1 or 0, but it is {value[:40]!a}")
    return value == "1"
