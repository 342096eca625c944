from __future__ import annotations

import pytest

from bench.mutating import changes_of


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("share = 0.8", ["share = 0.6", "share = 1.064"]),
        ("few: int = 2", ["few: int = 1", "few: int = 3"]),
        ("none = 0", ["none = 1"]),
        ("near = left < right", ["near = (left >= right)"]),
        ("sure = a and b or c", ["sure = (b) or c", "sure = (a) or c", "sure = (c)", "sure = (a and b)"]),
        ("gone = not seen", ["gone = (seen)"]),
        ("if seen:\n    end()", ["if (not seen):\n    end()"]),
        ("rows = [row for row in rows if row.tall()]", ["rows = [row for row in rows if (not row.tall())]"]),
        ("größer = 'ß' in text", ["größer = ('ß' not in text)"]),
    ],
)
def test_numbers_and_conditions_are_changed_one_at_a_time(before: str, after: list[str]) -> None:
    assert [change.applied(before) for change in changes_of(before)] == after


@pytest.mark.parametrize(
    "source",
    ["rows[1:]", "f'{share:.2f} of {2}'", "raise ValueError(12)", "frozen = True", "'''of 12 rows'''", "pass"],
)
def test_what_decides_nothing_stays(source: str) -> None:
    assert not changes_of(source)


def test_a_change_says_where_it_is_and_of_what() -> None:
    source = "class Parameters:\n    rest: float = 0.4\n\n\ndef few() -> int:\n    number = 3\n    return number\n"
    rest, _, number, _ = changes_of(source)
    assert (rest.line, rest.name, rest.what) == (2, "rest", "0.4 → 0.3")
    assert (number.line, number.name, number.what) == (6, None, "3 → 2")
