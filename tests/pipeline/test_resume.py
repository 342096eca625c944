from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from capture_daemon.pipeline.resume import RepeatedReading, ResumeMismatchError, ResumePoint
from capture_daemon.records import Choice, Entry, Line
from tests.server.helpers import choice, line


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
    assert earlier.entries == tuple(made[:19])
    assert earlier.checked == (made[17], made[18])
    assert earlier.start == 54.0
    assert earlier.before == made[:11]
    assert earlier.names == {"dialogue": {f"speaker {n}" for n in range(11)}}


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


def menu(started: float) -> Choice:
    return replace(choice("Yes.", "No."), media_started=started, media_time=started + 1)


def system(started: float) -> Line:
    return replace(line("system"), region="system", speaker="radio", media_started=started, media_time=started + 9)


def several() -> list[Entry]:
    """Lines every five seconds, now and then a menu, and messages that begin long before they are said."""
    made = [*lines(60), *map(system, (150.0, 190.0, 230.0, 270.0)), *map(menu, (172.0, 212.0, 252.0))]
    return sorted(made, key=lambda one: one.media_time or 0.0)


def resumed() -> tuple[ResumePoint, list[Entry]]:
    """Where to go on after the first minutes of it, and what is read from there, all that stood before it once more."""
    point = ResumePoint.of(several()[:-2])
    assert point is not None
    return point, [one for one in several() if (one.media_started or 0.0) >= point.start]


def read_again(point: ResumePoint, again: Iterable[Entry]) -> list[Entry]:
    """What of it is new."""
    rereading = RepeatedReading(point)
    return [one for one in again if rereading.kept(one) is None]


def test_of_each_region_enough_is_read_again() -> None:
    point = ResumePoint.of(several())
    assert point is not None
    assert point.entries == tuple(several()[:-1])
    assert point.start == 149.0
    assert point.checked == tuple(
        one
        for one in several()
        if one in (lines(60)[57], lines(60)[58], system(230.0), system(270.0), menu(212.0), menu(252.0))
    )
    assert set(point.names) == {"dialogue"}


def test_what_each_region_said_last_is_read_again() -> None:
    cut = next(place for place, one in enumerate(several()) if one == system(270.0))
    point = ResumePoint.of(several()[: cut + 1])
    assert point is not None
    assert point.entries == tuple(several()[: cut - 1])


def test_a_region_that_spoke_only_in_the_beginning_has_all_read_again() -> None:
    made: list[Entry] = list(lines(60))
    assert ResumePoint.of([*made[:2], system(6.0), *made[2:]]) is None


def test_all_that_comes_after_what_was_kept_is_new() -> None:
    point, again = resumed()
    assert read_again(point, again) == several()[-3:]


def test_a_part_of_a_line_that_stood_where_it_goes_on_is_passed_over() -> None:
    point, again = resumed()
    rereading = RepeatedReading(point)
    part = replace(line("ne 29"), media_started=point.start, media_time=150.0)
    assert rereading.kept(part) == part
    assert [one for one in again if rereading.kept(one) is None] == several()[-3:]
    assert rereading.is_checked


@pytest.mark.parametrize("region", ["dialogue", "system", "choices"])
def test_each_region_must_come_out_the_same(region: str) -> None:
    point, again = resumed()
    wrong = [one for one in point.checked if isinstance(one, Line | Choice) and one.region == region][-1]
    again = [replace(one, confidence=0.5) if one == wrong and isinstance(one, Line | Choice) else one for one in again]
    with pytest.raises(ResumeMismatchError):
        read_again(point, again)


def test_nothing_new_comes_before_all_that_was_kept_has_come_in_its_order() -> None:
    point, again = resumed()
    with pytest.raises(ResumeMismatchError):
        read_again(point, [one for one in again if one != system(270.0)])
    with pytest.raises(ResumeMismatchError):
        read_again(point, sorted(again, key=lambda one: one.media_started or 0.0))


def test_where_a_line_began_that_stood_before_is_not_guessed() -> None:
    point, again = resumed()
    rereading = RepeatedReading(point)
    for one in again:
        rereading.kept(one)
    with pytest.raises(ResumeMismatchError):
        rereading.kept(replace(system(point.start), region="top"))
    assert rereading.kept(replace(system(point.start + 1), region="top")) is None
