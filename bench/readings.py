"""Recordings that are read twice, whole and as if they were live; those in Korean by Tesseract, too."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any

from bench.extracting import extract_now
from bench.figures import Figure, Goal
from bench.footage import Footage
from bench.part import Part, Tell, share
from bench.replay import replay_now
from bench.shared import Score, score
from capture_daemon.ocr.traineddata import trained_data

LETTERS_WITHOUT_SPACES = ("ja", "zh")
KOREAN = "ko"


@dataclass(frozen=True, slots=True)
class Reading:
    """One recording read twice: whole, and as if it were live."""

    footage: Footage
    whole: Score
    live: Score
    passes: tuple[int, int]
    rows: tuple[int, int]

    @property
    def letters(self) -> float | None:
        """The share of lines that are right letter for letter; where words aren't parted by spaces, without them."""
        return self.whole.exact if self.footage.language in LETTERS_WITHOUT_SPACES else self.whole.verbatim

    @property
    def corrected(self) -> float:
        """The share of lines said too early, and said again."""
        return self.live.corrected / self.live.true if self.live.true else 0.0

    def details(self) -> dict[str, Any]:
        """Everything, as JSON."""
        return {
            "language": self.footage.language,
            "engine": self.footage.engine,
            "whole": {**asdict(self.whole), "passes": self.passes[0], "rows": self.rows[0]},
            "as_if_live": {**asdict(self.live), "passes": self.passes[1], "rows": self.rows[1]},
        }


def read(footage: Footage) -> Reading:
    """Read a recording whole, then as if it were live."""
    whole, replayed = extract_now(footage), replay_now(footage)
    return Reading(
        footage,
        score(footage.truth, whole.lines, footage.offset),
        score(footage.truth, replayed.lines, footage.offset),
        (whole.stats.passes, replayed.passes),
        (whole.stats.rows, replayed.rows),
    )


def read_all(footage: Sequence[Footage], tell: Tell) -> list[Reading]:
    """Read recordings, two at a time: nothing is timed."""
    readings = []
    # Not forked: of the naive way's models, whose threads a fork leaves behind, nothing may come along.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for reading in pool.map(read, footage):
            whole = reading.whole
            tell(
                f"{reading.footage.name}: found {share(whole.recall)}, right {share(whole.precision)}, "
                f"letters {share(reading.letters)}, speaker {share(whole.speaker)}, "
                f"corrected live {reading.live.corrected} of {reading.live.true}"
            )
            readings.append(reading)
    return readings


def korean_figures(group: str, whole: Score, by_tesseract: Score | None) -> list[Figure]:
    """The figures of a recording in Korean, those of Tesseract beside."""
    return [
        Figure(group, "lines found", whole.recall, Goal(0.98, 1.0), beside_tesseract(by_tesseract, "recall")),
        Figure(group, "captured lines that are right", whole.precision, Goal(0.97, 1.0)),
        Figure(
            group,
            "letter for letter, without spaces",
            whole.exact,
            Goal(0.97, 1.0),
            beside_tesseract(by_tesseract, "exact"),
        ),
        Figure(group, "letter for letter", whole.verbatim, Goal(0.92), beside_tesseract(by_tesseract, "verbatim")),
        Figure(
            group, "character error rate", whole.cer, Goal(0.003, least=False), beside_tesseract(by_tesseract, "cer")
        ),
        Figure(group, "speaker right", whole.speaker),
    ]


def beside_tesseract(by_tesseract: Score | None, figure: str) -> str:
    """What Tesseract comes to on the same recording."""
    value = None if by_tesseract is None else getattr(by_tesseract, figure)
    return "" if value is None else f"Tesseract {value:.3f}"


def read_beside(footage: Sequence[Footage], part: Part, tell: Tell) -> tuple[list[Reading], dict[str, Score]]:
    """Read recordings; those in Korean by Tesseract, too, where it is there: the scores of that by their names."""
    korean = [one for one in footage if one.language == KOREAN]
    missing = missing_for_tesseract()
    if missing:
        part.left_out += [f"{one.name} through Tesseract: needs {missing}" for one in korean]
        korean = []
    readings = read_all([*footage, *(one.through_tesseract() for one in korean)], tell)
    beside = {one.name: reading.whole for one, reading in zip(korean, readings[len(footage) :], strict=True)}
    return readings[: len(footage)], beside


def missing_for_tesseract() -> str | None:
    """What Korean through Tesseract lacks here, or None."""
    if importlib.util.find_spec("tesserocr") is None:
        return "the extra [tesseract]"
    return None if trained_data("ko") else "Debian package tesseract-ocr-kor"
