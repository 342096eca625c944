"""What fails under a real daemon is waited for and comes back; no line that was seen is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from capture_daemon.capture import live
from capture_daemon.ocr import worker
from tests.ocr.loading import dies_while_it_loads
from tests.stage import REGION, WAIT, staged, workers
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")


@asynccontextmanager
async def each_worker(times: int, do: Callable[[int], None]) -> AsyncIterator[None]:
    """Meanwhile, do something to so many workers, one after another, each as soon as it is there."""

    async def do_it() -> None:
        done: set[int] = set()
        while len(done) < times:
            for process in set(workers()) - done:
                do(process)
                done.add(process)
            await asyncio.sleep(0.02)

    doing = asyncio.create_task(do_it())
    try:
        yield
        async with asyncio.timeout(WAIT):
            await doing
    finally:
        doing.cancel()


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried soon; how delays grow is tested by itself."""
    for module in (live, worker):
        monkeypatch.setattr(module, "FIRST_DELAY", 0.1)
        monkeypatch.setattr(module, "LONGEST_DELAY", 0.5)


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def test_ocr_that_crashes_before_it_ever_was_ready(
    tmp_path: Path, x_server: XServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_while_it_loads(tmp_path, times=2)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("Out of the mist.")
            await stage.until_said("Out of the mist.")
            assert "degraded" in stage.states("ocr")

    asyncio.run(main())


def test_ocr_that_crashes_again_and_again(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            async with each_worker(4, kill):
                stage.write("Out of the mist.")
                await asyncio.sleep(1.5)
                stage.write("Came a lantern.")
            await stage.until_said("Out of the mist.", "Came a lantern.")
            assert stage.states("ocr")[-1] == "capturing"
            assert "degraded" in stage.states("ocr")

    asyncio.run(main())


def test_ocr_that_hangs(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(
            tmp_path, x_server, settings=f'[regions]\ndialogue = "{REGION}"\n[ocr]\ntimeout = 1.0\n'
        ) as stage:
            for process in workers():
                os.kill(process, signal.SIGSTOP)
            stage.write("Out of the mist.")
            await stage.until_said("Out of the mist.")
            assert stage.states("ocr")[-3:] == ["capturing", "degraded", "capturing"]
            [status] = [record for record in stage.records if getattr(record, "state", None) == "degraded"]
            assert "a pass took longer than 1 s" in str(status)

    asyncio.run(main())


def test_a_pause_waits_for_ocr_that_is_down(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            async with each_worker(2, kill):
                stage.write("Out of the mist.")
                await asyncio.sleep(0.7)
                assert await stage.ask("pause") == {"ok": True}
            await stage.until_said("Out of the mist.")

    asyncio.run(main())


def test_the_line_in_hand_is_said_when_the_screen_goes(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("Hold the line,")
            await asyncio.sleep(0.6)
            x_server.kill()
            await stage.until_said("Hold the line,")
            await stage.until(lambda: stage.states("source")[-1] == "waiting")
            await asyncio.sleep(1)
            x_server.start()
            stage.write("Hold the line, they come back.")
            # It is the same line, typed on while nobody could see it.
            await stage.until_said("Hold the line,", "Hold the line, they come back.")
            assert stage.lines[1].replaces == 1
            x_server.kill()
            await stage.until(lambda: stage.states("source")[-1] == "waiting")
            x_server.start()
            stage.write("Hold the line, they come back.")
            await stage.until(lambda: stage.states("source")[-1] == "capturing")
            stage.write("They did.")
            # What stood before and after is not said again.
            await stage.until_said("Hold the line,", "Hold the line, they come back.", "They did.")

    asyncio.run(main())
