"""Vertical text as rows, and back."""

from __future__ import annotations

import numpy as np

from capture_daemon.frames import Box
from capture_daemon.reading.turned import turned_box, turned_picture, upright_box, upright_picture

PICTURE = np.arange(6 * 10, dtype=np.uint8).reshape(6, 10)


def test_the_right_edge_is_on_top_and_the_top_is_on_the_left() -> None:
    turned = turned_picture(PICTURE)
    assert (turned[0] == PICTURE[:, 9]).all()
    assert (turned[:, 0] == PICTURE[0, ::-1]).all()
    assert (upright_picture(turned) == PICTURE).all()


def test_boxes_turn_with_their_picture() -> None:
    box = Box(6, 1, 3, 4)
    turned = turned_box(box, 10)
    inside = turned_picture(PICTURE)[turned.top : turned.bottom, turned.left : turned.right]
    assert (inside == turned_picture(PICTURE[1:5, 6:9])).all()
    assert upright_box(turned, 10) == box
