"""The screen or window that the user chose in the desktop's dialog, kept so that the desktop needn't ask again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from capture_daemon.common import private_files, small_files
from capture_daemon.errors import ConfigurationError

COMMAND = "capture-daemon choose-screen"
MOST_BYTES = 4096
"""Bytes of a file that holds a choice; a token has 36."""
LONGEST_TOKEN = 1024
_KEY = "source.screen_choice_file"


@dataclass(frozen=True, slots=True)
class ScreenChoice:
    """What was chosen: the portal's restore token, and whether it stands for a window.

    `fresh` is true from `choose-screen` until a source has used it: what was just chosen is there now.
    """

    token: str
    window: bool
    fresh: bool = False


def read(file: Path | None) -> ScreenChoice | None:
    """The choice in a file, None if there is none; raises ConfigurationError if the file holds something else."""
    content = None if file is None else small_files.read_if_there(file, _KEY, MOST_BYTES)
    if content is None:
        return None
    try:
        values = json.loads(content.data)
        choice = ScreenChoice(values["token"], values["window"], values["fresh"])
    except (ValueError, KeyError, TypeError, RecursionError):
        choice = None
    if choice is None or not _is_sound(choice):
        raise ConfigurationError(f"{_KEY}: {file}: holds no chosen screen: choose one again: {COMMAND}")
    return choice


def write(file: Path, choice: ScreenChoice) -> None:
    """Keep a choice, for its owner alone, in place of the one before; raises ConfigurationError."""
    try:
        private_files.make_folder(file.parent)
        private_files.write(file, json.dumps(asdict(choice)).encode())
    except OSError as error:
        raise ConfigurationError(
            f"{_KEY}: {file}: can't be written: {error.strerror}: the chosen screen is not kept"
        ) from error


def replace(file: Path, before: ScreenChoice | None, choice: ScreenChoice | None) -> None:
    """Put a choice, or nothing, in place of `before`; a file that holds another by now is left as it is.

    Raises ConfigurationError.
    """
    if read(file) != before:
        return
    if choice is not None:
        write(file, choice)
    else:
        forget(file)


def forget(file: Path) -> bool:
    """Remove a choice; False if there was none. Raises ConfigurationError."""
    try:
        file.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ConfigurationError(f"{_KEY}: {file}: can't be removed: {error.strerror}: give permission") from error
    return True


def stamp(file: Path | None) -> tuple[int, int] | None:
    """A value that differs after each change of a file; None while it doesn't exist."""
    try:
        status = None if file is None else file.stat()
    except OSError:
        return None
    return None if status is None else (status.st_ino, status.st_mtime_ns)


def _is_sound(choice: ScreenChoice) -> bool:
    token: object = choice.token
    sound = isinstance(token, str) and 0 < len(token) <= LONGEST_TOKEN and token.isprintable()
    return sound and isinstance(choice.window, bool) and isinstance(choice.fresh, bool)
