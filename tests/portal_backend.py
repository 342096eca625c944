"""A desktop's part of the ScreenCast portal, over a real mutter: D-Bus starts it, and it counts its "dialogs".

It reads what the user answers from the file `answer` in the folder `WAYLAND_DESKTOP`: `monitor`, `window`, `refuse`, or
`nothing`, which leaves the dialog open. It writes a line to `dialogs` there for each that is opened or dismissed.
"""

from __future__ import annotations

import os
import select
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

NAME = "org.freedesktop.impl.portal.desktop.test"
MUTTER = "org.gnome.Mutter.ScreenCast"
PORTAL = "org.freedesktop.impl.portal"
LIMIT = 10.0
MONITOR, WINDOW = 1, 2
DONE, CANCELLED, FAILED = 0, 1, 2


class NotRecordedError(Exception):
    """Raised if mutter doesn't record what it is asked for."""


class Recording:
    """A monitor, or the window that has the focus, while mutter records it into a PipeWire node."""

    def __init__(self, what: str) -> None:
        self.connection = open_dbus_connection("SESSION")
        try:
            session = self._call("/org/gnome/Mutter/ScreenCast", MUTTER, "CreateSession", "a{sv}", ({},))[0]
            hidden = {"cursor-mode": ("u", 0)}
            inside = f"{MUTTER}.Session"
            if what == "monitor":
                stream = self._call(session, inside, "RecordMonitor", "sa{sv}", ("Meta-0", hidden))[0]
            else:
                stream = self._call(session, inside, "RecordWindow", "a{sv}", (hidden,))[0]
            added = MatchRule(type="signal", interface=f"{MUTTER}.Stream", member="PipeWireStreamAdded", path=stream)
            closed = MatchRule(type="signal", interface=inside, member="Closed", path=session)
            for rule in (added, closed):
                Proxy(message_bus, self.connection).AddMatch(rule)
            self._closed = self.connection.filter(closed).queue
            self.connection.filter(closed, queue=self._closed).__enter__()
            with self.connection.filter(added) as nodes:
                self._call(session, inside, "Start")
                self.node: int = self.connection.recv_until_filtered(nodes, timeout=LIMIT).body[0]
        except (NotRecordedError, OSError, TimeoutError) as error:
            self.connection.close()
            raise NotRecordedError(str(error)) from error

    def is_closed(self) -> bool:
        """Whether mutter has ended it; call it when its connection has something to read."""
        with suppress(TimeoutError):
            self.connection.recv_messages(timeout=LIMIT)
        return bool(self._closed)

    def _call(self, path: str, interface: str, method: str, signature: str | None = None, body: Any = ()) -> Any:
        call = new_method_call(DBusAddress(path, MUTTER, interface), method, signature, body)
        reply = self.connection.send_and_get_reply(call, timeout=LIMIT)
        if reply.header.message_type is MessageType.error:
            raise NotRecordedError(f"{method}: {reply.body}")
        return reply.body


@dataclass
class Session:
    """What the portal has asked of one session so far."""

    persist: int = 0
    restored: str | None = None
    recording: Recording | None = None
    waiting: dict[str, Message] = field(default_factory=dict)
    """Dialogs that are open, by the path of their request."""


