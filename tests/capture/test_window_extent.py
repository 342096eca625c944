"""How large a window is in a picture that is black beyond it."""

from __future__ import annotations

import numpy as np

from capture_daemon.capture.window_extent import LOOKS, WindowExtent
from capture_daemon.frames import ColourImage, Size

WHOLE = Size(320, 180)


def picture(width: int, height: int) -> ColourImage:
    """A window of that size, filled, in the upper left corner of the monitor."""
    pixels = np.zeros((WHOLE.height, WHOLE.width, 4), np.uint8)
    pixels[:, :, 3] = 255
    pixels[:height, :width, :3] = 90
    return pixels


def after(extent: WindowExtent, shown: ColourImage, looks: int = 10) -> Size:
    """The size after that many looks at the same picture."""
    for _ in range(looks):
        extent.look(shown)
    return extent.look(shown)


def test_what_is_beyond_the_window_is_trimmed() -> None:
    assert after(WindowExtent(), picture(200, 100), 0) == Size(200, 100)
    assert after(WindowExtent(), picture(*WHOLE), 0) == WHOLE


def test_a_window_that_has_shown_nothing_yet_is_taken_whole_and_trimmed_then() -> None:
    extent = WindowExtent()
    assert after(extent, picture(0, 0)) == WHOLE
    assert extent.look(picture(200, 100)) == Size(200, 100)


def test_a_window_grows_at_once_and_shrinks_after_some_looks() -> None:
    extent = WindowExtent()
    extent.look(picture(200, 100))
    assert extent.look(picture(240, 130)) == Size(240, 130)
    assert after(extent, picture(160, 90), LOOKS - 2) == Size(240, 130)
    assert extent.look(picture(160, 90)) == Size(160, 90)
    # One side alone.
    assert after(extent, picture(100, 90)) == Size(100, 90)


def test_a_window_that_is_still_being_dragged_has_not_shrunk() -> None:
    extent = WindowExtent()
    for width in range(300, 200, -5):
        assert extent.look(picture(width, 100)) == Size(300, 100)


def test_a_games_own_black_is_part_of_the_window() -> None:
    extent = WindowExtent()
    extent.look(picture(200, 100))
    faded = picture(0, 0)
    text_on_black = picture(0, 0)
    text_on_black[40:50, 60:140, :3] = 200
    bars_above_and_below = picture(200, 88)
    bars_above_and_below[:12, :, :3] = 0
    bars_at_the_sides = picture(175, 100)
    bars_at_the_sides[:, :25, :3] = 0
    black_text_box = picture(200, 70)
    black_text_box[70:90, 20:60, :3] = 255
    for shown in (faded, text_on_black, bars_above_and_below, bars_at_the_sides, black_text_box):
        assert after(extent, shown) == Size(200, 100)
