"""How a command reaches a daemon: its address, the token to show, the certificate to trust."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from capture_daemon.config.models import ServerTable
from capture_daemon.server.listen import dialled, in_url
from capture_daemon.server.tls import pinned_context
from capture_daemon.server.tokens import is_needed, known_token, read_token

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class DaemonConnection:
    """A daemon's address without a path, `ws://HOST:PORT`; None stands for no token, and for the usual certificates."""

    url: str
    token: str | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = None


def configured_connection(server: ServerTable) -> DaemonConnection:
    """The daemon on this machine that runs with this configuration.

    Raises ConfigurationError if the token or the certificate can't be read.
    """
    context = None if server.certificate is None else pinned_context(server.certificate)
    token = _token_here(server) if server.token_file is None else read_token(server.token_file)
    scheme = "ws" if context is None else "wss"
    return DaemonConnection(f"{scheme}://{in_url(dialled(server.host))}:{server.port}", token, context)


def named_connection(url: str, token_file: str | Path | None) -> DaemonConnection:
    """The daemon at an address that somebody gives, which gets no other token than the one that comes along.

    One of this machine gets the one that a daemon makes itself, on systems where it does.

    Raises ConfigurationError if the token can't be read.
    """
    return DaemonConnection(
        url, own_token_for(url) if token_file is None else read_token(Path(token_file).expanduser())
    )


def own_token_for(url: str) -> str | None:
    """The token that a daemon of this user makes itself, where the address is of this machine and one is needed."""
    try:
        host = urlsplit(url if "://" in url else f"ws://{url}").hostname
    except ValueError:
        return None
    return _token_here(ServerTable()) if host in _LOOPBACK else None


def _token_here(server: ServerTable) -> str | None:
    return known_token() if is_needed(server) else None
