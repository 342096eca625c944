"""Another configuration while a real daemon runs: applied without losing a line, or refused and the old one kept."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from capture_daemon.records import Line
from tests.footage import cut_sample
from tests.needs import needs_module
from tests.program import Listener, Running
from tests.stage import BOX, REGION, SETTLED, WAIT, Stage, staged, workers, write
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
ELSEWHERE = (40, 100, 560, 60)


async def reloaded(stage: Stage, caplog: pytest.LogCaptureFixture, folder: Path, text: str) -> str:
    """Write the configuration file, have it read, and wait for what the daemon says of that."""
    (folder / "capture-daemon.toml").write_text(text, encoding="utf-8")
    caplog.clear()
    stage.daemon.reload()
    told: list[str] = []
    async with asyncio.timeout(WAIT):
        while not told:
            await asyncio.sleep(0.02)
            told = [record.getMessage() for record in caplog.records if " applied" in record.getMessage()]
    return told[0]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def regions(box: tuple[int, int, int, int]) -> str:
    return f'[regions]\ndialogue = "{",".join(map(str, box))}"\n'


def test_other_regions_and_times(tmp_path: Path, x_server: XServer, told: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("The tide turns.")
            await asyncio.sleep(0.7)
            # The line in hand is said first.
            answer = await reloaded(stage, told, tmp_path, regions(ELSEWHERE) + "[reading]\nsettle = 0.2\n")
            assert answer == "the configuration is applied: regions, reading"
            await stage.until_said("The tide turns.")
            stage.write("So do we.", ELSEWHERE)
            await stage.until_said("The tide turns.", "So do we.")
            # What stands in both the old and the new region is one line.
            answer = await reloaded(stage, told, tmp_path, regions((20, 90, 600, 90)))
            await asyncio.sleep(SETTLED)
            stage.write("Mind the rocks.", ELSEWHERE)
            await stage.until_said("The tide turns.", "So do we.", "Mind the rocks.")

    asyncio.run(main())


def test_a_broken_configuration_is_refused(tmp_path: Path, x_server: XServer, told: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            for text, message in (
                ("[regions\n", "is not valid TOML"),
                ("[regions]\ndialog = '1,2,3,4'\n", "unknown key regions.dialog"),
                (regions((600, 400, 100, 100)), "reaches outside the frame"),
                ("", "no dialogue region is set"),
                (regions(BOX) + "[source]\nname = 'screen:7'\n", "screen:7 is not there"),
                (regions(BOX) + "[source]\nname = 'nothere.mp4'\n", "there is no file nothere.mp4"),
            ):
                answer = await reloaded(stage, told, tmp_path, text)
                assert answer.startswith("the configuration is not applied, keeping the previous one: ")
                assert message in answer
            stage.write("Steady as she goes.")
            await stage.until_said("Steady as she goes.")
            assert set(stage.states("source")) == {"capturing"}

    asyncio.run(main())


def test_another_source(tmp_path: Path, x_server: XServer, told: pytest.LogCaptureFixture) -> None:
    clip = cut_sample(tmp_path / "clip.mp4", 6)

    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("The tide turns.")
            await asyncio.sleep(0.7)
            changed = f'[source]\nname = "{clip}"\n[regions]\ndialogue = "140,546,1000,144"\n'
            answer = await reloaded(stage, told, tmp_path, changed)
            assert answer == "the configuration is applied: source, regions"
            await stage.until(lambda: len(stage.lines) > 1)
            assert stage.texts[0] == "The tide turns."
            assert [line.source for line in stage.lines] == ["screen:1", *[str(clip)] * (len(stage.lines) - 1)]
            assert stage.lines[0].media_time is None
            assert 0 < (stage.lines[1].media_time or 0) < 6

    asyncio.run(main())
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("source")] == []


def test_whom_it_serves(tmp_path: Path, x_server: XServer, told: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:

            async def dial() -> None:
                async with connect(stage.address, origin=Origin("https://example.org"), proxy=None):
                    pass

            stage.write("The tide turns.")
            await asyncio.sleep(0.7)
            with pytest.raises(InvalidStatus):
                await dial()
            server = '[server]\norigins = ["https://example.org"]\n'
            answer = await reloaded(stage, told, tmp_path, regions(BOX) + server)
            assert answer == "the configuration is applied: server"
            await dial()
            answer = await reloaded(stage, told, tmp_path, regions(ELSEWHERE) + '[server]\nhost = "192.0.2.1"\n')
            assert "not applied, keeping the previous one" in answer
            await dial()
            stage.write("So do we.")
            await stage.until_said("The tide turns.", "So do we.")

    asyncio.run(main())


def test_another_token(tmp_path: Path, x_server: XServer, told: pytest.LogCaptureFixture) -> None:
    token = tmp_path / "token"
    first, second = "the first of the tokens", "the second of the tokens"

    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:

            async def dial(shown: str) -> None:
                shown = shown.replace(" ", "-")
                async with connect(f"{stage.address}/?token={shown}", proxy=None):
                    pass

            async def reload_with(written: str) -> str:
                token.write_text(written.replace(" ", "-"))
                token.chmod(0o600)
                server = f'[server]\ntoken_file = "{token}"\n'
                return await reloaded(stage, told, tmp_path, regions(BOX) + server)

            assert await reload_with(first) == "the configuration is applied: server"
            await dial(first)
            assert await reload_with(second) == "the configuration is applied: nothing has changed"
            await dial(second)
            with pytest.raises(InvalidStatus):
                await dial(first)
            # What can't be used keeps the one before, also where the server can't be had by other settings either.
            assert "a token has 16 to 1024 characters" in await reload_with("short")
            await dial(second)
            good = tmp_path / "good"
            good.write_text(first.replace(" ", "-"))
            good.chmod(0o600)
            elsewhere = f'[server]\nhost = "192.0.2.1"\ntoken_file = "{good}"\n'
            answer = await reloaded(stage, told, tmp_path, regions(BOX) + elsewhere)
            assert "not applied, keeping the previous one" in answer
            await dial(second)

    asyncio.run(main())


def test_another_engine(tmp_path: Path, x_server: XServer, told: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("The tide turns.")
            await asyncio.sleep(0.7)
            (before,) = workers()
            answer = await reloaded(stage, told, tmp_path, regions(BOX) + "[ocr]\ntimeout = 5.0\n")
            assert answer == "the configuration is applied: ocr"
            assert set(workers()).isdisjoint({before})
            stage.write("So do we.")
            await stage.until_said("The tide turns.", "So do we.")
            assert "degraded" not in stage.states("ocr")

    asyncio.run(main())


def test_a_region_that_was_not_kept_goes_a_kept_one_stays(
    tmp_path: Path, x_server: XServer, told: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server, regions__dialogue=REGION) as stage:
            box = ",".join(map(str, ELSEWHERE))
            await stage.ask("set_region", region="dialogue", box=box)
            answer = await reloaded(stage, told, tmp_path, "")
            assert answer == "the configuration is applied: regions"
            assert (await stage.ask("frame"))["regions"]["dialogue"] == list(BOX)
            await stage.ask("set_region", region="dialogue", box=box, save=True)
            # It wins over the option that the daemon was started with, which is older.
            answer = await reloaded(stage, told, tmp_path, (tmp_path / "capture-daemon.toml").read_text())
            assert answer == "the configuration is applied: nothing has changed"
            assert (await stage.ask("frame"))["regions"]["dialogue"] == list(ELSEWHERE)

    asyncio.run(main())


def test_the_program_reloads_at_a_hang_up(tmp_path: Path, x_server: XServer) -> None:
    needs_module("tesserocr", extra="tesseract")
    file = tmp_path / "file.toml"
    fixed = '[ocr]\nengine = "tesseract"\nlanguage = "en"\n[server]\nport = 0\n[log]\npath = "lines.jsonl"\n'
    file.write_text(fixed + regions(BOX), encoding="utf-8")
    with Running(tmp_path, "run", "--config", str(file), DISPLAY=x_server.display) as program:
        with Listener(program.wait_until_ready()) as listener:
            write(x_server, "One.")
            listener.wait_until(Line, text="One.")
            file.write_text(fixed + regions(ELSEWHERE), encoding="utf-8")
            program.process.send_signal(signal.SIGHUP)
            program.wait_for("the configuration is applied: regions")
            write(x_server, "Two.", ELSEWHERE)
            listener.wait_until(Line, text="Two.")
            file.write_text("regions = 3", encoding="utf-8")
            program.process.send_signal(signal.SIGHUP)
            program.wait_for("not applied, keeping the previous one: .*file.toml: regions")
            write(x_server, "Three.", ELSEWHERE)
            listener.wait_until(Line, text="Three.")
            assert [line.seq for line in listener.lines] == [1, 2, 3]
        assert program.stop()[0] == 0
        assert "Traceback" not in program.errors
