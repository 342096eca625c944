"""PaddleOCR's recognisers as the engine, on ONNX Runtime or on Paddle itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from capture_daemon.common.letters import form_of, is_latin
from capture_daemon.ocr.agreement import agreed
from capture_daemon.ocr.colours import in_each_colour
from capture_daemon.ocr.columns import laid, worth_comparing
from capture_daemon.ocr.ctc import confidence_of, decode, text_of
from capture_daemon.ocr.dots import DOTS, only_dots, only_rings, with_counted_dots
from capture_daemon.ocr.engine import Character, RowImage, RowText, default_threads
from capture_daemon.ocr.lookalikes import with_lone_i, with_look_alikes
from capture_daemon.ocr.model_files import Model, Runtime
from capture_daemon.ocr.prepare import BinarisedRow, Look, raw_view, view
from capture_daemon.ocr.recognition import GREY, Recogniser
from capture_daemon.ocr.repair import repaired
from capture_daemon.ocr.spaces import hides_spaces, parts_letters
from capture_daemon.ocr.vertical import with_marks, with_small_kana


@dataclass(frozen=True, slots=True)
class LookPlan:
    """How rows of one kind of script are looked at, in this order, until two looks agree.

    The third is for what is no row of words, or has no colour of its own; others are looked at in their colours.
    """

    first: Look
    second: Look
    third: Look


WIDE = LookPlan(Look(40, raw=True), Look(29), Look(32, 1.15, raw=True))
"""Chinese, Japanese and Korean; their ink reads best with some air above and below."""
LATIN = LookPlan(Look(40, 1.3, raw=True), Look(32, 1.3), Look(33, 1.2, raw=True))
"""Letters as narrow as l or a full stop need more than one of the network's steps each, or two of them become one."""
BROAD = LookPlan(Look(40, 0.55, raw=True), Look(40, 0.7, raw=True), Look(32, 0.6, raw=True))
"""Letters about as broad as high, as on old machines: as narrow as in print they read better, and words part."""
SHORT = 128
"""Columns of one or two characters of Chinese or Japanese, 100 to 160: with as much grey behind them as in training, え
is taken for 元 less often. In Latin letters, short rows read better without."""
BROAD_FROM = 0.68
"""Columns to a character, in a row's height, from which type is broad; 0.6 to 0.75: a typewriter's is 0.55."""
SURE, WEAKEST = 0.97, 0.8
"""A first look counts alone if its mean probability, and that of its least likely character, are at least these."""
ABSENT_IN_COLUMN = 0.3
"""What a look at a column weighs that has nothing at a place: in vertical text they lose much, and invent little."""
SURELY_ONE = 0.95
"""Confidence from which a row of the digit 1 alone is no I; 0.9 to 0.98: where it has a flag it is read surely."""
DOTS_CONFIDENCE = 0.8
"""Of a row in which nothing but dots was counted."""
LEAST, UNSURE, BETTER = 0.25, 0.85, 0.05
"""Confidences between which a row is looked at in each of its colours by itself, 0.2 to 0.5 and 0.8 to 0.9, and by how
much surer what is read then must be to count, 0.02 to 0.1."""
WORDS = 4
"""Letters from which that is worth it; 3 to 6: less is read in pictures of nothing."""
COLOURS = 3
"""In how many of its colours; 2 to 4."""


DASH_LIKE = frozenset("-‐‑–—―一ー")
"""What a dash at a row's beginning may be read as."""


@dataclass(frozen=True, slots=True, eq=False)
class Coloured:
    """A row in one of its colours: what looks at it read, and its ink there."""

    readings: list[list[Character]]
    ink: BinarisedRow

    @property
    def best(self) -> list[Character]:
        """What the looks agree on."""
        return agreed(self.readings)

    @property
    def confidence(self) -> float:
        """How sure that is, from 0 to 1."""
        return _confidence(self.readings, self.best)


