from __future__ import annotations

import importlib.util

import cv2
import numpy as np
import pytest

from capture_daemon.errors import ModelError
from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.detection import Detector, boxes_in, rows_in
from capture_daemon.ocr.engine import FoundBox


def written(scale: float = 1.0) -> ColourImage:
    """Two rows of text on a dark picture."""
    picture = np.full((720, 1280, 3), 40, np.uint8)
    for top, text in ((560, "Hello, this is the first row"), (610, "and this the second.")):
        cv2.putText(picture, text, (150, top + 30), cv2.FONT_HERSHEY_DUPLEX, 1.0, (255, 255, 255), 2, cv2.LINE_AA)
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale), np.uint8)


def stand_where_they_should(found: list[FoundBox]) -> None:
    rows = sorted((one.box for one in found), key=lambda row: row.top)
    assert len(rows) == 2
    for row, top in zip(rows, (560, 610), strict=True):
        assert abs(row.left - 150) < 20
        assert row.intersection(Box(150, top + 8, 300, 22)) == Box(150, top + 8, 300, 22)


@pytest.mark.parametrize("scale", [None, 0.6, 1.0])
def test_rows_are_found_where_they_stand(scale: float | None) -> None:
    found = Detector(1).find(written(), scale)
    stand_where_they_should(found)
    assert all(0.6 <= one.sure <= 1 for one in found)


def test_a_fourth_channel_changes_nothing() -> None:
    picture = np.dstack([written(), np.zeros((720, 1280), np.uint8)])
    stand_where_they_should(Detector(1).find(picture))


def test_text_that_differs_in_colour_alone_is_found() -> None:
    picture = np.full((200, 900, 3), (60, 140, 60), np.uint8)
    cv2.putText(picture, "As light as its background", (40, 110), cv2.FONT_HERSHEY_DUPLEX, 1.2, (60, 60, 216), 3)
    assert Detector(1).find(picture)


def test_a_picture_that_is_too_large_is_looked_at_smaller() -> None:
    large = Detector(1).find(written(3.0), 1.0)
    assert len(large) == 2


@pytest.mark.parametrize("shape", [(300, 400, 3), (1, 1, 3), (20, 1900, 3)])
def test_an_empty_picture_has_no_rows(shape: tuple[int, ...]) -> None:
    assert Detector(1).find(np.zeros(shape, np.uint8)) == []


def test_a_missing_detector_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"PP-OCRv6_det_small is not there: install rapidocr again"):
        Detector()


@pytest.mark.parametrize(("columns", "found"), [(10, 1), (40, 0)], ids=["a letter or two", "a word"])
def test_so_little_as_a_letter_or_two_is_kept_for_its_middle(columns: int, found: int) -> None:
    likely = np.zeros((32, 64), np.float32)
    likely[10:20, 10 : 10 + columns] = 0.4
    likely[13:17, 12 : 8 + columns] = 0.9
    assert 0.5 < likely[likely > 0].mean() < 0.6
    assert len(boxes_in(likely)) == found


def blob(*levels: str) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Two lines of the map for each level: # where there is text."""
    return np.array([[pixel == "#" for pixel in level] for level in levels for _ in range(2)])


def test_a_large_initial_leaves_its_row_as_high_as_it_is() -> None:
    row = blob("#           ", *["##          "] * 2, *["############"] * 2)
    assert rows_in(np.repeat(row, 8, axis=1)) == [Box(0, 6, 96, 4)]


def test_rows_that_touch_are_parted() -> None:
    rows = blob(*["############"] * 2, "     #      ", *["########### "] * 2)
    assert rows_in(np.repeat(rows, 8, axis=1)) == [Box(0, 0, 96, 4), Box(0, 6, 88, 4)]


def test_a_short_row_that_touches_another_is_a_row() -> None:
    rows = blob(*["###             "] * 2, "#               ", *["################"] * 2)
    assert rows_in(np.repeat(rows, 8, axis=1)) == [Box(0, 0, 24, 6), Box(0, 6, 128, 4)]


def test_a_row_with_round_ends_is_whole() -> None:
    row = blob("  #         ", *["############"] * 4)
    assert rows_in(np.repeat(row, 8, axis=1)) == [Box(0, 0, 96, 10)]


def test_a_column_of_characters_is_one_piece() -> None:
    column = blob("####", "####", " ## ", "####", "####")
    assert rows_in(column) == [Box(0, 0, 4, 10)]


def test_a_row_of_three_lines_is_whole_however_round_its_ends() -> None:
    row = np.zeros((3, 80), np.bool_)
    row[1:], row[0, 30:40] = True, True
    assert rows_in(row) == [Box(0, 0, 80, 3)]
