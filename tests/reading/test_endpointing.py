"""When a text at rest is complete."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.reading.endpointing import ENDS, Endpointer
from capture_daemon.reading.parameters import ENDPOINT
from capture_daemon.reading.text import Ending

ENDINGS = st.sampled_from(Ending)


def fresh(settle: float = 0.1) -> Endpointer:
    return Endpointer(settle)


def test_a_sentence_s_end_is_waited_for_least_and_a_comma_most() -> None:
    endpoint = fresh()
    needed = {ending: endpoint.needed(ending) for ending in Ending}
    assert needed[Ending.FINAL] < needed[Ending.DOTS] < needed[Ending.PAUSE]
    assert needed[Ending.FINAL] < needed[Ending.OPEN] <= needed[Ending.PAUSE]


def test_a_pause_that_was_seen_is_waited_out_from_then_on() -> None:
    endpoint = fresh()
    endpoint.note_pause(Ending.DOTS, 0.6)
    assert endpoint.needed(Ending.DOTS) > 0.6


def test_a_game_that_pauses_at_commas_is_given_as_long_at_full_stops_until_it_is_seen_not_to() -> None:
    endpoint = fresh()
    endpoint.note_pause(Ending.PAUSE, 0.5)
    waited = endpoint.needed(Ending.FINAL)
    assert waited > 0.5
    for _ in range(40):
        endpoint.note_end(Ending.FINAL)
    assert endpoint.needed(Ending.FINAL) < 0.5 * waited


@pytest.mark.parametrize("seconds", [0.05, 5.0])
def test_a_stutter_or_a_wait_for_the_player_is_no_pause(seconds: float) -> None:
    endpoint, other = fresh(), fresh()
    endpoint.note_pause(Ending.FINAL, seconds)
    assert endpoint.needed(Ending.FINAL) == other.needed(Ending.FINAL)


@pytest.mark.parametrize("kind", [Ending.OPEN, Ending.DOTS])
def test_lines_that_end_in_a_letter_or_in_dots_time_and_again_are_waited_for_less(kind: Ending) -> None:
    endpoint = fresh()
    before = endpoint.needed(kind)
    for _ in range(ENDS - 1):
        endpoint.note_end(kind)
    assert endpoint.needed(kind) == before
    endpoint.note_passed(kind)
    assert endpoint.needed(kind) < before
    endpoint.note_pause(kind, 0.4)
    assert endpoint.needed(kind) > 0.4


def test_the_configuration_can_ask_for_more() -> None:
    assert fresh(settle=0.4).needed(Ending.FINAL) == 0.4


@given(st.lists(st.tuples(ENDINGS, st.floats(0, 100), st.booleans()), max_size=40), ENDINGS)
def test_whatever_was_seen_the_wait_is_neither_nothing_nor_more_than_a_second(
    seen: list[tuple[Ending, float, bool]], ending: Ending
) -> None:
    endpoint = fresh()
    for kind, seconds, ended in seen:
        if ended:
            endpoint.note_end(kind)
        else:
            endpoint.note_pause(kind, seconds)
    assert ENDPOINT.shortest <= endpoint.needed(ending) <= ENDPOINT.longest