class PaddleEngine:
    """PaddleOCR's text recognition, given each row as it reads best."""

    def __init__(
        self, model: Model, runtime: Runtime = "onnxruntime", threads: int | None = None, *, batch_mode: bool = False
    ) -> None:
        """Load the model; takes a second or two. `batch_mode` keeps memory for the next row, to be done sooner.

        Raises ModelError if its files are damaged, and ImportError if what the runtime needs isn't installed.
        """
        self.name = f"PaddleOCR ({model.name}, {runtime})"
        self._recogniser = Recogniser(model, runtime, threads or default_threads(), batch_mode=batch_mode)
        self._latin = False

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """One answer a row, in order."""
        return [self._read_column(row) if row.column else self._read(row) for row in rows]

    def close(self) -> None:
        """Let go of the model."""

    def _read(self, row: RowImage) -> RowText:
        ink = BinarisedRow(row)
        before, looks = self._latin, LATIN if self._latin else WIDE
        readings = [self._look(row, ink, looks.first)]
        latin = is_latin(text_of(readings[0])) if readings[0] else self._latin
        if latin != self._latin:
            # The look was meant for the other kind of script; the next row will most likely be of this one.
            self._latin = latin
            looks = LATIN if latin else WIDE
            readings = [self._look(row, ink, looks.first)]
        coloured: Coloured | None = None
        if not _is_sure(readings[0]):
            if latin and _is_broad(readings[0], row):
                looks = BROAD
                readings = [self._look(row, ink, looks.first)]
            further, coloured = self._further_looks(row, ink, looks, readings[0])
            readings += further
        best = agreed(readings)
        confidence = _confidence(readings, best)
        if LEAST < confidence < UNSURE and _may_be_words(best, row):
            coloured = coloured or self._in_its_colour(row, looks)
            if coloured is not None and (words := coloured.confidence) > confidence + BETTER:
                best, confidence, ink = coloured.best, words, coloured.ink
        if ink.empty:
            return RowText(with_look_alikes(text_of(best)).strip(), confidence, tuple(best))
        text = repaired(best, ink, _parted(row, best, ink))
        if before and confidence < SURELY_ONE:
            text = with_lone_i(text)
        if (not text or not set(text) <= DOTS) and (count := only_dots(ink) or only_rings(text, ink, row.row.height)):
            # A row of nothing but dots has no letter to be right about: 000 and ooo are what it's mostly read as.
            return RowText("." * count, DOTS_CONFIDENCE)
        return RowText(text, confidence if text else 0.0, tuple(best))

    def _further_looks(
        self, row: RowImage, ink: BinarisedRow, looks: LookPlan, first: list[Character]
    ) -> tuple[list[list[Character]], Coloured | None]:
        """The readings of further looks: at the row's ink and, if that says something else, at one of its colours."""
        found: list[list[Character]] = []
        if looks.second.raw or not ink.empty:
            found.append(self._look(row, ink, looks.second))
            if _words(found[0]) == _words(first):
                return found, None
        coloured = self._in_its_colour(row, looks) if _may_be_words(first, row) else None
        if coloured is None:
            return [*found, self._look(row, ink, looks.third)], None
        return [*found, *coloured.readings], coloured

    def _read_column(self, column: RowImage) -> RowText:
        """A column of vertical text, read as it lies and with its characters laid side by side, upright."""
        ink = BinarisedRow(column)
        readings = [self._look(column, ink, WIDE.first)]
        row = laid(column, ink)
        if row is not None:
            readings.append(row.placed(self._look(row.image, ink, WIDE.first)))
            readings = [with_small_kana(reading, row.squares) for reading in readings]
        readings = worth_comparing(readings)
        best = agreed(readings, ABSENT_IN_COLUMN)
        best = with_marks(best, row.squares, clean=row.clean) if row is not None else with_counted_dots(best, ink)
        text = with_look_alikes(text_of(best)).strip()
        return RowText(text, _confidence(list(map(_letters, readings)), _letters(best)) if text else 0.0, tuple(best))

    def _in_its_colour(self, row: RowImage, looks: LookPlan) -> Coloured | None:
        """The row in the colour that reads best; None if nothing is read in any."""
        found: tuple[RowImage, BinarisedRow, list[Character]] | None = None
        for plane in in_each_colour(row)[:COLOURS]:
            ink = BinarisedRow(plane)
            reading = self._look(plane, ink, looks.first)
            if reading and (found is None or confidence_of(reading) > confidence_of(found[2])):
                found = plane, ink, reading
                if _is_sure(reading):
                    break
        if found is None:
            return None
        plane, ink, reading = found
        if _is_sure(reading) or ink.empty:
            return Coloured([reading], ink)
        return Coloured([reading, self._look(plane, ink, looks.second)], ink)

    def _look(self, row: RowImage, ink: BinarisedRow, look: Look) -> list[Character]:
        drawn = raw_view(row, look) if look.raw else view(ink, look)
        short = drawn.pixels.shape[1] < SHORT and not self._latin
        scores, step = self._recogniser.scores(drawn.pixels, None if short else GREY)
        return [
            Character(character.text, drawn.column(character.place * step), character.probability)
            for character in decode(scores, self._recogniser.alphabet)
        ]


