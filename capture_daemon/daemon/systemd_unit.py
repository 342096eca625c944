"""The daemon as a systemd user service: its unit file, and `systemctl --user`."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
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

    The folders are made where they are missing. Raises CaptureDaemonError if that can't be done; then all is as it was
    before: no unit, no folder, or the earlier unit, running if it was.
    """
    systemctl("show-environment")  # fails where there is no systemd of the user's to ask
    path = unit_path()
    earlier = _earlier(path)
    made: list[Path] = []
    try:
        # What isn't there when the service starts can't be made writable for it.
        for folder in [*writable, Path("~/.paddlex").expanduser()]:
            _make_folder(folder, made, mode=0o700)
        _make_folder(path.parent, made)
        path.write_text(unit_text(command, writable), encoding="utf-8")
        systemctl("daemon-reload")
        systemctl("enable", "--quiet", NAME)
        if start:
            systemctl("restart", NAME)
    except OSError as error:
        _undo(path, earlier, made)
        raise CaptureDaemonError(f"{error.filename}: can't be made: {error.strerror}: give permission") from error
    except CaptureDaemonError as error:
        _undo(path, earlier, made)
        left = "nothing is installed" if earlier is None else "the earlier service is back"
        raise CaptureDaemonError(f"{error}; {left}") from error
    return path


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A unit that is installed already: its file, and how it was doing."""

    text: bytes
    enabled: bool
    active: bool


def _earlier(path: Path) -> _Earlier | None:
    """What is installed already, None if nothing is. Raises CaptureDaemonError if it can't be read."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CaptureDaemonError(f"{path}: can't be read: {error.strerror}: give permission") from error
    before = state()
    return _Earlier(text, before.enabled, before.active in ("active", "reloading", "activating"))


def _make_folder(folder: Path, made: list[Path], mode: int = 0o777) -> None:
    """Make a folder and those above it, and add to `made` each that wasn't there; raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=mode)
        made.append(one)


def _undo(path: Path, earlier: _Earlier | None, made: Sequence[Path]) -> None:
    """Put everything back; what can't be put back is left, for there is an error to report already."""
    steps: list[Callable[[], object]] = []
    if earlier is None:
        steps += [
            lambda: systemctl("disable", "--now", "--quiet", NAME),
            lambda: path.unlink(missing_ok=True),
            lambda: systemctl("daemon-reload"),
            lambda: systemctl("reset-failed", NAME),
        ]
    else:
        steps += [lambda: path.write_bytes(earlier.text), lambda: systemctl("daemon-reload")]
        steps += [] if earlier.enabled else [lambda: systemctl("disable", "--quiet", NAME)]
        steps += [lambda: systemctl("restart" if earlier.active else "stop", NAME)]
    for step in [*steps, *(folder.rmdir for folder in reversed(made))]:
        with contextlib.suppress(OSError, CaptureDaemonError):
            step()


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
    """What `systemctl --user` prints; raises CaptureDaemonError with its message if it fails."""
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
