"""From frames to lines, by the rules of docs/protocol.md, "A line": each test is a screen that a game may show."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest
from PIL import ImageDraw

from capture_daemon.frames import Box, ColourImage, Frame, Size
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.reading.certainty import certainty
from tests.needs import needs_file
from tests.reading.drawing import (
    CJK,
    GREEN,
    RED,
    WHITE,
    YELLOW,
    Screen,
    Sign,
    Stage,
    blinking,
    bouncing,
    font,
    lines_of,
    moving_picture,
    plain,
    play,
    spoken,
    staged,
    standing,
)

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])

# How text comes


@BOTH
@pytest.mark.parametrize("speed", [10, 40, 120])
def test_typed_text_is_one_line(speed: int, early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.say("The lamp burns low", rest=1.0)
    screen.type("Somebody knocks.\nTwice, then not at all.", speed)
    screen.wait(1.0)
    assert lines_of(screen, early=early) == ["The lamp burns low", "Somebody knocks. Twice, then not at all."]


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


# What is a line


@BOTH
def test_the_same_words_after_a_cleared_box_are_a_new_line(early: bool) -> None:
    screen = Screen()
    for _ in range(2):
        screen.say("Knock, knock.", rest=0.8)
    assert lines_of(screen, early=early) == ["Knock, knock.", "Knock, knock."]


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
def test_text_typed_over_an_ellipsis_alone(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.show("He said nothing.", 1.0)
    screen.show("...", 1.0)
    screen.rows = []
    screen.say("Kevin took it rather well.")
    assert lines_of(screen, early=early) == ["He said nothing.", "...", "Kevin took it rather well."]


# What is none


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


# Who says it


NAMED = [("Mira", "Well, I never."), ("Old Tom", "Always the same, this town."), ("Mira", "Good night.")]


@BOTH
@pytest.mark.parametrize("form", ["{}", "【{}】", "{}:"])
def test_a_row_of_another_colour_above_the_text_is_the_name(form: str, early: bool) -> None:
    screen = Screen()
    screen.inks = {0: YELLOW}
    screen.wait(0.3)
    for name, text in NAMED:
        screen.show(form.format(name))
        screen.type(f"\n{text}")
        screen.wait(1.2)
        screen.clear()
    assert spoken(screen, early=early) == NAMED


@BOTH
def test_a_short_row_above_the_text_that_was_not_wrapped_is_the_name(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for name, text in NAMED:
        screen.show(f"{name}\n{text}", 1.5)
        screen.clear()
    assert spoken(screen, early=early) == NAMED


@BOTH
def test_a_name_that_stands_on_while_the_text_changes(early: bool) -> None:
    texts = ["Well, I never.", "Did you see him?", "Ask her, then."]
    screen = Screen()
    screen.inks = {0: YELLOW}
    screen.wait(0.3)
    for text in texts:
        screen.rows = ["Mira"]
        screen.wait(0.3)
        screen.type(f"\n{text}")
        screen.wait(1.2)
    assert spoken(screen, early=early) == [("Mira", text) for text in texts]


@BOTH
def test_a_wrapped_first_row_is_no_name(early: bool) -> None:
    texts = [
        "Nobody Came Up The Mountain Road That\nWinter, not even once.",
        "Somebody knocks twice, and then there\nis silence.",
    ]
    screen = Screen()
    screen.wait(0.3)
    for text in texts:
        screen.say(text)
    assert spoken(screen, early=early) == [(None, text.replace("\n", " ")) for text in texts]


@BOTH
def test_names_before_the_text(early: bool) -> None:
    lines = [
        ("Mira", "Well, I never."),
        ("Guard 2", "Halt!"),
        ("Old man", "Sit down."),
        ("d'Artagnan", "To me!"),
        ("Mira", "Good night."),
    ]
    screen = Screen()
    for name, text in lines:
        screen.say(f"{name}: {text}")
    assert spoken(screen, early=early) == lines


@BOTH
def test_a_colon_after_lines_without_names_makes_no_name(early: bool) -> None:
    texts = [
        "It was a long way.",
        "We came in the evening.",
        "It rained.",
        "Nobody was about.",
        "Kyoto: The old capital.",
    ]
    screen = Screen()
    for text in texts:
        screen.say(text)
    assert spoken(screen, early=early) == [(None, text) for text in texts]


@BOTH
def test_japanese_names_and_quotes(early: bool) -> None:
    screen = Screen(font_path=str(needs_file(CJK, package="fonts-noto-cjk")))
    screen.say("ミラ「おはよう。」")
    screen.say("【田中】はい、そうです。")
    screen.say("雨が降りそうだ。\n誰も来ない。")
    assert spoken(screen, early=early) == [
        ("ミラ", "「おはよう。」"),
        ("田中", "はい、そうです。"),
        (None, "雨が降りそうだ。誰も来ない。"),
    ]


# Where it is looked for


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


# When it is said


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
