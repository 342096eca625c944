"""The token that clients must show, where one is set: read from a file, compared in constant time, kept as a digest."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

from capture_daemon.common import small_files
from capture_daemon.errors import ConfigurationError

SHORTEST = 16
"""Characters that a token must have."""
LONGEST = 1024
MOST_BYTES = 4096
"""Bytes of its file, white space and all."""


class Token:
    """What clients must show. Only a digest of it is kept, so that nothing can tell it."""

    def __init__(self, text: str) -> None:
        self._digest = _digest(text)

    def matches(self, shown: str) -> bool:
        """Whether it is the token; takes as long whatever was shown."""
        return hmac.compare_digest(self._digest, _digest(shown))


def read_token(path: Path, *, name: str = "server.token_file") -> str:
    """The token in a file, without white space around it; `name` is what the file is called where it can't be used.

    Raises ConfigurationError where the file can't be read or others may read it, or where the token is too short or
    can't be sent in a header.
    """
    return _checked(small_files.read(path, name, MOST_BYTES), path, name)


def read_token_if_there(path: Path, *, name: str) -> str | None:
    """The same, but None where there is no such file."""
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
