"""What plain HTTP requests get: the viewer, the state of health, the metrics. Others make them; here is how they go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from websockets.datastructures import Headers
from websockets.http11 import Request, Response


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a plain HTTP request.

    `headers` are added to those that every answer has, and win over them: a Content-Security-Policy of one's own.
    """

    status: HTTPStatus
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Pages(Protocol):
    """Who makes the pages. Each is made anew for every request, on the event loop, so none may block."""

    def viewer(self) -> Page:
        """The page at `/`."""
        ...

    def health(self) -> Page:
        """The answer at `/healthz`: 200 or 503, and no text from the screen."""
        ...

    def metrics(self) -> Page:
        """The answer at `/metrics`, for Prometheus."""
        ...


def find_page(pages: Pages, request: Request) -> Page | None:
    """The page that a plain request asks for; None where it asks for none, or for a WebSocket."""
    if any("websocket" in value.lower() for value in request.headers.get_all("Upgrade")):
        return None
    makers = {"/": pages.viewer, "/healthz": pages.health, "/metrics": pages.metrics}
    make = makers.get(request.path.partition("?")[0])
    return None if make is None else make()


def to_response(page: Page) -> Response:
    """The page as it goes out."""
    headers = {
        "Content-Type": page.content_type,
        "Content-Length": str(len(page.body)),
        "Connection": "close",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    } | dict(page.headers)
    return Response(page.status.value, page.status.phrase, Headers(headers), page.body)
