"""Notifications to the service manager: readiness, status, and the watchdog.

The protocol is systemd's: datagrams to the socket that `$NOTIFY_SOCKET` names. Where there is none, nothing is sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from capture_daemon.daemon.web import WELL
from capture_daemon.records import Status

if TYPE_CHECKING:
    from collections.abc import Coroutine

STATUS_INTERVAL = 10.0
"""Seconds between two status notifications, unless the watchdog needs more."""
PINGS = 5
"""Checks of the capture loop per watchdog interval."""
Result_co = TypeVar("Result_co", covariant=True)

logger = logging.getLogger(__name__)


class ServiceManager:
    """The service manager that started this program, if one did and asked for notifications.

    `watchdog` is the time in seconds after which it ends a program that has not said it is alive; None if it
    doesn't watch.
    """

    def __init__(self, address: str | None = None, watchdog: float | None = None) -> None:
        self.watchdog = watchdog
        self._address = address
        self._socket: socket.socket | None = None
        if address and hasattr(socket, "AF_UNIX"):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)

    @classmethod
    def of(cls, environment: MutableMapping[str, str]) -> Self:
        """The manager that the environment names; its variables are taken out, as they are not for child processes."""
        address = environment.pop("NOTIFY_SOCKET", None)
        process = environment.pop("WATCHDOG_PID", None)
        microseconds = environment.pop("WATCHDOG_USEC", "")
        meant = process is None or process == str(os.getpid())
        watchdog = int(microseconds) / 1e6 if meant and microseconds.isdecimal() and int(microseconds) else None
        return cls(address, watchdog)

    @property
    def listens(self) -> bool:
        """Whether a service manager listens."""
        return self._socket is not None

    def notify(self, *assignments: str) -> None:
        """Send assignments such as `READY=1`, all at once."""
        if self._socket is None or self._address is None:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            self._socket.sendto("\n".join(assignments).encode(), address)
        except OSError as error:
            logger.warning("can't notify the service manager: %s", error.strerror)

    def close(self) -> None:
        """Close the socket; may be called more than once."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class SupervisedDaemon(Protocol[Result_co]):
    """What is run as a service: a daemon."""

    @property
    def progress(self) -> float:
        """When the capture loop took its last step, by `time.monotonic`."""
        ...

    @property
    def statuses(self) -> list[Status]:
        """How the parts are doing."""
        ...

    @property
    def silence(self) -> float | None:
        """Seconds since the last line; None before the first."""
        ...

    def run(self) -> Coroutine[object, object, Result_co]:
        """Run to the end."""
        ...

    def stop(self) -> None:
        """End soon."""
        ...

    def reload(self) -> None:
        """Read the configuration again."""
        ...


class Service(Generic[Result_co]):
    """Runs a daemon, and notifies the service manager of its state."""

    def __init__(
        self, manager: ServiceManager, make: Callable[[Callable[[], None]], SupervisedDaemon[Result_co]]
    ) -> None:
        """`make` makes the daemon, which calls what it is given once it is ready."""
        self._manager = manager
        self._daemon = make(self._ready)
        self._seen = 0.0

    async def run(self) -> Result_co:
        """Run the daemon to its end."""
        notifying = asyncio.create_task(self._keep_notifying(), name="notify the service manager")
        try:
            return await self._daemon.run()
        finally:
            self._manager.notify("STOPPING=1")
            notifying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await notifying
            self._manager.close()

    def stop(self) -> None:
        """Stop the daemon."""
        self._manager.notify("STOPPING=1")
        self._daemon.stop()

    def reload(self) -> None:
        """Have the daemon read its configuration again."""
        self._daemon.reload()

    def _ready(self) -> None:
        self._manager.notify("READY=1", self._status())

    async def _keep_notifying(self) -> None:
        watchdog = self._manager.watchdog
        while self._manager.listens:
            await asyncio.sleep(STATUS_INTERVAL if watchdog is None else min(STATUS_INTERVAL, watchdog / PINGS))
            assignments = [self._status()]
            # Only news of the capture loop counts: a loop that hangs in a grab has an event loop that is quite alive.
            if (progress := self._daemon.progress) != self._seen:
                self._seen = progress
                assignments.append("WATCHDOG=1")
            self._manager.notify(*assignments)

    def _status(self) -> str:
        return f"STATUS={summary(self._daemon.statuses, self._daemon.silence)}"


def summary(statuses: Iterable[Status], silence: float | None) -> str:
    """The status in one line: what doesn't work, and the age of the last line, not its text."""
    states = {status.what: status.state for status in statuses}
    wrong = [f"{what} {state}" for what, state in states.items() if state not in WELL]
    going = ", ".join(wrong) or ("paused" if "paused" in states.values() else "capturing")
    return f"{going}; {'no line yet' if silence is None else f'last line {_age(silence)} ago'}"


def _age(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
