from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.reading.speaker import (
    as_known,
    as_name,
    begins_with_name,
    bracketed_name,
    dashed_name,
    is_name,
    is_titled,
    noted_name,
    says_unknown,
    split_name,
)

NAMES = [
    "Sylvie",
    "Old Tom",
    "Dr. Hayes",
    "???",
    "爱丽丝",
    "サクラ",
    "田中",
    "O'Neill",
    "Jean-Luc",
    "수지",
    "Ana María",
    "Old man",
    "Guard 2",
    "Dr. Weiß",
    "Dr.Weiß",
    "K-7",
    "2B",
    "Fire Keeper",
    "History Teacher",
    "Operator 11B",
    "The Innkeeper",
    "d'Artagnan",
    "Knight of the Rose",
]


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    assert is_name(name)
    assert is_name(f" {name} ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello.",
        "Why not?",
        "well",
        "the end",
        "Note",
        "Chapter",
        "I think so",
        "Wait, what",
        "我合上书，走向声音",
        "A very long name that nobody has",
        "One Two Three Four Five",
        "---",
        "「はい」",
        "12",
    ],
)
def test_no_names(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    ("line", "name", "text"),
    [
        ("Sylvie: Hi there!", "Sylvie", "Hi there!"),
        ("Old Tom : Hi there!", "Old Tom", "Hi there!"),
        ("Dr. Hayes: Sit down.", "Dr. Hayes", "Sit down."),
        ("???: Who are you?", "???", "Who are you?"),
        ("Guard 2: Halt!", "Guard 2", "Halt!"),
        ("Old man: Sit down.", "Old man", "Sit down."),
        ("d'Artagnan: To me!", "d'Artagnan", "To me!"),
        ("[Mira] Good morning.", "Mira", "Good morning."),
        ("サクラ「おはよう。」", "サクラ", "「おはよう。」"),
        ("？？？「おはよう。」", "???", "「おはよう。」"),
        ("【サクラ】おはよう。", "サクラ", "おはよう。"),
        ("【 Mira 】 Good morning.", "Mira", "Good morning."),
        ("〔田中〕はい。", "田中", "はい。"),
        ("爱丽丝：我不知道。", "爱丽丝", "我不知道。"),
        ("Mira：Good morning.", "Mira", "Good morning."),
    ],
)
def test_names_inside_the_text(line: str, name: str, text: str) -> None:
    assert split_name(line) == (name, text)


@pytest.mark.parametrize(
    "line",
    [
        "I have one question: why?",
        "Note: the shop is closed.",
        "Meet me at 10:30.",
        "Look at this: It is a key.",
        "Mira: and then she went.",
        "Mira:",
        "So: what now?",
        "Remember: Never alone.",
        "He said: Nothing.",
        "Hello there.",
        "【】nobody",
        "【Mira】",
        "注意：我不知道。",
        "看板には「立入禁止」",
        "",
    ],
)
def test_no_name_is_better_than_a_wrong_one(line: str) -> None:
    assert split_name(line) == (None, line)


@given(st.text(max_size=60))
def test_splitting_never_loses_a_letter(line: str) -> None:
    name, text = split_name(line)
    if name is None:
        assert text == line
    else:
        assert name
        assert text
        assert name in line or says_unknown(name)
        assert line.strip().endswith(text)


@given(st.sampled_from(NAMES), st.sampled_from(["Good morning.", "Wait!", "¿Qué?"]))
def test_every_name_is_split_off(name: str, text: str) -> None:
    assert split_name(f"{name}: {text}") == (name, text)
    assert split_name(f"【{name}】{text}") == (name, text)
    assert bracketed_name(f"【{name}】") == name


def test_a_bracket_that_is_read_twice_is_one() -> None:
    assert bracketed_name("[[Le capitaine]") == "Le capitaine"
    assert bracketed_name("【Mira】】") == "Mira"


def test_brackets_with_text_after_them_are_no_row_of_a_name() -> None:
    assert bracketed_name("【Mira】Yes.") is None
    assert bracketed_name("Mira") is None


def test_question_marks_alone_stand_for_a_name() -> None:
    assert says_unknown("？？？")
    assert says_unknown("? ? ?")
    assert says_unknown("？？?:")
    assert says_unknown("【???】")
    assert not says_unknown("?")
    assert not says_unknown("Who???")


