"""Where lines begin, and dots there that the detector overlooks."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import Box
from capture_daemon.reading.ink import ink_of
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row
from capture_daemon.reading.text_place import TextPlace
from tests.reading.rows import box_of, picture


def test_dots_are_found_where_lines_begin_though_one_line_began_elsewhere() -> None:
    place = TextPlace()
    for left in (40, 12, 41, 40):
        luma = picture(("Who is there?", left, 60))
        box = box_of("Who is there?", left, 60)
        ink = ink_of(luma, np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8), box, FOLLOW)
        place.learn([Row(1, box, 0, 0, 0, ink)])
    dots = np.asarray(cv2.cvtColor(picture(("...", 40, 60)), cv2.COLOR_GRAY2BGR), np.uint8)
    found = place.dots_in(dots, [])
    assert found is not None
    assert found.intersection(box_of("...", 40, 60)) is not None
    assert place.dots_in(dots, [Box(30, 50, 100, 40)]) is None
