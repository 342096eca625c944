"""The part `parity`: rows of text read by the default engine's recogniser and by PaddleOCR, on the same model.

Text and nothing else: what the engine does before (views of a row) and afterwards (dots, look-alikes) is left out.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from textwrap import wrap
from typing import Any

from bench.drawing.fonts import load
from bench.figures import Figure, Goal
from bench.games.faces import Face, faces
from bench.games.scripts import SUPPLIES
from bench.korean import drawn
from bench.naive import RECOGNITION, prepare_models
from bench.part import Part, Tell
from capture_daemon.frames import ColourImage
from capture_daemon.ocr import model_files
from capture_daemon.ocr.ctc import decode, text_of
from capture_daemon.ocr.recognition import GREY, Recogniser

ROWS = 2000
SCRIPTS = {"en": "Latin", "de": "Latin", "fr": "Latin", "es": "Latin", "ja": "Japanese", "zh": "Chinese"}
"""The script of each language that rows are drawn in."""
LONGEST = {"Latin": 56, "Japanese": 26, "Chinese": 26}
"""Characters of a row at most."""
SIZES = (14, 48)
"""Of type, in pixels: the least and the largest."""
SEED = 13


@dataclass(frozen=True, slots=True)
class Reading:
    """What one row says, and what each reads there; `padded` is the recogniser's with GREY columns behind."""

    script: str
    said: str
    paddleocr: str
    recogniser: str
    padded: str


def rows(count: int, seed: int = SEED) -> Iterator[tuple[str, str, ColourImage]]:
    """Script, text and picture of `count` rows, as many of each script; the same ones for a seed and the same fonts.

    A picture is blue, green, red, shape (height, width, 3). Raises FileNotFoundError if a script has no font.
    """
    choose = Random(seed)
    texts = {language: _texts(language, script) for language, script in SCRIPTS.items()}
    present = {language: [face for face in faces(language) if face.font.present] for language in SCRIPTS}
    if not all(present.values()):
        raise FileNotFoundError("no font of bench/games/packages.txt is installed")
    scripts = sorted(set(SCRIPTS.values()))
    for number in range(count):
        script = scripts[number % len(scripts)]
        language = choose.choice([language for language, its in SCRIPTS.items() if its == script])
        face, text = choose.choice(present[language]), choose.choice(texts[language])
        yield script, text, drawn(text, load(face.font, _size(face, choose)), choose).pixels


def _texts(language: str, script: str) -> list[str]:
    supply = SUPPLIES[language]
    lines = (*supply.short, *supply.medium, *supply.long, *supply.narration)
    return [row for line in lines for row in wrap(line, LONGEST[script])]


def _size(face: Face, choose: Random) -> int:
    return face.grid * choose.randint(1, 2) if face.grid else choose.randint(*SIZES)


def compared(count: int, theirs: Callable[[ColourImage], str], ours: Recogniser) -> Iterator[Reading]:
    """Read rows one at a time with PaddleOCR (`theirs`) and the recogniser."""
    for script, said, pixels in rows(count):
        texts = [text_of(decode(ours.scores(pixels, grey)[0], ours.alphabet)) for grey in (None, GREY)]
        yield Reading(script, said, theirs(pixels), *texts)


def parity(tell: Tell) -> Part:
    """How often the recogniser and PaddleOCR read the same."""
    if importlib.util.find_spec("paddleocr") is None:
        return Part(left_out=["the recogniser beside PaddleOCR: needs the extra [paddle]"])
    recogniser = Recogniser(model_files.find("auto"), "onnxruntime", 1)
    with tempfile.TemporaryDirectory(prefix="parity-") as folder:
        theirs = _paddleocr(Path(folder))
        readings = []
        try:
            for reading in compared(
                ROWS, lambda pixels: str(next(iter(theirs.predict(pixels)))["rec_text"]), recogniser
            ):
                readings.append(reading)
                if len(readings) % 500 == 0:
                    tell(f"{len(readings)} of {ROWS} rows")
        except FileNotFoundError as error:
            return Part(left_out=[f"the recogniser beside PaddleOCR: {error}"])
        finally:
            theirs.close()
    return summed_up(readings)


def summed_up(readings: list[Reading]) -> Part:
    """The figures, with every row that was read differently."""
    part = Part()
    group = f"recogniser beside PaddleOCR, the same model, {len(readings)} rows"
    for script, count in sorted(Counter(reading.script for reading in readings).items()):
        same = sum(reading.recogniser == reading.paddleocr for reading in readings if reading.script == script)
        part.figures.append(
            Figure(group, f"the same text, byte for byte, {script}", same / count, Goal(1), f"{count} rows")
        )
    same = sum(reading.padded == reading.paddleocr for reading in readings)
    part.figures.append(Figure(group, f"the same text, with {GREY} columns of grey", same / max(1, len(readings))))
    part.details = {
        "different": [
            {"script": each.script, "said": each.said, "paddleocr": each.paddleocr, "recogniser": each.recogniser}
            for each in readings
            if each.recogniser != each.paddleocr
        ],
        "different_with_padding": [
            {"script": each.script, "said": each.said, "paddleocr": each.paddleocr, "recogniser": each.padded}
            for each in readings
            if each.padded != each.paddleocr
        ],
    }
    return part


def _paddleocr(folder: Path) -> Any:
    # Without it paddlex asks hosts for models when it is imported.
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    from paddleocr import TextRecognition  # noqa: PLC0415 - only with the extra

    _, model = prepare_models(folder)
    return TextRecognition(model_name=RECOGNITION, model_dir=str(model), engine="onnxruntime")
