"""Which Host and Origin headers a request may have."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from capture_daemon.server.rate_limited_log import RateLimitedLog
from capture_daemon.server.routes import RequestRefusedError

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
    """Allows programs, the server's own pages, and the origins and hosts in the configuration.

    Without this, any web page open in a browser could read the feed: by connecting to a loopback address (its Origin
    reveals that), or by DNS rebinding (the Host reveals that).
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
        self._logged: set[tuple[str, str]] = set()
        self._warnings = RateLimitedLog(logger)

    def check(self, headers: Headers, address: str = "localhost") -> None:
        """Raise RequestRefusedError, 400 or 403, if the Host or Origin of the headers is not allowed.

        `address` is the one that the client has reached: the server answers to it as well. No page can take it for its
        own name.
        """
        origins, hosts = headers.get_all("Origin"), headers.get_all("Host")
        if len(origins) > 1 or len(hosts) > 1:
            name = "Origin" if len(origins) > 1 else "Host"
            raise RequestRefusedError(HTTPStatus.BAD_REQUEST, f"the request has more than one {name}")
        host = hosts[0] if hosts else ""
        own = _bracketed(address)
        if _without_port(host) not in self._names | {own}:
            self._log_once("a client that called this server %s", host, "hosts", self._listed_names)
            raise RequestRefusedError(
                HTTPStatus.FORBIDDEN, "this server does not answer to that host: see server.hosts"
            )
        if origins and origins[0].lower() not in self._origins | _origins_of(own, self._port):
            self._log_once("a page of %s", origins[0], "origins", self._listed_origins)
            raise RequestRefusedError(HTTPStatus.FORBIDDEN, "origin not allowed: see server.origins")

    def _log_once(self, who: str, value: str, key: str, listed: Sequence[str]) -> None:
        """Log once which configuration line allows this one; a refused page tends to retry every second."""
        if not value or (key, value) in self._logged or len(self._logged) >= _REMEMBERED:
            return
        line = f"{key} = {json.dumps([*listed, value[:200]])}"
        if self._warnings.log(
            logging.WARNING,
            f"refused {who}: to allow it, add to the configuration under [server]: %s",
            ascii(value[:200]),
            line,
        ):
            self._logged.add((key, value))


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
