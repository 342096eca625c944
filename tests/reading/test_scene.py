"""What belongs to the region."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from tests.reading.drawing import DIALOGUE, Screen
from tests.reading.stage import lines_of


@pytest.mark.parametrize(("left", "said"), [(160, ["key."]), (180, [])])
def test_what_only_reaches_into_the_region_from_its_side_is_not_read(left: int, said: list[str]) -> None:
    """Of its last word most stands in the region, or hardly anything."""
    screen = Screen()
    screen.wait(0.5)
    screen.show("Here is the key.", 1.6)
    screen.clear(0.5)
    assert lines_of(screen, dialogue=Box(left, DIALOGUE.top, DIALOGUE.right - left, DIALOGUE.height)) == said
