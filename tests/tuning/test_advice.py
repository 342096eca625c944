"""What is said before a training, and after it."""

from __future__ import annotations

from capture_daemon.tuning.advice import after, before
from capture_daemon.tuning.training import History


def test_few_answers_and_a_strong_base_are_warned_of() -> None:
    assert before(2000, 50, 7e9) == []
    (few,) = before(50, 5, 135e6)
    assert few.startswith("50 answers are few")
    _, strong = before(150, 5, 7.6e9)
    assert strong.startswith("a base of 7.6 billion parameters is strong for 150 answers")


def test_a_data_set_without_a_test_is_warned_of() -> None:
    (note,) = before(2000, 0, 135e6)
    assert "no scene is set aside for the test" in note


def test_learning_by_heart_is_reported() -> None:
    assert after(History(test=[(0, 3.0), (5, 2.5), (10, 2.4)]), 10) == []
    (risen,) = after(History(test=[(0, 3.0), (5, 2.5), (10, 2.9)]), 5)
    assert "rose at the end" in risen
    assert "step 5, before that, is kept" in risen
    (never,) = after(History(test=[(0, 3.0), (5, 3.1)]), 5)
    assert "never fell" in never
    assert after(History(), None) == []
