"""From a line's rows to who speaks and what is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.compose import compose
from capture_daemon.reading.dialogue_line import DialogueLine
from capture_daemon.reading.names import Names
from capture_daemon.reading.row import Row
from tests.reading.test_dialogue import row

GOLD = (40, 200, 240)
LONG = "Nobody came up the mountain road that"


def names(*known: str, above: int = 0, inline: int = 0, lines: int = 0, widest: int = 520) -> Names:
    return Names(set(known), above, inline, lines, region_width=600, widest=widest)


def said(
    *rows: Row,
    knows: Names | None = None,
    kept: Row | None = None,
    speaker: str | None = None,
    region: bool = False,
) -> tuple[str | None, str] | None:
    line = DialogueLine(1, list(rows), kept=[kept] if kept else [])
    found = compose(line, 0.6, knows or names(), speaker, region=region)
    return None if found is None else (found.speaker, found.text)


def composed(line: DialogueLine, knows: Names) -> tuple[str | None, str] | None:
    found = compose(line, 0.6, knows, None, region=False)
    return None if found is None else (found.speaker, found.text)


def test_rows_are_joined_and_nobody_is_named() -> None:
    rows = row(LONG, took=0.9), row("winter, not even once.", level=1, born=2.0)
    assert said(*rows) == (None, f"{LONG} winter, not even once.")


def test_a_name_of_another_colour() -> None:
    assert said(row("Mira", colour=GOLD), row("Well, I never.", level=1)) == ("Mira", "Well, I never.")
    assert said(row("The Red Star", colour=GOLD), row("is gone.", level=1)) == (None, "The Red Star is gone.")


def test_a_name_that_is_set_neither_at_the_text_s_edges_nor_in_its_middle() -> None:
    text = row(LONG, level=1, took=0.0)
    for shift, name in ((150, "Mira"), (0, None)):
        first = row("Mira", took=0.0)
        first.box = first.box.shifted(shift or round((text.box.width - first.box.width) / 2), 0)
        assert said(first, text, knows=names(widest=400)) == (name, LONG if name else f"Mira {LONG}")


def test_a_sentence_s_beginning_in_type_of_capitals_is_no_name_until_it_stands_over_another_text() -> None:
    first = row("MASTER THIS IS NOT", colour=GOLD, took=0.0)
    assert said(first, row("WORKING!", level=1, took=0.0)) == (None, "MASTER THIS IS NOT WORKING!")
    knows = names()
    knows.unsure["THE OLD MAN"] = "WELL, WELL."
    name = row("THE OLD MAN", colour=GOLD, took=0.0)
    assert said(name, row("NO.", level=1, took=0.0), knows=knows) == ("THE OLD MAN", "NO.")
    assert said(row("IGOR", colour=GOLD), row("YES, MASTER.", level=1)) == ("IGOR", "YES, MASTER.")


def test_a_first_letter_that_looks_alike_small_and_large_is_a_capital_where_lines_begin_with_one() -> None:
    knows = names()
    for text in ("Nobody came.", "The lamp is out.", "Really?", "Good night."):
        assert said(row("oh."), knows=knows) == (None, "oh.")
        composed = compose(DialogueLine(1, [row(text)]), 0.6, knows, None, region=False)
        assert composed is not None
        knows.learn(composed)
    assert said(row("oh."), knows=knows) == (None, "Oh.")
    assert said(row("and so"), knows=knows) == (None, "and so")
    knows.small = 1
    assert said(row("oh."), knows=knows) == (None, "oh.")


def test_words_that_came_as_fast_as_those_under_them_are_no_name() -> None:
    first, second = row("Keep your voice", took=0.1), row("down!", level=1, born=1.3, took=0.1)
    assert said(first, second, knows=names(widest=180)) == (None, "Keep your voice down!")


def test_a_row_that_is_too_short_to_have_been_wrapped_is_a_name() -> None:
    assert said(row("Mira", took=0.0), row("Well, I never.", level=1, born=1.0)) == ("Mira", "Well, I never.")


def test_a_row_behind_which_the_next_word_had_no_room_is_text() -> None:
    first = row("Captain Oderberg Sailed", took=0.0)
    for text in ("Thereafter they came.", "Thereafter and then"):
        second = row(text, level=1, took=0.0)
        assert said(first, second, knows=names(widest=400)) == (None, f"Captain Oderberg Sailed {text}")


def test_what_stands_over_words_in_quotation_marks_is_a_name() -> None:
    text = row("「分かった。」", level=1, took=0.0)
    name = row("凛", took=0.0)
    name.box = name.box.shifted(round((text.box.width - name.box.width) / 2), 0)
    assert said(name, text) == ("凛", "「分かった。」")
    assert said(name, row("分かった。」", level=1, took=0.0)) == (None, "凛分かった。」")


def test_a_name_before_words_in_quotation_marks_needs_no_habit() -> None:
    knows = names(lines=20)
    assert said(row("衛兵「分かった。」"), knows=knows) == ("衛兵", "「分かった。」")
    assert said(row("衛兵「分かった。」と言った。"), knows=knows) == (None, "衛兵「分かった。」と言った。")


def test_where_names_are_rows_of_their_own_the_first_word_may_just_have_fitted() -> None:
    first, second = row("Captain Oderberg", took=0.0), row("Thereafter they came.", level=1, took=0.0)
    widest = round(first.box.width + 11.5 / 21 * second.box.width)
    text = (None, "Captain Oderberg Thereafter they came.")
    assert said(first, second, knows=names(widest=widest)) == text
    assert said(first, second, knows=names(widest=widest, above=1, lines=1)) == ("Captain Oderberg", second.text)


def test_a_name_that_came_before_the_text_was_typed() -> None:
    name = row("Captain Oderberg Sailed", took=0.0)
    text = row("Thereafter they went home.", level=1, born=1.4, took=0.8)
    assert said(name, text, knows=names(widest=400)) == ("Captain Oderberg Sailed", "Thereafter they went home.")


def test_a_name_that_stands_on_from_the_line_before() -> None:
    name = row("Mira", took=0.0)
    assert said(row("Did you?", level=1), knows=names("Mira"), kept=name) == ("Mira", "Did you?")
    assert said(row("Did you?", level=1), knows=names("Mira"), kept=row("Mira:", took=0.0)) == ("Mira", "Did you?")
    assert said(row("Did you?", level=1), knows=names(), kept=name) == (None, "Did you?")


@pytest.mark.parametrize("first", ["【Mira】", "[Mira]", "Mira:", "Mira :", "<Mira>", "???"])
def test_a_name_row_s_own_signs_are_taken_off(first: str) -> None:
    name = "???" if first == "???" else "Mira"
    assert said(row(first), row(LONG, level=1, born=1.6)) == (name, LONG)


@pytest.mark.parametrize(
    ("text", "speaker", "rest"),
    [
        ("Mira: Well, I never.", "Mira", "Well, I never."),
        ("Guard 2: Halt!", "Guard 2", "Halt!"),
        ("Old man: Sit down.", "Old man", "Sit down."),
        ("d'Artagnan: To me!", "d'Artagnan", "To me!"),
        ("【Mira】Good morning.", "Mira", "Good morning."),
        ("[Mira] Good morning.", "Mira", "Good morning."),
        ("サクラ「おはよう。」", "サクラ", "「おはよう。」"),
    ],
)
def test_names_before_the_text(text: str, speaker: str, rest: str) -> None:
    assert said(row(text)) == (speaker, rest)


def test_a_game_that_writes_no_names_before_its_lines_does_not_begin_to() -> None:
    text = "Kyoto: The old capital."
    assert said(row(text), knows=names(lines=8)) == (None, text)
    assert said(row(text), knows=names(lines=8, inline=6)) == ("Kyoto", "The old capital.")
    assert said(row("Mira: Well."), knows=names("Mira", lines=8)) == ("Mira", "Well.")


@pytest.mark.parametrize("text", ["Note: The shop is closed.", "Meet me at 10:30.", "I have one question: Why?"])
def test_no_name_is_better_than_a_wrong_one(text: str) -> None:
    assert said(row(text)) == (None, text)


def test_a_name_of_which_nobody_is_sure_is_none() -> None:
    doubtful = row("Mira", colour=GOLD, confidence=0.65)
    assert said(doubtful, row("Well, I never.", level=1)) == (None, "Mira Well, I never.")


def test_what_the_speaker_s_region_says_counts_alone() -> None:
    rows = row("Mira", colour=GOLD), row("Well: Never.", level=1)
    assert said(*rows, speaker="Sylvie", region=True) == ("Sylvie", "Mira Well: Never.")
    assert said(*rows, speaker=None, region=True) == (None, "Mira Well: Never.")


def test_a_name_without_its_text_is_no_line() -> None:
    assert said(row("Mira"), knows=names("Mira", above=3)) is None
    assert said(row("Mira"), knows=names("Mira")) == (None, "Mira")


def test_rows_under_the_confidence_asked_for_are_left_out() -> None:
    assert said(row("Nobodv con", confidence=0.3)) is None
    assert said(row("Well, I never."), row("xx ii", level=1, confidence=0.5)) == (None, "Well, I never.")


def test_ruby_is_left_out() -> None:
    base = row("今日は川の水が高い", level=1)
    ruby = row("かわ")
    ruby.box = Box(base.box.left + 60, base.box.top - 14, 28, 13)
    assert said(ruby, base) == (None, "今日は川の水が高い")
    assert said(row("かわ"), base) != (None, "今日は川の水が高い")  # as large as the text


def test_writing_that_outlived_other_lines_is_no_line() -> None:
    line = DialogueLine(1, [row("CENTRAL STATION")], outlived=2)
    assert compose(line, 0.6, names(), None, region=False) is None


@pytest.mark.parametrize("text", ["n.", "1", "I"])
def test_a_single_letter_is_a_line_only_if_it_is_surely_read(text: str) -> None:
    assert said(row(text, confidence=0.97)) == (None, text)
    assert said(row(text, confidence=0.67)) is None
    assert said(row("嗯。", confidence=0.67)) == (None, "嗯。")


def test_chinese_rows_join_without_a_space() -> None:
    rows = row("我合上书，走向声音传来的那个"), row("方向。", level=1, born=1.6)
    assert said(*rows) == (None, "我合上书，走向声音传来的那个方向。")


def test_the_confidence_is_the_weakest_row_s() -> None:
    line = DialogueLine(1, [row("Well, I never."), row("Did you?", level=1, confidence=0.7)])
    composed = compose(line, 0.6, names(), None, region=False)
    assert composed is not None
    assert composed.confidence == 0.7


def test_a_known_name_with_a_speck_behind_it() -> None:
    name, text = row("Mira,", took=0.0), row("No!", level=1, took=0.0)
    assert said(name, text, knows=names("Mira")) == ("Mira", "No!")
    assert said(name, text, knows=names()) == (None, "Mira, No!")


def test_a_known_name_in_a_row_of_its_own_whose_capital_was_read_small() -> None:
    assert said(row("old man:"), row("Why?", level=1), knows=names("Old man")) == ("Old man", "Why?")


def test_question_marks_for_a_name_need_not_be_surely_read() -> None:
    text = row("I know you.", level=1)
    assert said(row("???", confidence=0.7), text) == ("???", "I know you.")
    assert said(row("???", confidence=0.5), text) != ("???", "I know you.")


def test_a_short_text_under_a_name_is_not_wrapped() -> None:
    for above in (0, 2):
        name, text = row("Old man", took=0.0), row("No.", level=1, took=0.0)
        assert said(name, text, knows=names(above=above, lines=above, widest=90)) == ("Old man", "No.")


def test_a_comma_or_full_stop_that_cannot_be_is_what_another_look_read() -> None:
    for read, other, below in (("No,", "No.", []), ("So we left.", "So we left,", [row("with it.", level=1)])):
        one = row(read)
        one.readings = [*one.readings, *row(other).readings]
        assert said(one, *below) == (None, " ".join([other, *(one.text for one in below)]))


def test_a_dark_label_where_text_is_light_is_none() -> None:
    knows = names(above=1, lines=1)
    knows.written.append(row("Well, I never."))
    label = row("River Fort", colour=(20, 10, 10))
    assert label.ink is not None
    assert said(label, knows=knows) is None
    assert said(row("River Fort"), knows=knows) == (None, "River Fort")


def test_what_is_cut_by_the_region_s_edge_for_a_moment_slides_in() -> None:
    for left, lasted, text in ((0, 0.3, None), (0, 1.5, (None, "ame here.")), (20, 0.3, (None, "ame here."))):
        line = DialogueLine(1, [row("ame here.", left=left, took=0.0)], went=1.0 + lasted)
        composed = compose(line, 0.6, names(), None, region=False)
        assert (composed and (composed.speaker, composed.text)) == text


def test_a_name_under_the_text_and_beside_it_is_no_part_of_that() -> None:
    text, name = row("Take this with you.", took=0.0), row("Linus", level=3, left=420, took=0.0)
    assert said(text, name) == ("Linus", "Take this with you.")
    assert said(text, kept=name) == ("Linus", "Take this with you.")
    button = row("Pause", level=3, left=420, took=0.0, colour=GOLD)
    knows = names()
    assert said(text, button, knows=knows) == (None, "Take this with you.")
    knows.below.add("Ivy")
    assert said(text, button, knows=knows) == ("Pause", "Take this with you.")
    line = DialogueLine(1, [text], beside=[name])
    assert composed(line, names()) == (None, "Take this with you.")
    assert composed(line, knows) == ("Linus", "Take this with you.")
    line.beside.append(row("Quit", level=3, left=520, took=0.0))
    assert composed(line, knows) == (None, "Take this with you.")
    under = row("Linus", level=1, left=60, took=0.0)
    assert said(text, under) == (None, "Take this with you. Linus")


def test_names_before_a_dash_are_names_in_capitals_or_where_most_lines_begin_so() -> None:
    text = "Imoen - Can we keep him?"
    assert said(row("LOGIC - It broke.")) == ("LOGIC", "It broke.")
    assert said(row(text)) == (None, text)
    assert said(row("FIRE - Run!")) == (None, "FIRE - Run!")
    assert said(row(text), knows=names("Imoen")) == ("Imoen", "Can we keep him?")
    knows = names(lines=3)
    knows.dashed = 2
    assert said(row(text), knows=knows) == ("Imoen", "Can we keep him?")


def test_a_known_name_needs_little_confidence() -> None:
    rows = row("민호", confidence=0.65), row("왔어.", level=1, confidence=0.9)
    assert said(*rows, knows=names("민호", above=3, lines=3)) == ("민호", "왔어.")
    assert said(*rows, knows=names("지우", above=3, lines=3)) == (None, "민호 왔어.")


def test_a_word_in_the_colour_of_one_who_speaks_is_no_label() -> None:
    white, blue = (235, 235, 235), (240, 200, 130)
    knows = names(lines=5)
    knows.written.extend(row("I never saw it.", colour=colour) for colour in (blue, white, white, white))
    assert said(row("River Fort", colour=GOLD, took=0.0), knows=knows) is None
    knows.written.append(row("It was here.", colour=GOLD))
    assert said(row("River Fort", colour=GOLD, took=0.0), knows=knows) == (None, "River Fort")


def test_a_word_of_the_same_colour_as_lines_that_were_seen_as_they_faded_in_is_no_label() -> None:
    knows = names(lines=5)
    knows.written.extend(row("I never saw it.", colour=(60, 66, 66)) for _ in range(4))
    assert said(row("The end", colour=(230, 235, 235), took=0.0), knows=knows) == (None, "The end")
    assert said(row("The end", colour=(230, 120, 120), took=0.0), knows=knows) is None


def test_a_known_name_that_stands_apart_right_above_a_text() -> None:
    text = row("Bram...", level=2, left=300, took=0.0)
    for level, knows, name in ((1, names("Ivy"), "Ivy"), (1, names("Mira"), None), (-1, names("Ivy"), None)):
        plate = row("Ivy", level=level, left=40, took=0.0)
        assert composed(DialogueLine(1, [text], beside=[plate]), knows) == (name, "Bram...")


def test_names_in_round_brackets_are_names_where_more_than_one_line_begins_so() -> None:
    text = "（母）美咲、まだかかるの？"
    assert said(row(text)) == (None, text)
    knows = names(lines=4)
    knows.rounded = 2
    assert said(row(text), knows=knows) == ("母", "美咲、まだかかるの？")
    assert said(row("（ため息をついた。）はい。"), knows=knows) == (None, "（ため息をついた。）はい。")


def test_where_names_stand_over_the_text_one_in_capitals_may_stand_over_capitals() -> None:
    rows = row("THE ONE WHO WAITS", took=0.0), row("SILENCE.", level=1, born=1.3)
    assert said(*rows) == (None, "THE ONE WHO WAITS SILENCE.")
    assert said(*rows, knows=names(above=3, lines=4)) == ("THE ONE WHO WAITS", "SILENCE.")


def test_a_name_before_the_text_that_stands_over_it_too_is_no_text() -> None:
    kept = row("<Moss>", took=0.0)
    assert said(row("<Moss> maybe", level=1, born=2.0), kept=kept, knows=names("Moss")) == ("Moss", "maybe")
    assert said(row("<Alex> maybe", level=1, born=2.0), kept=kept, knows=names("Moss")) == ("Moss", "<Alex> maybe")


@pytest.mark.parametrize(
    ("read", "text"), [("함락되지 않았다,", "함락되지 않았다."), ("그리고 봄이 오던 날,", "그리고 봄이 오던 날,")]
)
def test_no_korean_sentence_ends_with_a_comma(read: str, text: str) -> None:
    assert said(row(read)) == (None, text)


def test_ruby_in_wide_boxes_is_told_by_how_close_its_characters_stand() -> None:
    base, ruby = row("今日は川の水が高い", level=1), row("かわ")
    ruby.box = Box(base.box.left + 60, base.box.top - 20, 34, 26)
    for one, pitch in ((base, 28.0), (ruby, 14.0)):
        one.readings = [
            replace(one.readings[0], places=tuple((letter, pitch * n) for n, letter in enumerate(one.text)))
        ]
    assert said(ruby, base) == (None, "今日は川の水が高い")
    line = DialogueLine(1, [ruby], among=[base])
    assert composed(line, names()) is None
    line.among = []
    assert composed(line, names()) == (None, "かわ")


def test_a_name_is_written_once_more_in_latin_letters() -> None:
    second = row("Ms. Vertine", level=1)
    second.box = Box(20, 62, 90, 16)
    text = row("谢谢。你听见钟声了吗？", level=2)
    assert said(row("维尔汀女士", took=0.0), second, text, knows=names("维尔汀女士")) == (
        "维尔汀女士",
        "谢谢。你听见钟声了吗？",
    )
    second.box = Box(20, 60, 154, 28)
    found = said(row("维尔汀女士", took=0.0), second, text, knows=names("维尔汀女士"))
    assert found is not None
    assert found[1].startswith("Ms. Vertine")


def test_a_name_with_a_title_is_one_where_names_stand_over_the_text_and_what_heads_another_text_too() -> None:
    head, text = row("Florin, Apothecary", took=0.0), row("The book tells of redemption.", level=1, took=0.0)
    whole = "Florin, Apothecary The book tells of redemption."
    assert said(head, text) == (None, whole)
    assert said(head, text, knows=names(above=2, lines=3)) == ("Florin, Apothecary", "The book tells of redemption.")
    knows = names()
    knows.unsure["Keeper of the lamp at the gate"] = "Who goes there?"
    keeper = row("Keeper of the lamp at the gate", took=0.0)
    assert said(keeper, text, knows=names()) != said(keeper, text, knows=knows)
    assert said(keeper, text, knows=knows) == ("Keeper of the lamp at the gate", "The book tells of redemption.")
    assert said(keeper, row("tells of redemption.", level=1, took=0.0), knows=knows) == (
        None,
        "Keeper of the lamp at the gate tells of redemption.",
    )


def test_dots_that_were_read_with_the_row_they_stand_in_are_no_row() -> None:
    text, dots = row("「……半分やろうか、席」", took=0.0), row("......", took=0.0)
    dots.box = Box(40, 36, 62, 9)
    assert said(dots, text) == (None, "「……半分やろうか、席」")
    dots.box = Box(40, 60, 62, 9)
    assert said(dots, text) == (None, "「……半分やろうか、席」......")
