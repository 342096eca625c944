from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image

from capture_daemon.dataset.script import CleaningStep
from tests.dataset.lines import line
from tests.needs import needs_module

LINES = [
    *(line(f"希尔薇: {'长' * n}", confidence=0.9 + n / 200) for n in range(1, 15)),
    line("실비: 안녕"),
    line("It rains.", left_out=CleaningStep.CONFIDENCE, confidence=0.4),
    line("Bébé: Ah", left_out=CleaningStep.REPEATS),
]


def test_the_pictures() -> None:
    needs_module("matplotlib", extra="dataset")
    from capture_daemon.dataset.plots import plots  # noqa: PLC0415 - the extra may be missing

    drawn = plots(LINES, 2)
    assert set(drawn) == {"speakers.png", "length.png", "confidence.png", "left-out.png"}
    for content in drawn.values():
        assert struct.unpack(">II", content[16:24]) == (900, 540)
        # Both colours, of what was kept and what wasn't, or at least the latter, are on it.
        assert len(np.unique(np.asarray(Image.open(io.BytesIO(content)).convert("L")))) > 20
    assert plots(LINES, 2) == drawn
    assert plots(LINES, 3)["left-out.png"] != drawn["left-out.png"]


def test_pictures_of_one_line() -> None:
    needs_module("matplotlib", extra="dataset")
    from capture_daemon.dataset.plots import plots  # noqa: PLC0415 - the extra may be missing

    assert all(content.startswith(b"\x89PNG") for content in plots([line("Me: Hey.")], 0).values())
