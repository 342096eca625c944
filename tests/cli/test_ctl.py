"""`capture-daemon ctl` against a daemon that runs."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from capture_daemon.cli.ctl import status_text
from tests.program import Outcome, call
from tests.stage import BOX, REGION, staged
from tests.x_server import XServer


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
def test_everything_that_can_be_steered(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server, reading__trace=True) as stage:

            async def ctl(*arguments: str) -> Outcome:
                return await asyncio.to_thread(call, tmp_path, "ctl", *arguments, "--url", stage.address)

            stage.write("Cast off the lines.")
            await stage.until_said("Cast off the lines.")
            # First of all: it goes back half a minute.
            assert (await ctl("trace", "-o", "trace.jsonl")).code == 0
            records = [json.loads(text) for text in (tmp_path / "trace.jsonl").read_text("utf-8").splitlines()]
            assert [record["text"] for record in records if record["type"] == "line"] == ["Cast off the lines."]
            assert "came" in {record["verdict"] for record in records if record["type"] == "decision"}
            assert "already exists" in (await ctl("trace", "-o", "trace.jsonl")).error
            assert (await ctl("toggle")).output == "paused\n"
            await stage.until(lambda: stage.states("source")[-1] == "paused")
            status = await ctl("status")
            assert re.fullmatch(
                r"source: paused, screen:1\nocr: capturing\nlog: capturing\n"
                r"lines: 1 since the start, the last one \d+ s ago; the latest in the log is 1\n"
                r"delay: \d\.\d\d s \(median\), \d\.\d\d s \(longest\) of the last line\nclients: \d\n",
                status.output,
            ), status.output
            assert json.loads((await ctl("status", "--json")).output)["paused"] is True
            assert (await ctl("resume")).code == 0
            await stage.until(lambda: stage.states("source")[-1] == "capturing")
            assert (await ctl("frame", "-o", "frame.png")).output == "frame.png: 640x480 pixels\n"
            with Image.open(tmp_path / "frame.png") as picture:
                assert picture.size == (640, 480)
                assert picture.format == "PNG"
            place = f"{BOX[2]}x{BOX[3]} pixels at {BOX[0]},{BOX[1]} of 640x480 pixels"
            for name in ("part.jpg", "part.JPEG", "part.png"):
                part = await ctl("frame", "-o", name, "--box", REGION, "--scale", "0.5")
                assert part.output == f"{name}: {place}, scaled by 0.5\n"
                with Image.open(tmp_path / name) as picture:
                    assert picture.size == (BOX[2] // 2, BOX[3] // 2)
                    assert picture.format == ("PNG" if name.endswith(".png") else "JPEG")
                    assert max(picture.convert("L").tobytes()) > 150  # the text
                assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
            assert (await ctl("frame", "-o", "part.png", "--box", "0,0.5,1,0.5")).output.endswith(
                "640x240 pixels at 0,240 of 640x480 pixels\n"
            )
            for box, said in (("600,400,100,100", "reaches outside the frame"), ("1,2,3", "is not four numbers")):
                refused = await ctl("frame", "-o", "refused.png", "--box", box)
                assert (refused.code, said in refused.error) == (2, True)
            assert not (tmp_path / "refused.png").exists()
            found = await ctl("set-region", "dialogue", REGION, "--save")
            assert found.output == f"dialogue: {','.join(map(str, BOX))}, saved\nCast off the lines.\n"
            cut = await ctl("set-region", "dialogue", "40,369,560,60")
            assert "warning: the dialogue region 40,369,560,60 cuts through text: --region 4" in cut.errors
            outside = await ctl("set-region", "dialogue", "600,400,100,100")
            assert outside.code == 2
            assert "reaches outside the frame, which is 640x480" in outside.error
            x_server.kill()
            await stage.until(lambda: stage.states("source")[-1] == "waiting")
            gone = await ctl("frame", "-o", "frame.png")
            assert gone.code == 3
            assert "DISPLAY" in gone.error

    asyncio.run(main())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pause", "--url", "ws://127.0.0.1:9"], "no daemon answers there"),
        (["pause", "--url", "http://127.0.0.1:9"], "is not the address of a feed"),
        (["frame", "--url", "ws://127.0.0.1:9"], "missing option"),
        (["frame", "-o", "frame.png", "--scale", "2"], "invalid value for '--scale'"),
        (["frame", "-o", "frame.png", "--scale", "nan"], "invalid value for '--scale'"),
        (["sleep"], "no such command"),
    ],
)
def test_what_cannot_be_asked_for(tmp_path: Path, arguments: list[str], message: str) -> None:
    outcome = call(tmp_path, "ctl", *arguments)
    assert outcome.code == 2
    assert message in outcome.error


OLD: dict[str, Any] = {
    "paused": False,
    "statuses": [{"what": "source", "state": "lost", "detail": "the display went away"}],
    "source": "screen:1",
    "lines": 0,
    "latest": 7,
}


def test_an_older_daemon_says_less() -> None:
    assert status_text(OLD) == [
        "source: lost, screen:1: the display went away",
        "lines: 0 since the start; the latest in the log is 7",
    ]


def test_the_name_of_the_source_is_printed_once() -> None:
    status = {"what": "source", "state": "waiting", "detail": "screen:1: the window is minimised"}
    assert status_text(OLD | {"statuses": [status]})[0] == "source: waiting, screen:1: the window is minimised"


def test_delays_and_clients_but_for_this_one() -> None:
    delay = {"median": 0.612, "longest": 1.2, "last": 0.5, "lines": 37}
    rows = status_text(OLD | {"delay": delay, "clients": 3, "seconds_since_line": 12.3})
    assert rows[1:] == [
        "lines: 0 since the start, the last one 12 s ago; the latest in the log is 7",
        "delay: 0.61 s (median), 1.20 s (longest) of the last 37 lines",
        "clients: 2",
    ]


def test_what_is_no_number_is_left_out() -> None:
    rows = status_text(OLD | {"delay": {"median": "soon"}, "clients": "many", "seconds_since_line": []})
    assert rows[1:] == [
        "lines: 0 since the start; the latest in the log is 7",
        "delay: 0.00 s (median), 0.00 s (longest) of the last 0 lines",
    ]
