"""Warnings about regions that can't work: when they are given, and that they are given once."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from capture_daemon.frames import Box, ColourImage, Region, RegionBoxes, Regions, Size
from capture_daemon.pipeline.region_check import RegionCheck, complaints_of
from capture_daemon.reading.fitness import EMPTY_SECONDS, QUIET_SECONDS, Fitness
from tests import looking
from tests.program import SAMPLE, call
from tests.stage import staged
from tests.x_server import XServer

CUT = "140,578,1000,80"
"""A region of the sample clip that begins in the middle of its first row."""


def boxes(region: Box) -> RegionBoxes:
    return Regions(Region(*region, fractions=False)).resolve(looking.SIZE)


def grey(level: int) -> ColourImage:
    return np.full((90, 160, 3), level, np.uint8)


def warned_of_a_minute(
    caplog: pytest.LogCaptureFixture,
    *pictures: ColourImage,
    first: Callable[[RegionCheck], None] = lambda check: None,
    last: Callable[[RegionCheck], None] = lambda check: None,
) -> list[str]:
    """What is said after a minute and more in which the screen showed these, and nothing was read.

    `first` and `last` are called before and after it.
    """

    async def main() -> None:
        shown = [*pictures]

        async def whole() -> ColourImage:
            return shown.pop(0) if len(shown) > 1 else shown[0]

        check = RegionCheck(whole)
        first(check)
        here = boxes(looking.DIALOGUE)
        for _ in range(2):
            fitness = Fitness(here, looking.SIZE)
            fitness.saw(0.0, here.around, [], [])
            for time in range(0, round(EMPTY_SECONDS) + 20, 5):
                await check.check(fitness, float(time))
        last(check)

    asyncio.run(main())
    return [record.message for record in caplog.records if record.levelno == logging.WARNING]


def test_a_minute_without_text_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    [warning] = warned_of_a_minute(caplog, *(grey(level) for level in range(0, 250, 10)))
    assert warning.startswith("no text was seen in the dialogue region 20,40,600,120 for a minute")
    assert "--region auto" in warning


@pytest.mark.parametrize(
    ("told_of", "warnings"), [(looking.DIALOGUE, 0), (Box(0, 0, 9, 9), 1), (None, 1)], ids=["same", "other", "none"]
)
def test_a_minute_without_text_is_not_told_where_a_hint_says_more(
    caplog: pytest.LogCaptureFixture, told_of: Box | None, warnings: int
) -> None:
    changing = [grey(level) for level in range(0, 250, 10)]
    assert warned_of_a_minute(caplog, *changing, first=RegionCheck.hold_back) == []
    made = warned_of_a_minute(caplog, *changing, first=RegionCheck.hold_back, last=lambda check: check.let_go(told_of))
    assert len(made) == warnings
    # The hint may come first.
    caplog.clear()
    assert len(warned_of_a_minute(caplog, *changing, first=lambda check: check.let_go(told_of))) == warnings


def test_a_region_beside_the_dialogue_may_be_quiet_for_longer(caplog: pytest.LogCaptureFixture) -> None:
    levels = iter(range(10_000))
    here = boxes(looking.DIALOGUE)

    async def whole() -> ColourImage:
        return grey(next(levels) * 30 % 250)

    async def watch(fitness: Fitness, until: float) -> None:
        for time in range(0, round(until), 5):
            await check.check(fitness, float(time), beside=True)

    check = RegionCheck(whole)
    spoken, silent = Fitness(here, looking.SIZE, "spoken"), Fitness(here, looking.SIZE, "silent")
    spoken.saw(0.0, here.around, [looking.DIALOGUE], [looking.DIALOGUE])
    silent.saw(0.0, here.around, [], [])
    asyncio.run(watch(silent, QUIET_SECONDS))
    assert caplog.records == []
    asyncio.run(watch(spoken, 2 * QUIET_SECONDS))
    asyncio.run(watch(silent, QUIET_SECONDS + 20))
    [record] = caplog.records
    assert record.message.startswith("no text was seen in the silent region 20,40,600,120 for ten minutes")


def test_a_further_region_that_cuts_its_text_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(
        f'[regions]\ndialogue = "150,492,180,44"\n[[region]]\nname = "story"\nbox = "{CUT}"\n', encoding="utf-8"
    )
    read = call(tmp_path, "extract", str(SAMPLE / "sample.mp4"), "--config", "c.toml", "-o", "lines.jsonl")
    assert read.code == 0
    [warning] = [line for line in read.errors.splitlines() if "cuts through" in line]
    assert f'the story region {CUT} cuts through text: box = "1' in warning


def test_a_game_that_is_paused_is_no_fault_of_the_region(caplog: pytest.LogCaptureFixture) -> None:
    assert warned_of_a_minute(caplog, grey(90)) == []


def test_one_picture_is_enough_to_see_rows_cut() -> None:
    picture = np.repeat(looking.picture(looking.TEXTS[0])[:, :, None], 3, axis=2)

    def told(region: Box) -> list[str]:
        return [
            str(one) for one in asyncio.run(complaints_of("dialogue", boxes(region), picture, looking.OcrBackend()))
        ]

    assert told(looking.DIALOGUE) == []
    [warning] = told(Box(20, 92, 600, 68))
    wider = Region.parse(warning.partition("--region ")[2].split()[0]).resolve(Size(*looking.SIZE))
    assert told(wider) == []


def test_extract_and_snapshot_say_which_region_would_hold_the_text(tmp_path: Path) -> None:
    clip = str(SAMPLE / "sample.mp4")
    read = call(tmp_path, "extract", clip, "--region", CUT, "-o", "lines.jsonl")
    seen = call(tmp_path, "snapshot", "--source", clip, "--region", CUT, "--at", "21", "-o", "frame.png")
    for outcome in (read, seen):
        assert outcome.code == 0
        [warning] = [line for line in outcome.errors.splitlines() if "warning: " in line]
        assert f"the dialogue region {CUT} cuts through text: --region 1" in warning


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
def test_a_running_daemon_says_it_too(tmp_path: Path, x_server: XServer, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            for text in (
                "Cast off the lines, and quick.",
                "Not before breakfast.",
                "Who has seen the cat this morning?",
            ):
                stage.write(text)
                await asyncio.sleep(1.0)
            low = "40,369,560,60"
            answer = await stage.ask("set_region", region="dialogue", box=low)
            assert f"the dialogue region {low} cuts through text: --region " in answer["warnings"][0]
            for text in ("Down here.", "The tide turns before noon.", "So do we.", "He never asked why.") * 2:
                stage.write(text)
                await asyncio.sleep(1.0)

    asyncio.run(main())
    warnings = [record.message for record in caplog.records if "cuts through text" in record.message]
    assert len(warnings) == 1
