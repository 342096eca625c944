import numpy as np
import pytest

from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.lookalikes import with_look_alikes as look_alikes
from capture_daemon.ocr.prepare import Ink
from capture_daemon.ocr.repair import is_latin, with_spaces
from tests.ocr.drawing import row_of


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("もうー杯", "もう一杯"),
        ("最終的にーつの質問", "最終的に一つの質問"),
        ("ー人で行く", "一人で行く"),
        ("タクシ一で", "タクシーで"),
        ("エレベ一タ一", "エレベーター"),
        ("你是ー个人", "你是一个人"),
        ("タクシーでニ十分", "タクシーで二十分"),
        ("ロ調が変だ", "口調が変だ"),
        ("カ二カマ", "カニカマ"),
        ("コーヒーー杯", "コーヒー一杯"),
    ],
)
def test_look_alikes_are_told_apart_by_their_neighbours(read: str, meant: str) -> None:
    assert look_alikes(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "すごーい!",
        "コーヒーを一杯",
        "えーー本当に?",
        "テスト一回",
        "先輩ー、待って!",
        "一つ、二つ",
        "ニューヨーク",
        "三カ月",
        "人口が多い",
        "Well - no",
        "입니다",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert look_alikes(text) == text


def test_scripts_are_told_apart() -> None:
    assert is_latin("Hello, 世界 is the world")
    assert is_latin("...")
    assert is_latin("안녕 하세요")
    assert not is_latin("エレベーターはOKです")
    assert not is_latin("")


def row(text: str, *, letter: int = 10, gap: int = 2, space: int = 12) -> tuple[list[Character], Ink]:
    """Every letter a filled box; the characters as read perfectly, their places in the middles."""
    pixels = np.full((40, 20 + len(text) * (letter + gap + space)), 20, np.uint8)
    left, characters = 10, []
    for character in text:
        if character == " ":
            characters.append(Character(" ", left + (space - gap) / 2, 1.0))
            left += space - gap
        else:
            pixels[10:30, left : left + letter] = 230
            characters.append(Character(character, left + letter / 2, 1.0))
            left += letter + gap
    return characters, Ink(row_of(pixels[:, : left + 10]))


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


def test_nothing_is_added_to_what_was_read_right() -> None:
    characters, ink = row("we will fill all of it")
    shifted = [Character(character.text, character.place + 4, 1.0) for character in characters]
    assert text_of(with_spaces(shifted, ink)) == "we will fill all of it"


def test_chinese_and_japanese_get_no_spaces() -> None:
    characters, ink = row("今日 は雨だった")
    assert text_of(with_spaces(without_space(characters, 0), ink)) == "今日は雨だった"


def test_no_space_before_a_closing_mark() -> None:
    characters, ink = row("really now !")
    assert text_of(with_spaces(without_space(characters, 1), ink)) == "really now!"
