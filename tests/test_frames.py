from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from capture_daemon.errors import RegionError
from capture_daemon.frames import MARGIN_ACROSS, MARGIN_DOWN, Box, Frame, Region, Regions, Size

FRAME = Size(1600, 900)


def test_whole_numbers_are_pixels() -> None:
    assert Region.parse("420, 670,770,115").resolve(FRAME) == Box(420, 670, 770, 115)


def test_a_point_anywhere_makes_fractions() -> None:
    assert Region.parse("0.25,0.5,0.5,0.25").resolve(FRAME) == Box(400, 450, 800, 225)
    assert Region.parse("0,0,1,1.0").resolve(FRAME) == Box(0, 0, 1600, 900)
    assert Region.parse(".5,0,.5,1.").resolve(Size(3, 3)) == Box(2, 0, 1, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "1,2,3,nan",
        "inf,0,1,1",
        "1e3,0,1,1",
        "1_0,0,1,1",
        "1,2,,4",
        "١,2,3,4",
        "0x1,2,3,4",
    ],
)
def test_what_is_not_four_numbers(text: str) -> None:
    with pytest.raises(RegionError, match="not four numbers"):
        Region.parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0,0,0,10", "empty"),
        ("0,0,10,-1", "empty"),
        ("-1,0,10,10", "begins outside"),
        ("0.5,0.5,0.6,0.1", "reaches outside"),
        ("0.5,100,0.1,20", "reaches outside"),
    ],
)
def test_regions_that_fit_no_frame(text: str, said: str) -> None:
    with pytest.raises(RegionError, match=said) as caught:
        Region.parse(text)
    assert repr(text) in str(caught.value)


def test_regions_that_do_not_fit_this_frame() -> None:
    with pytest.raises(RegionError, match=r"speaker region 1500,0,101,10 reaches outside the frame, which is 1600x900"):
        Region.parse("1500,0,101,10").resolve(FRAME, "speaker")
    with pytest.raises(RegionError, match="empty in a frame of 1600x900"):
        Region.parse("0.5,0.5,0.0001,0.5").resolve(FRAME)


@given(
    left=st.floats(0, 0.999),
    top=st.floats(0, 0.999),
    width=st.floats(0.001, 1),
    height=st.floats(0.001, 1),
    pixels=st.booleans(),
)
def test_what_is_written_is_read_again(left: float, top: float, width: float, height: float, pixels: bool) -> None:
    width, height = min(width, 1 - left), min(height, 1 - top)
    assume(min(width, height) >= 0.001)
    scale = 1000 if pixels else 1
    numbers = [number * scale if not pixels else float(int(number * scale)) for number in (left, top, width, height)]
    region = Region(numbers[0], numbers[1], numbers[2], numbers[3], fractions=not pixels)
    again = Region.parse(str(region))
    assert again.fractions == region.fractions
    for field in ("left", "top", "width", "height"):
        assert getattr(again, field) == pytest.approx(getattr(region, field), abs=1e-6)


def test_the_whole_frame_in_fractions_stays_fractions() -> None:
    assert str(Region.parse("0.0,0,1,1")) == "0.0,0.0,1.0,1.0"


def test_boxes() -> None:
    one, other = Box(10, 10, 20, 20), Box(25, 5, 10, 10)
    assert (one.right, one.bottom) == (30, 30)
    assert one.union(other) == Box(10, 5, 25, 25)
    assert one.intersection(other) == Box(25, 10, 5, 5)
    assert one.intersection(Box(30, 30, 5, 5)) is None
    assert one.shifted(-10, 5) == Box(0, 15, 20, 20)
    assert str(one) == "10,10,20,20"


def test_what_a_source_has_to_grab() -> None:
    dialogue, speaker = Region.parse("420,670,770,115"), Region.parse("395,625,400,45")
    alone = Regions(dialogue).resolve(FRAME)
    assert alone.dialogue == Box(420, 670, 770, 115)
    across, down = round(MARGIN_ACROSS * FRAME.width), round(MARGIN_DOWN * FRAME.height)
    around = Box(420 - across, 670 - down, 770 + 2 * across, 115 + 2 * down)
    assert alone.around == alone.needed == around
    boxes = Regions(dialogue, speaker, (Region.parse("0,0,10,10"),)).resolve(FRAME)
    assert boxes.needed == around.union(Box(395, 625, 400, 45))
    assert boxes.ignore == (Box(0, 0, 10, 10),)


def test_the_margin_ends_at_the_edge_of_the_frame() -> None:
    boxes = Regions(Region.parse("0.0,0.5,1.0,0.5")).resolve(FRAME)
    assert boxes.around.intersection(Box(0, 0, *FRAME)) == boxes.around
    assert (boxes.around.left, boxes.around.right, boxes.around.bottom) == (0, FRAME.width, FRAME.height)
    assert boxes.around.top < boxes.dialogue.top


def test_a_frame_without_colour_is_grey() -> None:
    grey = np.arange(200, dtype=np.uint8).reshape(10, 20)
    frame = Frame(grey, 0.0, 1, Box(0, 0, 20, 10), FRAME)
    assert frame.in_colour().shape == (10, 20, 3)
    assert all(np.array_equal(frame.in_colour()[:, :, channel], grey) for channel in range(3))
    colour = np.zeros((10, 20, 4), np.uint8)
    assert Frame(grey, 0.0, 1, Box(0, 0, 20, 10), FRAME, colour=lambda: colour).in_colour() is colour


def test_a_crop_is_a_view_in_pixels_of_the_whole_frame() -> None:
    pixels = np.arange(200, dtype=np.uint8).reshape(10, 20)
    frame = Frame(pixels=pixels, time=0.0, sequence=1, box=Box(100, 50, 20, 10), size=FRAME)
    crop = frame.crop(Box(105, 52, 3, 2))
    assert crop.tolist() == [[45, 46, 47], [65, 66, 67]]
    assert crop.base is pixels or crop.base is pixels.base
