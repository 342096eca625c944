"""What is said at the control door: requests, and an answer to each."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed

from capture_daemon.delivery.controls import Controls
from capture_daemon.delivery.doors import SEND_LIMIT, TOO_SLOW, Farewell
from capture_daemon.errors import CaptureDaemonError, ConfigurationError

NOT_A_REQUEST = Farewell(1008, 'not a request: it looks like {"id": 1, "do": "status"}')

Answer = dict[str, Any]


class Connection(Protocol):
    """A client's connection; both raise ConnectionClosed once it has gone."""

    async def recv(self) -> str | bytes:
        """The next message."""
        ...

    async def send(self, message: str) -> None:
        """Send one text message, waiting while the client can't take it."""
        ...


async def converse(connection: Connection, controls: Controls) -> Farewell | None:
    """Answer requests, one after another, until the client has gone (None) or must be closed."""
    try:
        while True:
            request = _request(await connection.recv())
            if request is None:
                return NOT_A_REQUEST
            answer = json.dumps({"id": request["id"]} | await _answer(request, controls))
            async with asyncio.timeout(SEND_LIMIT):
                await connection.send(answer)
    except TimeoutError:
        return TOO_SLOW
    except ConnectionClosed:
        return None


def _request(message: str | bytes) -> dict[str, Any] | None:
    try:
        request = json.loads(message, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return request if isinstance(request, dict) and "id" in request else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


async def _answer(request: dict[str, Any], controls: Controls) -> Answer:
    try:
        do = request.get("do")
        if not isinstance(do, str) or do not in _REQUESTS:
            raise ConfigurationError(f"unknown request: do may be {', '.join(_REQUESTS)}")
        return {"ok": True} | await _REQUESTS[do](request, controls)
    except CaptureDaemonError as error:
        return {"ok": False, "error": str(error), "code": error.exit_code}


async def _pause(request: dict[str, Any], controls: Controls) -> Answer:
    await controls.pause()
    return {}


async def _resume(request: dict[str, Any], controls: Controls) -> Answer:
    await controls.resume()
    return {}


async def _status(request: dict[str, Any], controls: Controls) -> Answer:
    return controls.status()


async def _frame(request: dict[str, Any], controls: Controls) -> Answer:
    picture = await controls.frame()
    png = await asyncio.to_thread(base64.b64encode, picture.png)
    return {"png": png.decode(), "size": list(picture.size), "regions": picture.regions}


async def _set_region(request: dict[str, Any], controls: Controls) -> Answer:
    region, box, save = request.get("region"), request.get("box"), request.get("save", False)
    if not isinstance(region, str) or not isinstance(box, str) or not isinstance(save, bool):
        raise ConfigurationError(
            'set_region looks like {"region": "dialogue", "box": "0.26,0.74,0.48,0.13", "save": true}'
        )
    return await controls.set_region(region, box, save)


async def _trace(request: dict[str, Any], controls: Controls) -> Answer:
    return {"records": controls.trace()}


_REQUESTS: dict[str, Callable[[dict[str, Any], Controls], Awaitable[Answer]]] = {
    "pause": _pause,
    "resume": _resume,
    "status": _status,
    "frame": _frame,
    "set_region": _set_region,
    "trace": _trace,
}