def test_a_name_in_round_brackets_in_a_row_of_its_own() -> None:
    assert bracketed_name("(Dock worker)") == "Dock worker"
    assert bracketed_name("(laughs)") is None
    assert bracketed_name("(Sighs) So be it.") is None
    assert split_name("(Ilse) Wait.") == (None, "(Ilse) Wait.")


def test_a_text_behind_its_name_is_no_name() -> None:
    assert not is_name("店主：这里以")
    assert is_name("店主")


@pytest.mark.parametrize(
    ("read", "name"), [("???", "???"), ("777", "???"), ("??", "???"), ("？？", "???"), ("77", "77"), ("Ilse", "Ilse")]
)
def test_question_marks_where_a_name_stands_are_somebody_unknown(read: str, name: str) -> None:
    assert as_name(read) == name


@pytest.mark.parametrize("text", ["[가게 주인", "가게 주인]", "( 가게 주인"])
def test_a_bracket_that_none_closes_is_the_plates_edge(text: str) -> None:
    assert as_name(text) == "가게 주인"


@pytest.mark.parametrize("text", ["Guard (left)", "[가게] 주인", "[", ""])
def test_brackets_in_pairs_and_nothing_else_stay(text: str) -> None:
    assert as_name(text) == text


def test_a_known_name_needs_no_space_behind_its_colon() -> None:
    assert split_name("Ilse:Wait.") == (None, "Ilse:Wait.")
    assert split_name("Ilse:Wait.", {"Ilse"}) == ("Ilse", "Wait.")
    assert split_name("Hauptmann:Warum?", {"Alter Mann", "Wache 2"}) == ("Hauptmann", "Warum?")
    assert split_name("Um 6:40 Uhr.", {"Alter Mann", "Wache 2"}) == (None, "Um 6:40 Uhr.")
    assert split_name("Re:mind", {"Alter Mann", "Wache 2"}) == (None, "Re:mind")


def test_a_known_name_whose_capital_was_read_small() -> None:
    assert split_name("old man: Why?", {"Old man"}) == ("Old man", "Why?")
    assert split_name("old man: Why?", {"Oliver"}) == (None, "old man: Why?")


def test_a_known_name_whose_small_accents_were_overlooked() -> None:
    assert as_known("Soltys", {"Sołtys"}) == "Sołtys"
    assert as_known("Sołtys", {"Soltys"}) == "Sołtys"
    assert as_known("Jose", {"José", "Josè", "Jósé"}) == "Josè"


def test_a_colon_between_question_marks_and_a_text_is_easily_overlooked() -> None:
    assert split_name("???¡Espera!", {"Ivy"}) == ("???", "¡Espera!")
    assert split_name("???¡Espera!") == (None, "???¡Espera!")
    assert split_name("??? Why?", {"Ivy"}) == (None, "??? Why?")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("LOGIC — The window was broken.", ("LOGIC", "The window was broken.")),
        ("Old Fisher - No.", ("Old Fisher", "No.")),
        ("YOU — No.", ("YOU", "No.")),
        ("Wait - what?", None),
        ("It is well-known.", None),
        ("- Who is it? - Me.", None),
    ],
)
def test_what_may_be_a_name_before_a_dash(text: str, name: tuple[str, str] | None) -> None:
    assert dashed_name(text) == name


@pytest.mark.parametrize("label", ["LOG SKIP", "AUTO", "• Good night", "*Sigh*"])
def test_buttons_and_points_are_no_names(label: str) -> None:
    assert not is_name(label)


def test_a_sound_in_brackets_is_no_name() -> None:
    assert bracketed_name("[Ivy]") == "Ivy"
    assert bracketed_name("[ APPLAUSE ]") is None
    assert split_name("[ APPLAUSE ] And now") == (None, "[ APPLAUSE ] And now")


def test_the_square_before_a_name_on_a_plate_is_no_part_of_it() -> None:
    assert as_name("■ 4F") == "4F"


def test_a_terminal_writes_who_speaks_before_an_arrow() -> None:
    assert split_name("HELM> Nobody moved it.") == ("HELM", "Nobody moved it.")
    assert split_name("x > 3, so it is.") == (None, "x > 3, so it is.")


