from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.cached import CachedLooker
from bench.sensitivity import STAGES, Result, names_of, row, value_of, varied
from capture_daemon.config import OcrTable
from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.engine import Character, FoundBox, RowImage, RowText
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.reading import parameters


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
        "from bench.sensitivity import put; from capture_daemon.reading import reader, dialogue, nameplate;"
        "put('follow.stands', 0.5); put('follow.looks', 2.0); print(reader.FOLLOW.stands, nameplate.FOLLOW.looks)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0.5 2\n"
    assert parameters.FOLLOW.stands != 0.5


def test_a_row_of_the_table() -> None:
    base = Result(100, 0.9, 0.8, 0.7)
    assert row("follow.stands", 0.6, Result(100, 0.9, 0.82, 0.6), base).split() == [
        "follow.stands", "0.6", "·", "+2.00", "-10.00",
    ]  # fmt: skip


def test_answers_are_kept_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.zeros((20, 60, 3), np.uint8)
    found, text = FoundBox(Box(1, 2, 3, 4), 0.9), RowText("Ahoy", 0.9, (Character("A", 3.0, 0.5),))

    async def start(self: OcrWorker, *, patient: bool = False) -> None:
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
