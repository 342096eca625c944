"""How often rows are looked at while they are typed."""

from __future__ import annotations

from capture_daemon.reading.events import FindText, ReadRows
from tests.reading.drawing import Screen, blinking
from tests.reading.stage import Stage, staged

TWO_ROWS = "Somebody knocks at the door in\nthe night, and nobody answers."


def count(stage: Stage, kind: type, until: float = 99.0) -> int:
    return sum(isinstance(asked, kind) and time < until for time, asked in stage.asked)


def test_the_end_of_a_row_needs_no_detector_when_the_next_one_begins() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type(TWO_ROWS)
    complete = screen.time
    screen.wait(1.0)
    stage = staged(screen)
    assert [line.text for line in stage.said] == [TWO_ROWS.replace("\n", " ")]
    # The empty box, the first row, the second.
    assert count(stage, FindText, complete + 0.3) <= 4


def test_slow_letters_are_not_looked_at_one_by_one() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("Nobody speaks for a while.", speed=9)
    screen.wait(1.0)
    stage = staged(screen)
    assert [line.text for line in stage.said][-1] == "Nobody speaks for a while."
    assert count(stage, ReadRows) <= 12


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
    seen = [time for time, asked in stage.asked if isinstance(asked, FindText) and time >= came]
    assert seen
    assert seen[0] - came < 1.0