@pytest.mark.parametrize(
    ("text", "begins"),
    [("MARA: Row!", True), ("ARDEN>", True), ("MARA:", True), ("Row!", False), ("like: that", False)],
)
def test_what_begins_with_who_speaks(text: str, begins: bool) -> None:
    assert begins_with_name(text) == begins


@pytest.mark.parametrize(
    ("text", "titled"),
    [
        ("Florin, Apothecary", True),
        ("Anna, the Elder", True),
        ("Well, Anna", False),
        ("Anna, come here", False),
        ("Anna", False),
    ],
)
def test_names_with_a_title(text: str, titled: bool) -> None:
    assert is_titled(text) == titled


def test_of_a_name_that_is_read_with_small_and_large_kana_the_small_ones_are_right() -> None:
    assert as_known("ちやちゃまる", {"ちゃちゃまる"}) == "ちゃちゃまる"
    assert as_known("ちやちゃまる", {"ちやちゃまる", "ちゃちゃまる"}) == "ちゃちゃまる"
    assert as_known("ちゃちゃまる", {"ちやちゃまる"}) == "ちゃちゃまる"


def test_a_korean_name_that_lost_its_first_syllable_is_the_known_one() -> None:
    assert as_known("게 주인", {"가게 주인", "민호"}) == "가게 주인"
    assert as_known("호", {"민호"}) == "호"


@pytest.mark.parametrize("read", ["?？？：来た", "？？：来た", "？：来た", "？？？：来た", "？？？ : 来た"])
def test_somebody_unknown_however_many_marks_were_read(read: str) -> None:
    assert split_name(read) == ("？？？", "来た")


def test_a_question_before_a_colon_is_somebody_unknown_in_latin_type_only_with_more_marks() -> None:
    assert split_name("??: Who is it") == ("???", "Who is it")
    assert split_name("?: Who is it") == (None, "?: Who is it")


def test_what_an_answer_has_changed_is_no_name_in_brackets() -> None:
    assert bracketed_name("[멘탈 +1]") is None
    assert bracketed_name("[K-7]") == "K-7"


def test_a_known_name_in_katakana_is_meant_by_what_looks_like_it() -> None:
    assert as_known("三ナ", {"ミナ"}) == "ミナ"
    assert as_known("ミナ", {"三ナ"}) == "ミナ"


@pytest.mark.parametrize(
    ("read", "name"), [("三ナ", "ミナ"), ("二ーナ", "ニーナ"), ("三木", "三木"), ("三木ミナ", "三木ミナ")]
)
def test_among_katakana_alone_what_looks_like_one_is_one(read: str, name: str) -> None:
    assert as_name(read) == name


@pytest.mark.parametrize("text", ["ピコマルの", "この さきの どうくつは", "ドロヌマは"])
def test_the_beginning_of_a_japanese_sentence_is_no_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize("text", ["しの", "カナ", "ミナト", "さくら", "いろは"])
def test_japanese_names(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("LOGIC [Medium: Success] – Three nights.", ("LOGIC", "Three nights.")),
        ("LoGIC [Medium: Success] - Three nights.", ("LOGIC", "Three nights.")),
        ("PERCEPTION [Easy: Failure] –", ("PERCEPTION", "")),
        ("He left [quietly] – alone.", None),
    ],
)
def test_a_name_with_a_note_in_brackets(text: str, found: tuple[str, str] | None) -> None:
    assert noted_name(text) == found


def test_capitals_that_look_alike_small_and_large_are_large_among_capitals() -> None:
    assert dashed_name('LIGHTHoUSE KEEPER – "Here."') == ("LIGHTHOUSE KEEPER", '"Here."')
    assert dashed_name("oDA VINTERS – Here.") == ("ODA VINTERS", "Here.")


def test_a_name_may_stand_in_brackets_but_not_before_one() -> None:
    assert is_name("[shopkeeper]")
    assert not is_name("LOGIC [Medium")


def test_a_word_with_its_particle_before_more_is_no_name() -> None:
    assert not is_name("おかあさんは DPを 520")
    assert is_name("ミナ せんせい")
    assert is_name("はは")
