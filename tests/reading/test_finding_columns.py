"""Where the dialogue's region is found when its text runs in columns."""

from __future__ import annotations

from itertools import cycle, islice

from capture_daemon.frames import Box, Size
from capture_daemon.reading.finding_columns import TextFinder
from tests.reading.test_finding import dialogue, holds

FRAME = Size(1280, 720)
HEIGHTS = (410, 240, 450, 95, 480, 360, 330)
"""Of the columns that are shown, one after another."""


def test_columns_that_change_are_the_dialogue() -> None:
    finder = TextFinder(FRAME)
    label = Box(60, 30, 120, 28)
    for number, height in enumerate(islice(cycle(HEIGHTS), 12)):
        columns = (
            [Box(1140, 90, 36, 480), Box(1080, 90, 36, height)] if number % 3 == 0 else [Box(1140, 90, 36, height)]
        )
        finder.see([*columns, label])
    found = finder.found()
    assert found is not None
    assert holds(found.dialogue, Box(1140, 90, 36, 480), Box(1080, 90, 36, 480)), found
    assert found.dialogue.left > 900
    assert found.speaker is None


def test_rows_are_found_as_ever() -> None:
    finder = TextFinder(FRAME)
    for rows in islice(dialogue(), 12):
        finder.see(rows)
    found = finder.found()
    assert found is not None
    assert holds(found.dialogue, Box(140, 560, 720, 34), Box(140, 604, 700, 34))
    assert not finder.enough
