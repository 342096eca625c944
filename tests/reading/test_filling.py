from __future__ import annotations

import numpy as np

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.reading.filling import FilledRow, Filling, NamePicture
from capture_daemon.reading.ink import empty_mask

IMAGE = RowImage(np.zeros((20, 50), np.uint8))


def test_a_filling_is_read_when_every_row_is_as_it_stands() -> None:
    filling = Filling(1, 0.0, 1.0, {1: FilledRow(Box(0, 0, 10, 10)), 2: FilledRow(Box(0, 20, 10, 10))})
    assert not filling.is_read()
    assert not filling.is_waiting()
    for row in filling.rows.values():
        row.asked = 1
    assert filling.is_waiting()
    for row in filling.rows.values():
        row.answer, row.answered = RowText("yes", 0.9), 1
    assert filling.is_read()
    assert not filling.is_waiting()
    filling.rows[1].version += 1
    assert not filling.is_read()


def test_its_box_is_round_all_its_rows() -> None:
    assert Filling(1, 0.0, 1.0).box() is None
    rows = {1: FilledRow(Box(5, 0, 10, 10)), 2: FilledRow(Box(0, 20, 30, 10))}
    assert Filling(1, 0.0, 1.0, rows).box() == Box(0, 0, 30, 30)


def test_closing_forgets_rows_that_can_never_be_read() -> None:
    never, pictured, grown = FilledRow(Box(0, 0, 9, 9)), FilledRow(Box(0, 20, 9, 9)), FilledRow(Box(0, 40, 9, 9))
    pictured.image = IMAGE
    grown.asked = grown.answered = 1
    grown.version = 2
    filling = Filling(1, 0.0, 1.0, {1: never, 2: pictured, 3: grown})
    filling.close(2.0)
    assert filling.closed
    assert list(filling.rows) == [2, 3]
    assert filling.rows[3].version == 1


def test_a_name_of_two_rows() -> None:
    name = NamePicture(empty_mask((10, 10)), [IMAGE, IMAGE])
    name.answers[1] = RowText("Tom", 0.9)
    assert not name.is_read
    name.answers[0] = RowText("Old", 0.9)
    assert name.is_read
    assert name.text(0.6) == "Old Tom"
    assert name.text(0.95) is None
