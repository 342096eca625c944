"""The project's own Korean recogniser as an engine, beside the packaged model for all that is not Hangul."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from capture_daemon.common.hangul import has_hangul, is_syllable
from capture_daemon.common.installing import again
from capture_daemon.errors import ModelError
from capture_daemon.frames import Box
from capture_daemon.ocr.agreement import agreed
from capture_daemon.ocr.columns import laid
from capture_daemon.ocr.ctc import confidence_of, text_of
from capture_daemon.ocr.engine import Character, Engine, RowImage, RowText, default_threads
from capture_daemon.ocr.jamo import BOXED_HEIGHT, CANVAS, INK_HEIGHT, decode_jamo
from capture_daemon.ocr.mixed import has_latin, latin_runs, with_latin
from capture_daemon.ocr.prepare import BinarisedRow, Look, boxed_view, view
from capture_daemon.ocr.repair import repaired
from capture_daemon.ocr.runtime import session_options

FILE = Path(__file__).with_name("korean.onnx")
"""The recogniser, a part of this package."""
NAME = "korean_jamo"
FIRST, SECOND, THIRD = Look(BOXED_HEIGHT, 1.1, raw=True), Look(INK_HEIGHT, 1.1), Look(BOXED_HEIGHT + 1, 1.25, raw=True)
"""How a row is looked at, in this order, until two looks agree: raw by the detector's box, else by the ink."""
SURE, WEAKEST = 0.97, 0.85
"""A first look counts alone if its mean probability, and that of its least likely character, are at least these; 0.95
to 0.99 and 0.8 to 0.95."""
HANGUL_SURE = 0.9
"""How sure a row with Hangul is at least to be believed over what the packaged model reads; 0.85 to 0.95. Of rows in
other scripts the two or three syllables that are seen in them have 0.3 to 0.8."""
OTHERS_SURE = 0.9
"""How sure the packaged model is at least for a row to be no Hangul, 0.85 to 0.95: of Hangul it reads 0.2 to 0.8."""
PAST_END = 0.4
"""Of a row's height: how far past its box's ends ink begins at most that is the row's own; 0.3 to 0.5."""
_LEAST_SYLLABLES, _LEAST_LETTERS = 2, 3
_SINGLE, _DOUBLE = "'‘’", '"“”'


class HangulReader:
    """The Korean recogniser by itself: reads Hangul, Latin letters, digits and the marks of dialogue."""

    def __init__(self, threads: int | None = None, *, batch_mode: bool = False, file: Path = FILE) -> None:
        """Load the model; `batch_mode` keeps memory for the next row, to be done sooner.

        Raises ModelError if it can't be loaded.
        """
        import onnxruntime  # noqa: PLC0415 - slow to import

        options = session_options(threads or default_threads(), arena=batch_mode)
        try:
            self._session = onnxruntime.InferenceSession(file.read_bytes(), options, providers=["CPUExecutionProvider"])
            self._others = str(self._session.get_modelmeta().custom_metadata_map["others"]).split("\n")
        except Exception as error:
            # ONNX Runtime has a class of its own for each way a file can be damaged, and no common one above them.
            raise ModelError(f"{file}: the Korean model can't be loaded: {again()}") from error

    def read(self, row: RowImage) -> RowText:
        """What stands in a row, or in a column of vertical text."""
        ink = BinarisedRow(row)
        if row.column:
            return self._read_column(row, ink)
        row = with_ends(row, ink)
        readings = [self._look(row, ink, FIRST)]
        if not _is_sure(readings[0]):
            for look in (SECOND, THIRD):
                if look.raw or not ink.empty:
                    readings.append(self._look(row, ink, look))
                if len(readings) > 1 and _words(readings[-1]) == _words(readings[-2]):
                    break
        return _said(agreed(readings), ink)

    def with_latin(self, row: RowImage, own: RowText, engine: Engine) -> RowText:
        """What was read in a row, its words in Latin letters as another engine reads them."""
        runs = latin_runs(own.characters, row)
        mixed = with_latin(own.characters, runs, engine.read([run.picture for run in runs]))
        return own if mixed == list(own.characters) else _said(mixed, BinarisedRow(row))

    def _read_column(self, column: RowImage, ink: BinarisedRow) -> RowText:
        row = laid(column, ink)
        if row is None:
            return RowText("", 0.0)
        found = row.placed(self._look(row.image, BinarisedRow(row.image), FIRST))
        text = text_of(found).strip()
        return RowText(text, confidence_of(found) if text else 0.0, tuple(found))

    def _look(self, row: RowImage, ink: BinarisedRow, look: Look) -> list[Character]:
        drawn = boxed_view(ink, row.row, look, CANVAS) if look.raw else view(ink, look, CANVAS)
        # The network halves its columns twice.
        short = -drawn.pixels.shape[1] % 4
        pixels = np.pad(drawn.pixels[:, :, 0], ((0, 0), (0, short)), mode="edge")
        pictures = (1 - pixels.astype(np.float32) / 255)[None, None]
        scores = self._session.run(None, {"rows": pictures})[0][0]
        read = decode_jamo(scores, self._others, pixels.shape[1] / len(scores))
        found = [Character(one.text, drawn.column(one.place), one.probability) for one in read]
        while found and found[0].text == " ":
            found.pop(0)
        while found and found[-1].text == " ":
            found.pop()
        return found


