"""The desktop's portal, on D-Bus: it asks the user which screen or window may be seen, and hands out its pictures."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from capture_daemon.common.installing import extra_command
from capture_daemon.errors import SourceError

CALL_LIMIT = 20.0
"""Seconds for an answer to which nobody is asked; the first call may start the portal."""
ROUND = 0.2
"""Seconds between two looks whether to wait on."""
SETTLE = 0.5
"""Seconds after a session's end in which the end of a server explains it."""
MONITOR, WINDOW = 1, 2
_HIDDEN_CURSOR = 1
_UNTIL_REVOKED = 2
_DONE, _CANCELLED = 0, 1
_REMEMBERS = 4
"""The version of the interface since which choices are kept."""
_NAME, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_SCREEN_CAST, _REQUEST, _SESSION = (f"org.freedesktop.portal.{name}" for name in ("ScreenCast", "Request", "Session"))
_SERVERS = (_NAME, "org.gnome.Mutter.ScreenCast", "org.gnome.Shell", "org.kde.KWin")
_BACKENDS = "org.freedesktop.impl.portal.desktop."
_NO_PORTAL = ("ServiceUnknown", "NameHasNoOwner", "Spawn")
_INSTALL = "install xdg-desktop-portal and your desktop's part of it, such as xdg-desktop-portal-gnome, -kde or -wlr"


class NotChosenError(SourceError):
    """Nothing was chosen: the user declined or didn't answer, or an earlier choice is no longer valid."""


class PortalRefusedError(SourceError):
    """The portal refuses a request."""


class SessionClosedError(SourceError):
    """The desktop ended the capture: the window was closed, or the user stopped sharing."""


class ServerGoneError(SourceError):
    """The portal, the compositor or PipeWire went away."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the portal can do: its interface's version, the kinds of sources and of cursors, as bits."""

    version: int
    kinds: int
    cursors: int

    @property
    def remembers(self) -> bool:
        """Whether a choice can be kept."""
        return self.version >= _REMEMBERS


@dataclass(frozen=True, slots=True)
class PortalStream:
    """What may be seen: its PipeWire node, whether it is a window, and the token that restores it, if there is one."""

    node: int
    window: bool
    token: str | None


