from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import GreyImage
from capture_daemon.reading.ink import Mask
from capture_daemon.reading.surface import Surface


def box(level: int, shift: int = 0) -> GreyImage:
    """A box of that grey with something moving faintly behind it."""
    columns = np.arange(600)
    wave = 6 * np.sin((columns + shift) / 40)
    return np.repeat((level + wave)[None, :], 130, axis=0).astype(np.uint8)


def ink() -> Mask:
    mask = np.zeros((130, 600), np.uint8)
    cv2.putText(mask, "Some text", (20, 50), cv2.FONT_HERSHEY_SIMPLEX, 1, (255,), 2)
    return mask


def noted() -> Surface:
    surface = Surface()
    for number, shift in enumerate(range(0, 400, 10)):
        picture = box(40, shift)
        picture[ink() > 0] = 230
        surface.note(picture, ink(), number / 20)
    return surface


def test_a_box_that_was_only_cleared_is_still_there() -> None:
    assert not noted().vanished_in(box(40, 333))


def test_a_box_that_vanished() -> None:
    assert noted().vanished_in(box(120))
    assert noted().vanished_in(box(12))


def test_a_box_that_faded_out_under_its_text() -> None:
    surface = noted()
    for number in range(6):
        surface.note(box(40 + 16 * number), ink(), 2.0 + number / 20)
    assert surface.vanished_in(box(120))


def test_other_text_is_no_other_surface() -> None:
    picture = box(40)
    cv2.putText(picture, "Something else is there", (20, 90), cv2.FONT_HERSHEY_SIMPLEX, 1, (230,), 2)
    assert not noted().vanished_in(picture)


def test_nothing_known_nothing_vanished() -> None:
    assert not Surface().vanished_in(box(40))
