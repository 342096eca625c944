from __future__ import annotations

from http import HTTPStatus

import pytest

from capture_daemon.server.feed import Cursor
from capture_daemon.server.routes import (
    ControlRoute,
    LinesRoute,
    PictureRoute,
    RequestRefusedError,
    Route,
    TexthookerRoute,
    find_picture,
    find_route,
)


@pytest.mark.parametrize(
    ("target", "route"),
    [
        ("/", TexthookerRoute()),
        ("/api/ws/text/origin", TexthookerRoute()),
        ("/?anything", TexthookerRoute()),
        ("/?token=abc", TexthookerRoute("abc")),
        ("/api/ws/text/origin?x=1&token=a+b%2B%2f", TexthookerRoute("a+b+/")),
        ("/?token=", TexthookerRoute("")),
        ("/v1/lines", LinesRoute(None, partials=False)),
        ("/v1/lines?", LinesRoute(None, partials=False)),
        ("/v1/lines?after=0", LinesRoute(Cursor(0), partials=False)),
        ("/v1/lines?after=9007199254740991", LinesRoute(Cursor(9_007_199_254_740_991), partials=False)),
        ("/v1/lines?after=41&stream=9f1c62d07a3e&partials=1", LinesRoute(Cursor(41, "9f1c62d07a3e"), partials=True)),
        ("/v1/lines?partials=0", LinesRoute(None, partials=False)),
        ("/v1/control", ControlRoute()),
    ],
)
def test_routes(target: str, route: Route) -> None:
    assert find_route(target) == route


@pytest.mark.parametrize(
    "query",
    [
        "after=",
        "after=-1",
        "after=1.5",
        "after=x",
        "after=%D9%A1",
        "after=1&after=2",
        "after=9007199254740992",
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
    with pytest.raises(RequestRefusedError) as caught:
        find_route(f"/v1/lines?{query}")
    assert caught.value.status == HTTPStatus.BAD_REQUEST
    assert caught.value.reason


@pytest.mark.parametrize("target", ["/?token=a&token=a", "/v1/control?id=1", "/v1/lines?token=abc"])
def test_queries_of_other_routes_that_are_not_understood(target: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        find_route(target)
    assert caught.value.status == HTTPStatus.BAD_REQUEST


def test_a_token_is_not_shown_by_chance() -> None:
    assert "abc" not in repr(find_route("/?token=abc"))


@pytest.mark.parametrize("target", ["/v1", "/v1/lines/", "/v1/control/", "//", "", "http://localhost/", "/favicon.ico"])
def test_other_paths_are_not_found(target: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        find_route(target)
    assert caught.value.status == HTTPStatus.NOT_FOUND


def test_a_line_s_picture_is_found_by_the_line_s_number_and_its_stream() -> None:
    assert find_picture("/v1/pictures/7") == PictureRoute(7, None)
    assert find_picture("/v1/pictures/7?stream=9f1c62d07a3e") == PictureRoute(7, "9f1c62d07a3e")
    assert find_picture("/v1/lines") is None


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ("0", HTTPStatus.NOT_FOUND),
        ("seven", HTTPStatus.NOT_FOUND),
        ("9" * 40, HTTPStatus.NOT_FOUND),
        ("7?after=3", HTTPStatus.BAD_REQUEST),
        ("7?after=9f1c62d07a3e", HTTPStatus.BAD_REQUEST),
        ("7?stream=a%20b", HTTPStatus.BAD_REQUEST),
        ("7?stream=" + "a" * 400, HTTPStatus.BAD_REQUEST),
    ],
)
def test_pictures_that_are_not_understood(rest: str, status: HTTPStatus) -> None:
    with pytest.raises(RequestRefusedError) as refused:
        find_picture(f"/v1/pictures/{rest}")
    assert refused.value.status is status