class Backend:
    """Serves the portal until it is killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sessions: dict[str, Session] = {}
        self._bus: DBusConnection = open_dbus_connection("SESSION")
        # Its reply is not waited for: calls that D-Bus has kept until then may come before it.
        self._bus.send(message_bus.RequestName(NAME, 4))

    def serve(self) -> None:
        """Answer calls, and pass on what mutter closes."""
        while True:
            recordings = {
                one.recording.connection.sock: path for path, one in self._sessions.items() if one.recording is not None
            }
            for readable in select.select([self._bus.sock, *recordings], [], [])[0]:
                if readable is self._bus.sock:
                    self._receive()
                else:
                    self._check(recordings[readable])

    def _receive(self) -> None:
        # There may be several messages in what is read at once.
        limit = LIMIT
        with suppress(TimeoutError):
            while True:
                message = self._bus.receive(timeout=limit)
                limit = 0.0
                if message.header.message_type is MessageType.method_call:
                    self._answer(message)

    def _check(self, path: str) -> None:
        recording = self._sessions[path].recording
        assert recording is not None
        try:
            closed = recording.is_closed()
        except ConnectionError:
            closed = True
        if closed:
            address = DBusAddress(path, interface=f"{PORTAL}.Session")
            self._bus.send(new_signal(address, "Closed"))
            self._sessions.pop(path)
            recording.connection.close()

    def _answer(self, call: Message) -> None:
        fields = call.header.fields
        interface, member = fields.get(HeaderFields.interface), fields.get(HeaderFields.member)
        path = fields[HeaderFields.path]
        if interface == "org.freedesktop.DBus.Properties":
            self._properties(call)
        elif (interface, member) == (f"{PORTAL}.ScreenCast", "CreateSession"):
            self._sessions[call.body[1]] = Session()
            self._reply(call, DONE, {"session_id": ("s", "test")})
        elif (interface, member) == (f"{PORTAL}.ScreenCast", "SelectSources"):
            self._select(call)
        elif (interface, member) == (f"{PORTAL}.ScreenCast", "Start"):
            self._start(call)
        elif (interface, member) == (f"{PORTAL}.Request", "Close"):
            self._dismiss(path)
            self._bus.send(new_method_return(call))
        elif (interface, member) == (f"{PORTAL}.Session", "Close"):
            session = self._sessions.pop(path, None)
            if session is not None and session.recording is not None:
                session.recording.connection.close()
            self._bus.send(new_method_return(call))
        else:
            self._bus.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", (str(member),)))

    def _properties(self, call: Message) -> None:
        values = {
            "AvailableSourceTypes": ("u", MONITOR | WINDOW),
            "AvailableCursorModes": ("u", 7),
            "version": ("u", 4),
        }
        there = values if call.body[0].endswith("ScreenCast") else {}
        if call.header.fields[HeaderFields.member] == "GetAll":
            self._bus.send(new_method_return(call, "a{sv}", (there,)))
        else:
            self._bus.send(new_method_return(call, "v", (there[call.body[1]],)))

    def _select(self, call: Message) -> None:
        session, options = self._sessions[call.body[1]], call.body[3]
        session.persist = options.get("persist_mode", ("u", 0))[1]
        if "restore_data" in options:
            vendor, _, (_, what) = options["restore_data"][1]
            session.restored = what if vendor == "test" else None
        self._reply(call, DONE, {})

    def _start(self, call: Message) -> None:
        session = self._sessions[call.body[1]]
        if session.restored is not None:
            try:
                self._record(call, session, session.restored)
            except NotRecordedError:
                # A monitor comes back with the compositor; for a window that is gone the user is asked, as GNOME does.
                if session.restored == "monitor":
                    self._reply(call, FAILED, {})
                    return
            else:
                return
        self._note("opened")
        answer = (self._folder / "answer").read_text(encoding="ascii").strip()
        if answer == "nothing":
            session.waiting[call.body[0]] = call
        elif answer == "refuse":
            self._reply(call, CANCELLED, {})
        else:
            try:
                self._record(call, session, answer)
            except NotRecordedError:
                self._reply(call, FAILED, {})

    def _record(self, call: Message, session: Session, what: str) -> None:
        session.recording = Recording(what)
        kind = MONITOR if what == "monitor" else WINDOW
        stream = (session.recording.node, {"size": ("(ii)", (1280, 720)), "source_type": ("u", kind)})
        results: dict[str, Any] = {"streams": ("a(ua{sv})", [stream]), "persist_mode": ("u", session.persist)}
        if session.persist:
            results["restore_data"] = ("(suv)", ("test", 1, ("s", what)))
        self._reply(call, DONE, results)

    def _dismiss(self, request: str) -> None:
        for session in self._sessions.values():
            call = session.waiting.pop(request, None)
            if call is not None:
                self._note("dismissed")
                self._reply(call, FAILED, {})

    def _reply(self, call: Message, code: int, results: dict[str, Any]) -> None:
        self._bus.send(new_method_return(call, "ua{sv}", (code, results)))

    def _note(self, what: str) -> None:
        with (self._folder / "dialogs").open("a", encoding="ascii") as file:
            file.write(f"{what}\n")


if __name__ == "__main__":
    Backend(Path(os.environ["WAYLAND_DESKTOP"])).serve()
