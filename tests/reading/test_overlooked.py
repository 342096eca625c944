"""Dots and marks that the detector overlooks."""

from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.overlooked import make_surer_of_marks
from capture_daemon.reading.parameters import FOLLOW

HERE, ELSEWHERE = Box(30, 70, 40, 30), Box(30, 110, 40, 30)


def test_only_dots_that_the_picture_shows_become_surer() -> None:
    texts = {row: (RowText("......", 0.5), 0.0) for row in (HERE, ELSEWHERE)}
    make_surer_of_marks(texts, HERE)
    assert texts[HERE][0].confidence == FOLLOW.sure_of_marks
    assert texts[ELSEWHERE][0].confidence == 0.5


def test_words_in_their_place_do_not_become_surer() -> None:
    texts = {HERE: (RowText("Hello", 0.5), 0.0)}
    make_surer_of_marks(texts, HERE)
    assert texts[HERE][0].confidence == 0.5


def test_what_may_be_an_unknown_name_does_from_a_third_of_certainty_on() -> None:
    texts = {HERE: (RowText("???", 0.32), 0.0), ELSEWHERE: (RowText("???", 0.2), 0.0)}
    make_surer_of_marks(texts, None)
    assert texts[HERE][0].confidence == FOLLOW.sure_of_marks
    assert texts[ELSEWHERE][0].confidence == 0.2
