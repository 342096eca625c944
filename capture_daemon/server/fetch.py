"""The client side of plain HTTP: the picture of a line from a daemon."""

from __future__ import annotations

import ssl
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from capture_daemon.errors import CaptureDaemonError, ConfigurationError
from capture_daemon.server.connect import DaemonConnection
from capture_daemon.server.routes import PICTURES_PATH

LIMIT = 10.0
"""Seconds for the daemon to take the connection, and between two pieces of its answer, 5 to 30."""
LARGEST = 64 << 20
"""Bytes of a picture that are read."""


class _NoRedirects(HTTPRedirectHandler):
    """A daemon never redirects: another server must not get the token."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - as urllib calls it
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow none."""


def fetch_picture(daemon: DaemonConnection, base: str, seq: int, stream: str | None) -> bytes | None:
    """The picture of line `seq`, None if it is not kept; `base` is the daemon's address, `http://HOST:PORT`.

    Blocks. Raises ConfigurationError if no daemon answers or it refuses, CaptureDaemonError if it can't for now, and
    ssl.SSLCertVerificationError if its certificate isn't trusted.
    """
    url = f"{base}{PICTURES_PATH}{seq}"
    headers = {} if daemon.token is None else {"Authorization": f"Bearer {daemon.token}"}
    request = Request(url + (f"?{urlencode({'stream': stream})}" if stream else ""), headers=headers)
    opener = build_opener(ProxyHandler({}), _NoRedirects(), HTTPSHandler(context=daemon.context))
    try:
        with opener.open(request, timeout=LIMIT) as answer:
            picture: bytes = answer.read(LARGEST)
            return picture
    except HTTPError as error:
        with error:
            said = error.read(200).decode("utf-8", "replace").strip()
            if error.code == 404:
                return None
        kind = CaptureDaemonError if error.code >= 500 else ConfigurationError
        raise kind(f"{url}: the daemon refuses with HTTP {error.code}: {said or 'it gives no reason'}") from error
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise reason from error
        raise ConfigurationError(f"{url}: no picture from there: {reason}: is it a daemon that runs?") from error
