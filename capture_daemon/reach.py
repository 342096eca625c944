"""How a command reaches a daemon: its address, the token to show, the certificate to trust."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from capture_daemon.config import ServerTable
from capture_daemon.delivery.addresses import dialled, in_url
from capture_daemon.delivery.tls import pinned_context
from capture_daemon.delivery.tokens import read_token


@dataclass(frozen=True, slots=True)
class Reach:
    """A daemon's address without a path, `ws://HOST:PORT`; None stands for no token, and for the usual certificates."""

    url: str
    token: str | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = None


def reach_configured(server: ServerTable) -> Reach:
    """The daemon on this machine that runs with this configuration.

    Raises ConfigurationError where the token or the certificate can't be read.
    """
    context = None if server.certificate is None else pinned_context(server.certificate)
    token = None if server.token_file is None else read_token(server.token_file)
    scheme = "ws" if context is None else "wss"
    return Reach(f"{scheme}://{in_url(dialled(server.host))}:{server.port}", token, context)


def reach_named(url: str, token_file: str | Path | None) -> Reach:
    """The daemon at an address that somebody gives, which gets no other token than the one that comes along.

    Raises ConfigurationError where the token can't be read.
    """
    return Reach(url, None if token_file is None else read_token(Path(token_file).expanduser()))
