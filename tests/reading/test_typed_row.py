"""Where a typed row has come to, by the picture alone."""

from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.typed_row import typed_on
from tests.reading.drawing import Screen
from tests.reading.stage import Stage


def place_after(screen: Screen, more: str, mark: tuple[int, int] | None = None) -> Box | None:
    """Where a row is found to have come to that was read, and went on in one frame."""
    screen.wait(0.3)
    screen.say("Somebody knocks", rest=0.6, empty=0.0)
    stage = Stage(screen.looks)
    stage.play(screen.frames)
    screen.mark = (lambda time: mark) if mark is not None else None
    screen.show(more, 1 / 30)
    reader: Reader = stage.reader
    scene = reader._scene
    assert scene is not None
    now: Moment = scene.moment(screen.frames[-1])
    scene.watch.see(now.luma, now.time)
    typed = typed_on(scene, now)
    return typed[1] if typed is not None else None


def test_a_row_that_goes_on_ends_where_its_last_letter_does() -> None:
    screen = Screen()
    box = place_after(screen, "Somebody knocks at the door")
    assert box is not None
    row = screen.looks.scenes[-1][0].box
    assert abs(box.width - row.width) <= row.height / 2


def test_nothing_is_typed_on_where_nothing_is_new() -> None:
    assert place_after(Screen(), "Somebody knocks") is None


def test_another_row_is_looked_for() -> None:
    assert place_after(Screen(), "Somebody knocks\nat the door") is None


def test_another_text_in_its_place_is_looked_for() -> None:
    assert place_after(Screen(), "He went away before it was light") is None


def test_a_mark_that_comes_apart_from_it_is_looked_at() -> None:
    assert place_after(Screen(), "Somebody knocks", mark=(500, 30)) is None
