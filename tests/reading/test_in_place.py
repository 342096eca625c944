"""From frames to lines: each test is a screen that a game may show."""

from __future__ import annotations

import pytest
from PIL import ImageDraw

from tests.reading.drawing import WHITE, Screen, lines_of

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])


@BOTH
def test_a_line_takes_the_place_of_another_from_one_frame_to_the_next(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("Here is the key.", "Where is the door?", "Open it, please."):
        screen.show(text, 1.0)
    assert lines_of(screen, early=early) == [
        "Here is the key.",
        "Where is the door?",
        "Open it, please.",
    ]


@BOTH
def test_the_same_words_after_other_words_are_a_new_line(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("Knock, knock.", "Who is there?", "Knock, knock."):
        screen.show(text, 0.8)
    assert lines_of(screen, early=early) == ["Knock, knock.", "Who is there?", "Knock, knock."]


@BOTH
def test_rows_that_only_scroll_up_are_not_said_again(early: bool) -> None:
    screen = Screen()
    screen.type("The top row of them.\nThe row beneath.\nAnd the lowest.")
    screen.wait(1.5)
    rows = screen.rows
    screen.show("\n".join(rows[1:]), 1.5)
    screen.type("\nOne that is new.")
    screen.wait(1.5)
    assert lines_of(screen, early=early) == [
        "The top row of them. The row beneath. And the lowest.",
        "One that is new.",
    ]


@BOTH
def test_rows_that_glide_up(early: bool) -> None:
    screen = Screen()
    screen.type("The top row of them.\nThe row beneath.\nAnd the lowest.")
    screen.wait(1.5)
    for _ in range(screen.pitch // 3):
        screen.top -= 3
        screen.wait(1 / 30)
    screen.wait(1.0)
    assert lines_of(screen, early=early) == ["The top row of them. The row beneath. And the lowest."]


@BOTH
def test_a_line_that_is_typed_over_an_ellipsis_alone(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.show("He said nothing.", 1.0)
    screen.show("...", 1.0)
    screen.rows = []
    screen.type("Kevin took it rather well.")
    screen.wait(1.0)
    assert lines_of(screen, early=early) == ["He said nothing.", "…", "Kevin took it rather well."]


@BOTH
def test_a_mark_that_comes_and_goes_together_with_the_text_is_not_read(early: bool) -> None:
    screen = Screen()
    screen.extra = lambda pen, time: (
        pen.polygon([(590, 128), (590, 140), (600, 134)], outline=WHITE) if screen.rows else None
    )
    screen.wait(0.3)
    for text in ("Left, left!", "Which part?", "...", "The other left"):
        screen.show(text, 0.7)
        screen.clear(0.2)
    assert lines_of(screen, early=early) == ["Left, left!", "Which part?", "…", "The other left"]


@BOTH
def test_the_box_s_own_corner_in_the_region_is_not_read(early: bool) -> None:
    screen = Screen()

    def frame(pen: ImageDraw.ImageDraw, time: float) -> None:
        if screen.boxed:
            pen.rounded_rectangle((13, 53, 627, 195), 34, outline=WHITE, width=4)

    screen.extra = frame
    screen.boxed = False
    for text in ("Left, left!", "Which part?", "The other left"):
        screen.wait(0.3)
        screen.boxed = True
        screen.show(text, 0.7)
        screen.boxed = False
        screen.rows = []
    assert lines_of(screen, early=early) == ["Left, left!", "Which part?", "The other left"]
