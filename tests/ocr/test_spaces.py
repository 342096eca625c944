import numpy as np
import pytest
from PIL import ImageFont

from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow
from capture_daemon.ocr.spaces import hides_spaces, with_spaces
from tests.ocr.drawing import GOTHIC, MONO, SANS, SERIF, draw, row_of


def row(
    text: str, *, letter: int = 10, gap: int = 2, space: int = 12, loose: int | None = None
) -> tuple[list[Character], BinarisedRow]:
    """Every letter a filled box; the characters as read perfectly, their places in the middles.

    Behind the character numbered `loose` are two pixels more.
    """
    pixels = np.full((40, 20 + len(text) * (letter + gap + space)), 20, np.uint8)
    left, characters = 10, []
    for number, character in enumerate(text):
        if character == " ":
            characters.append(Character(" ", left + (space - gap) / 2, 1.0))
            left += space - gap
        else:
            pixels[10:30, left : left + letter] = 230
            characters.append(Character(character, left + letter / 2, 1.0))
            left += letter + gap + 2 * (number == loose)
    return characters, BinarisedRow(row_of(pixels[:, : left + 10]))


def without_space(characters: list[Character], number: int) -> list[Character]:
    spaces = [place for place, character in enumerate(characters) if character.text == " "]
    return [character for place, character in enumerate(characters) if place != spaces[number]]


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_space_that_was_not_read_is_put_back(lost: int) -> None:
    characters, ink = row("it is a question")
    assert text_of(with_spaces(without_space(characters, lost), ink)) == "it is a question"


def test_the_only_space_is_put_back() -> None:
    characters, ink = row("a question")
    assert text_of(with_spaces(without_space(characters, 0), ink)) == "a question"


def test_in_tiny_type_a_gap_between_letters_is_no_space() -> None:
    characters, ink = row("it is a question", letter=5, gap=1, space=4, loose=11)
    assert max(end - start for start, end in ink.gaps if start > characters[9].place) == 3
    assert text_of(with_spaces(characters, ink)) == "it is a question"


def test_nothing_is_added_to_what_was_read_right() -> None:
    characters, ink = row("we will fill all of it")
    shifted = [Character(character.text, character.place + 4, 1.0) for character in characters]
    assert text_of(with_spaces(shifted, ink)) == "we will fill all of it"


@pytest.mark.parametrize("name", ["Guard 2", "Captain Voss", "Dr. Amari"])
def test_the_space_of_a_name_is_put_back_however_close_its_words_are(name: str) -> None:
    characters, ink = row(name, space=5)
    assert text_of(with_spaces(without_space(characters, 0), ink)) == name


@pytest.mark.parametrize("name", ["McCoy", "K7", "LeBlanc", "Nr.5"])
def test_a_capital_or_a_digit_without_more_room_before_it_is_no_word(name: str) -> None:
    characters, ink = row(name)
    assert text_of(with_spaces(characters, ink)) == name


def test_chinese_and_japanese_get_no_space_where_there_is_but_a_little_more_room() -> None:
    characters, ink = row("今日 は雨だった", letter=20, space=7)
    assert text_of(with_spaces(without_space(characters, 0), ink)) == "今日は雨だった"


@pytest.mark.parametrize(
    ("space", "read"), [(12, "ここはまちです"), (16, "ここは まちです"), (22, "ここは\u3000まちです")]
)
def test_a_space_between_kana_is_put_back(space: int, read: str) -> None:
    characters, ink = row("ここは まちです", letter=20, space=space)
    assert text_of(with_spaces(without_space(characters, 0), ink)) == read


@pytest.mark.parametrize(("space", "read"), [(12, "まて。いくぞ"), (26, "まて。\u3000いくぞ")])
def test_behind_a_mark_a_space_has_more_room_than_the_mark_has_of_its_own(space: int, read: str) -> None:
    characters, ink = row("まて。 いくぞ", letter=20, space=space)
    assert text_of(with_spaces(without_space(characters, 0), ink)) == read


def test_no_space_before_a_mark_or_a_long_vowel() -> None:
    for text in ("ここは 。まち", "ゲ ートへ"):
        characters, ink = row(text, letter=20, space=22)
        assert text_of(with_spaces(without_space(characters, 0), ink)) == text.replace(" ", "")


def test_a_space_read_where_there_is_no_more_room_between_two_kanji_is_none() -> None:
    characters, ink = row("二引数型")
    apart = [*characters[:2], Character(" ", (characters[1].place + characters[2].place) / 2, 0.9), *characters[2:]]
    assert text_of(with_spaces(apart, ink)) == "二引数型"


