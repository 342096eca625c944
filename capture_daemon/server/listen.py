"""The sockets that the server listens on: by default both loopback addresses, on one port."""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys

from capture_daemon.errors import AddressError

BACKLOG = 512
"""Connections that may wait to be accepted: all of a storm."""
SEND_BUFFER = 128 * 1024
_TRIES = 20
_NOT_THERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)


def listening_sockets(host: str, port: int, *, others_let_in: bool = False) -> list[socket.socket]:
    """Sockets that listen on `port` of the addresses that `host` stands for: `localhost` for both loopback addresses.

    Port 0 takes one that is free on all of them. The caller closes them. Raises AddressError if other machines could
    come in by that address and it isn't said that they may, or if the port is taken or may not be used.
    """
    addresses = addresses_of(host)
    check_strangers(host, addresses, let_in=others_let_in)
    if port:
        return _listen(host, addresses, port)
    for _ in range(_TRIES):
        first = _listen(host, addresses[:1], 0)
        try:
            return first + _listen(host, addresses[1:], first[0].getsockname()[1], needed=False)
        except AddressError:
            _close(first)
    raise AddressError(f"no port is free on all of {', '.join(addresses)}: name one with --port")


def check_strangers(host: str, addresses: list[str], *, let_in: bool) -> None:
    """Raises AddressError if other machines could come in by an address, and it isn't said that they are let in."""
    if not let_in and not all(ipaddress.ip_address(address).is_loopback for address in addresses):
        raise AddressError(
            f"server.host is {host!r}, which lets other machines in: set server.token_file (--token-file), so that "
            "they need it, or serve this machine alone, on localhost"
        )


def addresses_of(host: str) -> list[str]:
    """The addresses that `host` stands for; raises AddressError if it is neither an address nor `localhost`."""
    if host.lower() == "localhost":
        return ["127.0.0.1", "::1"]
    try:
        return [str(ipaddress.ip_address(_bare(host)))]
    except ValueError as error:
        raise AddressError(
            f"server.host is {host!r}: it may be localhost or an address of this machine, such as 127.0.0.1, or "
            "0.0.0.0 for all of them"
        ) from error


def in_url(host: str) -> str:
    """A host as it is written in an address: in brackets where it has colons."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def dialled(host: str) -> str:
    """The address at which a client on this machine reaches a server on `host`: loopback if that is all."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(_bare(host), host)


def _bare(host: str) -> str:
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _listen(host: str, addresses: list[str], port: int, *, needed: bool = True) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    for address in addresses:
        try:
            sockets.append(_socket(address, port))
        except OSError as error:
            if error.errno in _NOT_THERE:
                continue
            _close(sockets)
            raise _explain(address, port, error) from error
    if needed and not sockets:
        raise AddressError(f"server.host is {host!r}, but this machine has no such address")
    return sockets


def _socket(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There SO_REUSEADDR would let two daemons share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # Bytes the system queues for a client that doesn't read; clients' sockets inherit it from the listener.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.bind((address, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _explain(address: str, port: int, error: OSError) -> AddressError:
    if error.errno == errno.EADDRINUSE:
        return AddressError(
            f"port {port} of {address} is taken, perhaps by another capture-daemon: "
            "stop it, or choose another port with --port or server.port"
        )
    return AddressError(
        f"port {port} of {address} can't be listened on: {error.strerror}: choose another with --port or server.port"
    )


def _close(sockets: list[socket.socket]) -> None:
    for listener in sockets:
        listener.close()
