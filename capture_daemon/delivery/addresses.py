"""The sockets that the server listens on: both loopback addresses, on one port."""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys

from capture_daemon.errors import AddressError

BACKLOG = 100
_TRIES = 20
_NOT_THERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)


def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on `port` of the loopback addresses that `host` stands for: `localhost` for both.

    Port 0 takes one that is free on all of them. The caller closes them. Raises AddressError where the host is no
    loopback address, or the port is taken or may not be used.
    """
    addresses = loopback_addresses(host)
    if port:
        return _listen(host, addresses, port)
    for _ in range(_TRIES):
        first = _listen(host, addresses[:1], 0)
        try:
            return first + _listen(host, addresses[1:], first[0].getsockname()[1], needed=False)
        except AddressError:
            _close(first)
    raise AddressError(f"no port is free on all of {', '.join(addresses)}: name one with --port")


def loopback_addresses(host: str) -> list[str]:
    """The loopback addresses that `host` stands for; raises AddressError where it is not loopback."""
    if host.lower() == "localhost":
        return ["127.0.0.1", "::1"]
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise AddressError(
            f"server.host is {host!r}, which would let other machines in: it may be localhost, 127.0.0.1 or ::1"
        )
    return [str(address)]


def _listen(host: str, addresses: list[str], port: int, *, needed: bool = True) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    for address in addresses:
        try:
            sockets.append(_socket(address, port))
        except OSError as error:
            if error.errno in _NOT_THERE and (len(addresses) > 1 or not needed):
                continue
            _close(sockets)
            raise _explain(address, port, error) from error
    if needed and not sockets:
        raise AddressError(f"server.host is {host!r}, but this machine has no loopback address")
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
