"""Which short rows over the dialogue are names: those of a place of their own that come again over other texts."""

from __future__ import annotations

import pytest

from capture_daemon.reading.finding_names import may_be_name, names_over_text
from capture_daemon.reading.sightings import Writing
from tests.reading.writings import HEIGHT, LETTER, writing

TOP = 560
TEXTS = ("x" * 40, "y" * 32, "z" * 44, "v" * 36, "w" * 30, "u" * 38)
"""Rows of text, each seen at two moments."""
NAMES = ("Juno", "Pip", "Juno", "Pip", "Juno", "Pip")


def lines(texts: tuple[str, ...] = TEXTS, *, left: int = 140) -> list[Writing]:
    return [writing(text, (2 * number, 2 * number + 1), left, TOP) for number, text in enumerate(texts)]


def labels(*texts: str | None, top: int = TOP - 50, left: int = 150, **how: int) -> list[Writing]:
    """What stands over each text, at its moments; None stands for nothing."""
    return [
        writing(text, (2 * number, 2 * number + 1), left, top, **how)
        for number, text in enumerate(texts)
        if text is not None
    ]


def found(over: list[Writing], main: list[Writing] | None = None) -> list[str]:
    main = main or lines()
    return [one.text for one in names_over_text(main, [*main, *over])]


def test_short_rows_that_come_again_over_other_texts_are_names() -> None:
    assert found(labels(*NAMES)) == list(NAMES)


@pytest.mark.parametrize(
    "over", [("Juno", "Pip"), ("Juno", None, "Juno"), ("Juno", "Pip", "Mira", "Igor", "Ada", "Odo"), ("Part 1",) * 6]
)
def test_a_few_titles_of_a_chapter_and_a_label_over_every_text_are_no_names(over: tuple[str | None, ...]) -> None:
    assert found(labels(*over)) == []


def test_one_name_that_comes_and_goes_is_one() -> None:
    assert found(labels("Juno", None, "Juno", None, "Juno", None)) == ["Juno"] * 3


def test_a_label_that_stays_over_several_texts_is_not() -> None:
    assert found([writing("Part 1", range(2, 10), 150, TOP - 50)]) == []


def test_names_may_come_before_their_text_and_stay_behind_it_a_little() -> None:
    texts = [writing(text, (3 * number + 1, 3 * number + 2), top=TOP) for number, text in enumerate(TEXTS)]
    early = [writing(name, range(3 * n, 3 * n + 3), 150, TOP - 50) for n, name in enumerate(NAMES)]
    assert len(found(early, texts)) == 6
    # What mostly stands there without any text is something else.
    texts = [writing(text, (3 * number + 1,), top=TOP) for number, text in enumerate(TEXTS)]
    assert found(early, texts) == []


@pytest.mark.parametrize(
    ("top", "left"),
    [(TOP - 5 * HEIGHT, 500), (TOP + 50, 500), (TOP - 50, 1200), (TOP - 50, 100)],
    ids=["far above", "below", "right of all text", "left of all text"],
)
def test_what_stands_elsewhere_than_right_over_the_text_is_no_name(top: int, left: int) -> None:
    assert found(labels(*NAMES, top=top, left=left), lines(left=480)) == []


@pytest.mark.parametrize("height", [HEIGHT // 3, 3 * HEIGHT])
def test_much_smaller_or_larger_writing_is_no_name(height: int) -> None:
    assert found(labels(*NAMES, top=TOP - 20 - height, height=height)) == []


def test_names_are_as_high_as_the_text_or_nearly_and_no_row_is_too_wide() -> None:
    assert found(labels(*NAMES, height=HEIGHT * 4 // 5)) == list(NAMES)
    assert found(labels(*NAMES, height=HEIGHT * 7 // 5)) == list(NAMES)
    assert found(labels(*NAMES, width=LETTER * 36)) == []


def test_what_is_hardly_read_and_what_was_seen_at_other_times_is_no_name() -> None:
    for one in (over := labels(*NAMES)):
        one.confidence = 0.4
    assert found(over) == []
    texts = [writing(text, (4 * number,), top=TOP) for number, text in enumerate(TEXTS)]
    assert found([writing(name, (4 * n + 2,), 150, TOP - 50) for n, name in enumerate(NAMES)], texts) == []


def test_a_name_that_is_misread_now_and_then_leaves_the_place_to_names_and_sentences_do_not() -> None:
    assert len(found(labels("Juno", "Pip", "Juno", "Pip", "Juno", "Ju, n,"))) == 5
    assert found(labels("Juno", "Oh, no.", "Juno", "And then?", "Wait!", "Pip")) == []


def test_a_place_in_which_the_text_stands_too_is_not_of_names_alone() -> None:
    for text in ("And so the evening went by", "No."):
        assert found(labels(*NAMES[:5]), [*lines(TEXTS[:5]), writing(text, (10, 11), 150, TOP - 50)]) == []


def test_of_two_places_the_one_with_more_names_is_theirs() -> None:
    other = labels("Ada", None, "Odo", None, "Ada", "Odo", left=400)
    assert found([*labels(*NAMES), *other]) == list(NAMES)
    assert found([*other, *labels(*NAMES)]) == list(NAMES)


def test_rows_taken_for_text_that_stand_in_the_place_of_names_are_names() -> None:
    main = [*lines(), writing("Captain Ode", (12, 13), 150, TOP - 50), writing("s" * 34, (12, 13), top=TOP)]
    assert sorted(found(labels(*NAMES), main)) == sorted(["Captain Ode", *NAMES])
    unknown = [*lines(), writing("???", (12, 13), 150, TOP - 50), writing("s" * 34, (12, 13), top=TOP)]
    assert sorted(found(labels(*NAMES), unknown)) == sorted(["???", *NAMES])


def test_what_stood_in_the_place_of_names_when_nobody_spoke_says_nothing_about_it() -> None:
    titles = [writing(f"Once upon a time, part {n}", (40 + 9 * n,), 150, TOP - 50) for n in range(4)]
    assert found([*labels(*NAMES), *titles]) == list(NAMES)


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("Juno", True),
        ("Old Man", True),
        ("【Juno】", True),
        ("【玲】", True),
        ("Dr. Fox", True),
        ("Captain of Guards", True),
        ("one of the four", False),
        ("???", True),
        ("777", True),  # three question marks in a pixel font
        ("778", False),
        ("7777", False),
        ("un0", True),
        ("u10 1", False),
        ("the old man of the sea", False),
        ("well, no", False),
        ("Who goes there?", False),
        ("Somebody with quite a number of names, all of them long", False),
    ],
)
def test_the_form_of_a_name(text: str, may_be: bool) -> None:
    assert may_be_name(text) == may_be
