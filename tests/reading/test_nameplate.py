"""The speaker's name in a region of its own: a screen that games show, read through the whole reader."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.reading.nameplate import HeardNames
from tests.reading.drawing import SPEAKER, WHITE, Screen, Sign
from tests.reading.stage import spoken

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])


def _conversation(*lines: tuple[str | None, str], things: Sequence[Sign] = ()) -> Screen:
    screen = Screen()
    screen.signs += things
    screen.wait(0.3)
    for name, text in lines:
        screen.name = name
        screen.say(text)
    return screen


LINES = [("Mira", "Well, I never."), ("Old Tom", "Always the same."), (None, "She waves."), ("Mira", "Good night.")]


@BOTH
def test_each_line_has_the_name_that_stood_over_it(early: bool) -> None:
    assert spoken(_conversation(*LINES), early=early, speaker=True) == LINES


@BOTH
@pytest.mark.parametrize("plate", ["【Mira】", "Mira:", "[Mira]", "Mira："])
def test_brackets_and_colons_are_no_part_of_a_name(plate: str, early: bool) -> None:
    assert spoken(_conversation((plate, "Well, I never.")), early=early, speaker=True) == [("Mira", "Well, I never.")]


@BOTH
def test_the_name_changes_in_the_frame_in_which_the_next_line_comes(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for name, text in LINES:
        screen.name = name
        screen.show(text, 1.2)
    assert spoken(screen, early=early, speaker=True) == LINES


@BOTH
def test_a_name_that_comes_a_moment_before_its_text(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for name, text in LINES[:2]:
        screen.name = name
        screen.wait(0.15)
        screen.say(text)
        screen.name = None
        screen.wait(0.2)
    assert spoken(screen, early=early, speaker=True) == LINES[:2]


@BOTH
def test_a_name_that_is_not_read_surely_is_none(early: bool) -> None:
    screen = _conversation(("Mira", "Well, I never."))
    screen.looks.says = lambda text, look: RowText("Nira", 0.5) if text == "Mira" else None
    assert spoken(screen, early=early, speaker=True) == [(None, "Well, I never.")]


def test_a_name_that_the_detector_overlooks_at_one_size(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _conversation(("Mira", "Well, I never."))
    find, margin = screen.looks.find, SPEAKER.height // 3
    plate = SPEAKER.height + 2 * margin, SPEAKER.width + 2 * margin
    usual: set[float | None] = set()

    def overlooking(picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        found = find(picture, scale)
        if picture.shape[:2] != plate or not found:
            return found
        if not usual:
            usual.add(scale)
        return [] if scale in usual else found

    monkeypatch.setattr(screen.looks, "find", overlooking)
    assert spoken(screen, speaker=True) == [("Mira", "Well, I never.")]


def test_a_name_that_stays_is_read_seldom() -> None:
    screen = _conversation(*[("Mira", f"This is line number {number}.") for number in range(5)])
    read: list[str] = []

    def note(text: str, look: int) -> RowText | None:
        read.append(text)
        return None

    screen.looks.says = note
    assert len(spoken(screen, speaker=True)) == 5
    assert 1 <= read.count("Mira") <= 3


@BOTH
def test_what_stands_beside_the_name_does_not_hide_that_it_changed(
    early: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen()
    screen.extra = lambda pen, time: pen.rectangle(
        (SPEAKER.left + 160, SPEAKER.top, SPEAKER.left + 190, SPEAKER.top + 6), WHITE
    )
    screen.wait(0.3)
    for name, text in LINES:
        screen.name = name
        screen.show(text, 0.6)
    find, margin = screen.looks.find, SPEAKER.height // 3
    plate = SPEAKER.height + 2 * margin, SPEAKER.width + 2 * margin

    def seeing_more(picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        found = find(picture, scale)
        # A thing in the picture behind it, which never moves.
        thing = FoundBox(Box(margin + 155, margin, 40, 12), 0.8)
        return [thing, *found] if picture.shape[:2] == plate else found

    monkeypatch.setattr(screen.looks, "find", seeing_more)
    assert spoken(screen, early=early, speaker=True) == LINES


def test_a_space_that_few_looks_see_is_in_a_name_all_the_same() -> None:
    names = HeardNames()
    for time, name in enumerate(["OldTom", "Old Tom", "OldTom", "The Innkeeper", "Thelnnkeeper"]):
        names.add(float(time), name)
    assert names.at(2.0, 2.5) == "Old Tom"
    assert names.at(4.0, 4.5) == "The Innkeeper"


def test_a_name_that_stands_is_no_second_reading_of_it() -> None:
    names = HeardNames()
    names.add(0.0, "OldTom")
    for time in range(1, 9):
        names.stands(float(time))
    names.add(9.0, "Old Tom")
    assert names.at(0.0, 9.0) == "Old Tom"


@BOTH
@pytest.mark.parametrize("thing", ["5", "K"])
def test_a_letter_read_elsewhere_on_the_plate_is_no_name(thing: str, early: bool) -> None:
    screen = _conversation(
        ("Mira", "Well, I never."), (None, "She waves."), things=[Sign(thing, SPEAKER.left + 180, SPEAKER.top + 4)]
    )
    assert spoken(screen, early=early, speaker=True)[1:] == [(None, "She waves.")]


@BOTH
def test_a_box_as_high_as_the_plate_is_read_without_its_edges_too(early: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _conversation(("Mira", "Well, I never."))
    find, read, margin = screen.looks.find, screen.looks.read, SPEAKER.height // 3
    plate = SPEAKER.height + 2 * margin, SPEAKER.width + 2 * margin

    def finding_all_of_it(picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        found = find(picture, scale)
        if picture.shape[:2] != plate:
            return found
        return [FoundBox(Box(one.box.left, margin, one.box.width, SPEAKER.height), one.sure) for one in found]

    def seeing_edges(rows: Sequence[RowImage]) -> list[RowText]:
        return [
            RowText("Eira", 0.8) if row.row.height == SPEAKER.height else text
            for row, text in zip(rows, read(rows), strict=True)
        ]

    monkeypatch.setattr(screen.looks, "find", finding_all_of_it)
    monkeypatch.setattr(screen.looks, "read", seeing_edges)
    assert spoken(screen, early=early, speaker=True) == [("Mira", "Well, I never.")]


def test_a_name_that_was_misread_and_stood_gives_way_to_the_surer_reading() -> None:
    names = HeardNames()
    names.add(0.0, "Mard", 0.93)
    for time in range(1, 9):
        names.stands(float(time))
    names.add(9.0, "Mara", 0.99)
    names.stands(10.0)
    assert names.at(0.0, 10.0) == "Mara"


def test_a_name_that_was_read_before_is_surer_than_another_form_of_it() -> None:
    names = HeardNames()
    for time, name in enumerate(["La posadera", "Nina", "La posadera", "/La posadera"]):
        names.add(float(time), name, 0.99)
    assert names.at(1.9, 3.5) == "La posadera"


def test_names_that_differ_in_a_number_are_two() -> None:
    names = HeardNames()
    for time, name in enumerate(["Guard 1", "Guard 1", "Guard 2"]):
        names.add(float(time), name, 0.99)
    names.stands(3.0)
    assert names.at(1.9, 3.5) == "Guard 2"


@BOTH
@pytest.mark.parametrize("seen", ["?", "??"])
def test_of_three_question_marks_the_detector_may_see_one(
    seen: str, early: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = _conversation(("???", "Well, I never."))
    read, margin = screen.looks.read, SPEAKER.height // 3
    plate = SPEAKER.height + 2 * margin, SPEAKER.width + 2 * margin
    find = screen.looks.find

    def seeing_one(picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        found = find(picture, scale)
        if picture.shape[:2] != plate:
            return found
        boxes = [one.box for one in found]
        return [FoundBox(Box(box.left, box.top, box.height * len(seen) // 2, box.height), 0.8) for box in boxes]

    def reading_it(rows: Sequence[RowImage]) -> list[RowText]:
        few = [row.row.width <= row.row.height * len(seen) // 2 + 1 for row in rows]
        return [RowText(seen, 0.6) if one else text for one, text in zip(few, read(rows), strict=True)]

    monkeypatch.setattr(screen.looks, "find", seeing_one)
    monkeypatch.setattr(screen.looks, "read", reading_it)
    assert spoken(screen, early=early, speaker=True) == [("???", "Well, I never.")]
