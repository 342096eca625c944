"""Who is let in: what a request's Host and Origin must be."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from capture_daemon.server.rate_limited_log import RateLimitedLog
from capture_daemon.server.routes import RefusedError

logger = logging.getLogger(__name__)

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_REMEMBERED = 100
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(:[0-9]{1,5})?")


class Headers(Protocol):
    """What is asked of a request's headers."""

    def get_all(self, key: str) -> list[str]:
        """Every value of a header."""
        ...


class OriginPolicy:
    """Lets in programs, the server's own pages, and pages that the configuration lists, by names the server answers to.

    Without this, any web page that is open in a browser could read along: by dialling a loopback address (its Origin
    gives it away), or by having its own name point to one (the Host gives it away).
    """

    def __init__(
        self, port: int, names: Sequence[str] = (), origins: Sequence[str] = (), *, bound: Sequence[str] = ()
    ) -> None:
        self._port = port
        self._listed_names = tuple(names)
        self._listed_origins = tuple(origins)
        self._names = LOOPBACK_NAMES | {_bracketed(name) for name in (*bound, *self._listed_names)}
        self._origins = {origin.lower().rstrip("/") for origin in self._listed_origins}
        for name in self._names:
            self._origins |= _origins_of(name, port)
        self._told: set[tuple[str, str]] = set()
        self._warnings = RateLimitedLog(logger)

    def check(self, headers: Headers, address: str = "localhost") -> None:
        """Raise RefusedError, 400 or 403, where the headers' Host or Origin is not let in.

        `address` is the one that the client has reached: the server answers to it, too. No page can take it for its
        own name.
        """
        origins, hosts = headers.get_all("Origin"), headers.get_all("Host")
        if len(origins) > 1 or len(hosts) > 1:
            name = "Origin" if len(origins) > 1 else "Host"
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"the request has more than one {name}")
        host = hosts[0] if hosts else ""
        own = _bracketed(address)
        if _without_port(host) not in self._names | {own}:
            self._tell("a client that called this server %s", host, "hosts", self._listed_names)
            raise RefusedError(HTTPStatus.FORBIDDEN, "this server does not answer to that host: see server.hosts")
        if origins and origins[0].lower() not in self._origins | _origins_of(own, self._port):
            self._tell("a page of %s", origins[0], "origins", self._listed_origins)
            raise RefusedError(HTTPStatus.FORBIDDEN, "pages of this origin are not let in: see server.origins")

    def _tell(self, who: str, value: str, key: str, listed: Sequence[str]) -> None:
        """Say once which line lets this one in; a page that is refused tends to try again every second."""
        if not value or (key, value) in self._told or len(self._told) >= _REMEMBERED:
            return
        line = f"{key} = {json.dumps([*listed, value[:200]])}"
        if self._warnings.tell(
            logging.WARNING,
            f"refused {who}: to let it in, add to the configuration under [server]: %s",
            ascii(value[:200]),
            line,
        ):
            self._told.add((key, value))


def _origins_of(name: str, port: int) -> set[str]:
    """The origins of pages that the server itself has sent under this name."""
    origins = {f"http://{name}:{port}", f"https://{name}:{port}"}
    usual = {80: f"http://{name}", 443: f"https://{name}"}
    return origins | ({usual[port]} if port in usual else set())


def _bracketed(name: str) -> str:
    name = name.lower()
    if name.count(":") == 1:
        name = name.partition(":")[0]
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _without_port(host: str) -> str:
    match = _HOST.fullmatch(host.lower())
    return match[1] if match else ""
