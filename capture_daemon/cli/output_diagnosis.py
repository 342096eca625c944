"""Whether lines can go where `[output]` sends them: the command's program, and the clipboard."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from capture_daemon.cli.findings import Finding
from capture_daemon.config.models import OutputTable

LIMIT = 5.0
"""Seconds for the clipboard's program to answer, 2 to 10: it does within tenths, unless the clipboard's owner hangs."""
_UNREACHABLE = ("can't open display", "failed to connect", "does not seem to support")
"""What these programs say if the display isn't there, or has no clipboard for them."""


def examine(settings: OutputTable) -> Iterator[Finding]:
    """The command and the clipboard, each if it is configured. Nothing is run for a line, and the clipboard stays."""
    if settings.command:
        yield _program_of_command(settings.command[0])
    if settings.clipboard:
        yield _clipboard() if sys.platform.startswith("linux") else Finding("clipboard", "good", "the system's own")


def _program_of_command(name: str) -> Finding:
    path = shutil.which(name)
    if path is not None:
        return Finding("command", "good", f"output.command runs {path}")
    by_path = os.sep in name
    if by_path and Path(name).is_file():
        return Finding("command", "fault", f"output.command: {name} may not be run", f"allow it: chmod +x {name}")
    where = "is not there" if by_path else "is not found on PATH"
    remedy = "install it, or name it by its whole path, without ~, in output.command"
    return Finding("command", "fault", f"output.command: {name} {where}", remedy)


def _clipboard() -> Finding:
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if "microsoft" in platform.release().lower():
        return Finding("clipboard", "good", "that of Windows")
    # In the order in which pyperclip, which sets it, tries them.
    if wayland and shutil.which("wl-copy") and shutil.which("wl-paste"):
        return _reached("wl-clipboard", wayland, ["wl-paste", "--list-types"])
    if x11 and shutil.which("xclip"):
        return _reached("xclip", x11, ["xclip", "-selection", "clipboard", "-out", "-target", "TARGETS"])
    if x11 and (other := _other_way()):
        return Finding("clipboard", "good", f"set by {other} at {x11}, which was not tried")
    if wayland or x11:
        remedy = f"install {'wl-clipboard' if wayland else 'xclip'}"
        return Finding("clipboard", "fault", "output.clipboard: no program is installed that sets it", remedy)
    found = "output.clipboard: there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set"
    return Finding("clipboard", "fault", found, "run in the desktop's session, or set output.clipboard to false")


def _other_way() -> str | None:
    if shutil.which("xsel"):
        return "xsel"
    if shutil.which("klipper") and shutil.which("qdbus"):
        return "klipper"
    return next((name for name in ("qtpy", "PyQt5") if importlib.util.find_spec(name) is not None), None)


def _reached(program: str, display: str, look: list[str]) -> Finding:
    """Whether the clipboard is reached, by asking it only in which forms it could give what it holds."""
    try:
        done = subprocess.run(
            look, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT, check=False, errors="replace"
        )
    except subprocess.TimeoutExpired:
        found = f"output.clipboard: {program} gets no answer at {display} within {LIMIT:g} s"
        return Finding("clipboard", "note", found, "lines are copied if the program that holds the clipboard is ended")
    except OSError as error:
        return Finding(
            "clipboard", "fault", f"output.clipboard: {program} can't be run: {error.strerror}", "install it"
        )
    # Both also fail if the clipboard is empty.
    if done.returncode and any(words in done.stderr.lower() for words in _UNREACHABLE):
        found = f"output.clipboard: {program} can't reach the display {display}"
        return Finding("clipboard", "fault", found, "see that DISPLAY or WAYLAND_DISPLAY names this session")
    return Finding("clipboard", "good", f"set by {program} at {display}")
