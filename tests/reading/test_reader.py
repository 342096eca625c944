"""From frames to lines: each test is a screen that a game may show."""

from __future__ import annotations

import pytest

from tests.reading.drawing import Screen, lines_of

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])


@BOTH
@pytest.mark.parametrize("speed", [10, 40, 120])
def test_typewriter(speed: int, early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("The lamp burns low", speed)
    screen.wait(1.0)
    screen.clear()
    screen.type("Somebody knocks.\nTwice, then not at all.", speed)
    screen.wait(1.0)
    assert lines_of(screen, early=early) == [
        "The lamp burns low",
        "Somebody knocks. Twice, then not at all.",
    ]
