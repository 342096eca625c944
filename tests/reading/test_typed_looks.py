"""How often rows are looked at while they are typed."""

from __future__ import annotations

from capture_daemon.reading.events import FindText, ReadRows
from tests.reading.drawing import Screen, blinking
from tests.reading.stage import Stage, staged

TWO_ROWS = "Somebody knocks at the door in\nthe night, and nobody answers."


def times(stage: Stage, kind: type) -> list[float]:
    return [time for time, asked in stage.asked if isinstance(asked, kind)]


def test_the_end_of_a_row_needs_no_detector_when_the_next_one_begins() -> None:
    screen = Screen()
    screen.wait(0.3)
    speed = 25.0
    screen.type(TWO_ROWS, speed)
    screen.wait(1.0)
    stage = staged(screen)
    assert [line.text for line in stage.said] == [TWO_ROWS.replace("\n", " ")]
    begins = 0.3 + TWO_ROWS.index("\n") / speed
    assert any(begins <= time < begins + 0.2 for time in times(stage, ReadRows))
    assert not any(begins <= time < begins + 0.2 for time in times(stage, FindText))
    assert any(begins <= time < begins + 0.6 for time in times(stage, FindText))


def test_slow_letters_are_not_looked_at_one_by_one() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("Nobody speaks for a while.", speed=9)
    screen.wait(1.0)
    stage = staged(screen)
    assert [line.text for line in stage.said][-1] == "Nobody speaks for a while."
    assert len(times(stage, ReadRows)) <= 12


def test_what_comes_elsewhere_is_found_though_something_moves_behind_a_row() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("Somebody knocks at the door.")
    screen.mark = blinking(screen.end_of_text(), since=screen.time, every=0.3)
    screen.wait(1.0)
    came = screen.time
    screen.show("Somebody knocks at the door.\nNobody answers.", 2.0)
    stage = staged(screen)
    assert "Nobody answers." in stage.said[-1].text
    looked = next(time for time in times(stage, FindText) if time >= came)
    assert looked - came < 1.0
