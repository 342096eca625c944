"""How often rows are looked at while they are typed."""

from __future__ import annotations

from capture_daemon.frames import Frame
from capture_daemon.reading.events import FindText, ReadRows
from capture_daemon.reading.reader import Reader
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


def test_more_of_a_row_is_there_since_it_came_not_since_it_was_looked_for() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.say("Go on.")
    words = ["I", "do", "as", "we", "go", "up", "to", "it", "or", "to", "an", "ox", "if", "it", "is", "so"]
    screen.show(" ".join(words[:2]), 0.2)
    second = screen.time
    for count in range(3, len(words) + 1):
        screen.show(" ".join(words[:count]), 0.2)
    screen.wait(1.0)
    screen.clear(0.5)
    since: list[float] = []

    def note(reader: Reader, frame: Frame) -> None:
        if reader._scene is not None:
            since.extend(row.stale_since for row in reader._scene.follow.rows if row.stale)

    stage = staged(screen, early=False, before_each=note)
    assert [line.text for line in stage.said] == ["Go on.", " ".join(words)]
    # The first look came when two words more were there.
    assert min(since) < second + 0.8
