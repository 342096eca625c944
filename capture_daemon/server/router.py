"""Routing requests: to a route, a page, or a refusal."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from websockets.http11 import Request

from capture_daemon.server.origin_policy import Headers, OriginPolicy
from capture_daemon.server.pages import Page, Pages
from capture_daemon.server.routes import (
    ControlRoute,
    PictureRoute,
    RequestRefusedError,
    Route,
    TexthookerRoute,
    find_picture,
    find_route,
)
from capture_daemon.server.tokens import Token

logger = logging.getLogger(__name__)

HEALTH_PATH = "/healthz"
METRICS_PATH = "/metrics"
VIEWER_PATHS = ("/", "/overlay", "/setup")
"""Paths of the page: the transcript, the overlay for putting over a game, and setting a game up."""
OTHER_USER = "user not allowed: see server.users"
_BEARER = "bearer "
_ASK = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Admission:
    """A client's route, and whether it is trusted already or has yet to show the token."""

    route: Route
    trusted: bool


class Router:
    """Decides on every request; keeps no state."""

    def __init__(
        self, origin_policy: OriginPolicy, token: Token | None, pages: Pages | None, *, has_controls: bool = False
    ) -> None:
        self._origin_policy = origin_policy
        self._token = token
        self._pages = pages
        self._has_controls = has_controls

    def receive(self, request: Request, address: str, *, allowed: bool = True) -> Admission | Page | PictureRoute:
        """Where a request to `address` leads. `allowed` is whether its user needs no token, if none is set.

        Raises RequestRefusedError: 400, 401, 403, 404 or 405, as docs/protocol.md describes.
        """
        self._origin_policy.check(request.headers, address)
        # Also if it asks for another protocol as well: curl offers "h2c" by default.
        if any("websocket" in value.lower() for value in request.headers.get_all("Upgrade")):
            return self._admit(request, allowed=allowed)
        return self._page(request, allowed=allowed)

    def _admit(self, request: Request, *, allowed: bool) -> Admission:
        route = find_route(request.path)
        if isinstance(route, ControlRoute) and not self._has_controls:
            raise RequestRefusedError(HTTPStatus.NOT_FOUND, "control is not available here")
        shown = _shown(request.headers) if self._token is not None else None
        if shown is None and isinstance(route, TexthookerRoute):
            shown = route.token
        return Admission(route, self._trusts(shown, allowed=allowed))

    def _page(self, request: Request, *, allowed: bool) -> Page | PictureRoute:
        path = _without_last_slash(request.path.partition("?")[0])
        picture = None if self._pages is None else find_picture(request.path)
        if self._pages is None or not (picture or path in (*VIEWER_PATHS, HEALTH_PATH, METRICS_PATH)):
            find_route(request.path)  # there may be something, but not for this kind of request
            raise RequestRefusedError(HTTPStatus.UPGRADE_REQUIRED, "open a WebSocket here", {"Upgrade": "websocket"})
        if request.method not in ("GET", "HEAD"):
            raise RequestRefusedError(
                HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD are allowed here", {"Allow": "GET, HEAD"}
            )
        if path in VIEWER_PATHS:
            return self._pages.viewer()
        if path == HEALTH_PATH:
            return self._pages.health()
        shown = _shown(request.headers) if self._token is not None else None
        if not self._trusts(shown, allowed=allowed):
            what = "the metrics need" if picture is None else "pictures need"
            raise RequestRefusedError(HTTPStatus.UNAUTHORIZED, f"{what} the token", _ASK)
        return picture or self._pages.metrics()

    def _trusts(self, shown: str | None, *, allowed: bool) -> bool:
        """Whether the client that showed this is trusted. Raises RequestRefusedError if it is wrong or missing."""
        if self._token is None:
            if not allowed:
                raise RequestRefusedError(HTTPStatus.FORBIDDEN, OTHER_USER)
            return True
        if shown is not None and not self._token.matches(shown):
            raise RequestRefusedError(HTTPStatus.UNAUTHORIZED, "the token is wrong", _ASK)
        return shown is not None


def _without_last_slash(path: str) -> str:
    """The path of the page that somebody means who writes `/overlay/`; any other path as it is."""
    shorter = path.removesuffix("/")
    return shorter if shorter in VIEWER_PATHS[1:] else path


def _shown(headers: Headers) -> str | None:
    """The token in a request's header; None if there is no such header."""
    values = headers.get_all("Authorization")
    if len(values) > 1:
        raise RequestRefusedError(HTTPStatus.BAD_REQUEST, "the request has more than one Authorization")
    if not values:
        return None
    if not values[0].lower().startswith(_BEARER):
        raise RequestRefusedError(HTTPStatus.UNAUTHORIZED, 'the token is shown as "Authorization: Bearer …"', _ASK)
    return values[0][len(_BEARER) :].strip()
