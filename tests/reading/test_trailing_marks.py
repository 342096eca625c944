"""What is read behind a text that is the sign that the game waits."""

from __future__ import annotations

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
