"""What is said at the control door: requests, and an answer to each."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed

from capture_daemon.delivery.controls import Controls
from capture_daemon.delivery.doors import SEND_LIMIT, TOO_SLOW, Farewell
from capture_daemon.errors import CaptureDaemonError

NOT_A_REQUEST = Farewell(1008, 'not a request: it looks like {"id": 1, "do": "status"}')


class Connection(Protocol):
    """A client's connection; both raise ConnectionClosed once it has gone."""

    async def recv(self) -> str | bytes:
        """The next message."""
        ...

    async def send(self, message: str) -> None:
        """Send one text message, waiting while the client can't take it."""
        ...


async def converse(connection: Connection, controls: Controls) -> Farewell | None:
    """Answer requests until the client has gone (None), or must be closed."""
    try:
        while True:
            request = _request(await connection.recv())
            if request is None:
                return NOT_A_REQUEST
            async with asyncio.timeout(SEND_LIMIT):
                await connection.send(json.dumps({"id": request.get("id")} | _answer(request, controls)))
    except TimeoutError:
        return TOO_SLOW
    except ConnectionClosed:
        return None


def _request(message: str | bytes) -> dict[str, Any] | None:
    try:
        request = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return request if isinstance(request, dict) and "id" in request else None


def _answer(request: dict[str, Any], controls: Controls) -> dict[str, Any]:
    if request.get("do") != "status":
        return {"ok": False, "error": "unknown request: it may be status"}
    try:
        return {"ok": True} | controls.status()
    except CaptureDaemonError as error:
        return {"ok": False, "error": str(error)}
