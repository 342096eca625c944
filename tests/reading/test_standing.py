"""Whether a row stands, by its ink."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import GreyImage
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row, Seen
from capture_daemon.reading.row_readings import Reading
from capture_daemon.reading.standing import (
    has_lost_its_end,
    ink_in,
    standing_share,
    stands_unseen,
    takes_other_strength,
)
from tests.reading.rows import LAMP, WHOLE, Drawn, box_of, picture


def _row(luma: GreyImage, drawn: Drawn = LAMP) -> Row:
    box = box_of(*drawn)
    return Row(1, box, 0, 0, 0, ink_in(box, _seen(0.0, luma), FOLLOW))


def _seen(time: float, luma: GreyImage) -> Seen:
    """A look that sees nothing."""
    return Seen(time, luma, np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8), WHOLE, [], [])


def test_ink_follows_text_that_fades_until_an_empty_box_would_look_like_it() -> None:
    row = _row(picture(LAMP))
    assert takes_other_strength(row, picture(LAMP, level=140), FOLLOW)
    assert standing_share(row, picture(LAMP, level=140), FOLLOW) > FOLLOW.stands
    assert not takes_other_strength(row, picture(LAMP, level=58), FOLLOW)
    empty = np.full((WHOLE.height, WHOLE.width), 40, np.uint8)
    assert standing_share(row, empty, FOLLOW) < FOLLOW.lost


def test_ink_tells_nothing_where_all_is_as_dark_as_it() -> None:
    """A bubble that goes from a dark picture."""
    row = _row(255 - picture(LAMP))
    row.readings = [Reading(LAMP[0], 0.99, 0.0, ())]
    night = np.full((WHOLE.height, WHOLE.width), 25, np.uint8)
    share = standing_share(row, night, FOLLOW)
    assert share > FOLLOW.stands
    assert not stands_unseen(row, _seen(1.0, night), share, FOLLOW)
    row.misses = 0
    assert stands_unseen(row, _seen(1.0, 255 - picture(LAMP)), 1.0, FOLLOW)
    assert (row.stood, row.unchanged_at) == (1.0, -1.0)


def test_dots_that_no_look_sees_rest_where_they_stand() -> None:
    row = _row(picture(("...", 20, 20)), ("...", 20, 20))
    row.readings = [Reading("...", 0.99, 0.0, ())]
    for time in (1.0, 2.0, 3.0, 4.0):
        assert stands_unseen(row, _seen(time, picture(("...", 20, 20))), 1.0, FOLLOW)
    assert row.unchanged_at == 4.0


def test_a_row_that_is_typed_anew_behind_its_name_has_lost_its_end() -> None:
    said, anew = ("Mr. Hale: What?", 20, 20), ("Mr. Hale: W", 20, 20)
    row = _row(picture(said), said)
    row.grown, row.stood = 1.0, 2.0
    assert standing_share(row, picture(anew), FOLLOW) > FOLLOW.lost
    assert has_lost_its_end(row, picture(anew), FOLLOW)
    assert not has_lost_its_end(row, picture(said), FOLLOW)
    row.stood = 1.1
    assert not has_lost_its_end(row, picture(anew), FOLLOW), "it may still be being typed"
