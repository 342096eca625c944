"""From frames to lines: how text comes.

Each test is a screen that a game may show; the rules are those of docs/protocol.md, "A line".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from capture_daemon.frames import Box, ColourImage, Frame, Size
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.reading.events import FindText
from capture_daemon.reading.parameters import LOOK
from capture_daemon.reading.reader import Reader
from tests.reading.drawing import Screen, bouncing
from tests.reading.moving import moving_picture
from tests.reading.stage import Stage, lines_of, staged

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])


@BOTH
@pytest.mark.parametrize("speed", [10, 40, 120])
def test_typed_text_is_one_line(speed: int, early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.say("The lamp burns low", rest=1.0)
    screen.type("Somebody knocks.\nTwice, then not at all.", speed)
    screen.wait(1.0)
    assert lines_of(screen, early=early) == ["The lamp burns low", "Somebody knocks. Twice, then not at all."]


@pytest.mark.parametrize("speed", [18, 24, 40, 60])
def test_a_row_that_is_being_typed_is_looked_at_seldom_and_read_once_it_is_there(speed: int) -> None:
    screen = Screen()
    screen.wait(1.0)
    text = "Somebody knocks at the door at night"
    screen.type(text, speed)
    screen.wait(1.0)
    stage = staged(screen)
    assert [said.text for said in stage.said] == [text]
    typed = len(text) / speed
    looks = [time for time, request in stage.asked if isinstance(request, FindText) and 1.0 < time < 1.0 + typed]
    assert len(looks) <= typed / LOOK.longest


@BOTH
def test_the_end_of_a_typed_row_is_read_where_the_picture_shows_it(early: bool) -> None:
    """The detector, which sees no more of the row than at first, isn't needed."""
    screen = Screen()
    screen.wait(0.3)
    screen.type("Somebody knocks", 40)
    screen.wait(0.6)
    begun = len(screen.frames)
    screen.type(" at the door.", 40)
    screen.wait(1.0)
    stage = Stage(screen.looks, early=early)
    stage.play(screen.frames[:begun])
    seen = len(stage.asked)
    stage.play(screen.frames[begun:])
    assert not any(isinstance(request, FindText) for _, request in stage.asked[seen:])
    stage.end()
    assert stage.said[-1].text == "Somebody knocks at the door."


