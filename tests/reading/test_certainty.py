from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.reading.certainty import BRIEF_SECONDS, certainty
from tests.reading.drawing import Screen
from tests.reading.stage import play

SHARES = st.floats(0, 1)


@given(SHARES, SHARES)
def test_what_was_read_more_surely_is_more_likely_right(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 < certainty(low) <= certainty(high) < 0.99
    assert certainty(0.9) < certainty(0.99) < certainty(1.0)


@given(SHARES)
def test_what_went_at_once_is_less_likely_right(confidence: float) -> None:
    assert certainty(confidence, 0.0) < certainty(confidence, BRIEF_SECONDS) == certainty(confidence)


def test_one_character_in_ten_doubted_is_no_line_to_rely_on() -> None:
    assert certainty(0.9) < 0.7
    assert certainty(0.999) > 0.95
    assert certainty(1.0, 0.1) < 0.9


def test_a_line_that_goes_as_soon_as_it_is_there_bears_less() -> None:
    screen = Screen()
    screen.wait(0.5)
    screen.type("Here is the key.", speed=30)
    screen.wait(1.2)
    screen.clear(0.5)
    screen.type("Where is the door?", speed=30)
    screen.wait(0.2)
    screen.clear(0.5)
    whole, brief = play(screen, early=False)
    assert whole.confidence == round(certainty(0.97), 4)
    assert brief.confidence < 0.5 * whole.confidence
