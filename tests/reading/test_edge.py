from __future__ import annotations

import pytest
from PIL import ImageDraw

from capture_daemon.frames import Box
from capture_daemon.reading.edge import strays
from capture_daemon.reading.rows import Shape
from tests.reading.drawing import BLACK, DIALOGUE, PAPER, Screen, lines_of


def shape(left: int, top: int, width: int, height: int, label: int = 1) -> Shape:
    return Shape(Box(left, top, width, height), width * height, label)


def test_what_goes_round_a_corner_is_no_text() -> None:
    rim = shape(0, 0, 30, 38)
    assert strays([rim, shape(31, 10, 12, 20, 2)], [], 400, 186) == [rim]


def test_what_stands_alone_at_an_edge_is_no_text() -> None:
    piece = shape(383, 11, 17, 27)
    assert strays([piece, shape(100, 16, 12, 16, 2)], [], 400, 186) == [piece]
    assert strays([piece], [Box(85, 16, 230, 16)], 400, 186) == [piece]


def test_text_may_reach_the_edge() -> None:
    last = shape(388, 16, 12, 16)
    assert strays([last, shape(372, 16, 12, 16, 2)], [], 400, 186) == []
    assert strays([last], [Box(85, 16, 280, 16)], 400, 186) == []


@pytest.mark.parametrize("early", [True, False])
def test_the_rim_of_a_speech_bubble_is_not_read(early: bool) -> None:
    screen = Screen(ink=BLACK, paper=PAPER)

    def rim(pen: ImageDraw.ImageDraw, time: float) -> None:
        left, top, right, bottom = DIALOGUE.left - 6, DIALOGUE.top - 6, DIALOGUE.right + 6, DIALOGUE.bottom + 6
        pen.rounded_rectangle((left, top, right, bottom), radius=60, outline=BLACK, width=4)

    screen.extra = rim
    screen.wait(0.5)
    for text in ("    Who goes there?", "      A friend.", "    So they all say."):
        screen.show(text, 1.2)
        screen.clear()
    assert lines_of(screen, early=early) == ["Who goes there?", "A friend.", "So they all say."]