class Portal:
    """A connection to the portal, with one capture at most, which ends with it. For one thread at a time.

    `lost` holds the names of compositors that have gone from D-Bus since.
    """

    def __init__(self, attend: Callable[[], None]) -> None:
        """Connect; `attend` is called while an answer is waited for, and may raise.

        Raises SourceError if there is no session bus, or the extra is missing.
        """
        try:
            import jeepney  # noqa: PLC0415 - an extra
            from jeepney.bus_messages import message_bus  # noqa: PLC0415
            from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415
        except ImportError as error:
            raise SourceError(
                f"the desktop's portal is asked by jeepney, which can't be loaded ({error}): install it by "
                f"`{extra_command('wayland')}`"
            ) from error
        self._jeepney: Any = jeepney
        self._message_bus: Any = message_bus
        self._attend = attend
        self._session: str | None = None
        self._request: str | None = None
        self._response: tuple[int, dict[str, Any]] | None = None
        self._closed = False
        self._gone: str | None = None
        self.lost: set[str] = set()
        bus = _session_bus()
        try:
            self._bus: Any = open_dbus_connection(bus, enable_fds=True, auth_timeout=CALL_LIMIT)
        except (OSError, ValueError, RuntimeError, StopIteration) as error:
            raise SourceError(
                f"the desktop's portal can't be asked: the session bus at {bus} can't be reached "
                f"({_reason(error)}): start in the desktop's session"
            ) from error
        try:
            for rule in (
                jeepney.MatchRule(type="signal", sender=_NAME),
                jeepney.MatchRule(type="signal", sender="org.freedesktop.DBus", member="NameOwnerChanged"),
            ):
                self._answer(message_bus.AddMatch(rule))
        except BaseException:
            # Whatever it was, Ctrl-C too: nobody else has the connection yet.
            self._bus.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def abilities(self) -> Abilities:
        """What the portal can do; raises SourceError if there is none, or it can't show screens."""
        call = self._call("org.freedesktop.DBus.Properties", "GetAll", "s", (_SCREEN_CAST,))
        reply = self._answer(call)
        values = reply.body[0] if self._is_good(reply) else {}
        if "AvailableSourceTypes" not in values:
            reason = f" ({_error_name(reply)})" if not self._is_good(reply) else ""
            if any(name in reason for name in _NO_PORTAL):
                raise SourceError(f"no desktop portal answers{reason}: {_INSTALL}")
            raise SourceError(f"the desktop's portal can't show screens{reason}: {_INSTALL}")
        found = {name: value for name, (_, value) in values.items()}
        return Abilities(
            int(found.get("version", 1)),
            int(found["AvailableSourceTypes"]) & (MONITOR | WINDOW),
            int(found.get("AvailableCursorModes", 0)),
        )

    def choose(self, token: str | None, limit: float) -> PortalStream:
        """Begin a capture of what `token` stands for; without one, or if it is void, the desktop asks the user.

        Raises NotChosenError if nothing is chosen within `limit` seconds; then the dialog is closed. Raises it, too, if
        the desktop fails after it has seen the token, which is void from then on. Raises SourceError if the desktop
        can't show anything.
        """
        can = self.abilities()
        handle = {"session_handle_token": ("s", _word())}
        self._session = self._asked("CreateSession", "", (), handle, CALL_LIMIT)["session_handle"]
        options: dict[str, tuple[str, Any]] = {"types": ("u", can.kinds), "multiple": ("b", False)}
        if can.cursors & _HIDDEN_CURSOR:
            options["cursor_mode"] = ("u", _HIDDEN_CURSOR)
        if can.remembers:
            options["persist_mode"] = ("u", _UNTIL_REVOKED)
            if token is not None:
                options["restore_token"] = ("s", token)
        try:
            self._asked("SelectSources", "o", (self._session,), options, CALL_LIMIT)
            results = self._asked("Start", "os", (self._session, ""), {}, limit)
            if not results.get("streams"):
                raise PortalRefusedError("the desktop's portal names nothing to be captured")
        except (PortalRefusedError, ServerGoneError) as error:
            if "restore_token" not in options:
                raise
            raise NotChosenError(f"what was chosen before is void now: {error}") from error
        node, properties = results["streams"][0]
        # Some portals that have monitors alone call them windows.
        kind = properties.get("source_type", ("u", MONITOR))[1] & can.kinds
        return PortalStream(int(node), kind == WINDOW, results.get("restore_token"))

    def require(self, names: Iterable[str]) -> None:
        """Check that the servers that restore a choice are running: compositor, PipeWire, owners of D-Bus names.

        A portal that is asked without them makes the token void. Raises ServerGoneError.
        """
        for server, path in (("compositor", _wayland_socket()), ("PipeWire", _pipewire_socket())):
            if path is not None and not _listens(path):
                raise ServerGoneError(f"the desktop's {server} doesn't answer at {path}")
        for name in names:
            reply = self._answer(self._message_bus.NameHasOwner(name))
            if self._is_good(reply) and not reply.body[0]:
                raise ServerGoneError(f"the desktop's compositor is not back: nobody has the name {name}")

    def open_pipewire(self) -> int:
        """A file descriptor of a connection to PipeWire, on which what was chosen can be seen; the caller closes it."""
        reply = self._answer(self._call(_SCREEN_CAST, "OpenPipeWireRemote", "oa{sv}", (self._session, {})))
        if not self._is_good(reply):
            raise ServerGoneError(f"the desktop's portal opens no connection to PipeWire ({_error_name(reply)})")
        return int(reply.body[0].to_raw_fd())

    def check(self) -> None:
        """Read what the desktop has said meanwhile; raises SessionClosedError or ServerGoneError."""
        while self._receive(0):
            pass
        if self._closed and self._gone is None:
            until = time.monotonic() + SETTLE
            while self._gone is None and (left := until - time.monotonic()) > 0:
                self._receive(left)
        if self._gone is not None:
            raise ServerGoneError(f"the desktop's {self._gone} went away")
        if self._closed:
            raise SessionClosedError("the desktop ended the capture: the window was closed, or sharing was stopped")

    def close(self) -> None:
        """End the capture and disconnect; a second call does nothing."""
        self._bus.close()

    def _asked(
        self, method: str, signature: str, arguments: tuple[Any, ...], options: dict[str, Any], limit: float
    ) -> dict[str, Any]:
        """What a method answers by a request; raises NotChosenError or SourceError."""
        word = _word()
        self._request = f"{_PATH}/request/{self._bus.unique_name[1:].replace('.', '_')}/{word}"
        self._response = None
        body = (*arguments, {**options, "handle_token": ("s", word)})
        reply = self._answer(self._call(_SCREEN_CAST, method, f"{signature}a{{sv}}", body))
        if not self._is_good(reply):
            if "restore_token" in options and "InvalidArgument" in _error_name(reply):
                raise NotChosenError("the desktop doesn't know what was chosen before")
            raise PortalRefusedError(f"the desktop's portal refuses {method} ({_error_name(reply)})")
        end = time.monotonic() + limit
        while self._response is None:
            if time.monotonic() > end:
                self._send(self._call(_REQUEST, "Close", None, (), self._request))
                raise NotChosenError(f"nothing was chosen in the desktop's dialog within {limit:g} s")
            self._wait(min(ROUND, max(0.0, end - time.monotonic())))
        code, results = self._response
        if code == _CANCELLED:
            raise NotChosenError("nothing was chosen in the desktop's dialog")
        if code != _DONE:
            raise PortalRefusedError(f"the desktop can't show the screen now ({method} failed)")
        return {name: value for name, (_, value) in results.items()}

    def _answer(self, call: Any) -> Any:
        """The reply to a call, an error perhaps; raises ServerGoneError if there is none."""
        serial = self._send(call)
        end = time.monotonic() + CALL_LIMIT
        while time.monotonic() < end:
            message = self._wait(ROUND)
            if message is not None and message.header.fields.get(self._jeepney.HeaderFields.reply_serial) == serial:
                return message
        raise ServerGoneError(f"the desktop's portal gave no answer within {CALL_LIMIT:g} s")

    def _wait(self, seconds: float) -> Any:
        self._attend()
        message = self._receive(seconds)
        if self._gone == "portal":
            raise ServerGoneError("the desktop's portal went away")
        return message

    def _call(
        self, interface: str, method: str, signature: str | None = None, body: tuple[Any, ...] = (), path: str = _PATH
    ) -> Any:
        address = self._jeepney.DBusAddress(path, _NAME, interface)
        return self._jeepney.new_method_call(address, method, signature, body)

    def _send(self, call: Any) -> int:
        serial = int(next(self._bus.outgoing_serial))
        try:
            self._bus.send(call, serial=serial)
        except OSError as error:
            raise ServerGoneError(f"the desktop's session bus went away ({_reason(error)})") from error
        return serial

    def _receive(self, seconds: float) -> Any:
        """The next message, noted if it says something of the capture; None if there is none in time."""
        try:
            message = self._bus.receive(timeout=seconds)
        except TimeoutError:
            return None
        except OSError as error:
            raise ServerGoneError(f"the desktop's session bus went away ({_reason(error)})") from error
        fields, kind = message.header.fields, self._jeepney.HeaderFields
        if message.header.message_type is self._jeepney.MessageType.signal:
            said = (fields.get(kind.interface), fields.get(kind.member), fields.get(kind.path))
            if said == (_REQUEST, "Response", self._request):
                self._response = message.body
            elif said == (_SESSION, "Closed", self._session):
                self._closed = True
            elif said[1] == "NameOwnerChanged":
                self._note(*message.body)
        return message

    def _note(self, name: str, before: str, after: str) -> None:
        if not before or after:
            return
        if name == _NAME or name.startswith(_BACKENDS):
            self._gone = "portal"
        elif name in _SERVERS:
            self._gone = self._gone or "compositor"
            self.lost.add(name)

    def _is_good(self, reply: Any) -> bool:
        return reply.header.message_type is self._jeepney.MessageType.method_return


def _session_bus() -> str:
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if address:
        return address
    folder = os.environ.get("XDG_RUNTIME_DIR")
    if folder:
        return f"unix:path={folder}/bus"
    raise SourceError(
        "the desktop's portal can't be asked: found no session bus (neither DBUS_SESSION_BUS_ADDRESS nor "
        "XDG_RUNTIME_DIR is set): start in the desktop's session"
    )


def _wayland_socket() -> Path | None:
    display = os.environ.get("WAYLAND_DISPLAY")
    return None if not display else Path(os.environ.get("XDG_RUNTIME_DIR", "/"), display)


def _pipewire_socket() -> Path | None:
    folder = os.environ.get("PIPEWIRE_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR")
    return None if not folder or os.environ.get("PIPEWIRE_REMOTE") else Path(folder, "pipewire-0")


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(CALL_LIMIT)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _word() -> str:
    return f"capture_daemon_{secrets.token_hex(8)}"


def _error_name(reply: Any) -> str:
    names = [str(value) for key, value in reply.header.fields.items() if key.name == "error_name"]
    return names[0].removeprefix("org.freedesktop.") if names else "an answer of another kind"


def _reason(error: BaseException) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or str(error) or type(error).__name__
