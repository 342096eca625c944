"""Which lines of a log are records."""

from __future__ import annotations

from dataclasses import replace

import pytest

from capture_daemon.linelog.scan import parse_line
from capture_daemon.records import Gap
from tests.server.helpers import choice, line


def test_lines_and_choices_are_records_of_a_log_and_nothing_else_is() -> None:
    for record in (line("Hi."), choice("Go.", "Stay.")):
        numbered = replace(record, seq=1)
        assert parse_line(numbered.to_json().encode()) == numbered
    assert parse_line(Gap(first=1, last=2, reason="rotated").to_json().encode()) is None
    assert parse_line(b"{}") is None


MAX_SAFE_INTEGER = 9_007_199_254_740_991
"""JavaScript's: its numbers are exact up to there."""


@pytest.mark.parametrize(
    ("seq", "valid"), [(0, False), (1, True), (MAX_SAFE_INTEGER, True), (MAX_SAFE_INTEGER + 1, False)]
)
def test_numbers_begin_with_one_and_are_exact_in_every_client(seq: int, valid: bool) -> None:
    assert (parse_line(replace(line("Hi."), seq=seq).to_json().encode()) is not None) == valid
