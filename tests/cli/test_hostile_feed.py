"""`watch` at a feed that sends what it likes, and the messages that a hostile server gets into ours."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from capture_daemon.cli.output import console, line_text
from capture_daemon.records import Gap, Hello, Partial, Record, Status
from tests.program import Running, call
from tests.server.helpers import line

EVIL = "\x1b]0;owned\x07\x9b2J\x1b[31mred\r\nfake: line\u202e\u2028"
STEERING = "\x1b\x07\x9b\r\u202e\u2028"
RECORDS: list[Record] = [
    Hello(stream="0123456789ab", oldest=1, latest=9, version="0.1.0"),
    line(f"text {EVIL}", speaker=f"name {EVIL}", seq=1),
    line("no time", time="yesterday", seq=2),
    line("time of another age", time="0001-01-01T00:00:00+14:00", seq=3),
    line("time past all", time="9999-12-31T23:59:59-14:00", seq=4),
    Partial(speaker=f"name {EVIL}", text=f"partial {EVIL}", time="never", region="dialogue"),
    Gap(first=5, last=6, reason=f"why {EVIL}"),  # type: ignore[arg-type]
    Status(what="log", state="lost", detail=f"detail {EVIL}"),
    line("the last", seq=7),
]


@contextmanager
def feed(records: list[Record]) -> Iterator[str]:
    """A server that sends these to whoever comes, and waits."""
    done = threading.Event()

    def talk(connection: ServerConnection) -> None:
        for record in records:
            connection.send(record.to_json())
        done.wait(60)

    with serve(talk, "127.0.0.1", 0, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            done.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_it_sends_steers_no_terminal(tmp_path: Path, form: tuple[str, ...]) -> None:
    with feed(RECORDS) as url, Running(tmp_path, "watch", url, "--after", "0", "--partials", *form) as watch:
        assert watch.process.stdout is not None
        said = []
        while "the last" not in (text := watch.process.stdout.readline()):
            assert text, watch.errors
            said.append(text)
        watch.stop()
        output, errors = "".join(said), watch.errors
    assert "Traceback" not in errors
    assert not any(one in output + errors for one in STEERING)
    assert not [text for text in (output + errors).splitlines() if text.startswith("fake: line")]
    assert "owned" in output
    if form:
        assert json.loads(said[0])["text"] == f"text {EVIL}"
    else:
        assert [text.split("  ")[0] for text in said if "time" in text] == ["--:--:--"] * 3
        assert "\\u001b]0;owned" in errors


def test_why_it_refuses_steers_no_terminal(tmp_path: Path) -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        return Response(HTTPStatus.FORBIDDEN, "Forbidden", Headers(), EVIL.encode())

    def nothing(connection: ServerConnection) -> None:
        """Nobody gets here."""

    with serve(nothing, "127.0.0.1", 0, process_request=refuse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            outcome = call(tmp_path, "watch", f"ws://127.0.0.1:{server.socket.getsockname()[1]}")
        finally:
            server.shutdown()
            thread.join()
    assert outcome.code == 2
    assert "\\u001b]0;owned" in outcome.error
    assert not any(one in outcome.errors for one in STEERING)


def test_what_a_daemon_answers_steers_no_terminal(tmp_path: Path) -> None:
    """`ctl` prints what is read on screen, and what a status says."""
    answers = {
        "status": {
            "paused": False,
            "statuses": [{"what": "source", "state": "lost", "detail": EVIL}],
            "source": EVIL,
            "lines": 1,
            "latest": 1,
        },
        "set_region": {"region": "dialogue", "box": [1, 2, 3, 4], "rows": [EVIL], "warnings": [EVIL], "saved": False},
    }

    def talk(connection: ServerConnection) -> None:
        for message in connection:
            asked = json.loads(message)
            connection.send(json.dumps({"id": asked["id"], "ok": True, **answers[asked["do"]]}))

    with serve(talk, "127.0.0.1", 0, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        try:
            outcomes = [
                call(tmp_path, "ctl", *arguments, "--url", url)
                for arguments in (("status",), ("set-region", "dialogue", "1,2,3,4"))
            ]
        finally:
            server.shutdown()
            thread.join()
    for outcome in outcomes:
        assert outcome.code == 0, outcome.errors
        assert "\\u001b]0;owned" in outcome.output
        assert not any(one in outcome.output + outcome.errors for one in STEERING)
        assert "\nfake: line" not in outcome.output + outcome.errors


def test_what_run_prints_steers_no_terminal() -> None:
    shown = io.StringIO()
    output = console()
    output.file = shown
    output.print(line_text(line(f"text {EVIL}", speaker=f"name {EVIL}", time="never")))
    assert shown.getvalue().startswith("--:--:--  name \\u001b]0;owned")
    assert len(shown.getvalue().splitlines()) == 1
    assert not any(one in shown.getvalue() for one in STEERING)
