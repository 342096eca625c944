from __future__ import annotations

from http import HTTPStatus

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Request

from capture_daemon.server.origin_policy import OriginPolicy
from capture_daemon.server.pages import Page
from capture_daemon.server.router import Admission, Router
from capture_daemon.server.routes import ControlRoute, LinesRoute, PictureRoute, RequestRefusedError, TexthookerRoute
from capture_daemon.server.tokens import Token
from tests.server.helpers import TOKEN, StandInPages

GUARDED = Router(OriginPolicy(6677), Token(TOKEN), StandInPages(), has_controls=True)
OPEN = Router(OriginPolicy(6677), None, StandInPages(), has_controls=True)
BARE = Router(OriginPolicy(6677), None, None)


def request(path: str, *headers: tuple[str, str], method: str = "GET", upgrade: str | None = "websocket") -> Request:
    given = Headers([("Host", "localhost"), *headers])
    if upgrade is not None:
        given["Upgrade"] = upgrade
    return Request(path, given, method)


def refusal(router: Router, asked: Request) -> RequestRefusedError:
    with pytest.raises(RequestRefusedError) as caught:
        router.receive(asked, "127.0.0.1")
    return caught.value


def bearer(token: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {token}")


def test_without_a_token_everybody_is_trusted() -> None:
    for path, route in (("/v1/lines", LinesRoute(None, partials=False)), ("/v1/control", ControlRoute())):
        for headers in ((), (bearer("whatever"),), (("Authorization", "Basic YTpi"),)):
            assert OPEN.receive(request(path, *headers), "127.0.0.1") == Admission(route, trusted=True)


@pytest.mark.parametrize("path", ["/", "/v1/lines", "/v1/control"])
def test_the_token_in_a_header(path: str) -> None:
    for header, trusted in ((bearer(TOKEN), True), (("authorization", f"bearer  {TOKEN} "), True), (None, False)):
        admission = GUARDED.receive(request(path, *([header] if header else [])), "127.0.0.1")
        assert isinstance(admission, Admission)
        assert admission.trusted is trusted
    for header in (bearer("wrong"), bearer(""), ("Authorization", "Basic YTpi"), ("Authorization", TOKEN)):
        refused = refusal(GUARDED, request(path, header))
        assert refused.status == HTTPStatus.UNAUTHORIZED
        assert refused.headers == {"WWW-Authenticate": "Bearer"}
        assert header[1] not in refused.reason or not header[1]
    assert refusal(GUARDED, request(path, bearer(TOKEN), bearer(TOKEN))).status == HTTPStatus.BAD_REQUEST


def test_the_token_in_the_address_of_texthooker_pages() -> None:
    for path in ("/", "/api/ws/text/origin"):
        admission = GUARDED.receive(request(f"{path}?token={TOKEN}"), "127.0.0.1")
        assert admission == Admission(TexthookerRoute(TOKEN), trusted=True)
        assert refusal(GUARDED, request(f"{path}?token=wrong")).status == HTTPStatus.UNAUTHORIZED
    for path in ("/v1/lines", "/v1/control"):
        assert refusal(GUARDED, request(f"{path}?token={TOKEN}")).status == HTTPStatus.BAD_REQUEST


def test_plain_requests_get_pages() -> None:
    for method in ("GET", "HEAD"):
        for upgrade in (None, "h2c"):
            pages = {
                "/": 200,
                "/?x": 200,
                "/overlay?lines=3": 200,
                "/overlay/?lines=3": 200,
                "/healthz": 503,
                "/metrics": 200,
            }
            for path, status in pages.items():
                page = OPEN.receive(request(path, method=method, upgrade=upgrade), "127.0.0.1")
                assert isinstance(page, Page)
                assert page.status == status


def test_a_path_without_a_page_names_those_there_are() -> None:
    for path in ("/overlay/x", "/overlays", "//", "/setup//", "/healthz/"):
        refused = refusal(OPEN, request(path, upgrade=None))
        assert refused.status == HTTPStatus.NOT_FOUND
        assert "/overlay and /setup" in refused.reason


def test_only_metrics_want_the_token() -> None:
    for path in ("/", "/healthz"):
        assert not isinstance(GUARDED.receive(request(path, upgrade=None), "127.0.0.1"), Admission)
    assert refusal(GUARDED, request("/metrics", upgrade=None)).status == HTTPStatus.UNAUTHORIZED
    assert refusal(GUARDED, request(f"/metrics?token={TOKEN}", upgrade=None)).status == HTTPStatus.UNAUTHORIZED
    page = GUARDED.receive(request("/metrics", bearer(TOKEN), upgrade=None), "127.0.0.1")
    assert isinstance(page, Page)
    assert b"lines_total" in page.body


def test_pictures_want_the_token_too() -> None:
    for path, route in (
        ("/v1/pictures/7", PictureRoute(7, None)),
        ("/v1/pictures/7?stream=ab1", PictureRoute(7, "ab1")),
    ):
        assert OPEN.receive(request(path, upgrade=None), "127.0.0.1") == route
        assert GUARDED.receive(request(path, bearer(TOKEN), upgrade=None), "127.0.0.1") == route
        assert refusal(GUARDED, request(path, upgrade=None)).status == HTTPStatus.UNAUTHORIZED
        assert refusal(GUARDED, request(path, bearer("wrong"), upgrade=None)).status == HTTPStatus.UNAUTHORIZED
    with pytest.raises(RequestRefusedError, match="user not allowed"):
        OPEN.receive(request("/v1/pictures/7", upgrade=None), "127.0.0.1", allowed=False)
    assert refusal(OPEN, request("/v1/pictures/7", ("Origin", "https://x.org"), upgrade=None)).status == 403


@pytest.mark.parametrize(
    ("router", "path", "method", "upgrade", "status"),
    [
        (OPEN, "/favicon.ico", "GET", None, HTTPStatus.NOT_FOUND),
        (OPEN, "/metrics/", "GET", None, HTTPStatus.NOT_FOUND),
        (OPEN, "/v1/pictures/7", "POST", None, HTTPStatus.METHOD_NOT_ALLOWED),
        (OPEN, "/v1/pictures/7", "GET", "websocket", HTTPStatus.NOT_FOUND),
        (OPEN, "/v1/pictures/", "GET", None, HTTPStatus.NOT_FOUND),
        (OPEN, "/v1/pictures/0", "GET", None, HTTPStatus.NOT_FOUND),
        (OPEN, "/v1/pictures/-1", "GET", None, HTTPStatus.NOT_FOUND),
        (OPEN, "/v1/pictures/1.jpg", "GET", None, HTTPStatus.NOT_FOUND),
        (OPEN, "/v1/pictures/../../etc/passwd", "GET", None, HTTPStatus.NOT_FOUND),
        (OPEN, "/v1/pictures/99999999999999999999", "GET", None, HTTPStatus.NOT_FOUND),
        (OPEN, "/v1/pictures/7?stream=../x", "GET", None, HTTPStatus.BAD_REQUEST),
        (OPEN, "/v1/pictures/7?stream=", "GET", None, HTTPStatus.BAD_REQUEST),
        (OPEN, "/v1/pictures/7?token=x", "GET", None, HTTPStatus.BAD_REQUEST),
        (BARE, "/v1/pictures/7", "GET", None, HTTPStatus.NOT_FOUND),
        (OPEN, "/healthz", "GET", "websocket", HTTPStatus.NOT_FOUND),
        (OPEN, "/v1/lines", "GET", None, HTTPStatus.UPGRADE_REQUIRED),
        (OPEN, "/v1/control", "GET", None, HTTPStatus.UPGRADE_REQUIRED),
        (OPEN, "/", "POST", None, HTTPStatus.METHOD_NOT_ALLOWED),
        (BARE, "/", "GET", None, HTTPStatus.UPGRADE_REQUIRED),
        (BARE, "/healthz", "GET", None, HTTPStatus.NOT_FOUND),
        (BARE, "/v1/control", "GET", "websocket", HTTPStatus.NOT_FOUND),
    ],
)
def test_what_is_not_there(router: Router, path: str, method: str, upgrade: str | None, status: HTTPStatus) -> None:
    assert refusal(router, request(path, method=method, upgrade=upgrade)).status == status


def test_host_and_origin_count_for_pages_too() -> None:
    for path in ("/", "/healthz", "/metrics", "/nowhere"):
        for upgrade in (None, "websocket"):
            asked = request(path, ("Origin", "https://evil.example"), upgrade=upgrade)
            assert refusal(OPEN, asked).status == HTTPStatus.FORBIDDEN
            rebound = Request(path, Headers({"Host": "evil.example"}))
            assert refusal(OPEN, rebound).status == HTTPStatus.FORBIDDEN
