"""What becomes of a request: a door, a page, or a refusal."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from websockets.http11 import Request

from capture_daemon.server.origin_policy import Doorkeeper, Headers
from capture_daemon.server.pages import Page, Pages
from capture_daemon.server.routes import ControlDoor, Door, RefusedError, TexthookerDoor, find_door
from capture_daemon.server.tokens import Token

logger = logging.getLogger(__name__)

HEALTH_PATH = "/healthz"
METRICS_PATH = "/metrics"
VIEWER_PATHS = ("/", "/overlay")
"""Where the page is: at the second it is drawn for being put over a game."""
OTHER_USER = "programs of this user are not let in: see server.users"
_BEARER = "bearer "
_ASK = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Admission:
    """By which door a client comes in, and whether it is trusted already or has yet to show the token."""

    door: Door
    trusted: bool


class Reception:
    """Receives every request, and changes nothing."""

    def __init__(
        self, doorkeeper: Doorkeeper, token: Token | None, pages: Pages | None, *, has_controls: bool = False
    ) -> None:
        self._doorkeeper = doorkeeper
        self._token = token
        self._pages = pages
        self._has_controls = has_controls

    def receive(self, request: Request, address: str, *, welcome: bool = True) -> Admission | Page:
        """Where a request to `address` leads. `welcome` is whether its user needs no token, where none is set.

        Raises RefusedError: 400, 401, 403, 404 or 405, as docs/protocol.md has it.
        """
        self._doorkeeper.check(request.headers, address)
        # Also where it asks for another protocol besides: curl offers "h2c" by itself.
        if any("websocket" in value.lower() for value in request.headers.get_all("Upgrade")):
            return self._admit(request, welcome=welcome)
        return self._page(request, welcome=welcome)

    def _admit(self, request: Request, *, welcome: bool) -> Admission:
        door = find_door(request.path)
        if isinstance(door, ControlDoor) and not self._has_controls:
            raise RefusedError(HTTPStatus.NOT_FOUND, "there is nothing to control here")
        shown = _shown(request.headers) if self._token is not None else None
        if shown is None and isinstance(door, TexthookerDoor):
            shown = door.token
        return Admission(door, self._trusts(shown, welcome=welcome))

    def _page(self, request: Request, *, welcome: bool) -> Page:
        path = request.path.partition("?")[0]
        if self._pages is None or path not in (*VIEWER_PATHS, HEALTH_PATH, METRICS_PATH):
            find_door(request.path)  # there may be something, but not for this kind of request
            raise RefusedError(
                HTTPStatus.UPGRADE_REQUIRED, "a WebSocket is to be opened here", {"Upgrade": "websocket"}
            )
        if request.method not in ("GET", "HEAD"):
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "this can only be read", {"Allow": "GET, HEAD"})
        if path in VIEWER_PATHS:
            return self._pages.viewer()
        if path == HEALTH_PATH:
            return self._pages.health()
        shown = _shown(request.headers) if self._token is not None else None
        if not self._trusts(shown, welcome=welcome):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "the metrics are shown with the token only", _ASK)
        return self._pages.metrics()

    def _trusts(self, shown: str | None, *, welcome: bool) -> bool:
        """Whether who showed this is trusted; raises RefusedError where it is wrong, or there is nothing to show."""
        if self._token is None:
            if not welcome:
                raise RefusedError(HTTPStatus.FORBIDDEN, OTHER_USER)
            return True
        if shown is not None and not self._token.matches(shown):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "the token is wrong", _ASK)
        return shown is not None


def _shown(headers: Headers) -> str | None:
    """The token in a request's header; None where there is no such header."""
    values = headers.get_all("Authorization")
    if len(values) > 1:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the request has more than one Authorization")
    if not values:
        return None
    if not values[0].lower().startswith(_BEARER):
        raise RefusedError(HTTPStatus.UNAUTHORIZED, 'the token is shown as "Authorization: Bearer …"', _ASK)
    return values[0][len(_BEARER) :].strip()
