"""Commas and full stops, told apart by their ink."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.reading.comma import find_commas, with_commas
from tests.reading.test_rows import mask_of, rows_of

COMMA, STOP = True, False


@pytest.mark.parametrize("letters", [20, 24, 32, 48])
@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("No,", (COMMA,)),
        ("No.", (STOP,)),
        ("No, not yet, Kim.", (COMMA, COMMA, STOP)),
        ("Well... yes", (STOP, STOP, STOP)),
        ("Why? Oh! It's so: I see; a-b", ()),
        ("gypsy", ()),
    ],
)
def test_marks_on_the_line(text: str, marks: tuple[bool, ...], letters: int) -> None:
    [row] = rows_of(mask_of(text, letters=letters))
    assert find_commas(row) == marks


@pytest.mark.parametrize(
    ("read", "marks", "text"),
    [
        ("No.", (COMMA,), "No,"),
        ("No. not yet. Kim.", (COMMA, COMMA, STOP), "No, not yet, Kim."),
        ("No.", (STOP,), "No."),
        ("No,", (STOP,), "No,"),  # what reads as a comma may be one with a short tail
        ("No. not yet.", (STOP, COMMA, COMMA), "No. not yet,"),  # only the last is surely known
        ("Well... yes.", (COMMA,) * 4, "Well... yes,"),
        ("No", (COMMA,), "No"),
        ("", (COMMA,), ""),
    ],
)
def test_what_was_read_is_given_its_commas(read: str, marks: tuple[bool, ...], text: str) -> None:
    assert with_commas(read, marks) == text


@given(st.text("ab.,… ", max_size=20), st.lists(st.booleans(), max_size=8))
def test_only_full_stops_become_commas(text: str, marks: list[bool]) -> None:
    given_commas = with_commas(text, tuple(marks))
    assert len(given_commas) == len(text)
    assert all(new == old or (old, new) == (".", ",") for old, new in zip(text, given_commas, strict=True))
