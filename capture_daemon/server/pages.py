"""The answers to plain HTTP requests: the viewer, health, metrics, pictures. `Pages` makes them; this sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Protocol

from websockets.datastructures import Headers
from websockets.http11 import Response

_ALWAYS = {
    "Connection": "close",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}

RETRY = {"Retry-After": "1"}
"""The header of an answer that may soon be different."""


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
    """Makes the pages, each anew for every request, on the event loop: no method may block.

    Only `picture` may wait for something.
    """

    def viewer(self) -> Page:
        """The page at `/`."""
        ...

    def health(self) -> Page:
        """The answer at `/healthz`: 200 or 503, and no text from the screen."""
        ...

    def metrics(self) -> Page:
        """The answer at `/metrics`, for Prometheus."""
        ...

    async def picture(self, seq: int, stream: str | None) -> Page:
        """The answer at `/v1/pictures/SEQ`: a JPEG, or 404 and why not. `stream` is the present one if it is None."""
        ...


def text_page(status: HTTPStatus, text: str, headers: Mapping[str, str]) -> Page:
    """One line of text, as refusals are."""
    return Page(status, "text/plain; charset=utf-8", f"{text}\n".encode(), headers)


def to_response(page: Page, *, body: bool = True) -> Response:
    """The page as a response; without its body if only the headers were requested."""
    headers = {
        "Date": formatdate(usegmt=True),
        "Content-Type": page.content_type,
        "Content-Length": str(len(page.body)),
        **_ALWAYS,
        **page.headers,
    }
    return Response(page.status.value, page.status.phrase, Headers(headers), page.body if body else b"")
