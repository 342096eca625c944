from __future__ import annotations

from http import HTTPStatus

import pytest

from capture_daemon.server.feed import Cursor
from capture_daemon.server.routes import ControlDoor, Door, LinesDoor, RefusedError, TexthookerDoor, find_door


@pytest.mark.parametrize(
    ("target", "door"),
    [
        ("/", TexthookerDoor()),
        ("/api/ws/text/origin", TexthookerDoor()),
        ("/?anything", TexthookerDoor()),
        ("/?token=abc", TexthookerDoor("abc")),
        ("/api/ws/text/origin?x=1&token=a+b%2B%2f", TexthookerDoor("a+b+/")),
        ("/?token=", TexthookerDoor("")),
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


@pytest.mark.parametrize("target", ["/?token=a&token=a", "/v1/control?id=1", "/v1/lines?token=abc"])
def test_queries_of_other_doors_that_are_not_understood(target: str) -> None:
    with pytest.raises(RefusedError) as caught:
        find_door(target)
    assert caught.value.status == HTTPStatus.BAD_REQUEST


def test_a_token_is_not_shown_by_chance() -> None:
    assert "abc" not in repr(find_door("/?token=abc"))


@pytest.mark.parametrize("target", ["/v1", "/v1/lines/", "/v1/control/", "//", "", "http://localhost/", "/favicon.ico"])
def test_other_paths_are_not_found(target: str) -> None:
    with pytest.raises(RefusedError) as caught:
        find_door(target)
    assert caught.value.status == HTTPStatus.NOT_FOUND
