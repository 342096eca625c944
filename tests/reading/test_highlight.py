"""Which of a menu's options is set apart, by how they look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture_daemon.frames import Box, ColourImage
from capture_daemon.reading.highlight import (
    NOT_KNOWN,
    Appearance,
    Baseline,
    Idle,
    OptionPicture,
    idle_of,
    is_dim,
    is_known,
    merged,
    set_apart,
)
from tests.reading.drawing import font

WHITE, GREY, GOLD, DARK, BLUE = 235.0, 150.0, (60.0, 200.0, 240.0), 30.0, (160.0, 60.0, 30.0)

Colour = float | tuple[float, float, float]


def look(ink: Colour = WHITE, ground: Colour = DARK, pointer: float = 0.0) -> Appearance:
    def values(colour: Colour) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.asarray([colour] * 3 if isinstance(colour, float) else colour, np.float64)

    return Appearance(values(ink), values(ground), np.asarray([pointer], np.float64))


def apart(*moments: Sequence[Appearance], idle: Idle = NOT_KNOWN) -> int | None:
    """Which option is set apart at the last of some moments; none was known to be highlighted before."""
    baseline = Baseline()
    for looks in moments:
        baseline.see(looks, highlighted=False)
    return set_apart(moments[-1], idle, baseline)


def test_of_three_options_the_one_of_another_colour_is_set_apart() -> None:
    assert apart([look(), look(GOLD), look()]) == 1
    assert apart([look(), look(), look()]) is None


def test_of_two_that_differ_nobody_can_tell_which_until_one_of_them_changes() -> None:
    differ = [look(GOLD), look()]
    assert apart(differ) is None
    assert apart([look(), look()], differ) == 0


def test_what_a_video_makes_of_one_colour_is_no_other_one() -> None:
    shifted = look(WHITE - 8)
    assert apart([look(), shifted, look()]) is None
    assert apart([look(), look()], [shifted, look()]) is None


def test_options_that_are_all_of_different_colours_have_none_set_apart() -> None:
    assert apart([look(), look(GOLD), look(BLUE)]) is None


def test_how_options_look_that_are_not_highlighted_is_known_from_another_menu() -> None:
    idle = idle_of([look(), look(GOLD), look()], 1)
    assert apart([look(GOLD), look()], idle=idle) == 0
    assert apart([look(), look()], idle=idle) is None
    assert apart([look(GOLD), look(GOLD)], idle=idle) is None


def test_a_ground_that_differs_counts_only_if_it_has_changed() -> None:
    """What is behind an option may be the picture."""
    plates = [look(), look(ground=BLUE), look()]
    assert apart(plates) is None
    assert apart([look(), look(), look()], plates) == 1


def test_a_pointer_counts_if_it_came_and_not_if_what_was_there_is_covered() -> None:
    here = [look(), look(pointer=40.0), look()]
    assert apart([look(), look(), look()], here) == 1
    assert apart(here) is None
    assert apart([look(pointer=40.0), look(pointer=40.0)], [look(pointer=40.0), look()]) is None


def test_two_signs_on_different_options_say_nothing() -> None:
    assert apart([look(), look(), look()], [look(GOLD), look(pointer=40.0), look()]) is None


def test_the_baseline_is_when_options_were_most_alike() -> None:
    """A menu may come with an option highlighted, and go on to another: the first is not what all look like."""
    baseline = Baseline()
    for looks in ([look(GOLD), look()], [look(), look()], [look(), look(GOLD)]):
        baseline.see(looks, highlighted=False)
    assert baseline.changed([look(), look(GOLD)], 0) == 1
    assert baseline.changed([look(GOLD), look()], 0) == 0
    assert baseline.changed([look(), look()], 0) is None
    assert baseline.changed([look(GOLD), look(GOLD)], 0) is None


def test_of_looks_as_much_alike_the_latest_is_the_baseline() -> None:
    """They may have been fading in before."""
    baseline = Baseline()
    for level in (60.0, 120.0, WHITE):
        baseline.see([look(level), look(level)], highlighted=False)
    assert baseline.changed([look(), look()], 0) is None
    assert baseline.changed([look(), look(GOLD)], 0) == 1


def test_what_is_known_to_be_highlighted_is_no_baseline() -> None:
    baseline = Baseline()
    baseline.see([look(GOLD), look(GOLD)], highlighted=True)
    assert baseline.changed([look(), look(GOLD)], 0) is None


def test_what_has_moved_is_remembered_for_each_option() -> None:
    baseline = Baseline()
    for ground in (DARK, BLUE, DARK):
        baseline.see([look(ground=ground), look()], highlighted=False)
    assert baseline.has_moved(0, 1)
    assert not baseline.has_moved(1, 1)
    assert not baseline.has_moved(0, 0)


def test_what_is_idle_is_what_all_but_the_highlighted_one_have_in_common() -> None:
    ink, ground, _ = idle_of([look(ground=BLUE), look(GOLD), look()], 1)
    assert ink is not None
    assert ink.tolist() == [WHITE] * 3
    assert ground is None
    assert idle_of([look(), look(GOLD)], None)[0] is None


def test_what_one_menu_does_not_know_another_one_may() -> None:
    known = idle_of([look(), look()], None)
    assert not is_known(NOT_KNOWN)
    assert is_known(merged(NOT_KNOWN, known))
    other = idle_of([look(GOLD), look(GOLD)], None)
    for idle, first in ((merged(other, known), [*GOLD]), (merged(known, other), [WHITE] * 3)):
        assert idle[0] is not None
        assert idle[0].tolist() == first


def test_an_option_greyed_out_is_no_highlighted_one() -> None:
    assert is_dim([look(), look(GREY - 40), look()], 1)
    assert not is_dim([look(), look(WHITE - 20), look()], 1)
    assert not is_dim([look(GREY - 40), look(), look()], 1)


BOX = Box(120, 40, 200, 30)


def drawn(ink: int | tuple[int, int, int] = 235, *, ground: int = 30, pointer: bool = False) -> ColourImage:
    canvas = Image.new("RGB", (400, 120), (ground,) * 3)
    pen = ImageDraw.Draw(canvas)
    colour = (ink,) * 3 if isinstance(ink, int) else ink
    pen.text((BOX.left, BOX.top - 2), "Ask about the map", fill=colour, font=font(24))
    if pointer:
        pen.polygon([(80, 44), (80, 66), (100, 55)], fill=(235, 235, 235))
    return np.asarray(cv2.cvtColor(np.asarray(canvas, np.uint8), cv2.COLOR_RGB2BGR), np.uint8)


def luma_of(colour: ColourImage) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8)


def test_an_option_s_colours_are_those_of_its_letters_and_of_what_is_round_them() -> None:
    option = OptionPicture(drawn(), BOX)
    seen = option.appearance(drawn((240, 200, 60), ground=60))
    assert np.abs(seen.ink - np.asarray([60, 200, 240])).max() < 25
    assert seen.ground.tolist() == [60.0] * 3
    assert seen.pointer[0] == 0.0
    assert option.appearance(drawn(pointer=True)).pointer[0] > 12


@pytest.mark.parametrize("again", [{"ink": 180}, {"ground": 60}, {"ink": (240, 200, 60)}])
def test_an_option_stands_whatever_its_colours_become(again: dict[str, Any]) -> None:
    alike, strength = OptionPicture(drawn(), BOX).standing(luma_of(drawn(**again)))
    assert alike > 0.9
    assert 0.5 < strength < 1.1


def test_an_option_that_went_or_fades_does_not() -> None:
    option = OptionPicture(drawn(), BOX)
    assert option.standing(luma_of(drawn(30)))[1] == 0.0
    assert option.standing(luma_of(drawn(80)))[1] < 0.3
    noise = np.random.default_rng(3).integers(0, 255, (120, 400), dtype=np.uint8)
    assert option.standing(noise)[0] < 0.3


def test_an_option_is_known_by_every_look_in_which_it_was_read() -> None:
    option = OptionPicture(drawn(), BOX)
    inverted = luma_of(drawn(40, ground=200))
    shifted = np.roll(inverted, 6, axis=1)
    assert option.standing(shifted)[0] < 0.6
    option.look_again(shifted)
    assert option.standing(shifted)[0] > 0.95
    assert option.standing(luma_of(drawn()))[0] > 0.95


def test_an_option_at_the_edge_has_nothing_to_its_left() -> None:
    assert OptionPicture(drawn(), Box(0, 40, 200, 30)).appearance(drawn()).pointer[0] == 0.0
