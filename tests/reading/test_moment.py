"""One region in one frame."""

from __future__ import annotations

import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame, Size
from capture_daemon.reading.moment import Moment

SIZE = Size(64, 32)
WHOLE = Box(0, 0, *SIZE)
PIXELS = np.arange(32 * 64, dtype=np.uint32).reshape(32, 64).astype(np.uint8)


def frame(colour: ColourImage | None = None, box: Box = WHOLE) -> Frame:
    inside = PIXELS[box.top : box.bottom, box.left : box.right]
    return Frame(inside, 1.5, 0, box, SIZE, colour=None if colour is None else lambda: colour)


def test_the_region_is_cut_out_in_luma_and_colour() -> None:
    colour = np.stack((PIXELS, PIXELS + np.uint8(1), PIXELS + np.uint8(2), PIXELS), axis=2)
    moment = Moment(frame(colour), Box(10, 5, 20, 8))
    assert moment.time == 1.5
    assert (moment.luma == PIXELS[5:13, 10:30]).all()
    assert (moment.colour == colour[5:13, 10:30, :3]).all()


def test_from_a_frame_that_holds_but_a_part_too() -> None:
    part = Box(8, 4, 40, 20)
    colour = np.repeat(PIXELS[4:24, 8:48, None], 3, axis=2)
    moment = Moment(frame(colour, part), Box(10, 5, 20, 8))
    assert (moment.luma == PIXELS[5:13, 10:30]).all()
    assert (moment.colour[:, :, 0] == PIXELS[5:13, 10:30]).all()


def test_without_colour_it_is_grey() -> None:
    moment = Moment(frame(), Box(10, 5, 20, 8))
    assert moment.colour.shape == (8, 20, 3)
    assert (moment.colour[:, :, 1] == moment.luma).all()


def test_what_is_ignored_is_black_and_the_frame_itself_stays_as_it_was() -> None:
    colour = np.full((32, 64, 3), 200, np.uint8)
    before = PIXELS.copy()
    moment = Moment(frame(colour), Box(10, 5, 20, 8), [Box(0, 0, 15, 9), Box(60, 0, 4, 4)])
    assert (moment.luma[:4, :5] == 0).all()
    assert (moment.colour[:4, :5] == 0).all()
    assert (moment.luma[4:, :] == PIXELS[9:13, 10:30]).all()
    assert (moment.colour[:, 5:] == 200).all()
    assert (before == PIXELS).all()
    assert (colour == 200).all()


def test_colour_is_asked_for_once_and_only_if_it_is_needed() -> None:
    asked = []

    def colour() -> ColourImage:
        asked.append(1)
        return np.zeros((32, 64, 3), np.uint8)

    moment = Moment(Frame(PIXELS, 0.0, 0, Box(0, 0, *SIZE), SIZE, colour=colour), Box(0, 0, 8, 8))
    assert not asked
    assert moment.colour is moment.colour
    assert len(asked) == 1
