"""The region that is made of rows seen on whole frames: it has room for text to come, and for nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.found_dialogue import FoundDialogue
from capture_daemon.reading.sightings import Writing
from tests.reading.writings import FRAME, HEIGHT, LETTER, writing

LEFT, TOP, PITCH = 140, 500, 46
LENGTHS = (30, 24, 36, 28, 33)
"""Letters of the first rows of some texts."""


def texts(*rows: int, pitch: int = PITCH, last_at: int | None = None, centred: bool = False) -> list[Writing]:
    """Texts one after another, of so many rows each; with `last_at` their last rows stand there."""
    found = []
    for moment, (count, length) in enumerate(zip(rows, LENGTHS, strict=False)):
        top = TOP if last_at is None else last_at - (count - 1) * pitch
        for level in range(count):
            letters = length - 6 * level
            left = (FRAME.width - LETTER * letters) // 2 if centred else LEFT
            found.append(writing("x" * letters, [moment], left, top + level * pitch))
    return found


def region(main: Sequence[Writing], *fixed: Box, others: Sequence[Writing] = (), speaker: Box | None = None) -> Box:
    return FoundDialogue(list(main), list(others), []).box(FRAME, fixed, speaker)


def longest(rows: Sequence[Writing]) -> int:
    return max(one.box.right for one in rows)


def test_rows_that_came_at_one_moment_are_one_line() -> None:
    assert FoundDialogue(texts(2, 1, 3), [writing("There!", [1])], []).lines == 3


def test_a_box_whose_rows_never_wrapped_stands_in_the_middle_of_the_screen() -> None:
    box = region(texts(1, 1, 1, 1))
    assert abs((box.left + box.right) / 2 - FRAME.width / 2) <= 1


def test_a_row_that_reaches_past_that_may_still_be_followed_by_a_longer_one() -> None:
    rows = [writing("x" * length, [moment], 400) for moment, length in enumerate((40, 30, 44, 36))]
    assert longest(rows) + 3 * HEIGHT < region(rows).right < longest(rows) + 8 * HEIGHT


def test_rows_that_wrapped_are_hardly_followed_by_longer_ones() -> None:
    rows = texts(2, 2, 1, 2)
    assert longest(rows) + HEIGHT <= region(rows).right <= longest(rows) + 2 * HEIGHT
    # Unless text stood elsewhere, too: then nobody knows how the game breaks rows.
    assert region(rows, others=[writing("There!", [9], top=100)]).right > longest(rows) + 2 * HEIGHT


def test_centred_text_has_as_much_room_on_either_side() -> None:
    for rows in (texts(1, 1, 1, 1, centred=True), texts(2, 1, 2, 1, centred=True)):
        box = region(rows)
        assert abs(box.left + box.right - FRAME.width) <= 2
        assert box.left <= min(one.box.left for one in rows) - HEIGHT // 2


def test_text_of_one_row_may_go_on_below_it_and_centred_text_above_it_too() -> None:
    for centred in (False, True):
        box = region(texts(1, 1, 1, 1, centred=centred))
        assert box.bottom >= TOP + PITCH + HEIGHT - 4
        assert (box.top < TOP - HEIGHT) == centred


@pytest.mark.parametrize("last_at", [None, 640])
def test_text_with_more_rows_begins_higher_or_ends_lower_as_it_was_seen_to(last_at: int | None) -> None:
    rows = texts(1, 2, 1, 2, last_at=last_at)
    box, top, bottom = region(rows), min(one.box.top for one in rows), max(one.box.bottom for one in rows)
    grows_up, grows_down = top - box.top > PITCH, box.bottom - bottom > PITCH
    assert (grows_up, grows_down) == ((False, True) if last_at is None else (True, False))


def test_a_text_of_many_rows_has_no_more_of_them() -> None:
    rows = texts(4, 2, 4, pitch=40)
    assert region(rows).bottom < max(one.box.bottom for one in rows) + HEIGHT


def test_the_next_row_is_as_far_away_as_rows_of_this_text_are() -> None:
    narrow, wide = (region(texts(2, 1, 2, pitch=pitch)) for pitch in (40, 76))
    assert wide.bottom >= TOP + 2 * 76 + HEIGHT
    assert narrow.bottom <= TOP + 2 * 40 + 2 * HEIGHT


def test_what_stands_round_the_text_limits_its_region() -> None:
    rows = texts(1, 1, 1, 1)
    free = region(rows)
    below, above = Box(LEFT, TOP + HEIGHT + 10, 300, 24), Box(LEFT, TOP - 34, 300, 30)
    assert region(rows, below).bottom == below.top
    assert region(rows, above).top == above.bottom
    assert region(rows, speaker=above).top == above.bottom
    # What reaches into the text's row doesn't cut that; what stands beside all of it, or far away, changes nothing.
    assert region(rows, below.shifted(0, -18)).bottom == TOP + HEIGHT
    assert region(rows, above.shifted(0, 12)).top == TOP
    for elsewhere in (Box(0, TOP, LEFT - 60, 60), Box(1200, TOP + HEIGHT, 60, 30), Box(LEFT, 20, 300, 30)):
        assert region(rows, elsewhere) == free


def test_the_region_ends_at_the_edge_of_the_screen() -> None:
    rows = [writing("x" * 60, [moment], 600, 680) for moment in range(4)]
    box = region(rows)
    assert (box.right, box.bottom) == (FRAME.width, FRAME.height)


def names(*tops_and_lefts: tuple[int, int], text: str = "Juno") -> list[Writing]:
    return [writing(text, [number], left, top) for number, (left, top) in enumerate(tops_and_lefts)]


def test_names_have_room_for_longer_ones_where_those_would_stand() -> None:
    left = FoundDialogue(texts(1, 1), [], names((150, 440), (150, 440))).speaker_box(FRAME)
    assert 150 - HEIGHT < left.left <= 150 - 3
    assert left.right > 150 + 4 * LETTER + 3 * HEIGHT
    short, long = writing("Al", [0], 300 - LETTER, 440), writing("Oderberg", [1], 300 - 4 * LETTER, 440)
    middle = FoundDialogue(texts(1, 1), [], [short, long]).speaker_box(FRAME)
    assert abs(middle.left + middle.right - 600) <= 2
    assert middle.left < long.box.left - 2 * HEIGHT


def test_the_region_of_names_ends_before_the_text() -> None:
    tops = (TOP - HEIGHT - 60, TOP - HEIGHT - 8, TOP - HEIGHT + 6)
    boxes = [FoundDialogue(texts(1, 1), [], names((150, top))).speaker_box(FRAME) for top in tops]
    far, near, reaching = boxes
    assert tops[0] + HEIGHT < far.bottom < TOP - HEIGHT
    assert tops[1] + HEIGHT < near.bottom < TOP
    assert reaching.bottom == tops[2] + HEIGHT
    assert all(upper.top < lower.top for upper, lower in pairwise(boxes))
