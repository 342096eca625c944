"""What belongs to the region."""

from __future__ import annotations

import gc
import weakref

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.direction import Direction
from capture_daemon.reading.scene import Placement
from capture_daemon.reading.trace import Decision, ignore
from tests.reading.drawing import DIALOGUE, Screen
from tests.reading.stage import Stage, lines_of


@pytest.mark.parametrize(("left", "said"), [(160, ["key."]), (180, [])])
def test_what_only_reaches_into_the_region_from_its_side_is_not_read(left: int, said: list[str]) -> None:
    """Of its last word most stands in the region, or hardly anything."""
    screen = Screen()
    screen.wait(0.5)
    screen.show("Here is the key.", 1.6)
    screen.clear(0.5)
    assert lines_of(screen, dialogue=Box(left, DIALOGUE.top, DIALOGUE.right - left, DIALOGUE.height)) == said


def test_decisions_are_passed_on_with_boxes_of_the_whole_frame() -> None:
    passed: list[Decision] = []
    note = Placement(Direction(), Box(100, 200, 300, 50)).placing(passed.append)
    note(Decision(1.0, "look", "region", "look", box=Box(1, 2, 3, 4)))
    note(Decision(1.5, "compose", "line 1", "dropped"))
    assert [decision.box for decision in passed] == [Box(101, 202, 3, 4), None]


def test_without_a_listener_nothing_is_placed() -> None:
    assert Placement(Direction(), Box(0, 0, 300, 50)).placing(ignore) is ignore


def test_a_reader_s_pictures_go_with_it() -> None:
    screen = Screen()
    screen.say("Here is the key.")
    decisions: list[Decision] = []
    gc.disable()
    try:
        stage = Stage(screen.looks, speaker=True, note=decisions.append)
        stage.play(screen.frames)
        reader = weakref.ref(stage.reader)
        del stage
        assert decisions
        assert reader() is None, gc.get_referrers(reader())
    finally:
        gc.enable()
