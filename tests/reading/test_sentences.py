"""Stops and capitals that shapes leave open."""

from __future__ import annotations

import pytest

from capture_daemon.reading.names import Names
from capture_daemon.reading.sentences import with_capitals, with_commas_for_stops


@pytest.mark.parametrize(
    ("read", "says"),
    [
        ("Halt. stranger!", "Halt. stranger!"),
        ("Halt. my friend!", "Halt, my friend!"),
        ("I am sorry. traveller.", "I am sorry, traveller."),
        ("Ask Dr. in the tower", "Ask Dr. in the tower"),
        ("Salt, herbs etc. and bread", "Salt, herbs etc. and bread"),
        ("It's 5. maybe 6.", "It's 5. maybe 6."),
        ("Well... maybe.", "Well... maybe."),
        ("Plan B. and so on", "Plan B. and so on"),
    ],
)
def test_a_sentence_that_goes_on_in_small_letters_has_a_comma(read: str, says: str) -> None:
    """S looks alike small and large: the stop may be one."""
    assert with_commas_for_stops([read]) == [says]


def test_rows_keep_their_ends() -> None:
    assert with_commas_for_stops(["I am sorry.", "traveller."]) == ["I am sorry,", "traveller."]
    assert with_capitals(["Turn back?", "whatever for? and why"]) == ["Turn back?", "Whatever for? and why"]


def test_where_lines_begin_with_small_letters_nothing_is_changed() -> None:
    assert Names(set(), lines=8, small=5, capitals=3).as_sentences(["Yeah. maybe? so"]) == ["Yeah. maybe? so"]
    assert Names(set(), lines=8, capitals=8).as_sentences(["heya. you there"]) == ["heya. you there"]
    assert Names(set(), lines=8, capitals=8).as_sentences(["Yeah. maybe? so"]) == ["Yeah, maybe? So"]
    assert Names(set(), lines=8, capitals=8).as_sentences(["so be it"]) == ["So be it"]
