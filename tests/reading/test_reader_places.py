"""From frames to lines: where text is looked for, and when it is said."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from capture_daemon.frames import Box, ColourImage, Frame, Size
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.reading.certainty import certainty
from tests.reading.drawing import (
    GREEN,
    RED,
    WHITE,
    Screen,
    blinking,
    font,
)
from tests.reading.stage import Stage, lines_of, play, staged, standing

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])


@BOTH
def test_a_row_that_reaches_over_the_region_s_edge_is_read_whole(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.say("The lamp burns low again tonight.")
    edge = screen._face.getlength("The lamp burns low again tonight.")
    narrow = Box(30 + 8, 60, round(edge) - 16, 130)
    assert lines_of(screen, early=early, dialogue=narrow) == ["The lamp burns low again tonight."]


@BOTH
def test_a_row_that_lies_mostly_outside_the_region_is_not_said(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.say("Inside.\n\n\nOutside of it.")
    assert lines_of(screen, early=early, dialogue=Box(20, 60, 600, 108)) == ["Inside."]


@BOTH
def test_what_is_to_be_ignored_is_blanked(early: bool) -> None:
    clock = Box(430, 64, 180, 40)
    screen = Screen()
    face = font(22)
    screen.extra = lambda pen, time: pen.text((440, 68), f"Score {int(time * 5)}", fill=WHITE, font=face)
    screen.say("Nobody reads the score.")
    screen.say("Nobody at all.")
    assert lines_of(screen, early=early, ignore=[clock]) == ["Nobody reads the score.", "Nobody at all."]


@BOTH
def test_frames_of_another_size_begin_anew(early: bool) -> None:
    small = Screen()
    small.type("Small at first.")
    small.wait(1.2)
    wide = Screen(size=Size(720, 240), started=small.time, looks=small.looks)
    wide.type("Then it is wider.")
    wide.wait(1.2)
    stage = Stage(small.looks, early=early)
    stage.play([*small.frames, *wide.frames])
    stage.end()
    assert [line.text for line in stage.said] == ["Small at first.", "Then it is wider."]


@BOTH
def test_red_text_on_green_of_the_same_lightness(early: bool) -> None:
    screen = Screen(ink=RED, paper=GREEN)
    screen.wait(0.3)
    for text in ("Here is the key.", "Where is the door?"):
        screen.show(text, 1.5)
        screen.clear(0.8)
    assert lines_of(screen, early=early) == ["Here is the key.", "Where is the door?"]


class _OneText:
    """Finds one text wherever something light stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shapes: set[tuple[int, ...]] = set()

    def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        self.shapes.add(picture.shape[2:])
        left, top, width, height = cv2.boundingRect((picture[:, :, 0] > 150).astype(np.uint8))
        return [FoundBox(Box(left, top, width, height).grown(2, 2), 0.9)] if width else []

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        return [RowText(self.text, 0.97) for _ in rows]


def test_a_source_without_colour() -> None:
    screen = Screen()
    screen.say("Grey is all there is.")
    looks = _OneText("Grey is all there is.")
    stage = Stage(looks)
    stage.play(Frame(frame.pixels, frame.time, frame.sequence, frame.box, frame.size) for frame in screen.frames)
    stage.end()
    assert [line.text for line in stage.said] == ["Grey is all there is."]
    assert looks.shapes == {(3,)}


def test_when_a_line_began_and_was_complete_and_where_it_stood() -> None:
    screen = Screen()
    screen.wait(1.0)
    screen.type("Twenty letters, or so", speed=20)
    complete = screen.time
    screen.wait(1.5)
    for early in (True, False):
        [line] = play(screen, early=early)
        assert line.started == pytest.approx(1.0, abs=0.15)
        assert line.completed == pytest.approx(complete, abs=0.15)
        assert line.rows == ("Twenty letters, or so",)
        assert line.confidence == round(certainty(0.97), 4)
        assert abs(line.box.left - 30) <= 6
        assert abs(line.box.right - screen.end_of_text()[0]) <= 12
        assert 64 <= line.box.top < line.box.bottom <= 108


def test_a_full_stop_is_said_within_half_a_second_of_its_last_letter() -> None:
    screen = Screen()
    screen.type("That is all.")
    complete = screen.time
    screen.wait(1.5)
    stage = staged(screen)
    assert [line.text for line in stage.said] == ["That is all."]
    assert stage.said_at[0] - complete < 0.5


def test_a_recording_says_nothing_before_a_line_has_ended() -> None:
    screen = Screen()
    screen.type("That is all.")
    screen.wait(2.0)
    stage = Stage(screen.looks, early=False)
    stage.play(screen.frames)
    assert stage.said == []
    stage.end()
    assert [line.text for line in stage.said] == ["That is all."]


@pytest.mark.parametrize("corner", [False, True], ids=["behind the text", "in a corner"])
def test_the_mark_ends_a_line_at_once_once_it_is_known(corner: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    complete: list[float] = []
    for text in ("Well, I never", "Did you see him, up", "Ask her then", "And so it goes, on"):
        screen.type(text)
        complete.append(screen.time)
        screen.mark = blinking((590, 150) if corner else screen.end_of_text(), screen.time + 0.1)
        screen.wait(2.0)
        screen.mark = None
        screen.clear()
    stage = staged(screen)
    waited = [said - shown for said, shown in zip(stage.said_at, complete, strict=True)]
    assert waited[0] > 0.4
    assert max(waited[2:]) < 0.4


def test_partials_grow_and_come_at_most_four_times_a_second() -> None:
    screen = Screen()
    screen.type("Somebody is typing this, and is in no hurry.", speed=15)
    screen.wait(1.5)
    stage = staged(screen, partials=True)
    texts = [typing.text for typing in stage.typing]
    assert len(texts) >= 4
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))
    times = [typing.time for typing in stage.typing]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.24
    assert [line.text for line in stage.said] == ["Somebody is typing this, and is in no hurry."]
    assert staged(screen).typing == []


@pytest.mark.parametrize(("early", "most"), [(False, 9), (True, 14)], ids=["recording", "live"])
def test_few_looks_are_spent_on_a_still_box(early: bool, most: int) -> None:
    screen = Screen()
    for text in ("One row is enough.", "Here there are two,\none below the other."):
        screen.say(text, rest=6.0)
    assert len(play(screen, early=early)) == 2
    assert screen.looks.found <= most
    assert screen.looks.read_rows <= most


def test_standing_rows_are_told_where_they_are() -> None:
    screen = Screen()
    screen.type("Here is one\nand here another")
    screen.wait(1.0)
    stage = Stage(screen.looks)
    stage.play(screen.frames)
    rows = stage.reader.standing_rows
    assert [text.text for _, text in rows] == ["Here is one", "and here another"]
    assert rows[1][0].top - rows[0][0].top == pytest.approx(screen.pitch, abs=3)


def test_every_line_is_numbered_and_a_correction_names_one_before_it() -> None:
    screen = Screen()
    screen.type("I have something.")
    screen.wait(1.6)
    screen.say(" For you.")
    screen.say("Here.")
    said = play(screen)
    assert [line.number for line in said] == [1, 2, 3]
    assert [line.replaces for line in said] == [None, 1, None]
    assert [line.text for line in standing(said)] == ["I have something. For you.", "Here."]
