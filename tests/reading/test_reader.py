"""From frames to lines: each test is a screen that a game may show."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from capture_daemon.frames import Box, Frame, Size
from capture_daemon.ocr.engine import RowImage, RowText
from tests.reading.drawing import UNREADABLE, WHITE, Screen, Stage, font, lines_of, play, said_by, standing

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])


@BOTH
@pytest.mark.parametrize("speed", [10, 40, 120])
def test_typewriter(speed: int, early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("The lamp burns low", speed)
    screen.wait(1.0)
    screen.clear()
    screen.type("Somebody knocks.\nTwice, then not at all.", speed)
    screen.wait(1.0)
    assert lines_of(screen, early=early) == [
        "The lamp burns low",
        "Somebody knocks. Twice, then not at all.",
    ]


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
def test_short_lines(early: bool) -> None:
    texts = ["Sure!", "No", "…", "!?", "I", "Huh?", "..."]
    screen = Screen()
    screen.type("This is what text looks like here.")
    screen.wait(1.0)
    for text in texts:
        screen.clear()
        screen.type(text)
        screen.wait(1.0)
    said = [text.replace("...", "…") for text in lines_of(screen, early=early)]
    assert said == ["This is what text looks like here.", "Sure!", "No", "…", "!?", "I", "Huh?", "…"]


@BOTH
def test_a_line_for_only_four_tenths_of_a_second(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("Look out!", "Behind you.", "Down, quick"):
        screen.show(text, 0.4)
        screen.clear(0.3)
    assert lines_of(screen, early=early) == ["Look out!", "Behind you.", "Down, quick"]


@BOTH
def test_the_last_line_before_the_source_ends(early: bool) -> None:
    screen = Screen()
    screen.type("First this.")
    screen.wait(0.8)
    screen.clear()
    screen.type("And then nothing more was")
    screen.wait(0.2)
    assert lines_of(screen, early=early) == ["First this.", "And then nothing more was"]


@BOTH
def test_the_box_cleared_and_the_same_words_again_are_two_lines(early: bool) -> None:
    screen = Screen()
    for _ in range(2):
        screen.type("Knock, knock.")
        screen.wait(0.8)
        screen.clear(0.3)
    assert lines_of(screen, early=early) == ["Knock, knock.", "Knock, knock."]


@BOTH
def test_the_same_words_redrawn_without_clearing_are_one_line(early: bool) -> None:
    screen = Screen()
    screen.type("Knock, knock.")
    screen.wait(1.5)
    screen.show("Knock, knock.", 1.5)
    assert lines_of(screen, early=early) == ["Knock, knock."]


@BOTH
@pytest.mark.parametrize("pause", [0.3, 0.6, 0.9])
def test_a_pause_at_a_comma_never_makes_two_fragments(pause: float, early: bool) -> None:
    screen = Screen()
    screen.type("Well,")
    screen.wait(pause)
    screen.type(" let me think...")
    screen.wait(pause)
    screen.type(" no.")
    screen.wait(1.5)
    screen.clear()
    screen.type("Ask her.")
    screen.wait(1.0)
    assert lines_of(screen, early=early) == ["Well, let me think... no.", "Ask her."]


def test_a_pause_longer_than_patience_is_corrected() -> None:
    screen = Screen()
    screen.type("I have something.")
    screen.wait(1.6)
    screen.type(" For you.")
    screen.wait(1.0)
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
    screen.type("A new page.")
    screen.wait(1.0)
    assert lines_of(screen, early=early) == [
        "The first stands here.",
        "The second comes later, and has two rows.",
        "A new page.",
    ]


@BOTH
def test_slow_and_fast_sources_say_the_same(early: bool) -> None:
    for fps in (12, 25, 60):
        screen = Screen(fps=fps)
        screen.wait(0.5)
        screen.type("A frame is a frame,\nhowever often they come.")
        screen.wait(1.2)
        screen.clear(0.5)
        screen.show("Isn't it?", 1.0)
        assert lines_of(screen, early=early) == ["A frame is a frame, however often they come.", "Isn't it?"]


def test_when_a_line_began_and_was_complete_and_where_it_stood() -> None:
    screen = Screen()
    screen.wait(1.0)
    screen.type("Twenty letters, or so", speed=20)
    complete = screen.time
    screen.wait(1.5)
    [line] = play(screen)
    assert line.started == pytest.approx(1.0, abs=0.1)
    assert line.completed == pytest.approx(complete, abs=0.1)
    assert line.rows == ("Twenty letters, or so",)
    assert line.confidence == 0.97
    assert abs(line.box.left - 30) <= 4
    assert abs(line.box.right - screen.end_of_text()[0]) <= 12
    assert line.box.top >= 64
    assert line.box.bottom <= 104


def test_a_full_stop_is_said_within_half_a_second_of_its_last_letter() -> None:
    screen = Screen()
    screen.type("That is all.")
    complete = screen.time
    screen.wait(1.5)
    stage = Stage(screen.looks.read)
    stage.play(screen.frames)
    assert [line.text for line in stage.said] == ["That is all."]
    assert stage.said_at[0] - complete < 0.5


def test_a_recording_says_nothing_before_a_line_has_ended() -> None:
    screen = Screen()
    screen.type("That is all.")
    screen.wait(2.0)
    stage = Stage(screen.looks.read, early=False)
    stage.play(screen.frames)
    assert stage.said == []
    stage.end()
    assert [line.text for line in stage.said] == ["That is all."]


@pytest.mark.parametrize(("early", "most"), [(False, 3), (True, 6)], ids=["recording", "live"])
def test_each_row_is_read_once_and_live_hardly_more_often(early: bool, most: int) -> None:
    screen = Screen()
    for text in ("One row is enough.", "Here there are two,\none below the other."):
        screen.type(text)
        screen.wait(1.5)
        screen.clear()
    assert len(play(screen, early=early)) == 2
    assert 3 <= screen.looks.asked <= most


def test_partials_grow_and_none_comes_after_the_line() -> None:
    screen = Screen()
    screen.type("Somebody is typing this, and is in no hurry.", speed=15)
    screen.wait(1.5)
    stage = Stage(screen.looks.read, partials=True)
    stage.play(screen.frames)
    texts = [typing.text for typing in stage.typing]
    assert len(texts) >= 4
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))
    times = [typing.time for typing in stage.typing]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.24
    assert [line.text for line in stage.said] == ["Somebody is typing this, and is in no hurry."]


def test_text_under_the_confidence_asked_for_is_left_out() -> None:
    screen = Screen()
    screen.type("Nobody can read this.")
    screen.wait(1.5)
    screen.clear()
    assert [line.text for line in said_by(screen, lambda image: RowText("Nobodv con", 0.3))] == []


@pytest.mark.parametrize(("seconds", "confidence", "said"), [(0.33, 0.62, 0), (0.33, 0.95, 1), (1.0, 0.62, 1)])
def test_a_glimpse_of_what_may_be_text_is_none(seconds: float, confidence: float, said: int) -> None:
    """A detail of a picture that stands for a moment and looks a little like a letter."""
    screen = Screen()
    screen.wait(0.5)
    screen.show("N...", seconds)
    screen.clear(1.0)
    assert len(said_by(screen, lambda image: RowText("N...", confidence), early=False)) == said


def test_text_that_never_stands_still_is_read_all_the_same() -> None:
    """Something twitches in the box for as long as the line stands."""
    screen = Screen()
    screen.type("The engine hums.")
    screen.extra = lambda pen, time: pen.rectangle((560, 150, 570, 150 + round(40 * time) % 30), fill=WHITE)
    screen.wait(4.5)
    stage = Stage(screen.looks.read, max_age=3.0)
    stage.play(screen.frames)
    assert [line.text for line in standing(stage.said)] == ["The engine hums."]


def _conversation() -> Screen:
    screen = Screen()
    screen.name = "Mira"
    screen.type("The same frames,")
    screen.wait(0.5)
    screen.type(" the same lines.")
    screen.wait(1.0)
    screen.clear(0.2)
    screen.name = "Old Tom"
    screen.show("Always?\nAlways.", 1.2)
    screen.show("Yes", 0.5)
    screen.clear(0.3)
    return screen


@BOTH
def test_the_same_frames_and_answers_say_the_same(early: bool) -> None:
    screen = _conversation()
    assert play(screen, early=early, speaker=True) == play(screen, early=early, speaker=True)


@pytest.mark.parametrize("delays", [(0,), (5,), (40,), (0, 25, 3, 60)])
def test_how_long_answers_take_changes_nothing_in_a_recording(delays: tuple[int, ...]) -> None:
    screen = _conversation()
    said = play(screen, early=False, speaker=True, delay=lambda number: delays[number % len(delays)])
    assert [(line.speaker, line.text) for line in said] == [
        ("Mira", "The same frames, the same lines."),
        ("Old Tom", "Always? Always."),
        ("Old Tom", "Yes"),
    ]


@pytest.mark.parametrize("delay", [0, 60])
def test_a_part_of_the_box_that_stays_costs_no_line_that_is_still_to_be_read(delay: int) -> None:
    screen = Screen()
    screen.extra = lambda pen, time: pen.rectangle((401, 63, 409, 65), fill=(125, 125, 125)) if time > 0.3 else None
    screen.wait(0.3)
    texts = ["That's what they all say,\nuntil it comes down.", "Rain ran from the brim\nof his helmet.", "A good one?"]
    for text in texts:
        screen.show(text, 1.4)
        screen.clear(0.1)

    def read(image: RowImage) -> RowText:
        found = screen.looks.read(image)
        return RowText("", 0.0) if found.text == UNREADABLE else found

    said = said_by(screen, read, early=False, delay=lambda number: delay)
    assert [line.text for line in said] == [text.replace("\n", " ") for text in texts]


def test_late_answers_keep_a_live_source_s_lines_whole() -> None:
    screen = _conversation()
    said = standing(play(screen, speaker=True, delay=lambda number: 12))
    assert [(line.speaker, line.text) for line in said] == [
        ("Mira", "The same frames, the same lines."),
        ("Old Tom", "Always? Always."),
        ("Old Tom", "Yes"),
    ]


@BOTH
def test_a_region_to_ignore_is_blanked(early: bool) -> None:
    clock = Box(430, 64, 180, 40)
    screen = Screen()
    face = font(22)
    screen.extra = lambda pen, time: pen.text((440, 68), f"Score {int(time * 5)}", fill=WHITE, font=face)
    screen.type("Nobody reads the score.")
    screen.wait(1.5)
    screen.clear()
    screen.type("Nobody at all.")
    screen.wait(1.0)
    assert lines_of(screen, early=early, ignore=[clock]) == ["Nobody reads the score.", "Nobody at all."]


def test_a_region_that_changes_its_size_begins_anew() -> None:
    screen = Screen()
    screen.type("Small at first.")
    screen.wait(1.2)
    stage = Stage(screen.looks.read)
    stage.play(screen.frames)
    wide = Screen()
    wide.frames = []
    wide.type("Then it is wider.")
    wide.wait(1.2)
    stage._read = wide.looks.read
    stage.play(
        Frame(
            np.pad(frame.pixels, ((0, 40), (0, 80))),
            screen.time + frame.time,
            frame.sequence,
            Box(0, 0, 720, 240),
            Size(720, 240),
        )
        for frame in wide.frames
    )
    stage.end()
    assert [line.text for line in stage.said] == ["Small at first.", "Then it is wider."]


def test_standing_rows_are_told_where_they_are() -> None:
    screen = Screen()
    screen.type("Here is one\nand here another")
    screen.wait(1.0)
    stage = Stage(screen.looks.read)
    stage.play(screen.frames)
    rows = stage.reader.standing_rows
    assert [filled.answer.text for _, filled in rows if filled.answer] == ["Here is one", "and here another"]
    assert [abs(box.top - 72) <= 8 for box, _ in rows] == [True, False]
    assert rows[1][0].top - rows[0][0].top == pytest.approx(screen.pitch, abs=3)


def test_text_that_begins_to_shake_while_it_stands_is_still_the_same_line() -> None:
    places = [(2, 0), (-2, 1), (0, -2), (1, 2), (-1, -1)]
    screen = Screen()
    screen.type("I am so afraid of him!")
    screen.wait(0.5)
    screen.shake = lambda time: places[round(time * 30) % 5]
    screen.wait(2.0)
    screen.clear()
    assert lines_of(screen) == ["I am so afraid of him!"]
