"""Rows that stand, of which the detector sees only a part."""

from __future__ import annotations

import pytest

from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.partly_seen import with_unseen_rest
from capture_daemon.reading.row_readings import Reading
from tests.reading.rows import FACE, Drawn, Looking, box_of, picture, read_as

WHOLE: Drawn = ("TILL I GET YOU", 20, 20)
END: Drawn = ("GET YOU", 20 + round(FACE.getlength("TILL I ")), 20)


@pytest.mark.parametrize("read", ["GET YOU", "GET YOL"])
def test_a_part_is_the_row_while_the_rest_of_its_ink_stands(read: str) -> None:
    looking = Looking()
    [row] = looking.look(0.2, WHOLE, confidence=0.76)
    assert looking.look(0.5, END, says=read, shows=picture(WHOLE)) == [row]
    assert looking.texts() == [WHOLE[0]]
    assert len(row.readings) == 2


def test_it_is_other_text_where_the_rest_has_gone() -> None:
    looking = Looking()
    [row] = looking.look(0.2, WHOLE)
    looking.look(1.2, END)
    assert row not in looking.follow.rows


def test_it_is_other_text_where_something_else_is_read() -> None:
    looking = Looking()
    [row] = looking.look(0.2, WHOLE)
    looking.look(1.2, ("SO WHAT", END[1], 20))
    assert row not in looking.follow.rows


def test_the_rest_is_more_than_a_full_stop() -> None:
    looking = Looking()
    [row] = looking.look(0.2, ("One more.", 20, 20))
    read = Reading.of(read_as("One mor"), 1.2, 0.0, box_of("One mor"))
    assert read is not None
    assert with_unseen_rest(row, box_of("One mor"), read, picture(("One mor", 20, 20)), FOLLOW) is None
