"""A page that does what texthooker pages do, in a real browser: it dials the feed and shows what it gets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from capture_daemon.records import Partial, Status
from tests.browser import Browser
from tests.e2e.showing import Showing, showing
from tests.server.helpers import line

PAGE = """<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>texthooker</title>
<ol></ol>
<p>connecting</p>
<script>
  const socket = new WebSocket(location.hash.slice(1));
  const tell = (state) => (document.querySelector("p").textContent = state);
  socket.onopen = () => tell("open");
  socket.onclose = () => tell("closed");
  socket.onmessage = ({ data }) => {
    let text = data;
    try {
      text = JSON.parse(data).sentence || data;
    } catch {
      // Not JSON: such pages show it as it is.
    }
    document.querySelector("ol").appendChild(document.createElement("li")).textContent = text;
  };
</script>
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The origin of a web server that is not the daemon's; it serves the page."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join(10)


def open_page(page: Browser, site: str, feed: str) -> None:
    page.open(f"{site}#{feed}")
    page.until(lambda: page.texts("p") != ["connecting"])


def speak(room: Showing) -> None:
    room.tell(Status(what="source", state="capturing"))
    room.tell(Partial(speaker="Sylvie", text="Hi the", time=line().time, region="dialogue"))
    room.say("Hi there!", "<b>How</b> was class?", "うちの猫も、よろしくと言っています。")


@pytest.mark.parametrize("path", ["", "/api/ws/text/origin"])
def test_from_an_allowed_origin_it_shows_each_sentence_and_nothing_else(
    chromium: Browser, tmp_path: Path, site: str, path: str
) -> None:
    with showing(tmp_path, origins=[site]) as room:
        room.say("From before the page was opened.")
        open_page(chromium, site, f"ws://localhost:{room.port}{path}")
        assert chromium.texts("p") == ["open"]
        speak(room)
        expected = ["Hi there!", "<b>How</b> was class?", "うちの猫も、よろしくと言っています。"]
        chromium.until(lambda: chromium.texts("li") == expected)


def test_from_another_origin_it_is_not_let_in(
    chromium: Browser, tmp_path: Path, site: str, caplog: pytest.LogCaptureFixture
) -> None:
    with showing(tmp_path, origins=["http://localhost:1"]) as room:
        open_page(chromium, site, f"ws://localhost:{room.port}")
        assert chromium.texts("p") == ["closed"]
        speak(room)
        assert chromium.texts("li") == []
    assert f'origins = ["http://localhost:1", "{site}"]' in caplog.text


def test_a_page_opened_from_a_file(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "texthooker.html"
    file.write_text(PAGE, encoding="utf-8")
    for origins, state in (([], "closed"), (["null"], "open")):
        with showing(tmp_path, origins=origins) as room:
            open_page(chromium, file.as_uri(), f"ws://localhost:{room.port}")
            assert chromium.texts("p") == [state]
            speak(room)
            if state == "open":
                chromium.until(lambda: len(chromium.texts("li")) == 3)
            else:
                assert chromium.texts("li") == []


def test_with_a_token_it_is_in_the_address(chromium: Browser, tmp_path: Path, site: str) -> None:
    file = tmp_path / "token"
    file.write_text("0123456789abcdef+/=", encoding="ascii")
    file.chmod(0o600)
    with showing(tmp_path, origins=[site], token_file=file) as room:
        feed = f"ws://localhost:{room.port}/"
        open_page(chromium, site, f"{feed}?token=a-token-that-is-not-it")
        assert chromium.texts("p") == ["closed"]
        open_page(chromium, site, f"{feed}?token=0123456789abcdef+/=")
        assert chromium.texts("p") == ["open"]
        speak(room)
        chromium.until(lambda: len(chromium.texts("li")) == 3)
