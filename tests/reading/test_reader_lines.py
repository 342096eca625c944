"""From frames to lines: what is a line, and what is none.

Each test is a screen that a game may show; the rules are those of docs/protocol.md, "A line".
"""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageDraw

from capture_daemon.frames import Frame
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.events import FindText
from capture_daemon.reading.parameters import LOOK
from capture_daemon.reading.reader import Reader
from tests.reading.drawing import WHITE, Screen, Sign, blinking, bouncing, plain
from tests.reading.moving import moving_picture
from tests.reading.stage import lines_of, play, staged

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])


@BOTH
def test_the_same_words_after_a_cleared_box_are_a_new_line(early: bool) -> None:
    screen = Screen()
    for _ in range(2):
        screen.say("Knock, knock.", rest=0.8)
    assert lines_of(screen, early=early) == ["Knock, knock.", "Knock, knock."]


def test_a_row_that_goes_just_after_a_look_at_it_is_missed_as_soon_as_another_is_due() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.show("Knock, knock.", 1.2)
    gone = screen.time
    screen.clear(0.3)

    def looked_just_now(reader: Reader, frame: Frame) -> None:
        if reader._scene is not None and abs(frame.time - gone) < 0.001:
            for row in reader._scene.follow.rows:
                row.looked_for_at = frame.time - 0.03

    stage = staged(screen, early=False, before_each=looked_just_now)
    assert any(gone < time <= gone + LOOK.loss for time, request in stage.asked if isinstance(request, FindText))


