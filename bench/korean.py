"""The part `korean`: Ren'Py's tutorial, and rows in fonts that no training saw, read beside Tesseract."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench import tutorial
from bench.figures import Figure, Goal
from bench.footage import missing_font, record_tutorial
from bench.games.scripts_asian import KOREAN as SCRIPT
from bench.part import Part, Tell
from bench.readings import KOREAN, korean_figures, missing_for_tesseract, read_beside
from bench.shared import missing_for_the_game
from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.ocr.korean import HangulReader
from capture_daemon.ocr.tesseract import TesseractEngine
from training.korean import fonts
from training.korean.measure import plain

FONT_PACKAGES = "fonts-unfonts-core fonts-unfonts-extra fonts-lexi-gulim fonts-lexi-saebom fonts-alee"
BY_HAND = ("UnGungseo", "UnPilgi", "UnPen", "UnTaza", "Bandal", "Eunjin")
"""Brush, pen and typewriter faces, by the beginnings of their files' names; the others are faces that books have."""
ROWS, LONGEST = 20, 24
"""Rows for each font, and how many characters one has at most."""
SIZES = (20, 40)
"""Of type, in pixels: the least and the largest."""
_LIGHT = 0.7
"""Share of rows in light type on dark."""
_MARGIN, _ROUND = 0.12, (0.5, 0.25)
"""Of the ink's height: how much larger the detector's box is; and of the box's, what the crop holds beside it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows were read, how many of them letter for letter without spaces, and the processor's seconds."""

    rows: int = 0
    exact: int = 0
    seconds: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.rows + other.rows, self.exact + other.exact, self.seconds + other.seconds)

    @property
    def share(self) -> float:
        """Of the rows that were right."""
        return self.exact / max(1, self.rows)

    @property
    def milliseconds(self) -> float:
        """Of the processor for a row."""
        return 1000 * self.seconds / max(1, self.rows)


def measured(read: Callable[[RowImage], RowText], rows: Sequence[tuple[str, RowImage]]) -> Tally:
    """The tally of rows as `read` reads them."""
    begun = time.process_time()
    texts = [read(row).text for _, row in rows]
    seconds = time.process_time() - begun
    right = sum(plain(text) == plain(said) for text, (said, _) in zip(texts, rows, strict=True))
    return Tally(len(rows), right, seconds)


def korean(tell: Tell) -> Part:
    """Read the tutorial, recorded, and rows of dialogue in fonts that no training saw."""
    part = Part()
    _read_tutorial(part, tell)
    paths = fonts.never_trained_on()
    if not paths:
        part.left_out.append(f"rows in unseen fonts: needs Debian packages {FONT_PACKAGES}")
        return part
    _read_rows(paths, part, tell)
    return part


def _read_tutorial(part: Part, tell: Tell) -> None:
    missing = missing_for_the_game()
    if not tutorial.GAME.exists():
        missing.append(f"Debian package {tutorial.PACKAGE}")
    if font := missing_font(KOREAN):
        missing.append(f"Debian package {font}")
    if missing:
        part.left_out.append(f"the tutorial in Korean: needs {', '.join(missing)}")
        return
    readings, by_tesseract = read_beside([record_tutorial(KOREAN, tell)], part, tell)
    for reading in readings:
        part.details[reading.footage.name] = reading.details()
        part.figures += korean_figures(
            f"Ren'Py's tutorial, ko, {reading.whole.true} lines",
            reading.whole,
            by_tesseract.get(reading.footage.name),
        )


