from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.cached import CachedLooker
from bench.sensitivity import (
    STAGES,
    Clip,
    Reading,
    Result,
    Trial,
    names_of,
    putting,
    read,
    row,
    summed,
    trials_of,
    value_of,
    varied,
    verdict,
)
from capture_daemon.config.models import OcrTable
from capture_daemon.frames import Box, ColourImage, Frame, Region, Regions
from capture_daemon.ocr.engine import Character, FoundBox, RowImage, RowText
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.reading import parameters
from capture_daemon.reading.events import Steps
from capture_daemon.reading.reader import Reader
from tests.footage import cut_sample


def test_names_of_parameters() -> None:
    every = names_of([])
    assert {name.split(".")[0] for name in every} == set(STAGES)
    assert names_of(["follow.stands"]) == ["follow.stands"]
    assert names_of(["endpoint"]) == [name for name in every if name.startswith("endpoint.")]
    with pytest.raises(ValueError, match=r"no parameter follow\.nothing"):
        names_of(["follow.nothing"])


def test_neighbours_of_a_value() -> None:
    assert varied("follow.stands", 0.75) == pytest.approx(0.75 * parameters.FOLLOW.stands)
    for name in names_of([]):
        assert varied(name, 0.75) < value_of(name) < varied(name, 1.33)


def test_a_value_is_put_for_every_module_of_one_process() -> None:
    code = (
        "from bench.sensitivity import put; from capture_daemon.reading import looks, dialogue, nameplate;"
        "put('follow.stands', 0.5); put('follow.looks', 2.0); print(looks.FOLLOW.stands, nameplate.FOLLOW.looks)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0.5 2\n"
    assert parameters.FOLLOW.stands != 0.5


def test_a_trial_s_value_is_put_back() -> None:
    before = parameters.FOLLOW.stands
    with putting(Trial("follow.stands", 0.5)):
        assert parameters.FOLLOW.stands == 0.5
    with putting(Trial(None)):
        assert parameters.FOLLOW.stands == before
    assert parameters.FOLLOW.stands == before


def test_trials_begin_without_a_change_both_recorded_and_live() -> None:
    trials = trials_of(["follow.stands", "endpoint.mark"])
    assert [(trial.name, trial.live) for trial in trials] == [
        (None, False),
        (None, True),
        *[("follow.stands", False)] * 2,
        *[("endpoint.mark", True)] * 2,
    ]


def test_what_a_trial_changes() -> None:
    bases = [Reading(8, 8, 8, 7, "a"), Reading(4, 5, 4, 4, "b")]
    result = summed([Reading(8, 9, 7, 7, "c"), Reading(4, 5, 4, 4, "b")], bases)
    assert result == Result(12, 11 / 12, 11 / 14, 11 / 12, lost=1, changed=1)
    assert row("follow.stands", 0.6, result, summed(bases, bases)).split() == [
        "follow.stands", "0.6", "-8.33", "-13.74", "·", "1", "1",
    ]  # fmt: skip


def test_flat_parameters_and_cliffs() -> None:
    results = [
        {"parameter": name, "value": value, "lost": lost, "changed": changed}
        for name, value, lost, changed in [
            ("look.rest", 0.1, 0, 0), ("look.rest", 0.2, 0, 0),
            ("look.again", 0.2, 0, 3), ("look.again", 0.4, 5, 9),
        ]
    ]  # fmt: skip
    assert verdict(results) == ["flat: look.rest", "cliffs, lines lost: look.again at 0.4 (5)"]


def test_trials_see_the_same_frames_each_with_its_own_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = Clip("sample", cut_sample(tmp_path / "sample.mp4", 1), Path(), Regions(Region.parse("0,0.7,1,0.3")), "", "")
    seen: list[float] = []

    def see(self: Reader, frame: Frame) -> Steps:
        seen.append(parameters.FOLLOW.stands)
        yield from ()

    class NoLooker:
        async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
            return []

        async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
            return []

    monkeypatch.setattr(Reader, "see", see)
    said = asyncio.run(read(clip, NoLooker(), [Trial(None), Trial("follow.stands", 0.5)]))
    assert said == [[], []]
    assert seen[:4] == [value_of("follow.stands"), 0.5] * 2


def test_answers_are_kept_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.zeros((20, 60, 3), np.uint8)
    found, text = FoundBox(Box(1, 2, 3, 4), 0.9), RowText("Ahoy", 0.9, (Character("A", 3.0, 0.5),))

    async def start(self: OcrWorker, *, retry: bool = False) -> None:
        """Nothing to load."""

    async def find(self: OcrWorker, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        return [found]

    async def read(self: OcrWorker, rows: Sequence[RowImage]) -> list[RowText]:
        return [text]

    for name, stand_in in (("start", start), ("find", find), ("read", read)):
        monkeypatch.setattr(OcrWorker, name, stand_in)

    async def ask_all() -> int:
        async with CachedLooker(OcrTable(), tmp_path / "looks.sqlite3") as looker:
            assert await looker.find(picture, 0.5) == [found]
            assert await looker.read([RowImage.whole(picture)]) == [text]
            return looker.missed

    assert asyncio.run(ask_all()) == 2
    assert asyncio.run(ask_all()) == 0
