"""What the server reads from files before it listens: the token, the certificate, its key."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass, field
from typing import Self

from capture_daemon.config import ServerTable
from capture_daemon.delivery.addresses import addresses_of, check_strangers
from capture_daemon.delivery.tls import server_context
from capture_daemon.delivery.tokens import Token, read_token
from capture_daemon.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the files held when they were read; equal where they held the same."""

    token: Token | None = field(compare=False)
    context: ssl.SSLContext | None = field(compare=False)
    digest: bytes = field(repr=False)

    @classmethod
    def read(cls, settings: ServerTable) -> Self:
        """Read them.

        Raises ConfigurationError where one can't be used, AddressError where there is no token and other machines
        could come in.
        """
        token = None if settings.token_file is None else Token(read_token(settings.token_file))
        check_strangers(settings.host, addresses_of(settings.host), let_in=token is not None)
        context = server_context(settings.certificate, settings.key)
        digest = hashlib.sha256()
        for path in (settings.token_file, settings.certificate, settings.key):
            try:
                data = b"" if path is None else path.read_bytes()
            except OSError as error:
                raise ConfigurationError(f"{path}: can't be read: {error.strerror}: give permission") from error
            digest.update(len(data).to_bytes(8) + data)
        return cls(token, context, digest.digest())