@BOTH
@pytest.mark.parametrize("before", ["Somebody knocks", "Somebody", ""])
def test_a_typed_row_that_goes_as_soon_as_it_is_there(before: str, early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type(before, 40)
    screen.wait(0.6)
    screen.type("Somebody knocks at the door of the house."[len(before) :], 40)
    screen.clear(1.0)
    assert lines_of(screen, early=early)[-1] == "Somebody knocks at the door of the house."


@BOTH
def test_a_mark_that_bounces_behind_a_typed_row_does_not_keep_it_from_being_read(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("Somebody knocks", 40)
    screen.wait(0.6)
    screen.type(" at the door", 40)
    screen.mark = bouncing(screen.end_of_text(), by=2, every=0.7)
    screen.wait(1.2)
    stage = Stage(screen.looks, early=early)
    stage.play(screen.frames)
    assert stage.reader.standing_rows[0][1].text == "Somebody knocks at the door"


@BOTH
def test_what_does_not_read_as_the_row_that_was_typed_on_is_looked_at(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("Somebody knocks", 40)
    screen.wait(0.6)
    first = screen.looks.read_rows
    screen.looks.says = lambda text, look: RowText("Sornebody", 0.6) if look == first + 2 else None
    screen.type(" at the door.", 40)
    screen.wait(1.0)
    assert lines_of(screen, early=early) == ["Somebody knocks at the door."]


@BOTH
@pytest.mark.parametrize("speed", [12, 40])
def test_lines_that_begin_with_the_same_name_typed_one_over_the_other(speed: int, early: bool) -> None:
    screen = Screen()
    texts = ["One more.", "One more...", "Are you sure?", "Are you quite sure that it was him?"]
    for text in texts:
        screen.type(f"Tobias: {text}", speed)
        screen.wait(1.4)
        screen.clear(0.0)
    assert lines_of(screen, early=early) == texts


@BOTH
def test_text_that_appears_at_once(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("Here is the key.", "And here\nis the door.", "Go on"):
        screen.show(text, 1.0)
        screen.clear(0.2)
    assert lines_of(screen, early=early) == ["Here is the key.", "And here is the door.", "Go on"]


@BOTH
def test_text_that_fades_in_and_out(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("It was a long winter.", "Nobody came up\nthe mountain road."):
        screen.strength = 0.0
        screen.show(text)
        screen.fade(1.0, 0.5)
        screen.wait(1.2)
        screen.fade(0.0, 0.5)
        screen.clear(0.3)
    assert lines_of(screen, early=early) == ["It was a long winter.", "Nobody came up the mountain road."]


@BOTH
def test_text_that_fades_from_one_line_into_the_next(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("It was a long winter.", "Nobody came at all."):
        screen.strength = 0.0
        screen.show(text)
        screen.fade(1.0, 0.3)
        screen.wait(1.0)
        screen.fade(0.0, 0.3)
    assert lines_of(screen, early=early) == ["It was a long winter.", "Nobody came at all."]


@BOTH
@pytest.mark.parametrize("down", [True, False], ids=["from above", "from the left"])
def test_text_that_slides_in(down: bool, early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("Here is the key.", "Where is the door?"):
        for step in range(10, -1, -1):
            screen.top, screen.left = (3 * step, 0) if down else (0, -12 * step)
            screen.show(text, 1 / 30)
        screen.wait(1.0)
        screen.clear()
    assert lines_of(screen, early=early) == ["Here is the key.", "Where is the door?"]


@BOTH
def test_letters_that_pop_up_one_by_one_in_any_order(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("The lamp burns low.", "Somebody has knocked."):
        order = np.random.default_rng(4).permutation(len(text)).tolist()
        screen.rows = [text]
        for number in range(len(text)):
            screen.hidden = set(order[number + 1 :])
            screen.wait(1 / 30)
        screen.wait(1.2)
        screen.clear()
    assert lines_of(screen, early=early) == ["The lamp burns low.", "Somebody has knocked."]


@BOTH
def test_text_that_shakes(early: bool) -> None:
    places = [(2, 0), (-2, 1), (0, -2), (1, 2), (-1, -1)]
    screen = Screen()
    screen.shake = lambda time: places[round(time * 30) % 5]
    screen.wait(0.3)
    for text in ("I am so afraid of him!", "Do not leave me here."):
        screen.show(text, 2.0)
        screen.clear()
    assert lines_of(screen, early=early) == ["I am so afraid of him!", "Do not leave me here."]


@BOTH
def test_text_that_begins_to_shake_while_it_stands_is_still_the_same_line(early: bool) -> None:
    places = [(2, 0), (-2, 1), (0, -2), (1, 2), (-1, -1)]
    screen = Screen()
    screen.type("I am so afraid of him!")
    screen.wait(0.5)
    screen.shake = lambda time: places[round(time * 30) % 5]
    screen.wait(2.0)
    screen.clear()
    assert lines_of(screen, early=early) == ["I am so afraid of him!"]


@BOTH
def test_text_over_a_moving_picture(early: bool) -> None:
    screen = Screen(picture=moving_picture(), opacity=0.0, outline=(0, 0, 0))
    screen.wait(0.5)
    for text in ("It is a long way down.", "Hold on to\nthe rope.", "No!"):
        screen.show(text, 1.5)
        screen.clear(0.4)
    assert lines_of(screen, early=early) == ["It is a long way down.", "Hold on to the rope.", "No!"]


@BOTH
@pytest.mark.parametrize("moving", [False, True], ids=["still picture", "moving picture"])
def test_lines_of_four_tenths_of_a_second(moving: bool, early: bool) -> None:
    screen = Screen(picture=moving_picture(), opacity=0.5) if moving else Screen()
    screen.wait(0.6)
    for text in ("Look out!", "Behind you.", "Down, quick"):
        screen.show(text, 0.4)
        screen.clear(0.3)
    assert lines_of(screen, early=early) == ["Look out!", "Behind you.", "Down, quick"]


@BOTH
def test_short_lines(early: bool) -> None:
    texts = ["This is what text looks like here.", "Sure!", "No", "…", "!?", "Huh?", "..."]
    screen = Screen()
    for text in texts:
        screen.say(text, rest=1.0)
    assert lines_of(screen, early=early) == texts


@BOTH
def test_dots_that_the_detector_does_not_see(early: bool) -> None:
    screen = Screen()
    screen.looks.overlooks = lambda text: set(text) <= set(".…")
    screen.say("He said nothing.")
    for text in ("...", "……"):
        screen.show(text, 1.0)
        screen.clear()
    screen.say("Nothing at all.")
    assert lines_of(screen, early=early) == ["He said nothing.", "...", "……", "Nothing at all."]


@BOTH
def test_an_end_past_the_box_that_the_detector_draws(early: bool) -> None:
    screen = Screen()
    screen.looks.cuts = 30
    for text in ("He said nothing...", "Ah...", "Nothing at all."):
        screen.show(text, 1.0)
        screen.clear()
    assert lines_of(screen, early=early) == ["He said nothing...", "Ah...", "Nothing at all."]


@BOTH
def test_a_text_whose_last_row_ends_as_the_text_before_it_did(early: bool) -> None:
    """Nothing is left of that: its letters stood elsewhere."""
    screen = Screen()
    screen.wait(0.3)
    screen.lefts = {0: 60}
    screen.show("The ship sails at two o'clock", 2.0)
    screen.lefts = {0: 230, 1: 60}
    screen.rows = ["", ""]
    screen.show("o'clock\nor at three", 2.0)
    screen.clear(0.5)
    assert lines_of(screen, early=early) == ["The ship sails at two o'clock", "o'clock or at three"]


@BOTH
def test_a_dash_that_the_detector_leaves_out_of_one_row(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.show("- Who is it?\n- It is me.", 1.0)
    screen.clear(0.3)

    class LeavesOut:
        """The stage's engine, whose boxes of first rows begin behind the dash."""

        read = screen.looks.read

        def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
            found = screen.looks.find(picture, scale)
            if len(found) < 2:
                return found
            (first, second), dash = found, 20
            box = Box(first.box.left + dash, first.box.top, first.box.width - dash, first.box.height)
            return [FoundBox(box, first.sure), second]

    assert [said.text for said in staged(screen, LeavesOut(), early=early).said] == ["- Who is it? - It is me."]


@BOTH
def test_the_last_line_before_the_source_ends(early: bool) -> None:
    screen = Screen()
    screen.say("First this.")
    screen.type("And then nothing more was")
    screen.wait(0.2)
    assert lines_of(screen, early=early) == ["First this.", "And then nothing more was"]


@BOTH
def test_a_line_is_said_whole_however_its_typing_falls_between_looks(early: bool) -> None:
    for speed in (18, 25, 31):
        screen = Screen()
        screen.type("The wind turned in the night, and was cold.", speed)
        screen.wait(1.5)
        assert lines_of(screen, early=early) == ["The wind turned in the night, and was cold."], speed


@BOTH
def test_slow_and_fast_sources_say_the_same(early: bool) -> None:
    for fps in (12, 25, 60, 240):
        screen = Screen(fps=fps)
        screen.wait(0.5)
        screen.say("A frame is a frame,\nhowever often they come.", empty=0.5)
        screen.show("Isn't it?", 1.0)
        assert lines_of(screen, early=early) == ["A frame is a frame, however often they come.", "Isn't it?"], fps


class Nothing:
    """A screen on which no text stands."""

    def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        return []

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        return [RowText("", 0.0) for _ in rows]


def flashing(times: Sequence[float]) -> Iterator[Frame]:
    """Frames at these times, each all over different from the one before."""
    for number, time in enumerate(times):
        colour = np.full((200, 640, 3), 70 + 60 * (number % 2), np.uint8)
        yield Frame(colour[:, :, 0], time, number, Box(0, 0, 640, 200), Size(640, 200), colour.copy)


@pytest.mark.parametrize(("fps", "late"), [(30, 0.01), (60, 0.006), (120, 0.003), (240, 0.001)])
def test_no_frame_is_passed_over_because_the_one_before_was_late(fps: int, late: float) -> None:
    stage = Stage(Nothing())
    times = [number / fps + (late if number % 3 == 1 else 0.0) for number in range(60)]
    stage.play(flashing(times))
    assert stage.reader.changes == len(times)


def test_of_frames_that_come_at_once_one_is_looked_at() -> None:
    stage = Stage(Nothing())
    times = [0.1 * (number // 3) + 0.001 * (number % 3) for number in range(60)]
    stage.play(flashing(times))
    assert stage.reader.changes == 20


@BOTH
def test_writing_that_only_the_first_look_could_read_is_not_looked_at_without_end(early: bool) -> None:
    class Unsure:
        """The stage's detector, and a recogniser that makes less of a row each time."""

        def __init__(self, screen: Screen) -> None:
            self.find = screen.looks.find
            self._confidence = 0.49

        def read(self, rows: Sequence[RowImage]) -> list[RowText]:
            texts = [RowText("uprisg rff owf", self._confidence) for _ in rows]
            self._confidence = 0.39
            return texts

    screen = Screen()
    screen.wait(0.3)
    screen.say("An uprising in the far off town", rest=8.0)
    stage = Stage(Unsure(screen), early=early)
    stage.play(screen.frames)
    assert sum(isinstance(request, FindText) for time, request in stage.asked if time > 3.0) <= 2


@BOTH
def test_a_row_of_which_more_seems_to_be_there_is_looked_at_less_and_less(early: bool) -> None:
    def seems_longer(reader: Reader, frame: Frame) -> None:
        for row in reader._scene.follow.rows if reader._scene is not None else ():
            row.stale = True

    screen = Screen()
    screen.wait(0.3)
    screen.say("The bells began to ring by themselves", rest=8.0)
    stage = Stage(screen.looks, early=early, before_each=seems_longer)
    stage.play(screen.frames)
    assert sum(isinstance(request, FindText) for time, request in stage.asked if time > 3.0) <= 12