def _said(characters: Sequence[Character], ink: BinarisedRow) -> RowText:
    text = with_paired_quotes(text_of(characters).strip() if ink.empty else repaired(characters, ink))
    return RowText(text, confidence_of(characters) if text else 0.0, tuple(characters))


def with_paired_quotes(text: str) -> str:
    """The text with both quotes double where it has just two and they were read as a single and a double one."""
    found = [place for place, character in enumerate(text) if character in _SINGLE + _DOUBLE]
    if len(found) != 2 or (text[found[0]] in _SINGLE) == (text[found[1]] in _SINGLE):
        return text
    first, second = found
    if first and not text[first - 1].isspace():
        # An apostrophe, or the end of what was quoted in the row before.
        return text
    plain = '"' in (text[first], text[second])
    left, right = ('"', '"') if plain else ("“", "”")
    return text[:first] + left + text[first + 1 : second] + right + text[second + 1 :]


def with_ends(row: RowImage, ink: BinarisedRow) -> RowImage:
    """The row with a box that holds the ink just past its ends: detectors leave out a last full stop, or a quote."""
    reach, most = PAST_END * row.row.height, row.row.height
    left, right = row.row.left, row.row.right
    for start, end in ink.runs:
        if right < end <= row.row.right + most and start - right <= reach:
            right = end
    for start, end in reversed(ink.runs):
        if row.row.left - most <= start < left and left - end <= reach:
            left = start
    if (left, right) == (row.row.left, row.row.right):
        return row
    return RowImage(row.pixels, Box(left, row.row.top, right - left, row.row.height), row.column)


class KoreanEngine:
    """Korean by the project's own recogniser, everything else by the packaged model.

    Where Korean is what the game is set in, each row is read as that first, and by the other model only where it holds
    no Hangul and isn't sure. Where the language is to be told, a row is read first by the model that read the one
    before, and by the other too where the first is in doubt.
    """

    def __init__(self, other: Engine, load: Callable[[], HangulReader], *, told: bool) -> None:
        """`other` reads what isn't Hangul; `told`: the language was set to Korean. Else `load` waits till it is needed.

        Raises what `load` raises.
        """
        self.name = f"Korean ({NAME}, onnxruntime)" if told else f"{other.name}, Korean ({NAME})"
        self._other, self._load, self._told = other, load, told
        self._loaded = load() if told else None
        self._korean = told

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """One answer a row, in order."""
        return [self._read(row) for row in rows]

    def close(self) -> None:
        """Let go of the models."""
        self._other.close()

    @property
    def _hangul(self) -> HangulReader:
        # Most games hold no Hangul: the model's 20 MB and 50 ms are spent when something may be.
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _read(self, row: RowImage) -> RowText:
        return self._as_korean(row) if self._korean else self._as_any(row)

    def _as_korean(self, row: RowImage) -> RowText:
        own = self._hangul.read(row)
        if has_hangul(own.text) and (self._told or own.confidence >= HANGUL_SURE):
            if row.column or not has_latin(own.text):
                return own
            return self._hangul.with_latin(row, own, self._other)
        if self._told and (own.confidence >= SURE or _is_marks(own.text)):
            # Of dots that tell a player to go on the other would make full stops.
            return own
        [other] = self._other.read([row])
        if self._told:
            return other if other.confidence > own.confidence else own
        if other.confidence < OTHERS_SURE and has_hangul(own.text) and own.confidence > other.confidence:
            return own
        # Of a syllable by itself the other makes a letter or two.
        self._korean = sum(character.isalpha() for character in other.text) < _LEAST_LETTERS
        return other

    def _as_any(self, row: RowImage) -> RowText:
        [other] = self._other.read([row])
        if other.confidence >= OTHERS_SURE:
            return other
        own = self._hangul.read(row)
        if not _is_hangul(own) or own.confidence <= other.confidence:
            return other
        self._korean = True
        return own


def _is_marks(text: str) -> bool:
    """Whether something was read, and no letter or digit in it."""
    return bool(text) and not any(character.isalnum() for character in text)


def _is_hangul(read: RowText) -> bool:
    """Whether a row is Korean for sure."""
    syllables = sum(map(is_syllable, read.text))
    return syllables >= _LEAST_SYLLABLES and read.confidence >= HANGUL_SURE


def _is_sure(reading: Sequence[Character]) -> bool:
    if not reading or not any(character.text.isalnum() for character in reading):
        return False
    return confidence_of(reading) >= SURE and min(one.probability for one in reading) >= WEAKEST


def _words(reading: Sequence[Character]) -> str:
    return text_of(reading).replace(" ", "")
