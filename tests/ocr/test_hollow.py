"""What an outline encloses is the letters; what plain letters enclose is not."""

import numpy as np
import pytest

from capture_daemon.ocr.prepare import BinarisedRow
from tests.ocr.drawing import SANS, SERIF, draw


def fill(text: str, font: tuple[str, str] = SANS, size: int = 30, outline: int = 2) -> np.ndarray:
    """The mask of a row's ink."""
    return BinarisedRow(draw(text, font, size, outline=outline)).mask


@pytest.mark.parametrize("font", [SANS, SERIF])
@pytest.mark.parametrize("text", ["Illusion, Lily.", "All of it...", "good book"])
def test_outlined_letters_are_found_inside_their_outline(text: str, font: tuple[str, str]) -> None:
    plain = BinarisedRow(draw(text, font, 30, margin=8)).mask
    found = fill(text, font)
    assert found.shape == plain.shape
    # But for a pixel all round it's the same ink: no rims, and no counters.
    assert (found & ~plain).sum() <= 0.2 * plain.sum()
    assert found.sum() >= 0.6 * plain.sum()


@pytest.mark.parametrize("text", ["Illusion, Lily.", "good book", "Oo0", "88"])
@pytest.mark.parametrize("light_on_dark", [True, False])
def test_plain_letters_stay(text: str, light_on_dark: bool) -> None:
    row = draw(text, size=30, light_on_dark=light_on_dark)
    plain = row.pixels[:, :, 0] > 137 if light_on_dark else row.pixels[:, :, 0] < 122
    assert (BinarisedRow(row).mask != plain).mean() < 0.02