def _read_rows(paths: Sequence[Path], part: Part, tell: Tell) -> None:
    reader = HangulReader(1)
    missing = missing_for_tesseract()
    if missing:
        part.left_out.append(f"rows in unseen fonts through Tesseract: needs {missing}")
    tesseract = None if missing else TesseractEngine(KOREAN)
    kinds: dict[bool, list[tuple[Tally, Tally]]] = {}
    for path in paths:
        rows = rows_in(path, Random(path.name))
        own = measured(reader.read, rows)
        other = Tally() if tesseract is None else measured(lambda row: tesseract.read([row])[0], rows)
        kinds.setdefault(path.name.startswith(BY_HAND), []).append((own, other))
        beside = other.share if other.rows else None
        part.details[path.name] = {"rows": own.rows, "exact": own.share, "tesseract": beside}
        tell(f"{path.name}: {own.share:.2f}" + (f", Tesseract {other.share:.2f}" if other.rows else ""))
    if tesseract is not None:
        tesseract.close()
    for by_hand, tallies in sorted(kinds.items()):
        part.figures += row_figures(tallies, by_hand=by_hand)


def row_figures(tallies: Sequence[tuple[Tally, Tally]], *, by_hand: bool) -> list[Figure]:
    """The figures of rows in unseen fonts; Tesseract's tallies have no rows where it isn't there."""
    ours, theirs = sum((own for own, _ in tallies), Tally()), sum((other for _, other in tallies), Tally())
    faces = "handwriting and brush" if by_hand else "printed type"
    group = f"rows of dialogue in Korean, {faces}, {len(tallies)} fonts that no training saw"
    beside = ("", "")
    if theirs.rows:
        beside = (f"Tesseract {theirs.share:.3f}", f"Tesseract {theirs.milliseconds:.1f} ms")
    return [
        Figure(group, "letter for letter, without spaces", ours.share, None if by_hand else Goal(0.97), beside[0]),
        Figure(group, "processor time a row", ours.milliseconds, Goal(10, least=False), beside[1], " ms"),
    ]


def rows_in(path: Path, choose: Random) -> list[tuple[str, RowImage]]:
    """Rows of dialogue in a font, with what they say; the same ones for a seed."""
    texts = [row for line in (*SCRIPT.medium, *SCRIPT.long) for row in broken(line)]
    chosen = choose.sample([text for text in texts if fonts.drawable(text, path) == text], ROWS)
    return [(text, drawn(text, fonts.font(path, choose.randint(*SIZES)), choose)) for text in chosen]


def broken(line: str) -> list[str]:
    """A line in rows of whole words."""
    rows = [""]
    for word in line.split():
        if rows[-1] and len(rows[-1]) + 1 + len(word) > LONGEST:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def drawn(text: str, font: ImageFont.FreeTypeFont, choose: Random) -> RowImage:
    """A row on a dialogue box as the reader crops it: plain type, a box that shades from one level to another."""
    size = round(font.size)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text, anchor="ls"))
    width, height = right - left + 4 * size, bottom - top + 4 * size
    sheet = Image.new("L", (width, height))
    ImageDraw.Draw(sheet).text((2 * size - left, 2 * size - top), text, font=font, fill=255, anchor="ls")
    letters = np.asarray(sheet, np.float32)[:, :, None] / 255
    levels = (10, 80, 225, 255) if choose.random() < _LIGHT else (180, 245, 0, 50)
    paper = np.linspace(choose.uniform(*levels[:2]), choose.uniform(*levels[:2]), width, dtype=np.float32)[
        None, :, None
    ]
    ink = choose.uniform(*levels[2:])
    pixels = np.clip(paper * (1 - letters) + ink * letters, 0, 255).astype(np.uint8).repeat(3, axis=2)
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, choose.randint(75, 95)])
    seen = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    margin = round(_MARGIN * (bottom - top))
    row = Box(2 * size, 2 * size, right - left, bottom - top).grown(margin, margin)
    around = row.grown(round(_ROUND[0] * row.height), round(_ROUND[1] * row.height))
    around = around.intersection(Box(0, 0, width, height)) or row
    part = np.ascontiguousarray(seen[around.top : around.bottom, around.left : around.right])
    return RowImage(part, row.shifted(-around.left, -around.top))
