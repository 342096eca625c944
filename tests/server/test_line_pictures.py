"""Pictures over plain HTTP: who gets them, and how many at a time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from capture_daemon.client import picture
from capture_daemon.errors import CaptureDaemonError, ConfigurationError
from capture_daemon.server import server
from tests.server.helpers import TOKEN, StandInPages, line, room, token_file


def test_a_picture_by_its_number_and_stream(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, pages=StandInPages()) as place:
            answer = await place.get("/v1/pictures/7")
            assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
            assert answer.body == "picture 7 of the present stream"
            head = await place.get("/v1/pictures/7", method="HEAD")
            assert (head.status, head.headers["Content-Length"], head.body) == (200, str(len(answer.body)), "")
            assert (await place.get("/v1/pictures/10")).body == "the picture is not kept\n"
            said = line(stream="ab12", seq=3)
            assert await picture(place.url(""), said) == b"picture 3 of ab12"
            assert await picture(place.url(), 3, stream="cd") == b"picture 3 of cd"
            assert await picture(place.url(), 10) is None

    asyncio.run(main())


def test_pages_that_may_read_lines_may_read_pictures(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, pages=StandInPages(), origins=("https://reader.example",)) as place:
            answer = await place.get("/v1/pictures/7", "Origin: https://reader.example")
            assert answer.headers["Access-Control-Allow-Origin"] == "https://reader.example"
            assert (await place.get("/v1/pictures/7", "Origin: https://other.example")).status == 403
            refused = await place.raw("Host: other.example", request="GET /v1/pictures/7 HTTP/1.1")
            assert refused.startswith("HTTP/1.1 403 ")

    asyncio.run(main())


def test_the_token_is_asked_for(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, pages=StandInPages(), token_file=token_file(tmp_path)) as place:
            assert (await place.get("/v1/pictures/7")).status == 401
            assert await picture(place.url(), 7, token=TOKEN) == b"picture 7 of the present stream"
            with pytest.raises(ConfigurationError, match="HTTP 401: the token is wrong"):
                await picture(place.url(), 7, token="another-token-that-is-wrong")

    asyncio.run(main())


def test_so_many_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with room(tmp_path, pages=StandInPages()) as place:
            monkeypatch.setattr(server, "MOST_VIEWERS", 0)
            answer = await place.get("/v1/pictures/7")
            assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
            with pytest.raises(CaptureDaemonError, match="HTTP 503"):
                await picture(place.url(), 7)

    asyncio.run(main())


def test_nobody_answers() -> None:
    with pytest.raises(ConfigurationError, match="no picture from there"):
        asyncio.run(picture("ws://127.0.0.1:9", 1))
