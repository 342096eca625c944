"""What the server reads from files before it listens: the token, the certificate, its key, the users' numbers."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass, field
from typing import Self

from capture_daemon.config.models import ServerTable
from capture_daemon.server import own_token
from capture_daemon.server.allowed_users import allowed_uids
from capture_daemon.server.listen import addresses_of, check_strangers
from capture_daemon.server.tls import read_certificate, server_context
from capture_daemon.server.tokens import Token, read_token


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the files held when they were read; equal where they held the same."""

    token: Token | None = field(compare=False)
    context: ssl.SSLContext | None = field(compare=False)
    digest: bytes = field(repr=False)
    uids: frozenset[int] | None = None
    """The users that are let in without a token, where there is none; None where they aren't told apart."""
    own: str | None = field(default=None, repr=False, compare=False)
    """The token that was made here, where the system doesn't tell users."""

    @classmethod
    def read(cls, settings: ServerTable) -> Self:
        """Read them; a token that the daemon makes itself is made where there is none yet.

        Raises ConfigurationError where one can't be used, AddressError where there is no token and other machines
        could come in.
        """
        check_strangers(settings.host, addresses_of(settings.host), let_in=settings.token_file is not None)
        uids = allowed_uids(settings)
        own = own_token.own_token() if own_token.is_needed(settings) else None
        shown = own if settings.token_file is None else read_token(settings.token_file)
        token = None if shown is None else Token(shown)
        context = server_context(settings.certificate, settings.key)
        digest = hashlib.sha256()
        files = {"server.certificate": settings.certificate, "server.key": settings.key}
        held = [b"" if path is None else read_certificate(name, path) for name, path in files.items()]
        for data in (b"" if shown is None else shown.encode(), *held):
            digest.update(len(data).to_bytes(8) + data)
        return cls(token, context, digest.digest(), uids, own)
