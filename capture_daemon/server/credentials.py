"""What the server reads from files before it listens: the token, the certificate, its key, the users' numbers."""

from __future__ import annotations

import hashlib
import os
import ssl
import sys
from dataclasses import dataclass, field
from typing import Self

from capture_daemon.config.models import ServerTable
from capture_daemon.errors import ConfigurationError
from capture_daemon.server import peers
from capture_daemon.server.listen import addresses_of, check_strangers
from capture_daemon.server.tls import read_certificate, server_context
from capture_daemon.server.tokens import Token, is_needed, own_token, read_token


def allowed_uids(settings: ServerTable) -> frozenset[int] | None:
    """Their user ids: the daemon's own, root's, and those of `server.users`; None if users can't be identified.

    Raises ConfigurationError if a user doesn't exist, or this system can't identify users.
    """
    if settings.token_file is not None or settings.users == "all":
        return None
    if not peers.can_tell() or sys.platform == "win32":
        if settings.users:
            raise ConfigurationError(
                'server.users: this system cannot identify the user of a connection: leave it out, or write "all"'
            )
        return None
    return frozenset({os.geteuid(), peers.ROOT, *map(_uid_of, settings.users)})


def _uid_of(name: str) -> int:
    if sys.platform == "win32":
        raise NotImplementedError
    import pwd  # noqa: PLC0415 - Windows has none

    try:
        uid = pwd.getpwnam(name).pw_uid
    except (KeyError, ValueError) as error:  # a null character in it, or what this system can't write
        raise ConfigurationError(f"server.users: there is no user {name!r} on this machine") from error
    if uid == peers.stand_in():
        raise ConfigurationError(
            f"server.users: {name!r} stands for all users whom the daemon's user namespace doesn't have: leave it out, "
            'or write "all"'
        )
    return uid


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the files held when they were read; equal where they held the same."""

    token: Token | None = field(compare=False)
    context: ssl.SSLContext | None = field(compare=False)
    digest: bytes = field(repr=False)
    uids: frozenset[int] | None = None
    """The users that are let in without a token, if there is none; None if they can't be identified."""
    own: str | None = field(default=None, repr=False, compare=False)
    """The token that was made here, if the system can't identify users."""

    @classmethod
    def read(cls, settings: ServerTable) -> Self:
        """Read them; a token that the daemon makes itself is made if there is none yet.

        Raises ConfigurationError if one can't be used, AddressError if there is no token and other machines
        could come in.
        """
        check_strangers(settings.host, addresses_of(settings.host), let_in=settings.token_file is not None)
        uids = allowed_uids(settings)
        own = own_token() if is_needed(settings) else None
        shown = own if settings.token_file is None else read_token(settings.token_file)
        token = None if shown is None else Token(shown)
        context = server_context(settings.certificate, settings.key)
        digest = hashlib.sha256()
        files = {"server.certificate": settings.certificate, "server.key": settings.key}
        held = [b"" if path is None else read_certificate(name, path) for name, path in files.items()]
        for data in (b"" if shown is None else shown.encode(), *held):
            digest.update(len(data).to_bytes(8) + data)
        return cls(token, context, digest.digest(), uids, own)
