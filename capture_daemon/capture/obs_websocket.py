"""OBS Studio's own interface, obs-websocket version 5, as far as pictures of a source need it."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NoReturn, Self

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from capture_daemon.errors import SourceError

ANSWER_LIMIT = 5.0
"""Seconds that OBS may take for an answer; a picture takes it one or two of its own frames."""
LISTEN_ROUND = 0.25
"""Seconds between two steps while an answer is awaited."""
LARGEST_MESSAGE = 64 << 20
"""Bytes of a message at most: an 8K picture as jpg in base64 has about 30 MB."""
RPC_VERSION = 1
SCENE_EVENTS = 1 << 2
"""The events to subscribe to: which scene is the program's."""
_HELLO, _IDENTIFY, _IDENTIFIED, _EVENT, _REQUEST, _RESPONSE = 0, 1, 2, 5, 6, 7
_AUTHENTICATION_FAILED = 4009
_SWITCH_ON = "switch it on in OBS: Tools, WebSocket Server Settings, Enable WebSocket server"


class RequestError(Exception):
    """A request that OBS refuses; `code` is the protocol's number for why."""

    def __init__(self, code: int, comment: str) -> None:
        super().__init__(f"{code} {comment}".strip())
        self.code = code


class Obs:
    """A connection to OBS, for one thread at a time. Once it has failed it stays dead: close it, make another.

    `events` holds the newest event of each kind, by its name, with its data.
    """

    def __init__(self, address: str, password: str | None, step: Callable[[], None]) -> None:
        """Connect to `address` (`ws://host:port`); `step` is called while it waits, and may raise to end that.

        Raises SourceError if OBS does not answer, or refuses the password.
        """
        self._address, self._step = address, step
        self._number = 0
        self._stack = ExitStack()
        self.events: dict[str, dict[str, Any]] = {}
        step()
        try:
            self._connection = self._stack.enter_context(
                connect(
                    address,
                    max_size=LARGEST_MESSAGE,
                    compression=None,
                    open_timeout=ANSWER_LIMIT,
                    close_timeout=1,
                    subprotocols=[Subprotocol("obswebsocket.json")],
                    # A program on this machine is not reached by a proxy.
                    proxy=None,
                )
            )
        except (OSError, WebSocketException) as error:
            raise SourceError(
                f"OBS does not answer at {address} ({_reason(error)}): start it, and {_SWITCH_ON}"
            ) from error
        try:
            self._identify(password)
        except BaseException:
            # Nobody else has the connection yet, whatever went wrong.
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, request: str, **data: object) -> dict[str, Any]:
        """What OBS answers to a request.

        Raises RequestError if it refuses it, SourceError if it has gone or does not answer.
        """
        self._number += 1
        mark = str(self._number)
        self._send(_REQUEST, {"requestType": request, "requestId": mark, "requestData": data})
        while True:
            answer = self._receive(_RESPONSE)
            if answer.get("requestId") == mark:
                break
        status = answer.get("requestStatus")
        if not isinstance(status, dict):
            self._give_up(f"it answers {request} without saying how it went")
        if not status.get("result"):
            raise RequestError(int(status.get("code") or 0), str(status.get("comment") or ""))
        found = answer.get("responseData")
        return found if isinstance(found, dict) else {}

    def close(self) -> None:
        """Disconnect; a second call does nothing."""
        self._stack.close()

    def _identify(self, password: str | None) -> None:
        hello = self._receive(_HELLO)
        identity: dict[str, object] = {"rpcVersion": RPC_VERSION, "eventSubscriptions": SCENE_EVENTS}
        challenge = hello.get("authentication")
        if isinstance(challenge, dict):
            if password is None:
                raise SourceError(
                    f"OBS at {self._address} wants a password: put it into the environment as "
                    "CAPTURE_DAEMON_OBS_PASSWORD, or into a file that source.obs_password_file names"
                )
            identity["authentication"] = _proof(password, str(challenge.get("salt")), str(challenge.get("challenge")))
        self._send(_IDENTIFY, identity)
        self._receive(_IDENTIFIED)

    def _send(self, kind: int, data: dict[str, object]) -> None:
        try:
            self._connection.send(json.dumps({"op": kind, "d": data}))
        except (OSError, WebSocketException) as error:
            self._explain(error)

    def _receive(self, kind: int) -> dict[str, Any]:
        """The data of the next message of that kind; events that come before it are kept."""
        limit = time.monotonic() + ANSWER_LIMIT
        while True:
            self._step()
            try:
                text = self._connection.recv(timeout=LISTEN_ROUND)
            except TimeoutError:
                if time.monotonic() > limit:
                    self._give_up(f"it gave no answer within {ANSWER_LIMIT:g} s")
                continue
            except (OSError, WebSocketException) as error:
                self._explain(error)
            try:
                message = json.loads(text)
                found, data = message["op"], message["d"]
            except (ValueError, KeyError, TypeError):
                found, data = None, None
            if not isinstance(data, dict):
                self._give_up("what answers there does not speak obs-websocket 5: OBS 28 and later do")
            if found == _EVENT:
                self.events[str(data.get("eventType"))] = data.get("eventData") or {}
            elif found == kind:
                return data

    def _explain(self, error: Exception) -> NoReturn:
        if isinstance(error, ConnectionClosed) and error.rcvd is not None:
            if error.rcvd.code == _AUTHENTICATION_FAILED:
                raise SourceError(
                    f"OBS at {self._address} refuses the password: take the one that it shows under Tools, "
                    "WebSocket Server Settings, Show Connect Info"
                ) from error
            self._give_up(f"it closed the connection: {error.rcvd.code} {error.rcvd.reason}".rstrip())
        raise SourceError(f"OBS at {self._address} went away ({_reason(error)})") from error

    def _give_up(self, why: str) -> NoReturn:
        raise SourceError(f"OBS at {self._address}: {why}")


def _proof(password: str, salt: str, challenge: str) -> str:
    """That the password is known, without showing it."""

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return digest(digest(password + salt) + challenge)


def _reason(error: BaseException) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
