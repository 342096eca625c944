import pytest

from capture_daemon.common.hangul import (
    SYLLABLES,
    has_hangul,
    is_common,
    is_hangul,
    is_syllable,
    number_of,
    parts,
    syllable,
)


def test_every_syllable_is_put_together_from_its_parts() -> None:
    for number in range(SYLLABLES):
        character = syllable(number)
        assert is_syllable(character)
        assert number_of(*parts(character)) == number


@pytest.mark.parametrize(("character", "found"), [("가", (0, 0, 0)), ("힣", (18, 20, 27)), ("꼈", (1, 6, 20))])
def test_parts(character: str, found: tuple[int, int, int]) -> None:
    assert parts(character) == found


def test_letters_by_themselves_are_hangul_but_no_syllables() -> None:
    assert is_hangul("ㅋ")
    assert not is_syllable("ㅋ")
    assert has_hangul("OK ㅋㅋ")
    assert not has_hangul("OK 漢字 かな")


def test_common_syllables_are_those_of_the_korean_standard() -> None:
    assert sum(is_common(syllable(number)) for number in range(SYLLABLES)) == 2350
    assert is_common("꼈")
    assert not is_common("꿽")