def _parted(row: RowImage, reading: Sequence[Character], ink: BinarisedRow) -> BinarisedRow | None:
    """The row's ink in the colour that parts its letters best, where the whole row's doesn't; None if none does."""
    if not hides_spaces(reading, ink):
        return None
    inks = [one for plane in in_each_colour(row)[:COLOURS] if not (one := BinarisedRow(plane)).empty]
    # What has more gaps than letters is no text.
    fitting = [one for one in inks if parts_letters(one, len(reading)) and len(one.gaps) <= len(reading)]
    return max(fitting, key=lambda one: len(one.gaps), default=None)


def _may_be_words(reading: Sequence[Character], row: RowImage) -> bool:
    """Whether a row is long enough for words, and something in it was read as letters."""
    return row.row.width >= 3 * row.row.height and sum(character.text.isalnum() for character in reading) >= WORDS


def _is_sure(reading: Sequence[Character]) -> bool:
    if not reading or not any(character.text.isalnum() for character in reading):
        return False
    return confidence_of(reading) >= SURE and min(one.probability for one in reading) >= WEAKEST


def _is_broad(reading: Sequence[Character], row: RowImage) -> bool:
    """Whether letters stand so far apart that they must be much broader than usual."""
    return len(reading) >= WORDS and row.row.width > BROAD_FROM * row.row.height * len(reading)


def _letters(reading: Sequence[Character]) -> list[Character]:
    """A reading's letters: marks are what looks at a column disagree on; all of it where it has none."""
    return [one for one in reading if one.text.isalnum()] or list(reading)


def _words(reading: Sequence[Character]) -> str:
    return form_of(text_of(reading).replace(" ", ""))


def _confidence(readings: Sequence[Sequence[Character]], best: Sequence[Character]) -> float:
    """How sure what was agreed on is: the mean probability, less by what the looks disagree on."""
    best = _without_dash(best)
    if len(readings) == 1:
        return confidence_of(best)
    words = _unmarked(best)
    alike = sorted(
        SequenceMatcher(None, words, _unmarked(_without_dash(one)), autojunk=False).ratio() for one in readings
    )
    return confidence_of(best) * alike[-2]


def _without_dash(reading: Sequence[Character]) -> Sequence[Character]:
    """A reading without the dash that begins it, which looks take for other strokes, too, and are never sure of."""
    return reading[1:] if len(reading) > 2 and reading[0].text in DASH_LIKE else reading


def _unmarked(reading: Sequence[Character]) -> str:
    """The words of a reading without the mark behind them, which looks don't agree on."""
    words = _words(reading)
    while len(words) > 1 and unicodedata.category(words[-1]) in ("So", "Sm"):
        words = words[:-1]
    return words
