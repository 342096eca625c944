"""PaddleOCR as the engine, on ONNX Runtime or on Paddle itself."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any

import cv2

from capture_daemon.errors import ModelError
from capture_daemon.ocr import repair
from capture_daemon.ocr.ctc import Character, confidence_of, decode, text_of
from capture_daemon.ocr.dots import DOTS, only_dots
from capture_daemon.ocr.engine import RowImage, RowText, default_threads
from capture_daemon.ocr.lean import import_paddleocr, quick_settings
from capture_daemon.ocr.models import Model, Runtime
from capture_daemon.ocr.prepare import Ink, Look, View, view

WIDE_LOOK = Look(29)
"""Chinese, Japanese and Korean read best with some air above and below."""
LATIN_LOOK = Look(32, 1.3)
"""Letters as narrow as l or a full stop need more than one of the network's steps each, or two of them become one."""
OTHER_LOOKS = (Look(25), Look(36))
ITS_OWN_LOOK = 0.1
"""How much less probable a reading may be and still be preferred, where the look was the one for its script."""
DOUBTFUL = 0.80
"""A mean probability under which a row is looked at again."""
_WEIGHTS = ("inference.onnx", "inference.pdiparams")


class PaddleEngine:
    """PaddleOCR's text recognition, given each row as it reads best."""

    def __init__(
        self, model: Model, runtime: Runtime = "onnxruntime", threads: int | None = None, *, hurried: bool = False
    ) -> None:
        """Load the model; takes a second or two. `hurried` spends memory on being done sooner.

        Raises ModelError where its files are damaged, and ImportError where what the runtime needs isn't installed.
        """
        self.name = f"PaddleOCR ({model.name}, {runtime})"
        self._recognition = _load(model, runtime, threads or default_threads(), hurried=hurried)
        predictor = self._recognition.paddlex_predictor
        self._resize = predictor.pre_tfs["ReisizeNorm"]
        self._batch = predictor.pre_tfs["ToBatch"]
        self._network = predictor.runner
        self._alphabet: list[str] = predictor.post_op.character
        self._latin = False

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """One answer a row, in order."""
        return [self._read(row) for row in rows]

    def close(self) -> None:
        """Let go of the model."""
        self._recognition.close()

    def _read(self, row: RowImage) -> RowText:
        ink = Ink(row)
        if ink.empty:
            return RowText("", 0.0)
        best = self._look(ink, LATIN_LOOK if self._latin else WIDE_LOOK)
        latin = repair.is_latin(text_of(best))
        if latin != self._latin:
            # The look was meant for the other kind of script; the next row will most likely be of this one.
            self._latin = latin
            second = self._look(ink, LATIN_LOOK if latin else WIDE_LOOK)
            if confidence_of(second) > confidence_of(best) - ITS_OWN_LOOK:
                best = second
        if confidence_of(best) < DOUBTFUL:
            for look in OTHER_LOOKS:
                best = max(best, self._look(ink, look), key=confidence_of)
        text = repair.repaired(best, ink)
        if (not text or not set(text) <= DOTS) and (count := only_dots(ink)):
            # A row of nothing but dots has no letter to be right about: 000 and ooo are what it's mostly read as.
            return RowText("." * count, DOUBTFUL)
        return RowText(text, confidence_of(best) if text else 0.0)

    def _look(self, ink: Ink, look: Look) -> list[Character]:
        drawn = view(ink, look)
        scores = self._recognise(drawn)
        step = drawn.pixels.shape[1] / scores.shape[0] if drawn.pixels.shape[1] > 320 else 320 / scores.shape[0]
        return [
            Character(character.text, drawn.column(character.place * step), character.probability)
            for character in decode(scores, self._alphabet)
        ]

    def _recognise(self, drawn: View) -> Any:
        # PaddleOCR's own steps, one by one: what `predict` hands out no longer says where a character stands.
        image = cv2.cvtColor(drawn.pixels, cv2.COLOR_GRAY2BGR)
        return self._network(x=self._batch(imgs=self._resize(imgs=[image])))[0][0]


def _load(model: Model, runtime: Runtime, threads: int, *, hurried: bool) -> Any:
    paddleocr = import_paddleocr()
    if runtime == "paddle":
        if importlib.util.find_spec("paddle") is None:
            raise ModuleNotFoundError("No module named 'paddle'", name="paddle")
        settings: dict[str, Any] = {"cpu_threads": threads, "run_mode": "paddle"}
    else:
        # The arena keeps the memory of the widest row ever read; without it a row costs a tenth more.
        settings = {
            "intra_op_num_threads": threads,
            "enable_cpu_mem_arena": hurried,
            "enable_mem_pattern": False,
            "log_severity_level": 4,
        }
    try:
        with quick_settings():
            return paddleocr.TextRecognition(
                model_name=model.name,
                model_dir=str(model.folder),
                engine=runtime,
                device="cpu",
                engine_config=settings,
            )
    except ImportError:
        raise
    except Exception as error:
        # Either runtime has a class of its own for each way a file can be damaged, and no common one above them.
        reason = " ".join(str(error).split())[:200]
        file = next((file for file in map(model.folder.joinpath, _WEIGHTS) if file.exists()), model.folder)
        raise ModelError(
            f"{file.resolve()}: the model {model.name} can't be loaded ({reason}): put an undamaged one in its place"
        ) from error
