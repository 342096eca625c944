"""The daemon as a systemd user service: its unit file, and `systemctl --user`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from capture_daemon.errors import CaptureDaemonError

NAME = "capture-daemon.service"
LIMIT = 90.0
"""Seconds that `systemctl` may take: as long as a start that never ends."""


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How the service is doing, in systemd's own words; `status_text` is what the daemon says of itself."""

    installed: bool
    enabled: bool
    active: str
    since: str
    status_text: str
    result: str
    restarts: int


def unit_path() -> Path:
    """Where the user's unit lies: `$XDG_CONFIG_HOME/systemd/user`, by default under `~/.config`."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "systemd" / "user" / NAME


def template() -> str:
    """The unit as it comes with the program."""
    packaged = resources.files("capture_daemon") / NAME
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    # A checkout that is used where it lies.
    return (Path(__file__).resolve().parents[2] / "systemd" / NAME).read_text(encoding="utf-8")


def program() -> list[str]:
    """How this program is called, whatever the search path is."""
    script = Path(sys.executable).with_name("capture-daemon")
    return [str(script)] if script.exists() else [sys.executable, "-m", "capture_daemon"]


def unit_text(command: Sequence[str], writable: Iterable[Path]) -> str:
    """The unit that runs `command` and may write into the folders `writable`, besides those that every one may."""
    lines = []
    for line in template().splitlines():
        if line.startswith("ExecStart="):
            line = f"ExecStart={' '.join(map(quoted, command))}"  # noqa: PLW2901 - the line in its place
        elif line.startswith("RuntimeDirectory="):
            lines += [f"ReadWritePaths={quoted(f'-{folder}', dollar=False)}" for folder in writable]
        lines.append(line)
    return "\n".join(lines) + "\n"


def quoted(word: str, *, dollar: bool = True) -> str:
    """One word as systemd reads it back; `dollar` where it would put in variables."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("\n", "\\n")
    if dollar:
        escaped = escaped.replace("$", "$$")
    plain = escaped and all(character.isalnum() or character in "-_./:=,+@%" for character in escaped)
    return escaped if plain else f'"{escaped}"'


def install(command: Sequence[str], writable: Sequence[Path], *, start: bool) -> Path:
    """Install the unit, enable it at login, and start it now if `start`; returns its path.

    The folders are made where they are missing. Raises CaptureDaemonError if that can't be done.
    """
    systemctl("--version")
    path = unit_path()
    try:
        # What isn't there when the service starts can't be made writable for it.
        for folder in [*writable, Path("~/.paddlex").expanduser()]:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(unit_text(command, writable), encoding="utf-8")
    except OSError as error:
        raise CaptureDaemonError(f"{error.filename}: can't be made: {error.strerror}: give permission") from error
    systemctl("daemon-reload")
    systemctl("enable", "--quiet", NAME)
    if start:
        systemctl("restart", NAME)
    return path


def uninstall() -> bool:
    """Stop the service and remove its unit; False if there was none. Raises CaptureDaemonError."""
    path = unit_path()
    if not path.exists():
        return False
    systemctl("disable", "--now", "--quiet", NAME)
    try:
        path.unlink()
    except OSError as error:
        raise CaptureDaemonError(f"{path}: can't be removed: {error.strerror}: give permission") from error
    systemctl("daemon-reload")
    return True


def state() -> ServiceState:
    """How the service is doing; raises CaptureDaemonError if systemd can't be asked."""
    keys = ("LoadState", "UnitFileState", "ActiveState", "ActiveEnterTimestamp", "StatusText", "Result", "NRestarts")
    answer = systemctl("show", NAME, *(f"--property={key}" for key in keys))
    values = dict(line.partition("=")[::2] for line in answer.splitlines())
    return ServiceState(
        installed=values.get("LoadState") == "loaded",
        enabled=values.get("UnitFileState") == "enabled",
        active=values.get("ActiveState", "unknown"),
        since=values.get("ActiveEnterTimestamp", ""),
        status_text=values.get("StatusText", ""),
        result=values.get("Result", ""),
        restarts=int(values.get("NRestarts") or 0),
    )


def systemctl(*arguments: str) -> str:
    """What `systemctl --user` prints; raises CaptureDaemonError with its own words where it fails."""
    found = shutil.which("systemctl")
    if found is None:
        raise CaptureDaemonError("there is no systemctl here: services are kept by systemd, on Linux")
    try:
        done = subprocess.run([found, "--user", *arguments], capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired as error:
        raise CaptureDaemonError(
            f"systemctl --user {arguments[0]} did not answer for {LIMIT:g} s: see systemctl --user status {NAME}"
        ) from error
    if done.returncode:
        words = " ".join(done.stderr.split()).rstrip(".") or f"exit code {done.returncode}"
        if "connect to bus" in words or "connect to user scope bus" in words:
            words += ": log in, or allow it to run without a login by `loginctl enable-linger`, and set XDG_RUNTIME_DIR"
        raise CaptureDaemonError(f"systemctl --user {arguments[0]} failed: {words}")
    return done.stdout
