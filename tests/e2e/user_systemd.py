"""A real `systemd --user` with a home, a runtime folder and a control group of its own, that nothing else sees."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import pytest

from tests.needs import needs
from tests.program import environment

START_LIMIT = 20.0
UNIT = "capture-daemon.service"
_JOURNALD = "/lib/systemd/systemd-journald"
# A folder for what systemd keeps of its own, as it is at boot, the nodes it lays over what a service mustn't see, and a
# journal whose files can be seen from outside.
_OWN_RUN = """
echo $$ > "$1/cgroup.procs" && exec unshare --mount bash -c '
    mkdir -p /run/log && mount --bind "$1" /run/log &&
    mount -t tmpfs tmpfs /run/systemd && cd /run/systemd && mkdir -p system journal inaccessible/dir &&
    cd inaccessible && touch reg && mkfifo fifo && mknod chr c 0 0 && chmod 0 * && cd / &&
    { "$2" & echo $! > "$1/pid"; } && while ! [ -S /run/systemd/journal/stdout ]; do sleep 0.1; done && exec "$0" --user
' "$2" "$3" "$4"
"""


class UserSystemd:
    """Runs from `with` to its end. `environment` is what programs that talk to it need."""

    def __init__(self, folder: Path, **changes: str) -> None:
        self._systemd = needs("systemd", package="systemd")
        needs("systemctl", package="systemd")
        if os.geteuid() != 0:
            pytest.skip("only root can give systemd a place of its own")
        self._group = _control_group()
        self.home = folder / "home"
        runtime = folder / "run"
        self._journal = folder / "log"
        for made in (self.home, runtime, self._journal):
            made.mkdir(mode=0o700)
        self.environment = environment(self.home, XDG_RUNTIME_DIR=str(runtime), XDG_CACHE_HOME="", **changes)
        self._output = folder / "systemd.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                ["bash", "-c", _OWN_RUN, "bash", str(self._group), self._systemd, str(self._journal), _JOURNALD],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            self._wait_until_running(self._process)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _wait_until_running(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + START_LIMIT
        while self._state() not in ("running", "degraded"):
            told = self._output.read_text(encoding="utf-8", errors="replace")
            assert process.poll() is None, told
            assert time.monotonic() < end, told
            time.sleep(0.1)

    def _state(self) -> str:
        return self.systemctl("show", "--value", "--property=SystemState", check=False).strip()

    def _end(self) -> None:
        assert self._process is not None
        self.systemctl("exit", check=False)
        try:
            self._process.wait(20)
        finally:
            self._end_journal()
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait(10)
            # It may have removed its own group.
            for group in [*sorted(self._group.rglob("*/"), reverse=True), self._group]:
                with suppress(FileNotFoundError):
                    group.rmdir()

    def _end_journal(self) -> None:
        with suppress(FileNotFoundError, psutil.NoSuchProcess):
            journald = psutil.Process(int((self._journal / "pid").read_text(encoding="ascii")))
            journald.terminate()
            journald.wait(10)

    def journal(self) -> list[dict[str, str]]:
        """What the service has told the journal."""
        command = ["journalctl", "--directory", str(self._journal / "journal"), "--output=json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        return [record for record in records if UNIT in (record.get("_SYSTEMD_USER_UNIT"), record.get("_SYSTEMD_UNIT"))]

    def systemctl(self, *arguments: str, check: bool = True) -> str:
        """What `systemctl --user` prints."""
        done = subprocess.run(
            ["systemctl", "--user", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert not check or done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def add_to_unit(self, text: str) -> None:
        """Lay a piece of unit file beside the unit, which wins over it."""
        folder = self.home / ".config" / "systemd" / "user" / f"{UNIT}.d"
        folder.mkdir(parents=True)
        (folder / "test.conf").write_text(text, encoding="utf-8")

    def show(self, key: str) -> str:
        """A property of the unit."""
        return self.systemctl("show", UNIT, "--value", f"--property={key}").strip()

    def wait_until(self, key: str, value: str, limit: float = 60.0) -> None:
        """Wait until a property of the unit has that value."""
        end = time.monotonic() + limit
        while (found := self.show(key)) != value:
            assert time.monotonic() < end, f"{key} is {found}, not {value}"
            time.sleep(0.1)


def _control_group() -> Path:
    """A new control group below this process's own; skips where there can be none."""
    groups = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()]
    own = {names: path for _, names, path in groups}
    root = Path("/sys/fs/cgroup")
    parent = root / "systemd" / own["name=systemd"].lstrip("/") if "name=systemd" in own else root / own[""].lstrip("/")
    group = parent / f"capture-daemon-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made for systemd: {error.strerror}")
    return group
