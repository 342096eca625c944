from __future__ import annotations

import cv2
import numpy as np
import pytest

from capture_daemon.reading.ink import InkFinder, Polarity, empty_mask
from capture_daemon.reading.polarity import find_look


def _told(background: int, ink: int | None, present: Polarity, *, ground: bool = False) -> Polarity | None:
    picture = np.full((100, 400), background, np.uint8)
    if ink is not None:
        cv2.putText(picture, "Some text here", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1, (ink,), 2)
    finder = InkFinder()
    for number in range(6):
        finder.add(picture, number / 30)
    both = finder.both()
    assert both is not None
    mask = empty_mask(picture.shape) if not ground else np.full(picture.shape, 255, np.uint8)
    look = find_look(*both, present, mask)
    return look.polarity if look is not None else None


@pytest.mark.parametrize("present", Polarity)
@pytest.mark.parametrize(("background", "ink"), [(20, 240), (100, 230), (60, 150)])
def test_light_text(background: int, ink: int, present: Polarity) -> None:
    assert _told(background, ink, present) is Polarity.LIGHT


@pytest.mark.parametrize("present", Polarity)
@pytest.mark.parametrize(("background", "ink"), [(240, 20), (200, 80), (150, 40)])
def test_dark_text(background: int, ink: int, present: Polarity) -> None:
    assert _told(background, ink, present) is Polarity.DARK


@pytest.mark.parametrize("present", Polarity)
def test_no_text(present: Polarity) -> None:
    assert _told(100, None, present) is None
    assert _told(20, 240, present, ground=True) is None
