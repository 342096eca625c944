import numpy as np
from numpy.typing import NDArray

from capture_daemon.common.hangul import FIRSTS, LASTS, VOWELS, is_common, parts
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.jamo import STEP, decode_jamo

OTHERS = ("", " ", "a", "l")
BLANK, SPACE, A, L = (FIRSTS + VOWELS + LASTS + place for place in range(4))


def scores(*steps: str | None) -> NDArray[np.float32]:
    """Scores in which each step says a character, a blank for None."""
    found = np.zeros((len(steps), FIRSTS + VOWELS + LASTS + len(OTHERS)), np.float32)
    for step, character in enumerate(steps):
        if character is None or character in OTHERS:
            found[step, FIRSTS + VOWELS + LASTS + OTHERS.index(character or "")] = 30
        else:
            first, vowel, last = parts(character)
            found[step, [first, FIRSTS + vowel, FIRSTS + VOWELS + last]] = 10
    return found


def test_steps_become_characters_with_their_places() -> None:
    read = decode_jamo(scores(None, "꼈", "꼈", None, None, None, " ", "a"), OTHERS)
    assert text_of(read) == "꼈 a"
    assert read[0].place == 2 * STEP
    assert min(one.probability for one in read) > 0.99


def test_a_character_twice_needs_a_blank_between() -> None:
    assert text_of(decode_jamo(scores("l", "l", None, "l"), OTHERS)) == "ll"


def test_two_syllables_in_the_room_of_one_are_one() -> None:
    near = scores("가", "각", None)
    near[1, FIRSTS + VOWELS] = 9.5
    assert text_of(decode_jamo(near, OTHERS)) == "가"
    assert text_of(decode_jamo(scores("가", *[None] * 6, "각"), OTHERS)) == "가각"


def test_a_syllable_that_nobody_writes_must_be_much_likelier() -> None:
    assert is_common("꿨")
    assert not is_common("꿧")
    doubtful = scores("꿧")
    first, vowel, last = parts("꿨")
    assert (first, vowel) == parts("꿧")[:2]
    doubtful[0, FIRSTS + VOWELS + last] = 9
    assert text_of(decode_jamo(doubtful, OTHERS)) == "꿨"
    doubtful[0, FIRSTS + VOWELS + last] = 5
    assert text_of(decode_jamo(doubtful, OTHERS)) == "꿧"


def test_a_seldom_syllable_gives_way_to_its_look_alike_which_is_then_sure() -> None:
    doubtful = scores("옌")
    doubtful[0, FIRSTS + parts("엔")[1]] = 9
    [read] = decode_jamo(doubtful, OTHERS)
    assert read.text == "엔"
    assert read.probability > 0.9
    doubtful[0, FIRSTS + parts("엔")[1]] = 4
    assert text_of(decode_jamo(doubtful, OTHERS)) == "옌"
    assert text_of(decode_jamo(scores("옛"), OTHERS)) == "옛"


def test_nothing_is_read_in_blanks() -> None:
    assert decode_jamo(scores(None, None), OTHERS) == []
