"""A row's ink, by which it is told whether it still stands."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.reading.ink import Ink, Patch, ink_of
from capture_daemon.reading.parameters import FOLLOW
from tests.reading.drawing import BLACK, GREEN, NIGHT, PAPER, RED, WHITE, YELLOW, Colour, font
from tests.reading.moving import moving_picture

ROW = Box(26, 22, 250, 30)


def written(
    text: str = "The lamp burns low", ink: Colour = WHITE, paper: Colour = NIGHT, left: int = 30
) -> tuple[GreyImage, ColourImage]:
    canvas = Image.new("RGB", (320, 80), paper)
    ImageDraw.Draw(canvas).text((left, 20), text, fill=ink, font=font(24))
    colour = np.asarray(cv2.cvtColor(np.asarray(canvas), cv2.COLOR_RGB2BGR), np.uint8)
    return np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8), colour


def ink_in(luma: GreyImage, colour: ColourImage, row: Box = ROW) -> Ink:
    ink = ink_of(luma, colour, row, FOLLOW)
    assert ink is not None
    return ink


@pytest.mark.parametrize(("letters", "paper"), [(WHITE, NIGHT), (BLACK, PAPER), (YELLOW, BLACK)])
def test_ink_is_found_light_on_dark_and_dark_on_light(letters: Colour, paper: Colour) -> None:
    ink = ink_in(*written(ink=letters, paper=paper))
    assert ink.light is (letters != BLACK)
    assert sum(abs(a - b) for a, b in zip(ink.colour, reversed(letters), strict=True)) < 30
    assert 28 <= ink.first_column <= 36
    assert 236 <= ink.last_column <= 256


def test_dark_letters_before_something_bright_are_the_ink_and_not_that() -> None:
    luma, colour = written(ink=(170, 0, 0), paper=(40, 30, 20))
    lamp = np.zeros_like(luma, np.bool_)
    lamp[:, 180:230] = luma[:, 180:230] == luma[0, 0]
    colour[lamp] = (250, 240, 220)
    luma = np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8)
    ink = ink_in(luma, colour)
    assert ink.colour == (0, 0, 170)
    assert 28 <= ink.first_column <= 36
    gone = np.where(lamp, luma, luma[0, 0])
    assert ink.share(gone) < FOLLOW.lost


def test_it_stands_in_its_own_frame_and_not_in_a_cleared_one() -> None:
    luma, colour = written()
    ink = ink_in(luma, colour)
    assert ink.share(luma) > 0.99
    assert ink.share(written("")[0]) < 0.05


def test_other_text_of_the_same_colour_shows_less_of_it_than_has_to_stand() -> None:
    ink = ink_in(*written())
    assert ink.share(written("Somebody has knocked")[0]) < FOLLOW.stands


def test_the_noise_of_compression_leaves_it_standing() -> None:
    luma, colour = written()
    noise = np.random.default_rng(2).integers(-10, 11, luma.shape)
    noisy = np.clip(luma.astype(int) + noise, 0, 255).astype(np.uint8)
    assert ink_in(luma, colour).share(noisy) > 0.95


def test_text_that_shakes_is_near() -> None:
    ink = ink_in(*written())
    shaken, _ = written(left=32)
    assert ink.share(shaken) < FOLLOW.stands
    assert ink.share_nearby(shaken) > 0.9
    assert ink.share_nearby(written("")[0]) < 0.05


def test_the_share_of_some_columns() -> None:
    luma, colour = written()
    ink = ink_in(luma, colour)
    cut = luma.copy()
    cut[:, 150:] = NIGHT[0]
    assert ink.share_within(cut, 0, 150) > 0.99
    assert ink.share_within(cut, 150, 320) < 0.05
    assert ink.share_within(cut, 300, 320) == 1.0


@pytest.mark.parametrize("paper", [GREEN, (95, 95, 95)])
def test_where_luma_cannot_tell_there_is_none(paper: Colour) -> None:
    luma, colour = written(ink=RED, paper=paper)
    assert ink_of(luma, colour, ROW, FOLLOW) is None


def test_over_a_moving_picture_most_ink_is_the_text_s() -> None:
    at = moving_picture()
    lumas = []
    for time in (0.0, 1.0):
        canvas = Image.fromarray(at(time)[:80, :320])
        ImageDraw.Draw(canvas).text((30, 20), "The lamp burns low", fill=(255, 255, 255), font=font(24))
        lumas.append(np.asarray(canvas.convert("L"), np.uint8))
    ink = ink_in(lumas[0], np.repeat(lumas[0][:, :, None], 3, axis=2))
    assert ink.share(lumas[1]) > FOLLOW.stands


def test_what_comes_beside_the_ink_changes_the_patch_and_the_ink_does_not() -> None:
    luma, colour = written()
    ink = ink_in(luma, colour)
    patch = Patch.of(luma, ROW)
    assert patch.changed_round(ink, luma, FOLLOW.change) == 0
    assert patch.changed_round(ink, written("The lamp burns low.")[0], FOLLOW.change) > FOLLOW.speck
    without_ink = luma.copy()
    inside = without_ink[ROW.top : ROW.bottom, ROW.left : ROW.right]
    inside[ink.mask] = NIGHT[0]
    assert patch.changed_round(ink, without_ink, FOLLOW.change) == 0


def test_likeness_tells_a_text_at_another_strength_from_another_text() -> None:
    ink = ink_in(*written(ink=(120, 120, 120)))
    assert ink.likeness(written()[0]) > 0.97
    for other in ("The lamp burns now", "The damp burns low", "The lamp burns lou"):
        assert ink.likeness(written(other)[0]) < FOLLOW.same_picture
    stronger = ink.as_in(written()[0], FOLLOW)
    assert stronger.share(written()[0]) > 0.99
    assert stronger.tolerance > ink.tolerance


def test_a_text_that_fades_out_and_in_again_is_told_from_another_as_well_as_before() -> None:
    bright, faint = written()[0], written(ink=(62, 62, 62))[0]
    ink = before = ink_in(*written())
    for _ in range(3):
        ink = ink.as_in(faint, FOLLOW).as_in(bright, FOLLOW)
    assert abs(ink.tolerance - before.tolerance) <= FOLLOW.least_tolerance
    assert ink.share(written("The lamp is out now")[0]) < FOLLOW.stands


@settings(max_examples=60)
@given(
    st.integers(0, 310),
    st.integers(0, 70),
    st.integers(1, 320),
    st.integers(1, 80),
    st.sampled_from([WHITE, RED, NIGHT]),
)
def test_whatever_box_is_asked_for_a_share_is_a_share(
    left: int, top: int, width: int, height: int, ink: Colour
) -> None:
    luma, colour = written(ink=ink)
    box = Box(left, top, width, height).intersection(Box(0, 0, 320, 80))
    assert box is not None
    found = ink_of(luma, colour, box, FOLLOW)
    if found is not None:
        assert found.share(luma) == 1.0
        assert 0 <= found.share(written("")[0]) <= 1
        assert box.left <= found.first_column <= found.last_column < box.right


def test_what_is_behind_outlined_letters_is_not_their_ink() -> None:
    luma, colour = written(ink=(235, 240, 225), paper=(30, 34, 26))
    path = np.zeros_like(colour)
    path[:] = colour[0, 0]
    path[:, 60:230] = (150, 160, 175)
    letters = luma != luma[0, 0]
    outline = cv2.dilate(letters.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.bool_)
    shown = np.where(letters[..., None], colour, np.where(outline[..., None], np.uint8(0), path))
    shown, gone = (np.asarray(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), np.uint8) for one in (shown, path))
    ink = ink_in(shown, np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR), np.uint8), Box(20, 12, 262, 50))
    assert ink.share(gone) < FOLLOW.lost


def test_ink_that_is_as_light_as_what_is_round_it_is_lost_in_that() -> None:
    luma, colour = written(ink=(200, 200, 200), paper=(240, 240, 240))
    ink = ink_in(luma, colour)
    sky = np.full_like(luma, 200)
    assert ink.share(sky) > 0.9
    assert ink.is_drowned(sky, ROW.left, ROW.right)
    assert not ink.is_drowned(luma, ROW.left, ROW.right)
