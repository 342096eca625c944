"""What a service manager is told, over a real socket."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from capture_daemon.daemon.sd_notify import Service, ServiceManager, summary
from capture_daemon.records import Status

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no systemd there")
WORKING = [Status(what="source", state="capturing"), Status(what="ocr", state="capturing")]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        yield listener


def address(listener: socket.socket) -> str:
    return str(listener.getsockname())


class SupervisedDaemon:
    """A daemon that does nothing for as long as one likes, and whose capture loop may hang."""

    def __init__(self, ready: Callable[[], None], hangs: bool = False) -> None:
        self.statuses = WORKING
        self.silence = 3.0
        self._ready = ready
        self._hangs = hangs
        self._stopped = asyncio.Event()

    @property
    def progress(self) -> float:
        return 1.0 if self._hangs else time.monotonic()

    async def run(self) -> str:
        self._ready()
        await self._stopped.wait()
        return "ended"

    def reload(self) -> None:
        """Nothing to read again."""

    def stop(self) -> None:
        self._stopped.set()


def run(manager: ServiceManager, seconds: float, *, hangs: bool = False) -> str:
    async def main() -> str:
        kept = Service(manager, lambda ready: SupervisedDaemon(ready, hangs))
        asyncio.get_running_loop().call_later(seconds, kept.stop)
        return await asyncio.wait_for(kept.run(), 20)

    return asyncio.run(main())


def heard(listener: socket.socket) -> list[str]:
    listener.setblocking(False)
    messages = []
    while True:
        try:
            messages.append(listener.recv(4096).decode())
        except BlockingIOError:
            return messages


def test_ready_and_stopping(told: socket.socket) -> None:
    assert run(ServiceManager(address(told)), 0.1) == "ended"
    messages = heard(told)
    assert messages[0] == "READY=1\nSTATUS=capturing; last line 3 s ago"
    assert messages[1:] == ["STOPPING=1", "STOPPING=1"]


def test_the_watchdog_is_fed_while_the_capture_loop_moves(told: socket.socket) -> None:
    run(ServiceManager(address(told), 1.0), 1.5)
    messages = heard(told)
    assert sum("WATCHDOG=1" in message for message in messages) >= 2
    assert all("WATCHDOG=1" not in message or "STATUS=" in message for message in messages)


def test_the_watchdog_is_not_fed_for_a_loop_that_hangs(told: socket.socket) -> None:
    run(ServiceManager(address(told), 1.0), 1.5, hangs=True)
    messages = heard(told)
    # The first step it ever took counts; after that there was none.
    assert sum("WATCHDOG=1" in message for message in messages) == 1
    assert sum("STATUS=" in message for message in messages) >= 3


def test_an_abstract_address() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        name = f"capture-daemon-test-{os.getpid()}"
        listener.bind(f"\0{name}")
        manager = ServiceManager(f"@{name}")
        manager.notify("READY=1")
        assert listener.recv(100) == b"READY=1"
        manager.close()


def test_the_environment_is_taken_out(told: socket.socket) -> None:
    environment = {
        "NOTIFY_SOCKET": address(told),
        "WATCHDOG_USEC": "3000000",
        "WATCHDOG_PID": str(os.getpid()),
        "A": "",
    }
    manager = ServiceManager.of(environment)
    assert environment == {"A": ""}
    assert (manager.listens, manager.watchdog) == (True, 3.0)
    manager.close()
    manager.close()


@pytest.mark.parametrize("variables", [{}, {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}])
def test_without_a_manager_nothing_is_sent_nor_watched(variables: dict[str, str]) -> None:
    manager = ServiceManager.of(variables)
    assert (manager.listens, manager.watchdog) == (False, None)
    assert run(manager, 0.05) == "ended"


def test_a_manager_that_is_gone_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert run(ServiceManager(str(tmp_path / "nobody")), 0.05) == "ended"
    assert "can't notify" in caplog.text


def test_the_summary_has_what_is_wrong_and_no_text() -> None:
    assert summary(WORKING, None) == "capturing; no line yet"
    assert summary([Status(what="source", state="paused"), WORKING[1]], 200) == "paused; last line 3 min ago"
    broken = [Status(what="source", state="lost", detail="secret"), Status(what="ocr", state="degraded")]
    assert summary(broken, 7300) == "source lost, ocr degraded; last line 2 h ago"
