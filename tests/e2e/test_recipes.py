"""Every recipe in docs/recipes at work: a real daemon reads a screen, and what they send arrives."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.needs import needs, needs_file
from tests.program import ROOT, SAMPLE, SAMPLE_REGIONS, Running
from tests.server.helpers import TOKEN, token_file
from tests.stage import staged
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
RECIPES = ROOT / "docs" / "recipes"
SAID = "Cast off the lines."
LIMIT = 60.0


class Service:
    """What a recipe sends to: keeps what was posted, and answers as LibreTranslate, AnkiConnect and Discord do."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.full: list[str] = []
        """What the next answers, all 429, say in `Retry-After`."""
        self.came = threading.Condition()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if service.full:
                    self.send_response(429)
                    self.send_header("Retry-After", service.full.pop(0))
                    self.end_headers()
                    return
                answer = {"translatedText": "Leinen los.", "result": 1, "error": None}
                self.send_response(204 if self.path == "/discord" else 200)
                self.end_headers()
                if self.path != "/discord":
                    self.wfile.write(json.dumps(answer).encode())
                with service.came:
                    service.posted.append((self.path, body))
                    service.came.notify_all()

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name in the base class
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def wait_for(self, path: str, count: int) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]]:
            return [body for where, body in self.posted if where == path]

        with self.came:
            assert self.came.wait_for(lambda: len(found()) >= count, LIMIT), self.posted
            return found()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        thread.join()
        made.server.server_close()


@pytest.mark.parametrize(("kind", "keep"), [("py", "none"), ("cjs", "none"), ("py", "jpeg"), ("cjs", "jpeg")])
def test_recipes(tmp_path: Path, x_server: XServer, service: Service, kind: str, keep: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = sys.executable
    if kind == "cjs":
        program = needs("node", package="nodejs")
        environment["NODE_PATH"] = str(needs_file("/usr/share/nodejs/ws", package="node-ws").parent)

    def start(command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)

    async def main() -> None:
        async with staged(tmp_path, x_server, log__pictures=keep) as stage:
            wanted = {
                "translate": [stage.address, service.address],
                "anki": [stage.address, f"{service.address}/anki"],
                "discord": [f"{service.address}/discord", stage.address],
            }
            running = [start([program, str(RECIPES / f"{name}.{kind}"), *words]) for name, words in wanted.items()]
            try:
                # The stage's own client and the three: none begins before it is connected.
                await asyncio.to_thread(wait_until, lambda: stage.daemon._clients >= 2 + len(running))
                stage.write(SAID)
                await stage.until_said(SAID)
                [translation] = await asyncio.to_thread(service.wait_for, "/translate", 1)
                [card] = await asyncio.to_thread(service.wait_for, "/anki", 1)
                [post] = await asyncio.to_thread(service.wait_for, "/discord", 1)
                assert running[0].stdout is not None
                assert SAID in (await asyncio.to_thread(running[0].stdout.readline)).decode()
                assert "Leinen los." in (await asyncio.to_thread(running[0].stdout.readline)).decode()
            finally:
                for one in running:
                    one.kill()
                    one.communicate(timeout=10)
        assert translation["q"] == SAID
        note = card["params"]["note"]
        assert note["fields"]["Front"] == SAID
        picture = base64.b64decode(note["picture"][0]["data"])
        assert picture.startswith(b"\xff\xd8")
        kept = [file.read_bytes() for file in (tmp_path / "lines.pictures").glob("*.jpg")]
        assert kept == ([picture] if keep == "jpeg" else [])
        assert SAID in post["content"]

    asyncio.run(main())


def test_recipes_in_javascript_show_the_token(tmp_path: Path, service: Service) -> None:
    node = needs("node", package="nodejs")
    environment = {**os.environ, "NODE_PATH": str(needs_file("/usr/share/nodejs/ws", package="node-ws").parent)}
    guarded = ["--token-file", str(token_file(tmp_path)), "--port", "0"]
    source = ["--source", str(SAMPLE / "sample.mp4"), "--realtime", *SAMPLE_REGIONS]
    with Running(tmp_path, "run", *source, *guarded) as program:
        command = [node, str(RECIPES / "translate.cjs"), program.wait_until_ready(), service.address]
        for token, speaks in ((f"{TOKEN}\n", True), ("not-the-right-token", False)):
            one = subprocess.Popen(
                command, env=environment | {"CAPTURE_TOKEN": token}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            try:
                if speaks:
                    assert service.wait_for("/translate", 1)[0]["q"]
                else:
                    assert one.stderr is not None
                    assert b"401" in one.stderr.readline()
            finally:
                one.kill()
                one.communicate(timeout=10)
