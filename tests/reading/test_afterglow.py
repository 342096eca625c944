"""Afterglow: text that fades out isn't new text, and what comes up where it stood is."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.afterglow import SECONDS, Afterglow
from capture_daemon.reading.ink import Ink, empty_mask
from tests.reading.drawing import Screen, lines_of
from tests.reading.pictures import light, page_of, standing


def at(luma: int, time: float = 1.0) -> Ink:
    """All of the region as light as that."""
    picture = np.full((130, 600), luma, np.uint8)
    nowhere = empty_mask((130, 600))
    return Ink(
        still=picture, current=picture, raw=picture, contrast=picture, mask=nowhere, moved=nowhere, since=0, time=time
    )


def test_what_fades_is_no_new_ink_and_what_is_as_light_as_the_text_is() -> None:
    page = page_of(standing("One row of it"))
    glow = Afterglow(page, 1.0)
    letters = page.mask.copy()
    fresh = letters.copy()
    glow.remove_from(fresh, at(60))
    assert not fresh.any()
    fresh = letters.copy()
    glow.remove_from(fresh, at(235))
    assert fresh.any()


def test_it_is_over_after_a_while() -> None:
    glow = Afterglow(page_of(standing("One row of it")), 1.0)
    assert not glow.is_over(at(40, time=1.0 + SECONDS))
    assert glow.is_over(at(40, time=1.1 + SECONDS))


def test_what_comes_up_after_the_text_had_faded_has_come_since() -> None:
    page = page_of(standing("One row of it"))
    glow = Afterglow(page, 1.0)
    box = page.shapes[0].box
    new = page.shape_mask(page.shapes[0])
    for luma in (180, 90, 40):
        glow.remove_from(empty_mask((130, 600)), at(luma))
        assert not glow.has_come_since(at(luma), box, new)
    assert glow.has_come_since(at(120), box, new)
    assert glow.has_come_since(at(60), Box(500, 10, 3, 3), np.full((3, 3), 255, np.uint8))


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
@pytest.mark.parametrize("letters", [15, 20])
def test_a_stop_that_comes_where_the_old_text_stood_is_kept(letters: int, early: bool) -> None:
    texts = ["All of the row was taken up by this one", "It's over.", "Yes. It is over now, and it was all for her."]
    screen = Screen(letters=letters)
    screen.wait(0.3)
    for text in texts:
        screen.rows = []
        screen.type(text, speed=25)
        screen.wait(0.8)
    assert lines_of(screen, early=early) == texts


def test_a_line_that_fades_out_is_said_once() -> None:
    screen = Screen()
    screen.show("Here it is.", 1.0)
    screen.fade(0, 0.8)
    screen.rows = []
    screen.wait(0.5)
    assert lines_of(screen) == ["Here it is."]
    assert light(screen).max() < 60
