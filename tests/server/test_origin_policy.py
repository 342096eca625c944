from __future__ import annotations

import logging
from http import HTTPStatus

import pytest
from websockets.datastructures import Headers

from capture_daemon.server.origin_policy import OriginPolicy
from capture_daemon.server.routes import RequestRefusedError


def origin_policy() -> OriginPolicy:
    return OriginPolicy(6677, names=("gamepc", "::2"), origins=("https://example.org", "null"), bound=("127.0.0.5",))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:6677",
        "127.0.0.1:6677",
        "[::1]:6677",
        "127.0.0.5:6677",
        "gamepc:6677",
        "[::2]",
        "localhost:9",
    ],
)
def test_hosts_that_the_server_answers_to(host: str) -> None:
    origin_policy().check(Headers({"Host": host}))


@pytest.mark.parametrize(
    "host", ["", "example.org", "localhost.example.org", "::1", "localhost:6677:1", "127.0.0.2", "[::1", "a@localhost"]
)
def test_other_hosts_are_refused(host: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        origin_policy().check(Headers({"Host": host}))
    assert caught.value.status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:6677",
        "https://localhost:6677",
        "http://[::1]:6677",
        "http://gamepc:6677",
        "https://example.org",
        "null",
    ],
)
def test_origins_that_are_let_in(origin: str) -> None:
    origin_policy().check(Headers({"Host": "localhost", "Origin": origin}))


@pytest.mark.parametrize(
    "origin",
    ["http://localhost", "http://localhost:80", "http://example.org", "https://example.org.evil", "file://", ""],
)
def test_other_origins_are_refused(origin: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        origin_policy().check(Headers({"Host": "localhost", "Origin": origin}))
    assert caught.value.status == HTTPStatus.FORBIDDEN


def test_the_address_that_was_reached_is_a_name_of_the_server() -> None:
    """Where the server listens on all addresses, it can't know them beforehand."""
    for address, name in (("192.168.1.5", "192.168.1.5"), ("fe80::1", "[fe80::1]")):
        headers = Headers({"Host": f"{name}:6677", "Origin": f"http://{name}:6677"})
        origin_policy().check(headers, address)
        with pytest.raises(RequestRefusedError, match=r"server\.hosts"):
            origin_policy().check(headers, "192.168.1.6")
    with pytest.raises(RequestRefusedError, match=r"server\.origins"):
        origin_policy().check(Headers({"Host": "localhost", "Origin": "http://192.168.1.5:6677"}), "127.0.0.1")


def test_null_is_refused_unless_listed() -> None:
    with pytest.raises(RequestRefusedError):
        OriginPolicy(6677).check(Headers({"Host": "localhost", "Origin": "null"}))


def test_port_80_is_left_out_of_an_origin() -> None:
    OriginPolicy(80).check(Headers({"Host": "localhost", "Origin": "http://localhost"}))


@pytest.mark.parametrize("name", ["Origin", "Host"])
def test_two_of_a_header_are_malformed(name: str) -> None:
    headers = Headers({"Host": "localhost"})
    headers["Origin"] = "null"
    headers[name] = headers[name]
    with pytest.raises(RequestRefusedError) as caught:
        origin_policy().check(headers)
    assert caught.value.status == HTTPStatus.BAD_REQUEST


def test_the_log_says_which_line_lets_a_page_in(caplog: pytest.LogCaptureFixture) -> None:
    origin_policy = OriginPolicy(6677, origins=("null",))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            with pytest.raises(RequestRefusedError):
                origin_policy.check(Headers({"Host": "localhost", "Origin": "https://example.org"}))
    assert len(caplog.messages) == 1
    assert 'origins = ["null", "https://example.org"]' in caplog.text
    assert "[server]" in caplog.text
