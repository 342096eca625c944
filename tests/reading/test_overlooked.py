"""Dots and marks that the detector overlooks."""

from __future__ import annotations

import numpy as np

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.ellipsis import Dots
from capture_daemon.reading.overlooked import make_surer_of_marks
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.text_place import TextPlace
from tests.reading.rows import Looking, box_of, picture

HERE, ELSEWHERE = Box(30, 70, 40, 30), Box(30, 110, 40, 30)
NOTHING = np.full((160, 320), 40, np.uint8)


def test_only_dots_that_the_picture_shows_become_surer_and_are_counted() -> None:
    texts = {row: (RowText("...", 0.5), 0.0) for row in (HERE, ELSEWHERE)}
    make_surer_of_marks(texts, Dots(HERE, 6), NOTHING, 30, TextPlace(), [])
    assert texts[HERE][0] == RowText("......", FOLLOW.sure_of_marks)
    assert texts[ELSEWHERE][0].confidence == 0.5


def test_dots_that_the_detector_sees_are_counted_whatever_is_read() -> None:
    luma = picture(("...", 40, 60))
    whole = box_of("...", 40, 60)
    low = Box(whole.left, whole.bottom - 16, whole.width, 16)
    texts = {low: (RowText("ml", 0.3), 0.0)}
    make_surer_of_marks(texts, None, luma, 34, TextPlace(), [])
    assert [text.text for text, _ in texts.values()] == ["..."]


def test_before_letters_are_known_dots_are_counted_beside_the_name_that_is_read_with_them() -> None:
    luma = picture(("...", 40, 60))
    whole, name = box_of("...", 40, 60), box_of("Pip", 40, 20)
    low = Box(whole.left, whole.bottom - 10, whole.width, 10)
    texts = {name: (RowText("Pip", 0.99), 0.0), low: (RowText("…", 0.0), 0.0)}
    make_surer_of_marks(texts, None, luma, 0.0, TextPlace(), [])
    assert texts[low][0].confidence == FOLLOW.sure_of_marks


def test_words_in_their_place_do_not_become_dots() -> None:
    texts = {HERE: (RowText("Hello", 0.9), 0.0)}
    make_surer_of_marks(texts, Dots(HERE, 3), NOTHING, 30, TextPlace(), [])
    assert texts[HERE][0] == RowText("Hello", 0.9)


def test_what_may_be_an_unknown_name_does_from_a_third_of_certainty_on() -> None:
    texts = {HERE: (RowText("???", 0.32), 0.0), ELSEWHERE: (RowText("???", 0.2), 0.0)}
    make_surer_of_marks(texts, None, NOTHING, 30, TextPlace(), [])
    assert texts[HERE][0].confidence == FOLLOW.sure_of_marks
    assert texts[ELSEWHERE][0].confidence == 0.2


def test_dots_elsewhere_are_a_text_only_if_nothing_but_a_name_stands() -> None:
    luma = picture(("...", 40, 60))
    whole = box_of("...", 40, 60)
    low = Box(whole.left, whole.bottom - 16, whole.width, 16)
    [name], [text] = Looking().look(0.2, ("Ivy", 40, 20)), Looking().look(0.2, ("Who is there?", 200, 20))
    place = TextPlace()
    place.learn([text])
    for standing, confidence in (([name], FOLLOW.sure_of_marks), ([text], 0.3)):
        texts = {low: (RowText("…", 0.3), 0.0)}
        make_surer_of_marks(texts, None, luma, 34, place, standing)
        assert texts[low][0].confidence == confidence


def test_a_row_of_dots_by_themselves_is_one_whatever_is_read_and_keeps_its_quotation_marks() -> None:
    for read, quoted, said in (
        ("m", False, "..."),
        ("“m”", True, "“...”"),
        ("「…」", True, "「…」"),
        ("m", True, "..."),
    ):
        texts = {HERE: (RowText(read, 0.85), 0.0)}
        make_surer_of_marks(texts, Dots(HERE, 3, alone=True, quoted=quoted), NOTHING, 30, TextPlace(), [])
        assert texts[HERE][0] == RowText(said, 0.85)


def test_dots_that_come_with_a_text_elsewhere_are_part_of_the_picture() -> None:
    luma = picture(("...", 300, 110))
    whole, words = box_of("...", 300, 110), box_of("Who is there?", 20, 20)
    low = Box(whole.left, whole.bottom - 16, whole.width, 16)
    [text] = Looking().look(0.2, ("Who is there?", 20, 20))
    place = TextPlace()
    place.learn([text])
    for others, sure in (({}, True), ({words: (RowText("Who is there?", 0.99), 0.0)}, False)):
        texts = {low: (RowText("...", 0.8), 0.0), **others}
        make_surer_of_marks(texts, None, luma, 34, place, [])
        assert (texts[low][0].confidence >= FOLLOW.sure_of_marks) == sure


def test_dots_over_a_picture_that_moves_must_be_seen_twice() -> None:
    texts = {HERE: (RowText("...", 0.8), 0.0)}
    make_surer_of_marks(texts, Dots(HERE, 3, passing=True), NOTHING, 30, TextPlace(), [])
    assert 0.6 <= texts[HERE][0].confidence < FOLLOW.sure_of_marks
