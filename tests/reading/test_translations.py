"""What is said in two scripts at once."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.compose import compose
from capture_daemon.reading.dialogue_line import DialogueLine
from capture_daemon.reading.names import Names
from capture_daemon.reading.row import Row
from capture_daemon.reading.translations import is_translated
from tests.reading.test_dialogue import row


def _subtitle(chinese: str, *english: str, smaller: int = 18, shift: int = 0) -> list[Row]:
    """Rows about one middle, the first 28 pixels high, the others of `smaller` pixels."""
    rows = [row(chinese, took=0.0), *(row(text, level=1, took=0.0) for text in english)]
    for number, (one, width) in enumerate(zip(rows, (200, 260, 180), strict=False)):
        high, top = (28, 20) if number == 0 else (smaller, 52 + 22 * (number - 1))
        one.box = Box(300 - width // 2 + (shift if number else 0), top, width, high)
        one.ink = None
    return rows


def _said(rows: list[Row], language: str) -> tuple[str | None, str]:
    found = compose(DialogueLine(1, rows), 0.6, Names(set(), region_width=600), None, region=False, language=language)
    assert found is not None
    return found.speaker, found.text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "公司临时开会"),
        ("en", "The company called a meeting."),
        ("auto", "公司临时开会 The company called a meeting."),
    ],
)
def test_of_bilingual_subtitles_what_is_in_the_chosen_language_is_said(language: str, text: str) -> None:
    assert _said(_subtitle("公司临时开会", "The company called a meeting."), language) == (None, text)


def test_a_translation_of_two_rows() -> None:
    assert _said(_subtitle("公司临时开会", "The company", "called a meeting."), "zh") == (None, "公司临时开会")


def test_a_row_as_high_or_set_elsewhere_is_no_translation() -> None:
    assert not is_translated(*_parted(_subtitle("阿福", "Come here.", smaller=28)))
    assert not is_translated(*_parted(_subtitle("阿福", "Come here.", shift=120)))
    assert not is_translated(*_parted(_subtitle("阿福", "过来。")))
    assert not is_translated(*_parted(_subtitle("Alice", "Come here.")))
    assert is_translated(*_parted(_subtitle("过来", "Come here.")))


def _parted(rows: list[Row]) -> tuple[Row, list[Row]]:
    return rows[0], rows[1:]
