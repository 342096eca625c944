from __future__ import annotations

import logging
from http import HTTPStatus

import pytest
from websockets.datastructures import Headers

from capture_daemon.delivery.entrance import (
    ControlDoor,
    Door,
    Doorkeeper,
    LinesDoor,
    RefusedError,
    TexthookerDoor,
    find_door,
)
from capture_daemon.delivery.feed import Cursor


@pytest.mark.parametrize(
    ("target", "door"),
    [
        ("/", TexthookerDoor()),
        ("/api/ws/text/origin", TexthookerDoor()),
        ("/?anything", TexthookerDoor()),
        ("/v1/lines", LinesDoor(None, partials=False)),
        ("/v1/lines?", LinesDoor(None, partials=False)),
        ("/v1/lines?after=0", LinesDoor(Cursor(0), partials=False)),
        ("/v1/lines?after=41&stream=9f1c62d07a3e&partials=1", LinesDoor(Cursor(41, "9f1c62d07a3e"), partials=True)),
        ("/v1/lines?partials=0", LinesDoor(None, partials=False)),
        ("/v1/control", ControlDoor()),
    ],
)
def test_doors(target: str, door: Door) -> None:
    assert find_door(target) == door


@pytest.mark.parametrize(
    "query",
    [
        "after=",
        "after=-1",
        "after=1.5",
        "after=x",
        "after=%D9%A1",
        "after=1&after=2",
        "after=99999999999999999999",
        "after",
        "stream=9f1c62d07a3e",
        "after=1&stream=",
        "after=1&stream=a%20b",
        "partials=yes",
        "partials=",
        "from=1",
        "&&",
        "a=1&" * 20,
    ],
)
def test_queries_that_are_not_understood(query: str) -> None:
    with pytest.raises(RefusedError) as caught:
        find_door(f"/v1/lines?{query}")
    assert caught.value.status == HTTPStatus.BAD_REQUEST
    assert caught.value.reason


@pytest.mark.parametrize("target", ["/v1", "/v1/lines/", "/v1/control/", "//", "", "http://localhost/", "/favicon.ico"])
def test_other_paths_are_not_found(target: str) -> None:
    with pytest.raises(RefusedError) as caught:
        find_door(target)
    assert caught.value.status == HTTPStatus.NOT_FOUND


def doorkeeper() -> Doorkeeper:
    return Doorkeeper(6677, names=("gamepc", "::2"), origins=("https://example.org", "null"), bound=("127.0.0.5",))


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
    doorkeeper().check(Headers({"Host": host}))


@pytest.mark.parametrize(
    "host", ["", "example.org", "localhost.example.org", "::1", "localhost:6677:1", "127.0.0.2", "[::1", "a@localhost"]
)
def test_other_hosts_are_refused(host: str) -> None:
    with pytest.raises(RefusedError) as caught:
        doorkeeper().check(Headers({"Host": host}))
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
    doorkeeper().check(Headers({"Host": "localhost", "Origin": origin}))


@pytest.mark.parametrize(
    "origin",
    ["http://localhost", "http://localhost:80", "http://example.org", "https://example.org.evil", "file://", ""],
)
def test_other_origins_are_refused(origin: str) -> None:
    with pytest.raises(RefusedError) as caught:
        doorkeeper().check(Headers({"Host": "localhost", "Origin": origin}))
    assert caught.value.status == HTTPStatus.FORBIDDEN


def test_null_is_refused_unless_listed() -> None:
    with pytest.raises(RefusedError):
        Doorkeeper(6677).check(Headers({"Host": "localhost", "Origin": "null"}))


def test_port_80_is_left_out_of_an_origin() -> None:
    Doorkeeper(80).check(Headers({"Host": "localhost", "Origin": "http://localhost"}))


@pytest.mark.parametrize("name", ["Origin", "Host"])
def test_two_of_a_header_are_malformed(name: str) -> None:
    headers = Headers({"Host": "localhost"})
    headers["Origin"] = "null"
    headers[name] = headers[name]
    with pytest.raises(RefusedError) as caught:
        doorkeeper().check(headers)
    assert caught.value.status == HTTPStatus.BAD_REQUEST


def test_the_log_says_which_line_lets_a_page_in(caplog: pytest.LogCaptureFixture) -> None:
    keeper = Doorkeeper(6677, origins=("null",))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            with pytest.raises(RefusedError):
                keeper.check(Headers({"Host": "localhost", "Origin": "https://example.org"}))
    assert len(caplog.messages) == 1
    assert 'origins = ["null", "https://example.org"]' in caplog.text
    assert "[server]" in caplog.text
