"""One request to a running daemon's control door, and its answer."""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

from capture_daemon import errors
from capture_daemon.client import feed_url, untrusted
from capture_daemon.errors import CaptureDaemonError, ConfigurationError
from capture_daemon.server.connect import DaemonConnection

PATH = "/v1/control"
OPEN_LIMIT = 5.0
ANSWER_LIMIT = 60.0
"""Seconds for an answer: a pause waits until the current line has been read."""


async def ask(daemon: DaemonConnection, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers to requests such as `{"do": "status"}`, sent one after another.

    Raises what the daemon answered as an error, with its exit code, and ConfigurationError if the address is none,
    no daemon answers there, or it refuses.
    """
    url = control_url(daemon.url)
    try:
        async with connect(
            url,
            compression=None,
            proxy=None,
            additional_headers=None if daemon.token is None else {"Authorization": f"Bearer {daemon.token}"},
            ssl=(daemon.context or True) if url.startswith("wss:") else None,
            open_timeout=OPEN_LIMIT,
            close_timeout=1,
            max_size=None,
        ) as connection:
            return [await _ask(connection, number, request) for number, request in enumerate(requests, 1)]
    except InvalidStatus as error:
        said = bytes(error.response.body or b"").decode("utf-8", "replace").strip()[:200]
        raise ConfigurationError(f"{url}: the daemon refuses: {said or error.response.status_code}") from error
    except ssl.SSLCertVerificationError as error:
        raise ConfigurationError(untrusted(url, error)) from error
    except ConnectionClosed as error:
        said = error.rcvd.reason if error.rcvd is not None else ""
        raise ConfigurationError(f"{url}: the daemon closed the connection: {said or 'it gives no reason'}") from error
    except (InvalidMessage, InvalidHandshake) as error:
        raise ConfigurationError(f"{url}: what answers there is not a daemon: check the address in --url") from error
    except TimeoutError as error:
        raise ConfigurationError(f"{url}: no answer in time: check the daemon's log") from error
    except OSError as error:
        raise ConfigurationError(
            f"{url}: no daemon answers there: start it with `capture-daemon run`, or name another with --url"
        ) from error


def control_url(url: str) -> str:
    """The address of the control route at a daemon's address; raises ConfigurationError if that is none."""
    parts = urlsplit(feed_url(url))
    return f"{parts.scheme}://{parts.netloc}{PATH}"


async def _ask(connection: ClientConnection, number: int, request: dict[str, Any]) -> dict[str, Any]:
    await connection.send(json.dumps({"id": number} | request))
    async with asyncio.timeout(ANSWER_LIMIT):
        answer: dict[str, Any] = json.loads(await connection.recv())
    if not answer.get("ok"):
        raise _error(answer)
    return answer


def _error(answer: dict[str, Any]) -> CaptureDaemonError:
    """The error that the daemon reported, of a kind that has the same exit code."""
    message, code = str(answer.get("error") or "the daemon gives no reason"), answer.get("code")
    for kind in (errors.SourceError, errors.ModelError, errors.LogError):
        if kind.exit_code == code:
            return kind(message)
    return ConfigurationError(message)
