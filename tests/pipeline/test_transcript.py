from __future__ import annotations

from capture_daemon.pipeline.transcript import Transcript
from tests.server.helpers import line


def texts(transcript: Transcript) -> list[str]:
    return [line.text for line in transcript.lines]


def test_a_correction_stands_where_the_corrected_line_stood() -> None:
    transcript = Transcript()
    for said in (line("Hi", seq=1), line("Who?", seq=2), line("Hi there!", seq=3, replaces=1)):
        transcript.add(said)
    assert texts(transcript) == ["Hi there!", "Who?"]
    transcript.add(line("Hi there, you!", seq=4, replaces=3))
    assert texts(transcript) == ["Hi there, you!", "Who?"]


def test_numbers_of_another_stream_mean_other_lines() -> None:
    transcript = Transcript()
    transcript.add(line("one", stream="a", seq=1))
    transcript.add(line("other", stream="b", seq=2, replaces=1))
    assert texts(transcript) == ["one", "other"]


def test_a_line_heard_twice_is_kept_once() -> None:
    transcript = Transcript()
    for _ in range(2):
        transcript.add(line("one", seq=1))
    assert texts(transcript) == ["one"]


def test_only_the_newest_are_kept() -> None:
    transcript = Transcript(2)
    for number in (1, 2, 3):
        transcript.add(line(str(number), seq=number))
    assert texts(transcript) == ["2", "3"]
    transcript.add(line("1 again", seq=4, replaces=1))
    assert texts(transcript) == ["3", "1 again"]
    transcript.clear()
    assert texts(transcript) == []
