"""The token that clients must show, where one is set: read from a file, compared in constant time, kept as a digest."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

from capture_daemon.errors import ConfigurationError

SHORTEST = 16
"""Characters that a token must have."""
LONGEST = 1024


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
    if not path.is_file():
        raise ConfigurationError(f"{name}: {path}: there is no such file")
    try:
        with path.open("rb") as file:
            mode, data = os.fstat(file.fileno()).st_mode, file.read(LONGEST + 64)
    except OSError as error:
        raise ConfigurationError(f"{name}: {path}: can't be read: {error.strerror}") from error
    # Windows has no such bits.
    if os.name == "posix" and mode & (stat.S_IROTH | stat.S_IWOTH):
        raise ConfigurationError(f"{name}: {path}: others may read or write it: chmod 600 {path}")
    token = data.strip()
    if not all(0x21 <= byte <= 0x7E for byte in token):
        raise ConfigurationError(f"{name}: {path}: must hold one token, of letters, digits and signs without a space")
    if not SHORTEST <= len(token) <= LONGEST:
        raise ConfigurationError(
            f"{name}: {path}: a token has {SHORTEST} to {LONGEST} characters, but this one has {len(token)}"
        )
    return token.decode("ascii")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
