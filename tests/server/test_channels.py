from __future__ import annotations

import pytest

from capture_daemon.server.channels import PauseFilter, ends_like_a_pause
from tests.server.helpers import line


@pytest.mark.parametrize(
    "text", ["Well,", "I -", "I—", "and then", "それは、", "那么，", "그래서", "カー", "cafe\u0301", "so, "]
)
def test_what_may_go_on_is_held(text: str) -> None:
    assert ends_like_a_pause(text)


@pytest.mark.parametrize("text", ["Hi!", "Really?", "No.", "…", "そうだ。", "「はい」", '"Well,"', "10", "♪", ""])
def test_what_is_finished_is_not_held(text: str) -> None:
    assert not ends_like_a_pause(text)


def test_a_finished_line_is_sent_at_once() -> None:
    hold, said = PauseFilter(), line("Hi!", seq=1)
    assert hold.offer(said, 5.0) == [said]
    assert hold.due is None


def test_a_pause_is_sent_when_it_is_due() -> None:
    hold, said = PauseFilter(), line("Well,", seq=1)
    assert hold.offer(said, 5.0) == []
    assert hold.due == 6.0  # docs/protocol.md promises at most a second
    assert hold.release() == [said]
    assert hold.due is None
    assert hold.release() == []


def test_a_correction_in_time_is_all_that_is_sent() -> None:
    hold = PauseFilter()
    hold.offer(line("Well,", seq=1), 5.0)
    assert hold.offer(line("Well, yes.", seq=2, replaces=1), 5.5) == [line("Well, yes.", seq=2)]


def test_a_correction_that_comes_late_is_sent_whole() -> None:
    hold = PauseFilter()
    hold.offer(line("Well,", seq=1), 5.0)
    hold.release()
    late = line("Well, yes.", seq=2, replaces=1)
    assert hold.offer(late, 7.0) == [late]


def test_corrections_of_corrections_name_what_the_page_has_seen() -> None:
    hold = PauseFilter()
    hold.offer(line("Well,", seq=1), 5.0)
    hold.release()
    assert hold.offer(line("Well, yes,", seq=2, replaces=1), 7.0) == []
    assert hold.offer(line("Well, yes, no.", seq=3, replaces=2), 7.5) == [line("Well, yes, no.", seq=3, replaces=1)]


def test_another_line_lets_go_what_is_held_first() -> None:
    hold = PauseFilter()
    first, second = line("Well,", seq=1), line("Hi!", seq=2)
    hold.offer(first, 5.0)
    assert hold.offer(second, 5.1) == [first, second]
