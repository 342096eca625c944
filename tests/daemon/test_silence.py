"""The hint where no line comes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from capture_daemon.daemon import silence
from capture_daemon.daemon.silence import explain_silence
from capture_daemon.frames import Box
from capture_daemon.pipeline import region_check
from capture_daemon.records import Status
from tests.stage import staged
from tests.x_server import XServer

REGION = Box(40, 340, 560, 60)
BUSY = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)


def test_each_reason_has_its_remedy() -> None:
    colour = (90, 24, 20)
    flat = np.full((480, 640, 3), colour, np.uint8)
    covered = BUSY.copy()
    covered[REGION.top : REGION.bottom, REGION.left : REGION.right] = colour
    elsewhere = [Box(10, 10, 20, 20), Box(10, 40, 300, 20)]
    assert "of one colour: is the game covered" in explain_silence(flat, REGION, [])
    assert "name its language" in explain_silence(BUSY, REGION, [Box(60, 350, 100, 30), *elsewhere])
    assert "there is some at 10,40,300,20: move the region" in explain_silence(BUSY, REGION, elsewhere)
    assert "does a window cover it" in explain_silence(covered, REGION, [])
    assert "there is no text in the picture" in explain_silence(BUSY, REGION, [])


def test_a_minute_without_a_line_gives_one_hint_until_a_line_comes(
    tmp_path: Path, x_server: XServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(silence, "PATIENCE", 1.0)
    monkeypatch.setattr(silence, "STEP", 0.1)

    def hinted(records: list[object]) -> list[str]:
        return [one.detail for one in records if isinstance(one, Status) and one.detail and "no line in" in one.detail]

    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("Elsewhere is a text.", (40, 40, 560, 60))
            await stage.until(lambda: hinted([*stage.records]))
            assert "the dialogue region holds no text, but there is some at " in hinted([*stage.records])[0]
            stage.write("Here it is.")
            await stage.until_said("Here it is.")
            gone = Status(what="source", state="capturing")
            await stage.until(lambda: [one for one in stage.records if isinstance(one, Status)][-1] == gone)
            assert len(hinted([*stage.records])) == 1

    asyncio.run(main())
    assert len([one for one in caplog.messages if "no line in the first" in one]) == 1


@pytest.mark.parametrize("finds", [True, False])
def test_it_is_said_once_that_there_is_no_text(
    tmp_path: Path, x_server: XServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, finds: bool
) -> None:
    """A picture that changes, and has no text in the region, has another warning: it comes only if no hint does."""
    monkeypatch.setattr(silence, "PATIENCE", 2.0)
    monkeypatch.setattr(silence, "STEP", 0.1)
    monkeypatch.setattr(region_check, "EMPTY_SECONDS", 1.0)
    if not finds:
        monkeypatch.setattr(silence, "LOOK_LIMIT", 0.0)

    def warned() -> list[str]:
        return [one for one in caplog.messages if "no line in the first" in one or "no text was seen" in one]

    async def main() -> None:
        async with staged(tmp_path, x_server) as stage, asyncio.timeout(60):
            passed = 0
            while not (warned() and passed > 5):
                passed += bool(warned())
                stage.write("Elsewhere is a text.", (40, 40, 560, 60))
                await asyncio.sleep(0.3)
                stage.write("Another.", (40, 40, 560, 60))
                await asyncio.sleep(0.3)

    asyncio.run(main())
    [warning] = warned()
    assert ("no line in the first" in warning) == finds
