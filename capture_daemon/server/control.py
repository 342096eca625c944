"""The control route: requests, and an answer to each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed

from capture_daemon.errors import CaptureDaemonError, ConfigurationError
from capture_daemon.server.channels import SEND_LIMIT, TOO_SLOW, CloseReason
from capture_daemon.server.control_interface import Controls, PictureRequest, SetupControls
from capture_daemon.server.frame_pictures import PictureBatcher
from capture_daemon.server.throttle import SEND_PIECE, SendThrottle

NOT_A_REQUEST = CloseReason(1008, 'not a request: it looks like {"id": 1, "do": "status"}')

SMALLEST = 0.05
"""The least scale of a picture."""

Answer = dict[str, Any]


class ControlContext:
    """What all clients of the control route share; `close` it."""

    def __init__(self, controls: Controls) -> None:
        self.controls = controls
        self.rounds = PictureBatcher(controls.frame)
        self.throttle = SendThrottle()

    async def close(self) -> None:
        """Make no more pictures."""
        await self.rounds.close()


class ControlChannel(Protocol):
    """A client's connection; both raise ConnectionClosed once it has gone."""

    async def recv(self) -> str | bytes:
        """The next message."""
        ...

    async def send(self, message: str) -> None:
        """Send one text message, waiting while the client can't take it."""
        ...

    async def send_pieces(self, pieces: AsyncIterator[bytes]) -> None:
        """Send one text message in pieces, waiting while the client can't take one."""
        ...


async def converse(connection: ControlChannel, context: ControlContext) -> CloseReason | None:
    """Answer requests in order, until the client disconnects (None) or must be closed."""
    try:
        while True:
            request = _request(await connection.recv())
            if request is None:
                return NOT_A_REQUEST
            if request.get("do") == "frame":
                await _send_frame(connection, request, context)
            else:
                await _send(connection, {"id": request["id"]} | await _answer(request, context.controls))
    except TimeoutError:
        return TOO_SLOW
    except ConnectionClosed:
        return None


async def _send(connection: ControlChannel, answer: Answer) -> None:
    text = json.dumps(answer)
    async with asyncio.timeout(SEND_LIMIT):
        await connection.send(text)


async def _send_frame(connection: ControlChannel, request: dict[str, Any], context: ControlContext) -> None:
    """Send a picture in pieces, so that at most one piece is queued for this client."""
    try:
        async with context.rounds.picture(_wanted(request)) as rest:
            head = json.dumps({"id": request["id"], "ok": True}).encode()[:-1] + b", "
            async with asyncio.timeout(None) as limit:
                await connection.send_pieces(_pieces(head, rest, context.throttle, limit))
    except CaptureDaemonError as error:
        await _send(connection, {"id": request["id"], "ok": False, "error": str(error), "code": error.exit_code})


async def _pieces(head: bytes, rest: bytes, throttle: SendThrottle, limit: asyncio.Timeout) -> AsyncIterator[bytes]:
    """The pieces of an answer, each when it may be sent.

    `limit` is set to how long the client may still take over them: only its own time counts, not that of others.
    """
    clock = asyncio.get_running_loop().time
    left = SEND_LIMIT
    for begin in range(0, len(rest), SEND_PIECE):
        piece = (head if begin == 0 else b"") + rest[begin : begin + SEND_PIECE]
        limit.reschedule(None)
        await throttle.wait(len(piece))
        sent = clock()
        limit.reschedule(sent + left)
        yield piece
        left -= clock() - sent


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
            raise ConfigurationError(f"unknown request: do may be {', '.join(_NAMES)}")
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


def _wanted(request: dict[str, Any]) -> PictureRequest:
    form, box, scale = request.get("format", "png"), request.get("box"), request.get("scale", 1.0)
    fits = isinstance(scale, int | float) and not isinstance(scale, bool) and SMALLEST <= scale <= 1
    if form not in ("png", "jpeg") or not isinstance(box, str | None) or not fits:
        raise ConfigurationError(
            'frame may have "format": "png" or "jpeg", "box": "0.26,0.74,0.48,0.13", '
            f'and "scale": a number from {SMALLEST} to 1'
        )
    return PictureRequest(form, box, float(scale))


async def _set_region(request: dict[str, Any], controls: Controls) -> Answer:
    region, box, save = request.get("region"), request.get("box"), request.get("save", False)
    if not isinstance(region, str) or not isinstance(box, str) or not isinstance(save, bool):
        raise ConfigurationError(
            'set_region looks like {"region": "dialogue", "box": "0.26,0.74,0.48,0.13", "save": true}'
        )
    return await controls.set_region(region, box, save)


async def _setup(request: dict[str, Any], controls: Controls) -> Answer:
    if not isinstance(controls, SetupControls):
        raise ConfigurationError("games are set up where the daemon was started by `capture-daemon setup`")
    return await controls.setup(request)


async def _trace(request: dict[str, Any], controls: Controls) -> Answer:
    return {"records": controls.trace()}


_REQUESTS: dict[str, Callable[[dict[str, Any], Controls], Awaitable[Answer]]] = {
    "pause": _pause,
    "resume": _resume,
    "status": _status,
    "set_region": _set_region,
    "trace": _trace,
    "setup": _setup,
}
_NAMES = ("pause", "resume", "status", "frame", "set_region", "trace")