@pytest.mark.parametrize(
    ("first", "second"), [("I see it!", "I see it, too!"), ("Are you sure?", "Are you sure...?"), ("No!", "No, no!")]
)
@BOTH
def test_a_sentence_with_more_before_its_last_mark_is_another_line(first: str, second: str, early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in (first, second):
        screen.show(text, 1.2)
    screen.clear(0.3)
    assert lines_of(screen, early=early) == [first, second]


@BOTH
def test_the_same_words_after_other_words_are_a_new_line(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("Knock, knock.", "Who is there?", "Knock, knock."):
        screen.show(text, 0.8)
    assert lines_of(screen, early=early) == ["Knock, knock.", "Who is there?", "Knock, knock."]


@BOTH
def test_the_same_words_standing_or_redrawn_are_one_line(early: bool) -> None:
    screen = Screen()
    screen.type("Knock, knock.")
    screen.wait(3.5)
    screen.show("Knock, knock.", 1.5)
    screen.strength = 0.8
    screen.wait(1.0)
    assert lines_of(screen, early=early) == ["Knock, knock."]


@BOTH
@pytest.mark.parametrize("pause", [0.3, 0.6, 0.8])
def test_a_pause_at_a_comma_makes_no_two_lines(pause: float, early: bool) -> None:
    screen = Screen()
    screen.type("Well,")
    screen.wait(pause)
    screen.type(" let me think,")
    screen.wait(pause)
    screen.say(" no.")
    screen.say("Ask her.")
    assert [line.text for line in play(screen, early=early)] == ["Well, let me think, no.", "Ask her."]


def test_text_that_goes_on_after_it_was_said_is_corrected() -> None:
    screen = Screen()
    screen.type("I have something.")
    screen.wait(1.6)
    screen.say(" For you.")
    first, second = play(screen)
    assert (first.text, first.replaces) == ("I have something.", None)
    assert (second.text, second.replaces) == ("I have something. For you.", first.number)
    [only] = play(screen, early=False)
    assert (only.text, only.replaces) == ("I have something. For you.", None)


@BOTH
def test_a_page_that_fills_paragraph_by_paragraph(early: bool) -> None:
    screen = Screen()
    screen.type("The first stands here.")
    screen.wait(1.6)
    screen.type("\nThe second comes later,")
    screen.wait(0.4)
    screen.type("\nand has two rows.")
    screen.wait(1.6)
    screen.clear()
    screen.say("A new page.")
    assert lines_of(screen, early=early) == [
        "The first stands here.",
        "The second comes later, and has two rows.",
        "A new page.",
    ]


@BOTH
def test_rows_that_scroll_up_at_once_are_not_said_again(early: bool) -> None:
    screen = Screen()
    screen.type("The top row of them.\nThe row beneath.\nAnd the lowest.")
    screen.wait(1.5)
    screen.show("\n".join(screen.rows[1:]), 1.5)
    screen.type("\nOne that is new.")
    screen.wait(1.5)
    assert lines_of(screen, early=early) == [
        "The top row of them. The row beneath. And the lowest.",
        "One that is new.",
    ]


@BOTH
def test_rows_that_glide_up_are_not_said_again(early: bool) -> None:
    screen = Screen()
    screen.type("The top row of them.\nThe row beneath.\nAnd the lowest.")
    screen.wait(1.5)
    for _ in range(screen.pitch // 3):
        screen.top -= 3
        screen.wait(1 / 30)
    screen.wait(1.0)
    assert lines_of(screen, early=early) == ["The top row of them. The row beneath. And the lowest."]


@BOTH
def test_a_line_takes_another_s_place_from_one_frame_to_the_next(early: bool) -> None:
    texts = ["Here is the key.", "Where is the door?", "Open it, please."]
    screen = Screen()
    screen.wait(0.3)
    for text in texts:
        screen.show(text, 1.0)
    assert lines_of(screen, early=early) == texts


@BOTH
def test_a_subtitle_takes_another_s_place_over_a_moving_picture(early: bool) -> None:
    texts = ["Here is the key.", "Where is the door?", "Open it, please."]
    screen = Screen(picture=moving_picture(), opacity=0.0, outline=(0, 0, 0))
    screen.wait(0.6)
    for text in texts:
        screen.show(text, 1.3)
    assert lines_of(screen, early=early) == texts


@BOTH
@pytest.mark.parametrize("texts", [("No.", "No!"), ("Is it?", "Is it!"), ("Room 1 is free.", "Room 7 is free.")])
def test_alike_texts_in_one_place_are_two_lines(texts: tuple[str, str], early: bool) -> None:
    screen = Screen()
    screen.say("This is what text looks like here.")
    for text in texts:
        screen.show(text, 1.5)
    assert lines_of(screen, early=early)[1:] == list(texts)


@BOTH
def test_a_pale_disc_behind_a_subtitle_does_not_repeat_it(early: bool) -> None:
    screen = Screen(picture=plain((60, 70, 90)), opacity=0.0, outline=(0, 0, 0))
    screen.wait(0.4)
    screen.rows = ["It is a long way down."]
    under = screen._picture(0.0)

    def disc(time: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        canvas = under.copy()
        left = round(-120 + 160 * (time - 1.0))
        columns, lines = np.arange(640)[None, :], np.arange(200)[:, None]
        canvas[(columns - left) ** 2 + (lines - 84) ** 2 < 60**2] = (225, 225, 215)
        return canvas

    screen._picture = disc
    screen.wait(5.0)
    screen.clear(0.5)
    assert lines_of(screen, early=early) == ["It is a long way down."]


@BOTH
def test_a_cut_under_a_subtitle_does_not_repeat_it(early: bool) -> None:
    screen = Screen(picture=plain((60, 70, 90)), opacity=0.0, outline=(0, 0, 0))
    screen.wait(0.4)
    screen.show("It is a long way down.", 1.0)
    screen._picture = plain((150, 140, 120))
    screen.wait(1.0)
    screen._picture = plain((20, 25, 30))
    screen.wait(1.0)
    screen.clear()
    assert lines_of(screen, early=early) == ["It is a long way down."]


@BOTH
def test_an_ellipsis_that_is_typed_and_that_the_detector_overlooks_is_said_whole(early: bool) -> None:
    screen = Screen()
    screen.looks.overlooks = lambda text: set(text) <= {"."}
    screen.wait(0.3)
    for text in ("He said nothing.", "......", "Kevin took it rather well."):
        screen.type(text, 14)
        screen.wait(1.2)
        screen.clear(0.2)
    assert lines_of(screen, early=early) == ["He said nothing.", "......", "Kevin took it rather well."]


@BOTH
def test_text_typed_over_an_ellipsis_alone(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.show("He said nothing.", 1.0)
    screen.show("...", 1.0)
    screen.rows = []
    screen.say("Kevin took it rather well.")
    assert lines_of(screen, early=early) == ["He said nothing.", "...", "Kevin took it rather well."]


@BOTH
def test_a_sign_that_stood_before_the_first_line_is_no_part_of_any(early: bool) -> None:
    screen = Screen(picture=plain((60, 70, 90)), opacity=0.0)
    screen.signs = [Sign("EAST STATION", 60, 76)]
    screen.top = screen.pitch
    screen.wait(1.0)
    texts = ["The train is late.", "It always is.", "Let us walk, then."]
    for text in texts:
        screen.show(text, 1.2)
        screen.clear(0.4)
    assert lines_of(screen, early=early) == texts


@BOTH
def test_a_sign_on_the_text_s_level_is_no_part_of_it(early: bool) -> None:
    screen = Screen(picture=plain((60, 70, 90)), opacity=0.0)
    screen.signs = [Sign("CLOSED ON SUNDAY", 330, 68)]
    screen.wait(1.5)
    texts = ["The train is late again.", "It is always late, I see.", "Let us go on foot, then."]
    for text in texts:
        screen.show(text, 1.4)
        screen.clear(0.6)
    # Live it can't be told from a line while nothing else is there.
    said = lines_of(screen, early=early)
    assert [line for line in said if "SUNDAY" not in line] == texts
    assert said.count("CLOSED ON SUNDAY") == len(said) - len(texts) <= early


@BOTH
def test_a_paragraph_that_stood_in_the_first_frame_is_said_before_the_next(early: bool) -> None:
    screen = Screen()
    screen.show("We sailed at dawn, in fog.", 1.5)
    screen.type("\nNobody saw the rocks ahead.")
    screen.wait(1.5)
    screen.clear(0.5)
    assert lines_of(screen, early=early) == ["We sailed at dawn, in fog.", "Nobody saw the rocks ahead."]


@BOTH
def test_a_skip_button_beside_the_text_is_no_part_of_it(early: bool) -> None:
    screen = Screen()
    screen.signs = [Sign("Skip", 540, 150)]
    screen.wait(1.0)
    texts = ["The train is late.", "It always is.", "Let us walk, then."]
    for text in texts:
        screen.say(text)
    # Live it can't be told from a line while nothing else is there: it is said once, by itself.
    assert lines_of(screen, early=early) == (["Skip", *texts] if early else texts)


@BOTH
@pytest.mark.parametrize("read", ["V", "4", "▼", ""])
def test_a_blinking_mark_is_no_text(read: str, early: bool) -> None:
    screen = Screen()
    screen.mark_reads = read
    texts = ["Well, I never.", "Did you see him?", "Ask her then", "No!"]
    for text in texts:
        screen.type(text)
        screen.mark = blinking(screen.end_of_text(), screen.time + 0.2)
        screen.wait(2.4)
        screen.mark = None
        screen.clear()
    assert lines_of(screen, early=early) == texts


@BOTH
def test_a_mark_that_never_goes_away_while_the_text_stands_is_no_text(early: bool) -> None:
    screen = Screen()
    screen.mark_reads = "▼"
    texts = ["Well, I never.", "Did you see him?", "Ask her then"]
    for text in texts:
        screen.type(text)
        screen.mark = bouncing(screen.end_of_text())
        screen.wait(2.0)
        screen.mark = None
        screen.clear()
    assert lines_of(screen, early=early) == texts


@BOTH
def test_a_mark_in_the_corner_of_the_box_is_no_line(early: bool) -> None:
    screen = Screen()
    screen.mark_reads = "V"
    texts = ["Left, left!", "Which part?", "...", "The other left"]
    screen.wait(0.3)
    for text in texts:
        screen.mark = lambda time: (590, 150)
        screen.show(text, 0.8)
        screen.mark = None
        screen.clear(0.2)
    assert lines_of(screen, early=early) == texts


@BOTH
def test_the_box_s_own_frame_is_no_text(early: bool) -> None:
    screen = Screen()

    def frame(pen: ImageDraw.ImageDraw, time: float) -> None:
        if screen.boxed:
            pen.rounded_rectangle((13, 53, 627, 195), 34, outline=WHITE, width=4)

    screen.extra = frame
    screen.boxed = False
    texts = ["Left, left!", "Which part?", "The other left"]
    for text in texts:
        screen.wait(0.3)
        screen.boxed = True
        screen.show(text, 0.7)
        screen.boxed = False
        screen.rows = []
    assert lines_of(screen, early=early) == texts


@BOTH
def test_what_is_read_under_the_confidence_asked_for_is_left_out(early: bool) -> None:
    screen = Screen()
    screen.say("Nobody can read this.")
    screen.looks.says = lambda text, look: RowText("Nobodv con", 0.5)
    assert lines_of(screen, early=early) == []
