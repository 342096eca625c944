"""What belongs to the region."""

from __future__ import annotations

import pytest

from tests.reading.drawing import DIALOGUE, Screen
from tests.reading.stage import lines_of

SAID = "Here is the key."


def _screen(*, inside: float) -> Screen:
    """A line of which a share stands in the region, which the row's lower part leaves."""
    screen = Screen()
    box_top, box_height = 0.2 * 24, 1.05 * 24
    screen.top = round(DIALOGUE.bottom - inside * box_height - box_top) - 68
    screen.wait(0.5)
    screen.show(SAID, 1.6)
    screen.clear(0.5)
    return screen


@pytest.mark.parametrize(("inside", "said"), [(0.75, [SAID]), (0.25, [])])
def test_a_row_belongs_to_the_region_that_most_of_it_stands_in(inside: float, said: list[str]) -> None:
    assert lines_of(_screen(inside=inside)) == said
