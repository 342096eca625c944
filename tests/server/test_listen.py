from __future__ import annotations

import socket

import pytest

from capture_daemon.errors import AddressError
from capture_daemon.server.listen import addresses_of, dialled, in_url, listening_sockets


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


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "[::]"])
def test_addresses_for_other_machines_want_a_token(host: str) -> None:
    with pytest.raises(AddressError, match=r"server\.host .*server\.token_file"):
        listening_sockets(host, 0)


@pytest.mark.parametrize("host", ["example.org", "", "gamepc", "127.0.0", "[127.0.0.1"])
def test_what_is_no_address_is_refused(host: str) -> None:
    with pytest.raises(AddressError, match=r"server\.host .*0\.0\.0\.0"):
        listening_sockets(host, 0, others_let_in=True)


def test_all_addresses_where_others_are_let_in() -> None:
    (listener,) = listening_sockets("0.0.0.0", 0, others_let_in=True)
    with listener:
        assert listener.getsockname()[0] == "0.0.0.0"


def test_an_address_that_this_machine_does_not_have() -> None:
    with pytest.raises(AddressError, match="this machine has no such address"):
        listening_sockets("192.0.2.1", 0, others_let_in=True)


def test_what_addresses_stand_for() -> None:
    assert addresses_of("Localhost") == ["127.0.0.1", "::1"]
    assert addresses_of("[::1]") == ["::1"]
    assert addresses_of("127.0.0.9") == ["127.0.0.9"]


def test_addresses_as_they_are_written_and_dialled() -> None:
    assert (in_url("::1"), in_url("[::1]"), in_url("localhost")) == ("[::1]", "[::1]", "localhost")
    assert (dialled("0.0.0.0"), dialled("[::]"), dialled("192.168.1.5")) == ("127.0.0.1", "::1", "192.168.1.5")
