"""Whether a row that stands has to be read again."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.parameters import FOLLOW
from tests.reading.rows import KNOCK, LAMP, Drawn, Looking, box_of, picture


def test_a_row_known_to_stand_is_not_read_again_until_something_comes_beside_it() -> None:
    looking = Looking()
    looking.look(0.2, LAMP)
    follow = looking.follow
    assert follow.is_known(box_of(*LAMP), picture(LAMP), 0.5)
    more: Drawn = ("The lamp burns low.", 20, 20)
    assert not follow.is_known(box_of(*LAMP), picture(more), 0.5)
    assert not follow.is_known(box_of(*LAMP), picture(KNOCK), 0.5)
    assert not follow.is_known(box_of("The lamp burns low, as ever"), picture(LAMP), 0.5)


def test_a_row_that_grows_brighter_or_fainter_stands_and_is_not_read_again() -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP, shows=picture(LAMP, level=110))
    for time, level in ((0.3, 170), (0.4, 235), (0.5, 150), (0.6, 80)):
        fading = picture(LAMP, level=level)
        assert looking.follow.watch(fading, time, [row]) == []
        assert looking.follow.is_known(box_of(*LAMP), fading, time)
        assert row.stood == time


@pytest.mark.parametrize("other", ["The lamp burns low!", "The lamp burns now", "The damp burns low", "Oh, weasel."])
def test_another_text_that_fades_in_in_its_place_is_read(other: str) -> None:
    looking = Looking()
    [row] = looking.look(
        0.2, ("The lamp burns low?", 20, 20), shows=picture(("The lamp burns low?", 20, 20), level=110)
    )
    brighter = picture((other, 20, 20))
    assert looking.follow.watch(brighter, 0.3, [row]) == [row]
    assert not looking.follow.is_known(box_of(other), brighter, 0.3)


def test_wherever_the_detector_draws_its_box_a_row_round_which_nothing_is_new_is_known() -> None:
    looking = Looking()
    looking.look(0.2, LAMP)
    box = box_of(*LAMP)
    assert looking.follow.is_known(Box(box.left - 14, box.top - 2, box.width + 26, box.height + 4), picture(LAMP), 0.5)


def test_letters_typed_in_the_row_below_do_not_make_a_row_unknown() -> None:
    looking = Looking()
    box, below = box_of(*LAMP), ("TILL THE MORNING", 20, 42)
    looking.look(0.2, LAMP)
    both = picture(LAMP, below)
    assert not looking.follow.is_known(box, both, 0.5)
    assert looking.follow.is_known(box, both, 0.5, rows=[box, box_of(*below)])


def beside(luma: GreyImage, *spots: tuple[int, int], side: int = 5) -> GreyImage:
    """The picture with squares of the ink's own level in some places."""
    luma = luma.copy()
    for left, top in spots:
        luma[top : top + side, left : left + side] = 235
    return luma


def test_what_passes_by_a_row_read_twice_beyond_doubt_is_not_read_and_what_stays_is() -> None:
    looking = Looking()
    looking.look(0.2, LAMP, confidence=0.99)
    looking.look(0.5, LAMP, confidence=0.99)
    follow, box = looking.follow, box_of(*LAMP)
    [row] = follow.rows
    snow = [(0.6 + 0.04 * number, beside(picture(LAMP), (60 + 9 * number, 25))) for number in range(12)]
    time, luma = snow[-1]
    assert follow.is_known(box, luma, time, snow)
    assert row.unsettled
    stop = box.right - 1, 40
    stays = [(time, beside(luma, stop)) for time, luma in snow]
    assert not follow.is_known(box, stays[-1][1], stays[-1][0], stays)
    at_rest = [(0.6 + 0.04 * number, beside(picture(LAMP), stop)) for number in range(4)]
    assert not follow.is_known(box, at_rest[-1][1], at_rest[-1][0], at_rest)
    assert not row.unsettled


def test_a_row_that_is_being_typed_is_left_until_it_rests_but_not_for_long() -> None:
    looking = Looking()
    [row] = looking.look(0.2, ("The lamp", 20, 20))
    follow = looking.follow
    assert follow.is_growing(box_of(*LAMP), picture(LAMP), 0.4, FOLLOW.postponed)
    assert row.stale
    assert not follow.is_growing(box_of(*LAMP), picture(LAMP), 0.2 + FOLLOW.postponed, FOLLOW.postponed)


def test_a_row_seen_to_grow_that_is_as_it_was_read_had_a_mark_behind_it() -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    with_mark = box_of(f"{LAMP[0]} x", *LAMP[1:])
    assert looking.follow.is_growing(with_mark, picture(LAMP), 0.4, FOLLOW.postponed)
    assert row.stale
    assert looking.follow.is_known(box_of(*LAMP), picture(LAMP), 0.6)
    assert not row.stale


def test_a_row_that_grows_much_slower_than_before_has_come_to_its_end() -> None:
    looking = Looking()
    looking.look(0.2, ("The lamp", 20, 20))
    follow = looking.follow
    shown = picture(LAMP)
    assert follow.is_growing(box_of("The lamp burns", 20, 20), shown, 0.4, FOLLOW.postponed)
    assert follow.is_growing(box_of("The lamp burns low as", 20, 20), shown, 0.6, FOLLOW.postponed)
    assert not follow.is_growing(box_of("The lamp burns low as ever", 20, 20), shown, 1.4, FOLLOW.postponed)
