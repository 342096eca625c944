from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.reading.patience import LONGEST, Patience
from capture_daemon.reading.text import Ending

NOTES = st.lists(st.tuples(st.sampled_from(Ending), st.floats(0, 3), st.booleans()), max_size=40)


def test_at_first_pauses_are_expected_at_commas_and_dots_but_not_at_full_stops() -> None:
    patience = Patience()
    assert patience.needed(Ending.FINAL) == 0
    assert 0 < patience.needed(Ending.DOTS) < patience.needed(Ending.PAUSE) <= LONGEST


def test_a_pause_seen_is_waited_for_from_then_on() -> None:
    patience = Patience()
    patience.note_pause(Ending.FINAL, 0.4)
    assert 0.4 < patience.needed(Ending.FINAL) < 0.7
    assert patience.needed(Ending.DOTS) == Patience().needed(Ending.DOTS)


def test_a_habit_is_forgotten() -> None:
    patience = Patience()
    patience.note_pause(Ending.FINAL, 0.4)
    for _ in range(200):
        patience.note_end(Ending.FINAL)
    assert patience.needed(Ending.FINAL) < 0.05


def test_a_rest_longer_than_any_pause_teaches_nothing() -> None:
    patience = Patience()
    patience.note_pause(Ending.FINAL, LONGEST + 0.1)
    assert patience.needed(Ending.FINAL) == 0


@given(NOTES)
def test_nothing_is_held_back_for_more_than_a_second(notes: list[tuple[Ending, float, bool]]) -> None:
    patience = Patience()
    for how, seconds, is_end in notes:
        if is_end:
            patience.note_end(how)
        else:
            patience.note_pause(how, seconds)
    assert all(0 <= patience.needed(how) <= LONGEST for how in Ending)
