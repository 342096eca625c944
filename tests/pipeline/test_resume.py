from __future__ import annotations

from dataclasses import replace

from capture_daemon.pipeline.resume import ResumePoint
from capture_daemon.records import Line
from tests.server.helpers import line


def lines(count: int, step: float = 5.0) -> list[Line]:
    return [
        replace(line(f"line {n}"), media_started=n * step, media_time=n * step + 1, speaker=f"speaker {n}")
        for n in range(count)
    ]


def test_a_few_lines_are_not_worth_going_on_from() -> None:
    assert ResumePoint.of(lines(0)) is None
    assert ResumePoint.of(lines(9)) is None
    assert ResumePoint.of(lines(30, step=0.5)) is None


def test_the_last_line_is_read_again_and_enough_before_it() -> None:
    made = lines(20)
    earlier = ResumePoint.of(made)
    assert earlier is not None
    assert earlier.lines == tuple(made[:19])
    assert earlier.checked == (made[17], made[18])
    assert earlier.start == 54.0
    assert earlier.before == made[:11]
    assert earlier.names == {f"speaker {n}" for n in range(11)}


def test_a_long_silence_is_not_mistaken_for_enough() -> None:
    made = [
        *lines(10),
        *[replace(one, media_started=500 + one.media_started) for one in lines(3) if one.media_started is not None],
    ]
    earlier = ResumePoint.of(made)
    assert earlier is not None
    assert earlier.start == 19.0


def test_lines_of_a_live_source_are_not_gone_on_with() -> None:
    assert ResumePoint.of([replace(one, media_started=None) for one in lines(20)]) is None
