"""What is read behind a text that is the sign that the game waits."""

from __future__ import annotations

import pytest

from capture_daemon.reading.trailing_marks import has_one_mark_more
from tests.reading.rows import Looking, picture


def test_a_mark_that_was_there_when_a_row_was_first_read_is_left_out_of_all_readings() -> None:
    looking = Looking()
    for step in range(4):
        looking.frame(0.1 * step, picture(("Look!", 20, 20)))
    [row] = looking.look(0.6, ("Look!   ..", 20, 20))
    assert row.text == "Look!"
    assert row.mark_at is not None
    # The frames in which it came later than the text are kept no longer.
    looking.forget()
    assert looking.look(0.9, ("Look!   ...", 20, 20)) == [row]
    assert row.text == "Look!"


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("「ほう」", "「ほう」」", True),
        ("Wait.", "Wait.*", True),
        ("Wait", "Wait!", False),
        ("Wait.", "Wait. I", False),
    ],
)
def test_one_mark_behind_a_complete_text(before: str, after: str, marked: bool) -> None:
    assert has_one_mark_more(before, after) == marked
