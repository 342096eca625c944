from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.linelog.pending import PendingLine
from capture_daemon.pipeline.record_builder import REMEMBERED, LanguageGuesser, RecordBuilder
from capture_daemon.reading.events import Said, Typing
from capture_daemon.records import parse_record

SESSION = 1_795_374_000.0
SAID = Said(7, None, "Pip", "Are we there yet?", ("Are we", "there yet?"), 0.98765, 5.0, 5.5, Box(1, 2, 30, 40))


def test_on_a_recording_time_is_session_plus_media_time() -> None:
    line = RecordBuilder("clip.mp4", SESSION, "auto", media_clock=True).line(SAID)
    assert (line.media_started, line.media_time) == (5.0, 5.5)
    assert line.session == "2026-11-22T19:00:00.000+00:00"
    assert (line.started, line.time) == ("2026-11-22T19:00:05.000+00:00", "2026-11-22T19:00:05.500+00:00")


def test_on_a_live_source_there_is_no_media_time() -> None:
    now, moment = time.time(), time.monotonic()
    maker = RecordBuilder("screen:1", SESSION, "auto", media_clock=False)
    said = replace(SAID, started=moment - 2, completed=moment - 1)
    line = maker.line(said)
    assert (line.media_started, line.media_time) == (None, None)
    started, completed = (datetime.fromisoformat(text).timestamp() for text in (line.started, line.time))
    assert [started, completed] == pytest.approx([now - 2, now - 1], abs=0.1)
    assert maker.shown_at(said.completed) == moment - 1


def test_when_a_line_was_shown_that_is_played_in_real_time() -> None:
    began = time.monotonic()
    assert RecordBuilder("clip.mp4", SESSION, "auto", media_clock=True).shown_at(SAID.completed) == pytest.approx(
        began + 5.5, abs=0.1
    )


def test_a_line_is_one_valid_record_whatever_was_read() -> None:
    box = Box(*np.array([1, 2, 3, 4], np.int32))
    said = replace(SAID, text="a\x00b\u2028c", rows=("a\x00b", "c\n"), speaker="\x1b", confidence=1.2, box=box)
    line = RecordBuilder("clip.mp4", SESSION, "en", media_clock=True).line(said)
    assert (line.text, line.rows, line.speaker, line.confidence) == ("a b c", ["a b", "c"], None, 1.0)
    assert parse_record(line.to_json()) == line


def test_a_correction_is_told_how_the_line_was_published_that_it_replaces() -> None:
    maker = RecordBuilder("clip.mp4", SESSION, "auto", media_clock=True)
    publication = PendingLine(maker.line(SAID))
    maker.note(SAID, publication)
    assert maker.replaced(replace(SAID, number=8, replaces=7)) is publication
    assert maker.replaced(replace(SAID, number=8, replaces=3)) is None
    assert maker.replaced(SAID) is None


def test_only_so_many_publications_are_remembered() -> None:
    maker = RecordBuilder("clip.mp4", SESSION, "auto", media_clock=True)
    for number in range(REMEMBERED + 1):
        said = replace(SAID, number=number)
        maker.note(said, PendingLine(maker.line(said)))
    assert maker.replaced(replace(SAID, replaces=0)) is None
    assert maker.replaced(replace(SAID, replaces=1)) is not None


def test_what_is_being_typed() -> None:
    partial = RecordBuilder("clip.mp4", SESSION, "auto", media_clock=True).partial(Typing(None, "Are w", 5.2))
    assert (partial.text, partial.speaker, partial.region) == ("Are w", None, "dialogue")
    assert partial.time == "2026-11-22T19:00:05.200+00:00"


def test_a_configured_language_is_not_guessed() -> None:
    assert RecordBuilder("clip.mp4", SESSION, "fr", media_clock=True).line(SAID).language == "fr"


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["Hello."], "en"),
        (["…"], "en"),
        (["うちの猫も", "…"], "ja"),
        (["アア"], "ja"),
        (["안녕하세요"], "ko"),
        (["不客气。请替我摸摸那只小猫。"], "zh"),
        (["図書館"], "ja"),
        (["了解。"], "zh"),
        (["うちの猫も", "了解。"], "ja"),
        (["うちの猫も", "这们说"], "zh"),
    ],
)
def test_a_language_is_guessed_by_its_script(texts: list[str], language: str) -> None:
    guess = LanguageGuesser()
    assert [guess(text) for text in texts][-1] == language
