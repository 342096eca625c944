"""Where the dialogue's region is found when its text runs in columns."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.frames import Box, Size
from capture_daemon.reading.finding_columns import TextFinder
from capture_daemon.reading.sightings import SeenRow
from tests.reading.test_finding import TEXTS, dialogue, holds, row

FRAME = Size(1280, 720)
LINES = (
    ("昔々この山の奥に小さな村が", "ありました"),
    ("若者は一人で山を登りました",),
    ("ところがある年に雨が一度も", "降りません"),
    ("頂には古い社がありました",),
    ("白い狐が座っています",),
    ("村の人々は毎年秋になると祭", "りを開き神様に米を供えます"),
    ("もう遅いから帰りなさい",),
    ("それはとても静かな夜だった",),
)
WIDTH = 36
"""Pixels that a column is wide, and a character high."""


def column(text: str, number: int = 0) -> SeenRow:
    """A column, the rightmost first."""
    return SeenRow(Box(1140 - 60 * number, 90, WIDTH, WIDTH * len(text)), text, 0.97, column=True)


def line(*texts: str) -> list[SeenRow]:
    return [column(text, number) for number, text in enumerate(texts)]


def finder_of(*moments: Sequence[SeenRow]) -> TextFinder:
    finder = TextFinder(FRAME)
    for seen in moments:
        finder.see(seen)
    return finder


def test_columns_that_come_and_go_are_the_dialogue() -> None:
    label = row("Save  Load  Auto  Skip", 60, 30)
    finder = finder_of(*([*line(*texts), label] for texts in LINES for _ in range(2)))
    found = finder.found()
    assert found is not None
    assert holds(found.dialogue, column(LINES[0][0]), column(LINES[5][1], 1)), found
    assert found.dialogue.left > 900
    assert found.speaker is None
    assert finder.row_height == WIDTH
    assert finder.place is not None
    assert holds(finder.place, column(LINES[0][0])), finder.place


def test_a_column_that_stands_is_a_sign() -> None:
    sign = SeenRow(Box(200, 100, 50, 400), "山田酒店営業中", 0.97, column=True)
    found = finder_of(*([*line(*texts), sign] for texts in LINES for _ in range(2))).found()
    assert found is not None
    assert found.dialogue.left > 900


def test_names_in_a_column_of_their_own_are_within_the_region() -> None:
    names = ("【美咲】", "【老人】")
    moments = [
        [SeenRow(Box(1200, 90, WIDTH, 4 * WIDTH), names[number % 2], 0.97, column=True), *line(*texts)]
        for number, texts in enumerate(LINES)
        for _ in range(2)
    ]
    found = finder_of(*moments).found()
    assert found is not None
    assert holds(found.dialogue, moments[0][0], column(LINES[0][0])), found
    assert found.speaker is None


def test_names_in_a_row_over_the_columns_are_within_the_region() -> None:
    names = ("美咲", "老人")
    moments = [
        [SeenRow(Box(1060, 20, 72, 34), names[number % 2], 0.97), row("設定", 1170, 20), *line(*texts)]
        for number, texts in enumerate(LINES)
        for _ in range(2)
    ]
    found = finder_of(*moments).found()
    assert found is not None
    assert holds(found.dialogue, moments[0][0], column(LINES[0][0])), found


def test_a_label_over_the_columns_is_not_within_the_region() -> None:
    label = SeenRow(Box(1060, 20, 72, 34), "設定", 0.97)
    found = finder_of(*([label, *line(*texts)] for texts in LINES for _ in range(2))).found()
    assert found is not None
    assert found.dialogue.intersection(label.box) is None, found


def test_rows_are_found_as_ever_beside_a_column() -> None:
    sign = SeenRow(Box(200, 100, 50, 400), "山田酒店営業中", 0.97, column=True)
    finder = finder_of(*([*rows, sign] for rows in dialogue(10)))
    found = finder.found()
    assert found is not None
    assert holds(found.dialogue, row(TEXTS[0])), found
    assert not finder.enough


def test_what_can_be_read_is_counted_in_both_directions() -> None:
    unread = SeenRow(Box(1140, 90, WIDTH, 400), "", 0.2, column=True)
    finder = finder_of([*line(LINES[1][0]), row(TEXTS[0])], [unread])
    assert (finder.read, finder.unread) == (2, 1)