def test_no_space_before_a_full_stop() -> None:
    characters, ink = row("really now .")
    assert text_of(with_spaces(without_space(characters, 1), ink)) == "really now."


def test_a_mark_is_set_apart_where_it_is_in_the_picture() -> None:
    characters, ink = row("vous ici !")
    assert text_of(with_spaces(without_space(characters, 1), ink)) == "vous ici !"
    characters, ink = row("you here!")
    assert text_of(with_spaces(characters, ink)) == "you here!"


def test_where_the_letters_of_a_word_touch_a_gap_is_one_of_words() -> None:
    characters, ink = row("as if it is so", gap=0)
    for lost in range(4):
        assert text_of(with_spaces(without_space(characters, lost), ink)) == "as if it is so"


def test_a_character_without_ink_leaves_no_space() -> None:
    characters, ink = row("so it is a word")
    ink.mask[:, round(characters[-3].place) - 6 : round(characters[-3].place) + 6] = False
    assert text_of(with_spaces(characters, ink)) == "so it is a word"


def test_ink_that_has_lost_letters_says_nothing_of_spaces() -> None:
    characters, ink = row("as if it is so")
    ink.mask[:, round(characters[6].place) - 8 : round(characters[7].place) + 8] = False
    read = without_space(characters, 3)
    assert text_of(with_spaces(read, ink)) == "as if it isso"


def as_read(text: str, font: tuple[str, str], size: int) -> str:
    """What becomes of a row that was read without its spaces."""
    face = ImageFont.truetype(font[0], size)
    left = 6 - face.getbbox(text)[0]
    places = [left + face.getlength(text[:number]) + face.getlength(one) / 2 for number, one in enumerate(text)]
    read = [Character(one, place, 1.0) for one, place in zip(text, places, strict=True) if one != " "]
    return text_of(with_spaces(read, BinarisedRow(draw(text, font, size))))


@pytest.mark.parametrize("font", [SANS, SERIF, MONO])
@pytest.mark.parametrize("size", [18, 28, 44])
@pytest.mark.parametrize("text", ["Really?", "Quiz?!", "Nil!", "Ill!", "What?", "Hello!"])
def test_a_single_word_and_its_mark_stay_together(text: str, font: tuple[str, str], size: int) -> None:
    assert as_read(text, font, size) == text


@pytest.mark.parametrize("font", [SANS, SERIF])
@pytest.mark.parametrize("size", [28, 44])
@pytest.mark.parametrize("text", ["Quoi ?", "Jamais !", "Quoi ?!"])
def test_a_single_word_and_its_mark_are_parted_in_french(text: str, font: tuple[str, str], size: int) -> None:
    assert as_read(text, font, size) == text


@pytest.mark.parametrize(("font", "size"), [(SANS, 18), (SANS, 40), (SERIF, 28), (GOTHIC, 30)])
@pytest.mark.parametrize("text", ["- Jill?", "-Jill?", "– Marie.", "—Hola."])
def test_a_dash_stands_apart_where_it_does_in_the_picture(text: str, font: tuple[str, str], size: int) -> None:
    assert as_read(text, font, size) == text


@pytest.mark.parametrize("size", [18, 28, 44])
@pytest.mark.parametrize("text", ["I see.", "Illness", "It is."])
def test_a_narrow_word_is_parted_from_the_next(text: str, size: int) -> None:
    assert as_read(text, SANS, size) == text


def without_spaces(characters: list[Character]) -> list[Character]:
    return [character for character in characters if character.text != " "]


def test_all_spaces_of_type_set_tight_are_put_back() -> None:
    characters, ink = row("there is a key here", letter=14, gap=2, space=9)
    assert text_of(with_spaces(without_spaces(characters), ink)) == "there is a key here"


@pytest.mark.parametrize("space", [3, 4])
def test_gaps_hardly_wider_than_those_of_letters_are_none_of_words(space: int) -> None:
    characters, ink = row("nevertheless it is", letter=14, gap=2, space=space)
    assert text_of(with_spaces(without_spaces(characters), ink)) == "neverthelessitis"


def test_letters_that_run_together_hide_spaces_where_a_word_is_long() -> None:
    characters, apart = row("there is a key here")
    _, touching = row("there is a key here", gap=0, space=0)
    assert hides_spaces(without_spaces(characters), touching)
    assert not hides_spaces(without_spaces(characters), apart)
    assert not hides_spaces(characters, touching)
