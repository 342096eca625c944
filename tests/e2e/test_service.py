"""The daemon as a service of a real `systemd --user`, from being installed to being removed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from websockets.sync.client import connect

from tests.e2e.user_systemd import UNIT, UserSystemd
from tests.needs import needs
from tests.program import ROOT
from tests.web import get, wait_for_health
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no systemd there")
CONFIGURATION = """
[source]
name = "screen:1"
[regions]
dialogue = "40,300,560,100"
[server]
port = 0
"""
WATCHDOG = 3


class Installed:
    """The service in a systemd of its own, watching a screen of its own."""

    def __init__(self, systemd: UserSystemd, screen: XServer) -> None:
        self.systemd = systemd
        self.screen = screen
        self.configuration = systemd.home / "my settings" / "game.toml"
        self.log = systemd.home / ".local" / "share" / "capture-daemon" / "dialogue.jsonl"

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call the program as somebody who is logged in would."""
        return subprocess.run(
            [sys.executable, "-m", "capture_daemon", *arguments],
            env=self.systemd.environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    @property
    def process(self) -> int:
        return int(self.systemd.show("MainPID"))

    @property
    def output(self) -> str:
        """What it has told the journal, a message a line."""
        return "\n".join(record["MESSAGE"] for record in self.systemd.journal())

    def wait_for(self, pattern: str, count: int = 1, limit: float = 60.0) -> list[str]:
        """Wait until the daemon has written what the pattern matches that many times."""
        end = time.monotonic() + limit
        while len(found := re.findall(pattern, self.output)) < count:
            assert time.monotonic() < end, (pattern, self.output)
            time.sleep(0.1)
        return found

    @property
    def port(self) -> str:
        """Where the daemon that was started last listens."""
        port: str = re.findall(r"listening on ws://localhost:(\d+)", self.output)[-1]
        return port

    def get(self, path: str) -> tuple[int, str]:
        """What it answers to a plain request: the status and the body."""
        return get(f"ws://127.0.0.1:{self.port}", path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("service")
    with XServer() as screen, UserSystemd(folder, DISPLAY=screen.display) as systemd:
        systemd.add_to_unit(f"[Service]\nWatchdogSec={WATCHDOG}\nRestartSec=200ms\n")
        service = Installed(systemd, screen)
        service.configuration.parent.mkdir()
        service.configuration.write_text(CONFIGURATION, encoding="utf-8")
        done = service.call("service", "install", "--config", str(service.configuration))
        assert done.returncode == 0, (done.stderr, service.output)
        yield service


def test_started_means_ready(installed: Installed) -> None:
    # Type=notify: `install` came back, so that the daemon has said it is ready.
    assert installed.systemd.show("ActiveState") == "active"
    assert installed.log.exists()
    status, told = installed.get("/healthz")
    assert (status, json.loads(told)["states"]["source"]) in ((200, "capturing"), (503, "capturing"))
    assert installed.systemd.show("StatusText").endswith("; no line yet")
    assert installed.systemd.show("UnitFileState") == "enabled"
    done = installed.call("service", "status")
    assert (done.returncode, done.stdout.split()[0]) == (0, "active"), done.stderr


def test_everything_works_within_its_bounds(installed: Installed) -> None:
    # The engine loads, so that nothing of what it needs is forbidden; and what isn't needed is.
    installed.wait_for(r"OCR: PaddleOCR")
    wait_for_health(f"ws://127.0.0.1:{installed.port}", 200)
    assert "capture_daemon_frames_total" in installed.get("/metrics")[1]
    state = Path(f"/proc/{installed.process}/status").read_text(encoding="utf-8")
    assert re.search(r"^NoNewPrivs:\s1$", state, re.MULTILINE)
    assert re.search(r"^Seccomp:\s2$", state, re.MULTILINE)
    assert re.search(r"^CapBnd:\s0+$", state, re.MULTILINE)


def test_a_changed_configuration_is_applied_and_a_broken_one_refused(installed: Installed) -> None:
    before = installed.process
    installed.configuration.write_text(CONFIGURATION.replace("[regions]", "fps = 20.0\n[regions]"), encoding="utf-8")
    installed.systemd.systemctl("reload", UNIT)
    installed.wait_for(r"the configuration is applied: source")
    installed.configuration.write_text(CONFIGURATION.replace("[regions]", "fps = 2000.0\n[regions]"), encoding="utf-8")
    installed.systemd.systemctl("reload", UNIT)
    installed.wait_for(r"the configuration is not applied, keeping the previous one: .*game\.toml: source\.fps")
    installed.configuration.write_text(CONFIGURATION, encoding="utf-8")
    assert installed.process == before
    assert installed.get("/healthz")[0] == 200


def test_a_region_that_is_saved_can_be_written(installed: Installed) -> None:
    # The configuration's folder is one of the few that the service may write into.
    request = {"id": 1, "do": "set_region", "region": "dialogue", "box": "50,300,500,100", "save": True}
    with connect(f"ws://127.0.0.1:{installed.port}/v1/control", compression=None, proxy=None) as control:
        control.send(json.dumps(request))
        answer = json.loads(control.recv(30))
    assert answer["ok"], answer
    assert 'dialogue = "50,300,500,100"' in installed.configuration.read_text(encoding="utf-8")
    installed.configuration.write_text(CONFIGURATION, encoding="utf-8")


def test_a_worker_that_the_kernel_ends_is_replaced_and_the_daemon_stays(installed: Installed) -> None:
    # What systemd does where memory runs out is its own affair; that it is told to do nothing is ours.
    assert installed.systemd.show("OOMPolicy") == "continue"
    wait_for_health(f"ws://127.0.0.1:{installed.port}", 200)
    before = installed.process
    [worker] = psutil.Process(before).children()
    loaded = len(re.findall(r"OCR: PaddleOCR", installed.output))
    # The kernel's own signal for it.
    worker.kill()
    installed.wait_for(r"OCR: PaddleOCR", loaded + 1)
    wait_for_health(f"ws://127.0.0.1:{installed.port}", 200)
    assert installed.process == before
    assert installed.systemd.show("NRestarts") == "0"


def test_a_daemon_that_is_killed_is_started_again(installed: Installed) -> None:
    before = installed.process
    os.kill(before, signal.SIGKILL)
    installed.systemd.wait_until("NRestarts", "1")
    installed.systemd.wait_until("ActiveState", "active")
    assert installed.process not in (0, before)


def test_a_grab_that_hangs_is_ended_by_the_watchdog(installed: Installed) -> None:
    before = installed.process
    time.sleep(1.5 * WATCHDOG)
    assert installed.process == before, "a daemon that does well was ended"
    installed.screen.hang()
    try:
        installed.systemd.wait_until("NRestarts", "2", limit=10 * WATCHDOG)
    finally:
        installed.screen.go_on()
    installed.wait_for(r"listening on", 3)
    installed.systemd.wait_until("ActiveState", "active")
    assert installed.process not in (0, before)


def test_the_journal_has_priorities(installed: Installed) -> None:
    told = {record["MESSAGE"]: record for record in installed.systemd.journal()}
    applied = next(record for message, record in told.items() if message.startswith("the configuration is applied"))
    refused = next(record for message, record in told.items() if message.startswith("the configuration is not applied"))
    assert (applied["PRIORITY"], refused["PRIORITY"]) == ("6", "3")
    assert applied["SYSLOG_IDENTIFIER"] == "capture-daemon"


def test_stopping_is_a_clean_end(installed: Installed) -> None:
    installed.systemd.systemctl("stop", UNIT)
    assert installed.systemd.show("ActiveState") == "inactive"
    assert installed.systemd.show("Result") == "success"
    assert "Traceback" not in installed.output
    done = installed.call("service", "status")
    assert (done.returncode, done.stdout.split()[0]) == (1, "inactive"), done.stderr


def test_a_mistake_in_the_configuration_is_not_tried_again(installed: Installed) -> None:
    installed.configuration.write_text("[source]\nfps = -1\n", encoding="utf-8")
    installed.systemd.systemctl("start", UNIT, check=False)
    time.sleep(1)
    assert installed.systemd.show("ActiveState") == "failed"
    installed.wait_for(r"capture-daemon: error: /\S.*game\.toml: source\.fps")
    assert installed.output.count("but it is -1") == 1


def test_removed_it_is_gone(installed: Installed) -> None:
    done = installed.call("service", "uninstall")
    assert done.returncode == 0, done.stderr
    assert not (installed.systemd.home / ".config" / "systemd" / "user" / UNIT).exists()
    assert installed.log.exists()
    assert installed.call("service", "uninstall").stdout == "there is no service to remove\n"
    done = installed.call("service", "status")
    assert (done.returncode, done.stdout.split()[:2]) == (1, ["not", "installed:"])


def test_what_does_not_start_leaves_nothing_behind(installed: Installed) -> None:
    config = installed.systemd.home / ".config"

    def links() -> list[Path]:
        return [path for path in (config / "systemd").rglob("*") if path.is_file() or path.is_symlink()]

    before = links()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        installed.configuration.write_text(CONFIGURATION.replace("port = 0", f"port = {port}"), encoding="utf-8")
        done = installed.call("service", "install", "--config", str(installed.configuration))
    assert done.returncode == 1
    assert "systemctl --user restart failed" in done.stderr
    assert links() == before
    assert installed.systemd.show("LoadState") == "not-found"
    assert installed.systemd.show("ActiveState") == "inactive"


def test_the_unit_is_well_formed_and_closed_enough(tmp_path: Path) -> None:
    analyze = needs("systemd-analyze", package="systemd")
    (tmp_path / "run").mkdir(mode=0o700)
    variables = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    unit = tmp_path / UNIT
    text = (ROOT / "systemd" / UNIT).read_text(encoding="utf-8")
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE), encoding="utf-8")
    for check in (["verify", "--recursive-errors=no"], ["security", "--offline=true", "--threshold=40"]):
        done = subprocess.run(
            [analyze, "--user", *check, str(unit)],
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert not done.stderr or "verify" not in check, done.stderr
