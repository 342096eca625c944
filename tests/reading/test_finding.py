"""Where the dialogue's region is found, from boxes of rows seen a second apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle, islice

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.frames import Box, Size
from capture_daemon.reading.finding import RegionFinder
from capture_daemon.reading.sightings import bands, joined

FRAME = Size(1280, 720)
WIDTHS = (610, 240, 700, 95, 480, 660, 330)
"""Of the lines that the dialogue shows, one after another."""


def dialogue(left: int = 140, top: int = 560, height: int = 34) -> Iterator[list[Box]]:
    """A line a second: every third one goes on in a second row."""
    for number, width in enumerate(cycle(WIDTHS)):
        rows = [Box(left, top, width, height)]
        if number % 3 == 0:
            rows = [Box(left, top, 720, height), Box(left, top + 44, width, height)]
        yield rows


def found_in(moments: Iterable[list[Box]], size: Size = FRAME) -> tuple[Box, Box | None] | None:
    finder = RegionFinder(size)
    for rows in moments:
        finder.see(rows)
    found = finder.found()
    return None if found is None else (found.dialogue, found.speaker)


def holds(region: Box, *rows: Box) -> bool:
    return all(region.intersection(row) == row for row in rows)


def test_the_rows_that_change_are_the_dialogue() -> None:
    found = found_in(islice(dialogue(), 12))
    assert found is not None
    region, speaker = found
    assert holds(region, Box(140, 560, 720, 34), Box(140, 604, 700, 34), Box(140, 648, 720, 34)), region
    assert region.left >= 90
    assert region.top >= 530
    assert speaker is None


def test_what_always_stands_there_is_no_dialogue() -> None:
    menu = [Box(left, 690, 60, 18) for left in range(300, 900, 120)]
    label = Box(1000, 20, 200, 40)
    found = found_in([*rows, *menu, label] for rows in islice(dialogue(), 12))
    assert found is not None
    assert found[0].bottom <= 690
    assert found[0].top > 500


def test_a_name_over_the_dialogue_is_the_speakers() -> None:
    names = cycle([Box(150, 510, 90, 32), Box(150, 510, 60, 32), None])
    moments = [[*rows, *([name] if name else [])] for rows, name in zip(islice(dialogue(), 18), names, strict=False)]
    found = found_in(moments)
    assert found is not None
    region, speaker = found
    assert speaker is not None
    assert holds(speaker, Box(150, 510, 150, 32))
    assert speaker.intersection(region) is None


def test_a_label_that_never_changes_is_no_name() -> None:
    found = found_in([*rows, Box(150, 510, 90, 32)] for rows in islice(dialogue(), 18))
    assert found is not None
    assert found[1] is None


def test_a_menu_in_the_middle_belongs_to_nothing() -> None:
    choices = [Box(560, 250, 160, 36), Box(540, 310, 200, 36), Box(570, 370, 140, 36)]
    moments = [choices if number % 6 == 5 else rows for number, rows in enumerate(islice(dialogue(), 24))]
    found = found_in(moments)
    assert found is not None
    assert found[0].top > 500


def test_a_page_that_fills_is_found_whole() -> None:
    pages = [[Box(90, 80 + 50 * row, 600 - 37 * ((row + 3 * page) % 7), 34) for row in range(10)] for page in range(4)]
    found = found_in(page[:filled] for page in pages for filled in range(1, 11))
    assert found is not None
    assert holds(found[0], *pages[0])


def test_too_little_text_names_no_region() -> None:
    assert found_in(islice(dialogue(), 3)) is None
    assert found_in([[Box(100, 100, 300, 30)]] * 60) is None
    assert found_in([]) is None


def test_it_has_seen_enough_in_the_end() -> None:
    finder = RegionFinder(FRAME)
    moments = dialogue()
    for _ in range(100):
        if finder.enough:
            break
        finder.see(next(moments))
    assert finder.enough


def test_words_of_one_row_are_joined() -> None:
    words = [Box(100, 50, 60, 30), Box(175, 52, 80, 28), Box(600, 50, 50, 30)]
    assert joined(words) == [Box(100, 50, 155, 30), Box(600, 50, 50, 30)]
    [band] = bands([words[:1], words[1:2]])
    assert sorted(band.rows) == [0, 1]


boxes = st.builds(Box, st.integers(0, 1200), st.integers(0, 680), st.integers(1, 1280), st.integers(1, 720)).map(
    lambda box: box.intersection(Box(0, 0, *FRAME))
)


@given(st.lists(st.lists(boxes, max_size=6), max_size=12))
def test_whatever_is_seen_the_regions_lie_in_the_frame(moments: list[list[Box]]) -> None:
    found = found_in(moments)
    if found is not None:
        assert all(region is None or holds(Box(0, 0, *FRAME), region) for region in found)
