"""The mark beside a log: which parts the log made, and whether its stream goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from capture_daemon.linelog.lock import Unfinished, boot_identity
from capture_daemon.linelog.mark import LogEnding, Mark, Marked

STREAM, FRESH = "abcdef012345", "543210fedcba"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "dialogue.jsonl"


def changed(log: Path, change: Callable[[Mark], None]) -> list[int]:
    """The parts that the mark names, of twelve, once it was changed, closed and opened again."""
    mark = Mark.open(log)
    mark.note(STREAM, 7)
    change(mark)
    mark.close()
    again = Mark.open(log)
    try:
        assert again.found == Marked(STREAM, 7)
        return [number for number in range(1, 13) if again.made(number)]
    finally:
        again.close()


def add(*numbers: int) -> Callable[[Mark], None]:
    def change(mark: Mark) -> None:
        for number in numbers:
            mark.add_part(number)
            assert mark.newest_part == number

    return change


def test_parts_are_those_that_were_made_and_no_others(log: Path) -> None:
    assert changed(log, lambda mark: None) == []
    assert changed(log, add(3, 4, 5, 8, 9)) == [3, 4, 5, 8, 9]
    assert changed(log, add(12)) == [3, 4, 5, 8, 9, 12]


def test_a_part_that_was_not_made_after_all_may_be_made_next(log: Path) -> None:
    assert changed(log, add(3, 4, 7)) == [3, 4, 7]
    assert changed(log, Mark.drop_newest_part) == [3, 4]
    assert changed(log, add(7, 8)) == [3, 4, 7, 8]
    assert changed(log, Mark.drop_newest_part) == [3, 4, 7]


def test_parts_that_are_gone_are_forgotten_and_numbers_go_on(log: Path) -> None:
    changed(log, add(3, 4, 5, 8, 9))
    assert changed(log, lambda mark: mark.forget_parts(4)) == [5, 8, 9]
    assert changed(log, lambda mark: mark.forget_parts(9)) == []
    assert changed(log, add(10)) == [10]


def test_a_log_whose_parts_keep_being_removed_may_rotate_for_ever(log: Path) -> None:
    def rotate(mark: Mark) -> None:
        for number in range(1, 2000):
            mark.add_part(number)
            mark.forget_parts(number - 2)

    changed(log, rotate)
    mark = Mark.open(log)
    assert mark.newest_part == 1999
    mark.close()
    assert mark.path.stat().st_size < 200


SAME_BOOT = Unfinished(boot_identity(), STREAM)


@pytest.mark.parametrize(
    ("left", "marked", "goes_on"),
    [
        (None, Marked(STREAM, 9), True),
        (SAME_BOOT, Marked(STREAM, 9), True),
        (SAME_BOOT, Marked(STREAM, 8), True),  # killed between the line and the mark
        (None, Marked(STREAM, 10), False),  # a line that a client may have seen is lost
        (None, Marked(STREAM, 7), False),
        (None, Marked(FRESH, 9), False),
        (None, None, False),
        (Unfinished("another boot", STREAM), Marked(STREAM, 9), False),
        (Unfinished(boot_identity(), FRESH), Marked(STREAM, 9), False),
    ],
)
def test_a_stream_goes_on_if_nothing_of_it_can_be_missing(
    log: Path, left: Unfinished | None, marked: Marked | None, goes_on: bool, caplog: pytest.LogCaptureFixture
) -> None:
    ending = LogEnding((STREAM, 9), 0, left, marked)
    assert ending.next(log, FRESH, alone=False) == ((STREAM, 9) if goes_on else (FRESH, 0))
    assert len(caplog.messages) == (0 if goes_on else 1)


def test_damaged_lines_at_the_end_begin_a_stream_and_so_does_an_empty_log(
    log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert LogEnding(None, 0, None, None).next(log, FRESH, alone=False) == (FRESH, 0)
    assert caplog.messages == []
    for ending in (LogEnding((STREAM, 9), 2, None, Marked(STREAM, 9)), LogEnding(None, 2, None, None)):
        caplog.clear()
        assert ending.next(log, FRESH, alone=False) == (FRESH, 0)
        assert caplog.messages == [f"{log}: ends in damaged lines (2): begins stream {FRESH}"]


def test_a_file_that_one_process_alone_ever_wrote_needs_no_mark(log: Path) -> None:
    assert LogEnding((STREAM, 9), 0, None, None).next(log, FRESH, alone=True) == (STREAM, 9)
