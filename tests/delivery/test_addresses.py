from __future__ import annotations

import socket

import pytest

from capture_daemon.delivery.addresses import listening_sockets, loopback_addresses
from capture_daemon.errors import AddressError


def test_both_loopback_addresses_on_one_free_port() -> None:
    listeners = listening_sockets("localhost", 0)
    names = [listener.getsockname()[:2] for listener in listeners]
    for listener in listeners:
        listener.close()
    assert names[0][0] == "127.0.0.1"
    assert {host for host, _ in names} <= {"127.0.0.1", "::1"}
    assert len({port for _, port in names}) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_taken_on_either_address_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        other = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"needs the address {host}")
    with other:
        port = other.getsockname()[1]
        with pytest.raises(AddressError, match=f"port {port} .* taken.*--port") as caught:
            listening_sockets("localhost", port)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "", "gamepc"])
def test_other_addresses_are_refused(host: str) -> None:
    with pytest.raises(AddressError, match=r"server\.host"):
        listening_sockets(host, 0)


def test_names_of_loopback() -> None:
    assert loopback_addresses("Localhost") == ["127.0.0.1", "::1"]
    assert loopback_addresses("[::1]") == ["::1"]
    assert loopback_addresses("127.0.0.9") == ["127.0.0.9"]
