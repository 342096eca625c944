"""Text in columns, from right to left."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.trace import Decision
from tests.needs import needs_file
from tests.reading.columns import PITCH, RIGHT, SIDE, TOP, WHOLE, Page, beside, row_of
from tests.reading.drawing import CJK
from tests.reading.stage import Stage, standing


@pytest.fixture(autouse=True)
def _font() -> None:
    needs_file(CJK, package="fonts-noto-cjk")


def _stage(page: Page, *, early: bool = False) -> Stage:
    stage = Stage(page, early=early, dialogue=WHOLE)
    stage.play(page.frames)
    stage.end()
    return stage


def _spoken(page: Page, *, early: bool = False) -> list[tuple[str | None, str]]:
    return [(line.speaker, line.text) for line in standing(_stage(page, early=early).said)]


def _texts(page: Page, *, early: bool = False) -> list[str]:
    return [text for _, text in _spoken(page, early=early)]


@pytest.mark.parametrize("early", [False, True])
def test_columns_that_are_typed_are_read_from_right_to_left(early: bool) -> None:
    page = Page()
    page.clear()
    for text in ("若者は山を\n登りました", "頂には古い\n社がありま\nした"):
        page.type(text)
        page.wait(1.5)
        page.clear()
    assert _texts(page, early=early) == ["若者は山を登りました", "頂には古い社がありました"]


def test_boxes_are_in_pixels_of_the_frame_as_it_stands() -> None:
    page = Page()
    page.columns("若者は山を\n登りました")
    page.wait(1.5)
    seen: list[tuple[Box, str]] = []
    stage = Stage(page, early=False, dialogue=WHOLE)
    stage.play(page.frames)
    seen += [(box, text.text) for box, text in stage.reader.standing_rows]
    stage.end()
    first = Box(RIGHT - SIDE, TOP, SIDE, 5 * SIDE).grown(3, 3)
    second = first.shifted(-PITCH, 0)
    assert seen == [(first, "若者は山を"), (second, "登りました")]
    assert stage.said[0].box == first.union(second)


def test_a_line_that_turns_the_reader_is_said_though_it_goes_at_once() -> None:
    page = Page()
    page.clear()
    page.columns("若者は山を\n登りました")
    page.wait(0.3)
    page.clear(1.0)
    assert _texts(page) == ["若者は山を登りました"]


def test_rows_may_follow_columns_and_columns_rows() -> None:
    page = Page()
    page.clear()
    for text in ("村の人々は", "神様に米を"):
        page.row(text)
        page.wait(1.2)
        page.clear()
        page.columns(text[::-1])
        page.wait(1.2)
        page.clear()
    assert _texts(page) == ["村の人々は", "は々人の村", "神様に米を", "を米に様神"]


def test_a_short_column_does_not_turn_a_reader_of_rows() -> None:
    page = Page()
    page.clear()
    page.row("村の人々は")
    page.wait(1.2)
    page.clear()
    page.columns("宿屋")
    page.wait(1.2)
    page.clear()
    page.row("神様に米を")
    page.wait(1.2)
    notes: list[Decision] = []
    stage = Stage(page, early=False, dialogue=WHOLE)
    stage.reader._listener = notes.append
    stage.play(page.frames)
    stage.end()
    assert [line.text for line in standing(stage.said)] == ["村の人々は", "神様に米を"]
    assert not [note for note in notes if note.verdict == "turned"]


def test_ruby_beside_a_column_is_left_out() -> None:
    page = Page()
    page.columns("若者は山を\n登りました", [beside("わかもの", 0, 0)])
    page.wait(1.5)
    page.clear()
    assert _texts(page) == ["若者は山を登りました"]


def test_a_name_may_stand_in_a_row_over_columns() -> None:
    page = Page()
    for name, text in (("美咲", "若者は山を\n登りました"), ("老人", "頂には古い\n社があった")):
        page.columns(text, [row_of(name, 40, 12)])
        page.wait(1.5)
        page.clear()
    assert _spoken(page) == [("美咲", "若者は山を登りました"), ("老人", "頂には古い社があった")]


def test_a_bracketed_name_may_stand_in_a_column_of_its_own() -> None:
    page = Page()
    page.columns("【美咲】\n若者は山を\n登りました")
    page.wait(1.5)
    page.clear()
    assert _spoken(page) == [("美咲", "若者は山を登りました")]


def test_a_first_column_that_is_as_short_as_a_name_is_text() -> None:
    page = Page()
    page.columns("村の人々は毎年\n登りました")
    page.wait(1.5)
    page.clear()
    assert _spoken(page) == [(None, "村の人々は毎年登りました")]
