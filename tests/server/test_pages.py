from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.server.helpers import TOKEN, UPGRADE, StandInPages, room, token_file


def test_pages_and_routes_on_one_port(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, pages=StandInPages()) as place:
            viewer = await place.get("/")
            assert (viewer.status, viewer.body) == (200, "<title>lines</title>")
            health = await place.get("/healthz")
            assert (health.status, json.loads(health.body)) == (503, {"log": "lost"})
            assert (await place.get("/metrics")).body == "lines_total 3\n"
            assert (await place.get("/viewer.js")).status == 404
            assert (await place.raw("Host: localhost", *UPGRADE, request="GET / HTTP/1.1")).startswith("HTTP/1.1 101 ")

    asyncio.run(main())


def test_headers_that_every_answer_has(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, pages=StandInPages()) as place:
            for path in ("/", "/healthz", "/metrics", "/nowhere", "/v1/lines?x=1"):
                headers = (await place.get(path)).headers
                assert headers["X-Content-Type-Options"] == "nosniff"
                assert headers["Referrer-Policy"] == "no-referrer"
                assert headers["Cache-Control"] == "no-store"
                assert headers["Content-Security-Policy"] == (
                    "own"
                    if path == "/"
                    else "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                )
                assert "Server" not in headers

    asyncio.run(main())


def test_only_the_headers_where_only_they_are_asked_for(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, pages=StandInPages()) as place:
            answer = await place.get("/", method="HEAD")
            assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "20", "")
            refused = await place.get("/", method="DELETE")
            assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")

    asyncio.run(main())


def test_metrics_are_for_those_with_the_token(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, pages=StandInPages(), token_file=token_file(tmp_path)) as place:
            refused = await place.get("/metrics")
            assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
            assert (await place.get("/metrics", f"Authorization: Bearer {TOKEN}")).status == 200
            for path, status in (("/", 200), ("/healthz", 503)):
                assert (await place.get(path)).status == status

    asyncio.run(main())


def test_a_large_page_comes_whole_to_whom_reads_slowly(tmp_path: Path) -> None:
    async def main() -> None:
        pages = StandInPages()
        large = b"x" * 2_000_000
        viewer = pages.viewer()
        pages.viewer = lambda: type(viewer)(viewer.status, viewer.content_type, large)  # type: ignore[method-assign]
        async with room(tmp_path, pages=pages) as place:
            reader, writer = await asyncio.open_connection("127.0.0.1", place.port, limit=4096)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await asyncio.sleep(1.5)
            assert (await reader.read()).endswith(large)
            writer.close()

    asyncio.run(main())
