"""Rows read further than the detector's boxes reach."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.frames import Box, Frame, Size
from capture_daemon.ocr.engine import Character, RowText
from capture_daemon.reading.events import ReadRows
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.row_ends import with_cut_ends, with_lost_brackets, with_lost_dots

SIZE = Size(200, 40)


def _read(text: str, last: float) -> RowText:
    """A text whose last letter stands in a column of the picture."""
    pitch = last / (len(text) - 1)
    characters = tuple(Character(letter, number * pitch, 0.98) for number, letter in enumerate(text))
    return RowText(text, 0.98, characters)


def _read_further(row: Box) -> dict[Box, Box]:
    """The rows that were read further, where a row that says "He said noth" goes on to the end of the picture."""
    now = Moment(Frame(np.zeros((40, 200), np.uint8), 1.0, 0, Box(0, 0, *SIZE), SIZE), Box(0, 0, *SIZE))
    steps = with_cut_ends([row], {row: (_read("He said noth", row.right + 4), 0.0)}, now)
    try:
        request = next(steps)
        assert isinstance(request, ReadRows)
        shown_from = row.left - request.rows[0].row.left
        steps.send([_read("He said nothing", 198 - shown_from)])
    except StopIteration as end:
        return dict(end.value)
    raise AssertionError("it asks once")


@pytest.mark.parametrize("right", [176, 190, 199])
def test_a_row_that_is_cut_ends_where_the_picture_does_at_most(right: int) -> None:
    row = Box(10, 5, right - 10, 26)
    assert _read_further(row) == {row: Box(10, 5, 190, 26)}


def test_one_that_reaches_the_edge_is_not_read_further() -> None:
    assert _read_further(Box(10, 5, 190, 26)) == {}


@pytest.mark.parametrize(
    ("dots", "again", "found"),
    [(3, "...No?", "...No?"), (6, "……No?", "……No?"), (2, "..No?", "No?"), (3, "...Yes?", "No?")],
)
def test_dots_before_a_row_that_the_detector_left_out(dots: int, again: str, found: str) -> None:
    picture = np.full((40, 200), 30, np.uint8)
    for number in range(dots):
        picture[22:26, 92 - 8 * number : 96 - 8 * number] = 230
    row = Box(100, 8, 60, 22)
    picture[10:26, 102:158] = 230
    texts = {row: (_read("No?", 150), 0.0)}
    now = Moment(Frame(picture, 1.0, 0, Box(0, 0, *SIZE), SIZE), Box(0, 0, *SIZE))
    steps = with_lost_dots([row], texts, now)
    for request in steps:
        assert isinstance(request, ReadRows)
        with pytest.raises(StopIteration) as end:
            steps.send([_read(again, 150)] * len(request.rows))
        assert bool(end.value.value) == (found != "No?")
    assert [text.text for text, _ in texts.values()] == [found]


@pytest.mark.parametrize(
    ("read", "dots", "said"),
    [
        ("まさか…", 3, "まさか…"),
        ("まさか…", 5, "まさか……"),
        ("まさか…", 6, "まさか……"),
        ("まさか", 6, "まさか……"),
        ("まさか", 3, "まさか"),
        ("まさか。", 6, "まさか。"),
    ],
)
@pytest.mark.parametrize("mark", [False, True])
def test_dots_behind_east_asian_text_are_counted(read: str, dots: int, said: str, *, mark: bool) -> None:
    picture = np.full((40, 200), 30, np.uint8)
    for number in range(dots):
        picture[20:24, 84 + 8 * number : 88 + 8 * number] = 230
    if mark:
        picture[14:26, 138:150] = 230
    row = Box(10, 8, 110, 24)
    texts = {row: (_read(read, 90 if len(read) > 3 else 60), 0.0)}
    now = Moment(Frame(picture, 1.0, 0, Box(0, 0, *SIZE), SIZE), Box(0, 0, *SIZE))
    assert not list(with_lost_dots([row], texts, now))
    assert [text.text for text, _ in texts.values()] == [said]


@pytest.mark.parametrize(
    ("name", "dots", "said"),
    [
        ("Ivy:", 3, "Ivy: ..."),
        ("HELM>", 6, "HELM> ......"),
        ("<Ivy>", 3, "<Ivy> ..."),
        ("Ivy:", 2, "Ivy:"),
        ("Ivy", 3, "Ivy"),
    ],
)
def test_dots_behind_a_name_that_the_detector_left_out(name: str, dots: int, said: str) -> None:
    row = Box(10, 5, 60, 26)
    picture = np.full((40, 200), 30, np.uint8)
    for number in range(dots):
        picture[24:28, 78 + 8 * number : 82 + 8 * number] = 230
    texts = {row: (_read(name, 65), 0.0)}
    now = Moment(Frame(picture, 1.0, 0, Box(0, 0, *SIZE), SIZE), Box(0, 0, *SIZE))
    assert not list(with_lost_dots([row], texts, now))
    assert [text.text for text, _ in texts.values()] == [said]


def test_dots_behind_a_name_end_with_the_picture_at_most() -> None:
    row, texts = Box(10, 5, 142, 26), {}
    picture = np.full((40, 200), 30, np.uint8)
    for number in range(3):
        picture[24:28, 160 + 8 * number : 164 + 8 * number] = 230
    texts[row] = (_read("Ivy:", 140), 0.0)
    now = Moment(Frame(picture, 1.0, 0, Box(0, 0, *SIZE), SIZE), Box(0, 0, *SIZE))
    assert not list(with_lost_dots([row], texts, now))
    assert [(box.right, text.text) for box, (text, _) in texts.items()] == [(200, "Ivy: ...")]


@pytest.mark.parametrize(
    ("first", "second", "again", "found"),
    [
        ("「昨日は", "雨だった。", "雨だった。」", "雨だった。」"),
        ("「昨日は", "雨だった。", "雨だった。", "雨だった。"),
        ("「昨日は", "雨だった。", "雨だつた。」", "雨だった。"),
        ("昨日は", "雨だった。", "雨だった。」", "雨だった。"),
        ("「昨日」は", "雨だった。", "雨だった。」", "雨だった。"),
        ("「昨日は", "雨だったが", "雨だったが」", "雨だったが"),
    ],
)
def test_a_closing_bracket_that_the_detector_left_out(first: str, second: str, again: str, found: str) -> None:
    rows = [Box(10, 2, 100, 16), Box(10, 20, 80, 16)]
    texts = {row: (_read(text, row.right - 8), 0.0) for row, text in zip(rows, (first, second), strict=True)}
    now = Moment(Frame(np.zeros((40, 200), np.uint8), 1.0, 0, Box(0, 0, *SIZE), SIZE), Box(0, 0, *SIZE))
    steps = with_lost_brackets(rows, texts, now)
    for request in steps:
        assert isinstance(request, ReadRows)
        assert [row.row.width for row in request.rows] == [rows[1].width + rows[1].height]
        with pytest.raises(StopIteration) as end:
            steps.send([_read(again, 95)])
        assert bool(end.value.value) == (found != second)
    assert sorted(text.text for text, _ in texts.values()) == sorted([first, found])


@pytest.mark.parametrize(
    ("said", "again", "found"),
    [
        ("な……。」", "「な……。」", "「な……。」"),
        ("な……。」", "な……。」", "な……。」"),
        ("な……。」", "「た……。」", "な……。」"),
    ],
)
def test_an_opening_bracket_that_the_detector_left_out(said: str, again: str, found: str) -> None:
    row = Box(40, 5, 100, 20)
    texts = {row: (_read(said, 132), 0.0)}
    now = Moment(Frame(np.zeros((40, 200), np.uint8), 1.0, 0, Box(0, 0, *SIZE), SIZE), Box(0, 0, *SIZE))
    steps = with_lost_brackets([row], texts, now)
    assert isinstance(next(steps), ReadRows)
    with pytest.raises(StopIteration) as end:
        steps.send([_read(again, 132)])
    assert end.value.value == ({row: Box(16, 5, 124, 20)} if found != said else {})
    assert [text.text for text, _ in texts.values()] == [found]
