"""The token that a daemon makes itself where the system doesn't tell who dials it: only its own user can read it."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

from capture_daemon.config.models import ServerTable, default_token_path
from capture_daemon.errors import ConfigurationError
from capture_daemon.linelog.fs import PRIVATE_FOLDER
from capture_daemon.server import peers
from capture_daemon.server.tokens import read_token, read_token_if_there

_BYTES = 24
_NAME = "the daemon's own token"
PAGE = "page.html"
"""Beside the token: leads a browser to the daemon's page, with the token."""


def is_needed(settings: ServerTable) -> bool:
    """Whether a daemon with these settings asks for a token that it makes itself."""
    return settings.token_file is None and settings.users != "all" and not peers.can_tell()


def own_token(path: Path | None = None) -> str:
    """The token, made now where there is none yet.

    Raises ConfigurationError where it can't be written or read, or others can read it.
    """
    path = path or default_token_path()
    try:
        if not path.exists():
            _place(path, secrets.token_urlsafe(_BYTES) + "\n", replace=False)
    except OSError as error:
        raise ConfigurationError(
            f"{path}: the token can't be kept there: {error.strerror}: give permission, or set server.token_file"
        ) from error
    return read_token(path, name=_NAME)


def known_token(path: Path | None = None) -> str | None:
    """The token that a daemon of this user has made; None where there is none. Raises ConfigurationError."""
    path = path or default_token_path()
    return read_token_if_there(path, name=_NAME)


def leave_page(address: str, token: str, folder: Path | None = None) -> Path:
    """A file, for its owner only, that leads a browser to the page at `http://…` and shows the token there.

    Raises ConfigurationError where it can't be written.
    """
    file = (folder or default_token_path().parent) / PAGE
    there = f"{address}/#token={quote(token, safe='')}"
    leads = f'<meta http-equiv="refresh" content="0; url={there}">'
    text = f'<!doctype html><meta charset="utf-8"><title>lines</title>{leads}\n'
    try:
        _place(file, text, replace=True)
    except OSError as error:
        raise ConfigurationError(f"{file}: can't be written: {error.strerror}: give permission") from error
    return file


def _place(path: Path, text: str, *, replace: bool) -> None:
    """Put a file in place whole, 0600; one that somebody else has just put there is left, unless it is replaced."""
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as being_written:
            being_written.write(text)
            being_written.flush()
            # After a power cut it must not stand there empty: with a token that is none no daemon starts.
            os.fsync(handle)
        if replace or os.name != "posix":
            made.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
    finally:
        made.unlink(missing_ok=True)
