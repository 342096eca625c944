"""What several looks at one row agree on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.ocr.agreement import agreed
from capture_daemon.ocr.engine import Character


def look(text: str, probability: float = 0.9, **doubtful: float) -> list[Character]:
    """A reading; `doubtful` gives letters a probability of their own."""
    return [Character(letter, 10.0 * place, doubtful.get(letter, probability)) for place, letter in enumerate(text)]


def words(*looks: list[Character]) -> str:
    return "".join(character.text for character in agreed(looks))


def test_a_letter_that_two_of_three_looks_have_wins() -> None:
    assert words(look("The 1amp"), look("The lamp"), look("The lamp", 0.8)) == "The lamp"


def test_between_two_looks_the_surer_letter_wins() -> None:
    assert words(look("The 1amp", **{"1": 0.5}), look("The lamp", 0.85)) == "The lamp"


def test_a_letter_that_one_look_lost_is_kept_if_the_other_is_sure_of_it() -> None:
    assert words(look("Il", 0.95), look("Ill", 0.9)) == "Ill"
    assert words(look("wide", 0.95), look("wid'e", 0.9, **{"'": 0.3})) == "wide"


def test_a_letter_before_the_first_and_one_behind_the_last() -> None:
    assert words(look("amp", 0.95), look("lamp", 0.9), look("lamps", 0.9)) == "lamp"
    assert words(look("lamp", 0.95), look("lamps", 0.9), look("lamps", 0.9)) == "lamps"


def test_what_is_disputed_is_less_sure() -> None:
    [undisputed] = agreed([look("a"), look("a")])
    [disputed] = agreed([look("a"), look("o", 0.7)])
    assert (undisputed.text, undisputed.probability) == ("a", 0.9)
    assert disputed.text == "a"
    assert disputed.probability < 0.7


def test_one_look_or_an_empty_one_stays_as_it_is() -> None:
    assert words(look("lamp")) == "lamp"
    assert words([]) == ""
    assert words([], []) == ""


TEXTS = st.text("abcl1I.,' ", max_size=12)
SURE = st.floats(0.6, 1.0)


@given(TEXTS, st.lists(SURE, min_size=1, max_size=4))
def test_looks_that_agree_say_what_they_say(text: str, sure: list[float]) -> None:
    assert words(*(look(text, probability) for probability in sure)) == text


@given(st.lists(st.tuples(TEXTS, st.floats(0, 1)), min_size=1, max_size=4))
def test_nothing_is_said_that_no_look_has(readings: list[tuple[str, float]]) -> None:
    said = agreed([look(text, sure) for text, sure in readings])
    assert {one.text for one in said} <= set("".join(text for text, _ in readings))
    assert all(0 <= one.probability <= 1 for one in said)


def test_letters_that_differ_in_size_alone_leave_the_others_sure() -> None:
    found = agreed(
        [[Character(letter, 10.0 * place, 0.98) for place, letter in enumerate(word)] for word in ("You", "YOU")]
    )
    assert min(one.probability for one in found) > 0.9
