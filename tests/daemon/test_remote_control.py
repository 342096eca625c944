"""Pausing a real daemon on a real screen, seeing its frame, having it look elsewhere."""

from __future__ import annotations

import asyncio
import base64
import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.stage import BOX, REGION, SETTLED, staged
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
ELSEWHERE = (40, 100, 560, 60)


def test_a_pause_says_the_line_in_hand_then_looks_at_nothing(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("The gate is open.")
            await stage.until_said("The gate is open.")
            stage.write("The harbour was")
            await asyncio.sleep(0.7)
            assert await stage.ask("pause") == {"ok": True}
            # What was still being typed is said as far as it stood.
            await stage.until_said("The gate is open.", "The harbour was")
            await stage.until(lambda: stage.states("source")[-1] == "paused")
            assert (await stage.ask("status"))["paused"] is True
            assert await stage.ask("pause") == {"ok": True}
            stage.write("Nobody reads this.")
            await asyncio.sleep(SETTLED)
            assert len(stage.lines) == 2
            stage.write("The harbour was quiet that night.")
            assert await stage.ask("resume") == {"ok": True}
            await stage.until_said("The gate is open.", "The harbour was", "The harbour was quiet that night.")
            # It is the same line still, typed on.
            assert stage.lines[2].replaces == 2
            assert stage.states("source")[-1] == "capturing"

    asyncio.run(main())


def test_a_line_that_stood_all_the_while_is_not_said_again(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("We sail at dawn.")
            await stage.until_said("We sail at dawn.")
            await stage.ask("pause")
            await stage.ask("resume")
            await asyncio.sleep(2 * SETTLED)
            assert stage.texts == ["We sail at dawn."]
            stage.write("Not before breakfast.")
            await stage.until_said("We sail at dawn.", "Not before breakfast.")
            stage.write("We sail at dawn.")
            await stage.until_said("We sail at dawn.", "Not before breakfast.", "We sail at dawn.")

    asyncio.run(main())


def test_stopping_while_it_is_paused(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            await stage.ask("pause")
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 3

    asyncio.run(main())


def test_the_frame_and_the_regions_in_it(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            x_server.paint(0, 0, 640, 480, (10, 120, 200))
            await stage.ask("pause")
            answer = await stage.ask("frame")
            with Image.open(io.BytesIO(base64.b64decode(answer["png"]))) as picture:
                assert np.asarray(picture).shape == (480, 640, 3)
                assert picture.getpixel((5, 470)) == (10, 120, 200)
            assert answer["size"] == [640, 480]
            assert answer["regions"] == {"dialogue": list(BOX), "speaker": None, "choices": None}
            part = await stage.ask("frame", format="jpeg", box="100,200,320,240", scale=0.5)
            with Image.open(io.BytesIO(base64.b64decode(part["jpeg"]))) as picture:
                assert (picture.format, picture.size) == ("JPEG", (160, 120))
            assert part["box"] == [100, 200, 320, 240]
            assert part["size"] == [640, 480]

    asyncio.run(main())


def test_the_region_is_moved_at_once_and_kept(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        settings = "# mine\n[reading]\nsettle = 0.1  # quick\n"
        async with staged(tmp_path, x_server, settings=settings, regions__dialogue=REGION) as stage:
            stage.write("Down here.")
            await stage.until_said("Down here.")
            stage.write("Up here.", ELSEWHERE)
            box = ",".join(map(str, ELSEWHERE))
            answer = await stage.ask("set_region", region="dialogue", box=box, save=True)
            expected = {
                "region": "dialogue",
                "box": list(ELSEWHERE),
                "rows": ["Up here."],
                "warnings": [],
                "saved": True,
            }
            assert answer == {"ok": True} | expected
            await stage.until_said("Down here.", "Up here.")
            assert stage.lines[1].box[1] >= ELSEWHERE[1]
            stage.write("And not there.")
            stage.write("Further up.", ELSEWHERE)
            await stage.until_said("Down here.", "Up here.", "Further up.")
            answer = await stage.ask("set_region", region="speaker", box="0.0625,0.7,0.9,0.13")
            assert (answer["box"], answer["rows"], answer["saved"]) == ([40, 336, 576, 62], ["And not there."], False)
            answer = await stage.ask("set_region", region="speaker", box="", save=True)
            assert answer == {"ok": True, "region": "speaker", "box": None, "rows": [], "warnings": [], "saved": True}
            assert (await stage.ask("frame"))["regions"] == {
                "dialogue": list(ELSEWHERE),
                "speaker": None,
                "choices": None,
            }
        assert (tmp_path / "capture-daemon.toml").read_text(encoding="utf-8") == (
            f'# mine\n[reading]\nsettle = 0.1  # quick\n\n[regions]\ndialogue = "{box}"\n'
        )

    asyncio.run(main())


def test_what_cannot_be_set_changes_nothing(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            before = (tmp_path / "capture-daemon.toml").read_text(encoding="utf-8")
            for values, message in (
                ({"region": "dialogue", "box": "600,400,100,100"}, "reaches outside the frame, which is 640x480"),
                ({"region": "dialogue", "box": "1,2,3"}, "is not four numbers"),
                ({"region": "ignore", "box": "1,2,3,4"}, "it may be dialogue or speaker"),
                ({"region": "dialogue"}, "set_region looks like"),
            ):
                answer = await stage.ask("set_region", save=True, **values)
                assert (answer["ok"], answer["code"]) == (False, 2)
                assert message in answer["error"]
            assert (tmp_path / "capture-daemon.toml").read_text(encoding="utf-8") == before
            assert (await stage.ask("frame"))["regions"]["dialogue"] == list(BOX)
            stage.write("Still here.")
            await stage.until_said("Still here.")

    asyncio.run(main())


def test_status_tells_how_it_goes(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("One line.")
            await stage.until_said("One line.")
            status = await stage.ask("status")
            assert status.pop("ok")
            assert {record["what"]: record["state"] for record in status.pop("statuses")} == {
                "source": "capturing",
                "ocr": "capturing",
                "log": "capturing",
            }
            assert len(status.pop("stream")) == 12
            assert status.pop("version")
            delay = status.pop("delay")
            assert delay["lines"] == 1
            assert 0 <= delay["median"] == delay["longest"] == delay["last"]
            assert status.pop("seconds_since_line") >= 0
            # The client that asks, and the one that follows the feed.
            assert status == {"paused": False, "lines": 1, "latest": 1, "source": "screen:1", "clients": 2}

    asyncio.run(main())


def test_a_further_regions_speaker_is_among_the_regions_and_set_by_its_name(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        settings = '[[region]]\nname = "radio"\nbox = "40,100,560,60"\n'
        settings += '[[region]]\nname = "menu"\nkind = "choices"\nbox = "40,170,560,60"\n'
        async with staged(tmp_path, x_server, settings=settings, regions__dialogue=REGION) as stage:
            regions = (await stage.ask("frame"))["regions"]
            assert list(regions) == ["dialogue", "speaker", "choices", "radio", "radio.speaker", "menu"]
            assert regions["radio.speaker"] is None
            place = [40, 60, 200, 32]
            written = ",".join(map(str, place))
            answer = await stage.ask("set_region", region="radio.speaker", box=written, save=True)
            assert (answer["box"], answer["saved"]) == (place, True)
            assert (await stage.ask("frame"))["regions"]["radio.speaker"] == place
            assert f'speaker = "{written}"' in (tmp_path / "capture-daemon.toml").read_text(encoding="utf-8")
            await stage.ask("set_region", region="radio.speaker", box="", save=True)
            assert (await stage.ask("frame"))["regions"]["radio.speaker"] is None
        assert (tmp_path / "capture-daemon.toml").read_text(encoding="utf-8") == settings

    asyncio.run(main())
