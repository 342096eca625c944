"""Names: what stands in the speaker region."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import ImageDraw

from capture_daemon.reading.names import NameWatcher
from tests.reading.drawing import SPEAKER, WHITE, Screen, Stage, play, standing

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])


def _told(screen: Screen, *, early: bool = True) -> list[tuple[str | None, str]]:
    return [(line.speaker, line.text) for line in standing(play(screen, early=early, speaker=True))]


def _type_all(screen: Screen, lines: Sequence[tuple[str | None, str]]) -> None:
    """Type each line under its name, one after another."""
    for name, text in lines:
        screen.name = name
        screen.type(text)
        screen.wait(1.0)
        screen.clear(0.2)


@BOTH
def test_the_name_is_told_and_none_where_there_is_none(early: bool) -> None:
    lines = [("Mira", "I know that road."), (None, "Nobody spoke."), ("Old Tom", "So do I."), ("Mira", "Do you?")]
    screen = Screen()
    screen.wait(0.3)
    _type_all(screen, lines)
    assert _told(screen, early=early) == lines


@BOTH
def test_name_and_text_that_change_together_at_once(early: bool) -> None:
    lines = [("Mira", "I know that road."), ("Tom", "So do I."), ("Mira", "Do you?"), (None, "Nobody spoke.")]
    screen = Screen()
    for name, text in lines:
        screen.name = name
        screen.show(text, 1.2)
        screen.clear(0.2)
    assert _told(screen, early=early) == lines


@BOTH
def test_two_alike_lines_of_two_speakers(early: bool) -> None:
    lines = [("Mira", "Hello!"), ("Tom", "Hello!")]
    screen = Screen()
    _type_all(screen, lines)
    assert _told(screen, early=early) == lines


def test_each_name_is_read_once() -> None:
    screen = Screen()
    for number in range(4):
        screen.name = ("Mira", "Tom")[number % 2]
        screen.type("Hello!")
        screen.wait(1.0)
        screen.clear(0.2)
    stage = Stage(screen.looks.read, speaker=True)
    stage.play(screen.frames)
    assert [line.speaker for line in stage.said] == ["Mira", "Tom", "Mira", "Tom"]
    assert screen.looks.asked == 4 + 2


def test_the_watcher_sees_a_name_come_to_rest_and_go() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.name = "Mira"
    screen.wait(0.5)
    screen.name = None
    screen.wait(0.5)
    watcher = NameWatcher()
    seen = []
    for frame in screen.frames:
        watcher.see(np.ascontiguousarray(frame.crop(SPEAKER)), frame.time)
        seen.append(watcher.present)
    pictures = {id(name): name for name in seen if name is not None}
    assert len(pictures) == 1
    [name] = pictures.values()
    assert [screen.looks.read(image).text for image in name.images] == ["Mira"]
    assert seen[0] is None
    assert seen[-1] is None
    assert watcher.is_settled


@BOTH
def test_a_picture_that_shows_in_the_region_makes_no_two_names_alike(early: bool) -> None:
    lines = [("Mira", "I know that road."), ("Tom", "So do I."), ("Mira", "Do you?"), (None, "Nobody spoke.")]
    screen = Screen()

    def dress(pen: ImageDraw.ImageDraw, time: float) -> None:
        for left in (150, 175, 200, 225):
            pen.line((left, 0, left + 20, 60), fill=WHITE, width=5)
            pen.ellipse((left, 18, left + 14, 32), outline=WHITE, width=3)

    screen.extra = dress
    screen.wait(0.3)
    _type_all(screen, lines)
    assert _told(screen, early=early) == lines
