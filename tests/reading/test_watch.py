"""What changes from frame to frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.parameters import WATCH
from capture_daemon.reading.watch import Watch

SHAPE = (120, 600)
WHOLE = Box(0, 0, 600, 120)


def flat(level: int = 40) -> GreyImage:
    return np.full(SHAPE, level, np.uint8)


def with_box(box: Box, level: int = 200, on: int = 40) -> GreyImage:
    luma = flat(on)
    luma[box.top : box.bottom, box.left : box.right] = level
    return luma


def watched(pictures: Iterable[GreyImage], region: Box = WHOLE, fps: float = 30) -> Watch:
    """A watch that looked at the first picture and has seen them all."""
    watch = Watch(SHAPE, region, WATCH)
    for number, luma in enumerate(pictures):
        watch.see(luma, number / fps)
        if number == 0:
            watch.looked(luma, WHOLE)
    return watch


def test_everything_is_news_before_the_first_look() -> None:
    watch = Watch(SHAPE, WHOLE, WATCH)
    watch.see(flat(0), 0.0)
    assert watch.news.all()
    watch.looked(flat(0), WHOLE)
    assert not watch.news.any()


def test_only_what_was_looked_at_is_no_longer_news() -> None:
    watch = Watch(SHAPE, WHOLE, WATCH)
    watch.see(flat(), 0.0)
    watch.looked(flat(), Box(0, 0, 300, 120))
    news = watch.bounds(watch.news)
    assert news is not None
    assert 280 <= news.left <= 300
    assert news.right >= 600


def test_what_came_is_where_the_news_is() -> None:
    came = Box(200, 50, 80, 24)
    watch = watched([flat(), flat(), with_box(came)])
    for cells in (watch.news, watch.moved):
        bounds = watch.bounds(cells)
        assert bounds is not None
        assert bounds.intersection(came) == came
        assert bounds.width <= 110
    assert watch.tight(with_box(came), WHOLE) == came


def test_what_stands_has_not_moved_but_is_still_news() -> None:
    watch = watched([flat(), with_box(Box(200, 50, 80, 24)), with_box(Box(200, 50, 80, 24))])
    assert not watch.moved.any()
    assert watch.news.any()


def test_a_full_stop_of_small_text_is_seen() -> None:
    assert watched([flat(), with_box(Box(301, 61, 2, 2))]).news.any()


def test_a_cursor_s_single_pixel_and_the_noise_of_compression_are_not() -> None:
    noise = np.random.default_rng(1).integers(-7, 8, SHAPE)
    assert not watched([flat(), (flat() + noise).astype(np.uint8)]).news.any()
    assert not watched([flat(), with_box(Box(301, 61, 1, 1))]).news.any()


def test_what_changes_outside_the_region_does_not_count() -> None:
    beside, part = Box(10, 10, 40, 40), Box(200, 0, 400, 120)
    assert not watched([flat(), with_box(beside)], region=part).news.any()
    # A cell of the grid may lie across the region's edge.
    assert not watched([flat(), with_box(Box(195, 10, 5, 40))], region=part).news.any()


def test_text_rests_once_it_has_stood_for_long_enough() -> None:
    text = with_box(Box(200, 50, 80, 24))
    watch = watched([flat(), text, text, text, text])
    assert watch.resting(watch._time, 0.08).any()
    assert not watch.resting(watch._time, 0.2).any()


def test_text_does_not_rest_beside_letters_that_are_still_coming() -> None:
    watch = watched(with_box(Box(100, 50, 20 * number + 1, 24)) for number in range(8))
    assert watch.news.any()
    assert not watch.resting(watch._time, 0.1).any()


def test_text_is_being_typed_as_far_as_words_reach_without_a_gap_to_what_moves() -> None:
    typed, other = Box(100, 20, 300, 24), Box(100, 84, 60, 24)
    frames = [flat(), *[flat() + 0 for _ in range(3)]]
    before = with_box(typed)
    before[other.top : other.bottom, other.left : other.right] = 255
    after = before.copy()
    after[typed.top : typed.bottom, typed.right + 8 : typed.right + 20] = 255
    watch = watched([*frames, *[before] * 9, after])
    cells = watch.being_typed(watch._time, 0.08)
    assert cells[watch.cells(Box(110, 25, 280, 14))].all()
    assert not cells[watch.cells(other)].any()
    far = before.copy()
    far[typed.top : typed.bottom, typed.right + 120 : typed.right + 140] = 255
    watch = watched([*frames, *[before] * 9, far])
    assert not watch.being_typed(watch._time, 0.08)[watch.cells(typed)].any()


def test_what_twitches_for_good_is_busy_and_does_not_keep_text_beside_it_from_resting() -> None:
    def frame(number: int) -> GreyImage:
        luma = with_box(Box(260, 30, 12, 12), level=200 if number % 2 else 40)
        if number >= 30:
            luma[50:74, 180:240] = 200
        return luma

    watch = watched(map(frame, range(40)))
    assert watch.busy.any()
    assert not watch.is_moving
    assert watch.resting(watch._time, 0.1).any()


@pytest.mark.parametrize(("share", "moving"), [(0.2, False), (0.6, True)])
def test_a_picture_moves_where_much_of_it_changes_all_the_time(share: float, moving: bool) -> None:
    noise = np.random.default_rng(3)

    def frame(number: int) -> GreyImage:
        luma = flat()
        luma[:, : int(600 * share)] = noise.integers(0, 255, (120, int(600 * share)))
        return luma

    assert watched(map(frame, range(30))).is_moving is moving


def test_a_picture_that_stops_is_still_again_within_a_second() -> None:
    noise = np.random.default_rng(3)
    watch = watched(noise.integers(0, 255, SHAPE).astype(np.uint8) for _ in range(30))
    assert watch.is_moving
    for number in range(30):
        watch.see(flat(), 1.0 + number / 30)
    assert not watch.busy.any()


@pytest.mark.parametrize("height", [120, 1200])
def test_pictures_are_kept_for_a_while_and_not_without_bound(height: int) -> None:
    watch = Watch((height, 2000), Box(0, 0, 2000, height), WATCH)
    luma = np.zeros((height, 2000), np.uint8)
    for number in range(100):
        watch.see(luma, number / 60)
    assert len(watch.memory) >= 3
    assert sum(luma.size for _, luma in watch.memory) <= WATCH.memory_bytes
    assert watch.memory[-1][0] - watch.memory[0][0] <= WATCH.memory_seconds


boxes: Callable[..., st.SearchStrategy[Box]] = lambda: st.builds(  # noqa: E731 - it is used twice
    Box, st.integers(0, 560), st.integers(0, 100), st.integers(3, 40), st.integers(3, 20)
)


@given(boxes(), st.integers(0, 255), st.integers(0, 255))
def test_whatever_comes_in_enough_contrast_is_news_there(box: Box, level: int, ground: int) -> None:
    watch = watched([flat(ground), with_box(box, level, ground)])
    if abs(level - ground) > WATCH.change:
        bounds = watch.bounds(watch.news)
        assert bounds is not None
        assert bounds.intersection(box) is not None
    else:
        assert not watch.news.any()


def test_of_what_is_new_more_text_takes_nothing_away_and_other_text_does() -> None:
    first, more = with_box(Box(100, 50, 60, 24)), with_box(Box(100, 50, 75, 24))
    watch = watched([flat(), first, more])
    assert watch.share_gone(first, more, watch.news) == 0
    assert watch.share_gone(first, flat(), watch.news) == 1
    assert 0.4 < watch.share_gone(first, with_box(Box(130, 50, 60, 24)), watch.news) < 0.6
    assert watch.share_gone(flat(), first, watch.news) == 0


def test_what_moves_in_two_places_is_two_pieces() -> None:
    luma = with_box(Box(100, 50, 14, 14))
    luma[60:74, 500:514] = 200
    watch = watched([flat(), luma])
    pieces = [watch.tight(luma, piece, flat()) for piece in watch.pieces(watch.moved)]
    assert sorted(map(str, pieces)) == sorted(["100,50,14,14", "500,60,14,14"])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 560), st.integers(0, 100), st.integers(1, 90), st.integers(1, 40), st.integers(0, 255)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_differs_is_the_same_however_it_came(changes: list[tuple[int, int, int, int, int]]) -> None:
    pictures = [flat()]
    for left, top, width, height, level in changes:
        luma = pictures[-1].copy()
        luma[top : top + height, left : left + width] = level
        pictures.append(luma)
    step_by_step, at_once = watched(pictures), watched([pictures[0], pictures[-1]])
    assert (step_by_step.news == at_once.news).all()
    moved = watched([pictures[-2], pictures[-1]]).moved
    assert (step_by_step.moved == moved).all()


def test_a_picture_that_slowly_grows_lighter_differs_from_what_was_looked_at() -> None:
    watch = watched([flat(40 + step) for step in range(40)])
    assert not watch.moved.any()
    assert watch.news.all()


def test_a_box_without_anything_in_it_is_plain() -> None:
    watch = watched([flat(), with_box(Box(300, 40, 60, 24), on=70)])
    plain = watch.is_plain()
    assert not plain[watch.cells(Box(300, 40, 60, 24))].any()
    assert plain[watch.cells(Box(0, 0, 240, 120))].all()


def test_the_cells_that_boxes_touch() -> None:
    watch = Watch(SHAPE, WHOLE, WATCH)
    touched = watch.touched([Box(0, 0, 1, 1)])
    assert touched.sum() == 1
    assert touched[0, 0]
    assert not watch.touched([]).any()


def test_news_is_left_for_as_long_as_looks_are_at_other_places() -> None:
    watch = watched([flat()])
    both = np.maximum(with_box(Box(40, 50, 40, 24)), with_box(Box(400, 50, 80, 24)))
    for number in range(1, 31):
        watch.see(both, number / 30)
        watch.looked(both, Box(300, 0, 300, 120))
    assert watch.left_for(1.0) == pytest.approx(29 / 30)
    watch.looked(both, Box(0, 0, 300, 120))
    assert watch.left_for(1.0) == 0.0
