"""Tesseract as the engine, through tesserocr: the way to read Korean without a download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from capture_daemon.errors import ModelError
from capture_daemon.frames import GreyImage
from capture_daemon.ocr.dots import dot_runs
from capture_daemon.ocr.engine import Character, RowImage, RowText
from capture_daemon.ocr.prepare import BinarisedRow
from capture_daemon.ocr.repair import repaired
from capture_daemon.ocr.traineddata import trained_for

MARGIN = 24
"""White round the text, in the same pixels."""
RESOLUTION = 150
"""Dots an inch that are claimed for the picture: it has none, and Tesseract guesses badly."""
DOUBTFUL = 0.85
"""A confidence under which a row is looked at again in other ways."""
SHORT = 4.0
"""A row less than this many times as wide as high is, too, and as a single character: as a line Tesseract often finds
nothing in two or three letters, or something else."""


@dataclass(frozen=True, slots=True)
class _Look:
    """How a row is drawn for Tesseract: the height of its text in pixels, and whether its edges are sharpened."""

    height: int
    sharpened: bool


FIRST_LOOK = _Look(40, sharpened=False)
"""It was trained on about 36; of 125 Korean rows it reads 93 rightly at 40, and 84 at 36."""
OTHER_LOOKS = (_Look(40, sharpened=True), _Look(44, sharpened=False), _Look(32, sharpened=False))
"""Each reads rows in which the others find nothing; with them it's 99."""


class TesseractEngine:
    """Tesseract's recogniser for single rows, given dark text on light in the size that it reads best."""

    def __init__(self, language: str) -> None:
        """Load the model.

        Raises ImportError if tesserocr isn't installed, ModelError if the model isn't there or is damaged, and
        ConfigurationError for a language that isn't known.
        """
        import tesserocr  # noqa: PLC0415 - an extra, which not everyone has

        folder, names = trained_for(language)
        self.name = f"Tesseract ({names})"
        self._symbol = tesserocr.RIL.SYMBOL
        self._line, self._character = tesserocr.PSM.SINGLE_LINE, tesserocr.PSM.SINGLE_CHAR
        try:
            self._api = tesserocr.PyTessBaseAPI(
                path=str(folder), lang=names, psm=self._line, oem=tesserocr.OEM.LSTM_ONLY
            )
        except RuntimeError as error:
            raise ModelError(
                f"{folder}: Tesseract can't load {names} from there: install its traineddata again"
            ) from error

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """One answer a row, in order."""
        return [self._read(row) for row in rows]

    def close(self) -> None:
        """Let go of the model."""
        self._api.End()

    def _read(self, row: RowImage) -> RowText:
        ink = BinarisedRow(row)
        if ink.empty:
            return RowText("", 0.0)
        best = self._look(ink, FIRST_LOOK)
        if best.confidence >= DOUBTFUL and not _is_short(ink):
            return best
        before_dots = self._before_dots(row, ink)
        if before_dots.confidence >= DOUBTFUL:
            return before_dots
        others = [self._look(ink, look) for look in OTHER_LOOKS]
        return max(best, before_dots, *others, key=lambda read: read.confidence)

    def _before_dots(self, row: RowImage, ink: BinarisedRow) -> RowText:
        """A row that ends in dots read without them, which Tesseract stumbles over, and they counted."""
        dots = next((run for run in dot_runs(ink) if run[-1].right == ink.box.right), None)
        if dots is None or dots[0].left - ink.box.left < ink.text_height / 2:
            return RowText("", 0.0)
        # The dot's own soft edge would be read as another.
        before = self._read(RowImage.whole(row.pixels[:, : dots[0].left - 1]))
        return RowText(before.text + "." * len(dots), before.confidence) if before.text else before

    def _look(self, ink: BinarisedRow, look: _Look) -> RowText:
        scale = look.height / ink.text_height
        picture = _picture(_sharpened(ink.dark) if look.sharpened else ink.dark, scale)
        height, width = picture.shape
        self._api.SetPageSegMode(self._character if _is_short(ink) else self._line)
        self._api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(RESOLUTION)
        self._api.Recognize()
        text = " ".join(self._api.GetUTF8Text().split())
        if not text:
            return RowText("", 0.0)
        characters = _placed(text, self._symbols(scale))
        if characters is not None:
            text = repaired(characters, ink)
        return RowText(text, self._api.MeanTextConf() / 100)

    def _symbols(self, scale: float) -> list[Character]:
        """Every character but spaces, with its place in the row's picture."""
        found: list[Character] = []
        iterator: Any = self._api.GetIterator()
        while iterator is not None:
            box = iterator.BoundingBox(self._symbol)
            if box is not None:
                symbol, confidence = iterator.GetUTF8Text(self._symbol), iterator.Confidence(self._symbol) / 100
                step = (box[2] - box[0]) / len(symbol)
                found.extend(
                    Character(letter, (box[0] + step * (number + 0.5) - MARGIN) / scale, confidence)
                    for number, letter in enumerate(symbol)
                )
            if not iterator.Next(self._symbol):
                break
        return found


def _is_short(ink: BinarisedRow) -> bool:
    return ink.box.width < SHORT * ink.text_height


def _sharpened(image: GreyImage) -> GreyImage:
    soft = cv2.GaussianBlur(image, (0, 0), 1.5)
    return np.asarray(cv2.addWeighted(image, 2.5, soft, -1.5, 0), np.uint8)


def _picture(dark: GreyImage, scale: float) -> GreyImage:
    interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    drawn = cv2.resize(dark, None, fx=scale, fy=scale, interpolation=interpolation)
    framed = cv2.copyMakeBorder(drawn, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=(255,))
    return np.ascontiguousarray(framed, dtype=np.uint8)


def _placed(text: str, symbols: Sequence[Character]) -> list[Character] | None:
    """The text's characters with their places; None if Tesseract's symbols aren't those of its text."""
    characters: list[Character] = []
    remaining = list(symbols)
    for letter in text:
        if letter == " ":
            if not characters or not remaining:
                return None
            characters.append(Character(" ", (characters[-1].place + remaining[0].place) / 2, 1.0))
        elif remaining and remaining[0].text == letter:
            characters.append(remaining.pop(0))
        else:
            return None
    return characters
