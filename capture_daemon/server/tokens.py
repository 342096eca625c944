"""Tokens that clients must show: read from a file, or made by the daemon; compared in constant time."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

from capture_daemon.common import small_files
from capture_daemon.config.models import ServerTable, default_token_path
from capture_daemon.errors import ConfigurationError
from capture_daemon.linelog.fs import PRIVATE_FOLDER
from capture_daemon.server import peers

SHORTEST = 16
"""Characters that a token must have."""
LONGEST = 1024
MOST_BYTES = 4096
"""Bytes of its file, white space and all."""


class Token:
    """What clients must show. Only a digest of it is kept, so that it can't leak."""

    def __init__(self, text: str) -> None:
        self._digest = _digest(text)

    def matches(self, shown: str) -> bool:
        """Whether it is the token; takes as long whatever was shown."""
        return hmac.compare_digest(self._digest, _digest(shown))


def read_token(path: Path, *, name: str = "server.token_file") -> str:
    """The token in a file, without white space around it; `name` is what the file is called if it can't be used.

    Raises ConfigurationError if the file can't be read or others may read it, or if the token is too short or
    can't be sent in a header.
    """
    return _checked(small_files.read(path, name, MOST_BYTES), path, name)


def read_token_if_there(path: Path, *, name: str) -> str | None:
    """The same, but None if there is no such file."""
    content = small_files.read_if_there(path, name, MOST_BYTES)
    return None if content is None else _checked(content, path, name)


def _checked(content: small_files.Content, path: Path, name: str) -> str:
    # Windows has no such bits.
    if os.name == "posix" and content.mode & (stat.S_IROTH | stat.S_IWOTH):
        raise ConfigurationError(f"{name}: {path}: others may read or write it: chmod 600 {path}")
    token = content.data.strip()
    if not all(0x21 <= byte <= 0x7E for byte in token):
        raise ConfigurationError(f"{name}: {path}: must hold one token, of letters, digits and signs without a space")
    if not SHORTEST <= len(token) <= LONGEST:
        raise ConfigurationError(
            f"{name}: {path}: a token has {SHORTEST} to {LONGEST} characters, but this one has {len(token)}"
        )
    return token.decode("ascii")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


_BYTES = 24
_NAME = "the daemon's own token"
PAGE = "page.html"
"""Beside the token: leads a browser to the daemon's page, with the token."""


def is_needed(settings: ServerTable) -> bool:
    """Whether a daemon with these settings asks for a token that it makes itself."""
    return settings.token_file is None and settings.users != "all" and not peers.can_tell()


def own_token(path: Path | None = None) -> str:
    """The token, made now if there is none yet.

    Raises ConfigurationError if it can't be written or read, or others can read it.
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
    """The token that a daemon of this user has made; None if there is none. Raises ConfigurationError."""
    path = path or default_token_path()
    return read_token_if_there(path, name=_NAME)


def leave_page(address: str, token: str, folder: Path | None = None) -> Path:
    """A file, for its owner only, that leads a browser to the page at `http://…` and shows the token there.

    Raises ConfigurationError if it can't be written.
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
