"""What stands: rows of ink keep their place in a line as the page changes."""

from __future__ import annotations

from capture_daemon.reading.ink import InkFinder
from capture_daemon.reading.page import StandingRow
from capture_daemon.reading.standing import Standing
from tests.reading.pictures import page_of
from tests.reading.pictures import standing as screen_with


def stand(text: str) -> tuple[Standing, list[StandingRow]]:
    """Rows of text that have just come to stand, and what they belong to."""
    known = Standing(InkFinder())
    known.page = page_of(screen_with(text))
    known.page.rows = []
    for row in known.match(1.0):
        known.add(row, 1.0)
    return known, list(known.page.rows)


def test_rows_that_come_are_of_one_line() -> None:
    known, (first, second) = stand("One row of it\nand another")
    filling = known.filling
    assert filling is not None
    assert first.filling is second.filling is filling
    assert list(filling.rows.values()) == [first.filled, second.filled]
    assert first.row.box.top < second.row.box.top
    assert (filling.started, filling.grown) == (1.0, 1.0)
    assert known.letter > 0 == known.letter_height


def test_a_row_that_is_there_already_is_the_same_row() -> None:
    known, rows = stand("One row of it\nand another")
    assert known.match(2.0) == []
    assert known.page.rows == rows
    assert rows[0].filled.version == 1  # no ink has come to it


def test_a_row_that_grows_is_to_be_read_again() -> None:
    known, [row] = stand("One row")
    known.page = page_of(screen_with("One row of it"))
    known.page.rows = [row]
    assert known.match(2.0) == []
    assert (row.filled.version, row.filled.changed, row.filling.grown) == (2, 2.0, 2.0)


def test_a_row_that_is_gone_is_no_longer_of_the_line() -> None:
    known, (first, second) = stand("One row of it\nand another")
    known.page.remove(list(second.row.shapes))
    assert known.match(None) == []
    assert list(first.filling.rows.values()) == [first.filled]


def test_a_line_that_is_closed_keeps_the_pictures_still_to_be_read() -> None:
    known, (first, second) = stand("One row of it\nand another")
    first.filled.asked = first.filled.version
    [filling] = known.close(3.0)
    assert (filling.closed, filling.went) == (True, 3.0)
    assert first.filled.image is None
    assert second.filled.image is not None
    assert filling.strength > 0
    assert known.filling is None
    assert known.close(4.0) == []
