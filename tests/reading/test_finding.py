"""Where the dialogue's region is found, from rows seen and read a second apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import cycle, islice

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.frames import Box, Size
from capture_daemon.reading.finding import FoundRegions, RegionFinder
from capture_daemon.reading.sightings import SeenRow

FRAME = Size(1280, 720)
TEXTS = (
    "The tide turns before noon, and nobody has told the harbour master.",
    "So do we.",
    "He never asked about the lamp on the pier, not once.",
    "Out since Tuesday.",
    "That is how it always begins, with a lamp and a cat.",
    "Hush. Somebody is coming up the stairs.",
    "Only the wind.",
    "It never knocks.",
)
HEIGHT, LETTER = 34, 14
"""Pixels that a row is high, and a letter wide."""


def row(text: str, left: int = 140, top: int = 560, *, letter: int = LETTER) -> SeenRow:
    return SeenRow(Box(left, top, letter * len(text), HEIGHT), text, 0.98)


def dialogue(count: int, texts: Sequence[str] = TEXTS, left: int = 140) -> list[list[SeenRow]]:
    """Lines one after another, each seen twice."""
    return [[row(text, left)] for text in islice(cycle(texts), count) for _ in range(2)]


def centred(text: str, top: int) -> SeenRow:
    return row(text, 640 - LETTER * len(text) // 2, top)


def found_in(moments: Iterable[Iterable[SeenRow]]) -> FoundRegions | None:
    finder = RegionFinder(FRAME)
    for rows in moments:
        finder.see(rows)
    return finder.found()


def region_in(moments: Iterable[Iterable[SeenRow]]) -> FoundRegions:
    found = found_in(moments)
    assert found is not None
    return found


def holds(region: Box, *rows: SeenRow) -> bool:
    return all(region.intersection(row.box) == row.box for row in rows)


def test_texts_that_come_and_go_are_the_dialogue_with_room_for_more() -> None:
    found = region_in(dialogue(8))
    assert holds(found.dialogue, row(TEXTS[0]), row(TEXTS[0], top=604)), found
    assert found.dialogue.left >= 110
    assert 530 <= found.dialogue.top <= 560
    assert found.speaker is None


def test_what_always_stands_there_is_no_dialogue() -> None:
    signs = [row("Bakery, open from nine to six", 100, 60), row("Save  Load  Auto  Skip", 500, 650)]
    found = region_in([*rows, *signs] for rows in dialogue(8))
    assert found.dialogue.top > 500
    assert found.dialogue.bottom <= 650


def test_numbers_that_change_all_the_time_are_no_dialogue() -> None:
    found = region_in(
        [*rows, row(f"{number * 7919 % 100000} / 100000  x {number}", 900, 20)]
        for number, rows in enumerate(dialogue(8))
    )
    assert found.dialogue.top > 500


def test_what_cannot_be_read_is_no_dialogue() -> None:
    leaves = [SeenRow(Box(200 + 90 * number % 400, 200, 300 + 10 * number, 40), "", 0.2) for number in range(16)]
    found = region_in([*rows, leaf] for rows, leaf in zip(dialogue(8), leaves, strict=True))
    assert found.dialogue.top > 500


def test_what_cannot_be_read_beside_the_dialogue_s_rows_is_of_it_if_it_stood_there_with_them() -> None:
    smudge = SeenRow(Box(140, 600, 400, HEIGHT), "", 0.2)
    alone = region_in(dialogue(8))
    beside = region_in([*rows, smudge] if 3 < number < 8 else rows for number, rows in enumerate(dialogue(8)))
    assert beside.dialogue.bottom > alone.dialogue.bottom
    between = [moment for rows in dialogue(8) for moment in (rows, [], [], [])]
    for number in range(4):
        between[16 + 8 * number + 2] = [smudge]
    assert region_in(between).dialogue.bottom == alone.dialogue.bottom


def test_names_over_the_dialogue_are_told_by_what_they_say() -> None:
    """All are of one width, as names of two kanji are."""
    names = cycle(("玲奈", "健太", "玲奈", None, "健太"))
    lines = ("もう帰ったと思っていた。", "分かったよ、すぐに行く。", "丘から風が吹いてきた。", "約束したから待つ。")
    moments = []
    for text, name in zip(islice(cycle(lines), 10), names, strict=False):
        moments += [[row(text, letter=34), *([row(name, 150, 510, letter=34)] if name else [])]] * 2
    found = region_in(moments)
    assert found.speaker is not None
    assert holds(found.speaker, row("玲奈玲奈", 150, 510, letter=34))
    assert found.speaker.intersection(found.dialogue) is None


def test_names_that_come_late_are_found_then() -> None:
    named = [[*rows, row("Juno", 150, 510)] for rows in dialogue(4)] + [
        [*rows, row("Pip", 150, 510)] for rows in dialogue(4)
    ]
    assert region_in(dialogue(8)).speaker is None
    found = region_in([*dialogue(8), *named])
    assert found.speaker is not None
    assert holds(found.speaker, row("Juno", 150, 510))


def test_names_whose_boxes_reach_into_the_text_s_are_in_one_region_with_it() -> None:
    moments = [[*rows, row(("Juno", "Pip")[number // 2 % 2], top=540)] for number, rows in enumerate(dialogue(10))]
    found = region_in(moments)
    assert found.speaker is None
    assert holds(found.dialogue, row("Juno", top=540), row(TEXTS[0]))


def test_a_label_that_never_changes_is_no_name() -> None:
    assert region_in([*rows, row("Chapter", 150, 510)] for rows in dialogue(8)).speaker is None


def test_names_where_text_may_stand_belong_to_the_dialogue() -> None:
    """A narrator's text begins where names stand at other times."""
    moments = []
    for number, text in enumerate(islice(cycle(TEXTS), 10)):
        name = ("Juno", "Pip")[number % 2]
        told = [row("And so the evening went by.", top=510)]
        moments += [[row(name, top=510), row(text)] if number % 3 else told] * 2
    found = region_in(moments)
    assert found.speaker is None
    assert holds(found.dialogue, row("Juno", top=510), row(TEXTS[0]))


def test_a_menu_over_the_dialogue_belongs_to_nothing() -> None:
    menu = [row("Ask about the map", 500, 200), row("Say nothing at all", 500, 260)]
    moments = [[*rows, *menu] if number % 6 == 5 else rows for number, rows in enumerate(dialogue(10))]
    assert region_in(moments).dialogue.top > 500


def test_subtitles_at_the_top_and_at_the_bottom_are_held_by_one_region() -> None:
    moments = [
        [centred(text, 60 if number % 3 == 2 else 620)]
        for number, text in enumerate(islice(cycle(TEXTS), 12))
        for _ in range(2)
    ]
    found = region_in(moments)
    assert holds(found.dialogue, centred(TEXTS[0], 60), centred(TEXTS[0], 620))


def test_subtitles_that_stand_on_the_last_row_have_room_above() -> None:
    moments = []
    for number, text in enumerate(islice(cycle(TEXTS), 8)):
        rows = [centred(text, 640)]
        moments += [[centred("And so, they say, it went on,", 596), *rows] if number % 3 == 0 else rows] * 2
    found = region_in(moments)
    assert found.dialogue.top <= 556
    assert found.dialogue.bottom < 700


def test_a_page_that_fills_is_found_whole() -> None:
    pages = [
        [row(f"{TEXTS[(number + 3 * page) % len(TEXTS)]} {page}", 90, 80 + 50 * number) for number in range(8)]
        for page in range(3)
    ]
    found = region_in(page[:filled] for page in pages for filled in range(9))
    assert holds(found.dialogue, *pages[0], *pages[1], *pages[2])


def test_too_little_text_names_no_region() -> None:
    assert found_in(dialogue(3)) is None
    assert found_in([[row(TEXTS[0])]] * 60) is None
    assert found_in([]) is None


def test_it_has_seen_enough_in_the_end() -> None:
    finder = RegionFinder(FRAME)
    lines = [f"{text} {number}" for number, text in enumerate(islice(cycle(TEXTS), 40))]
    seen = 0
    for rows in dialogue(40, lines):
        if finder.enough:
            break
        finder.see(rows)
        seen += 1
    assert 20 < seen < 60


boxes = st.builds(Box, st.integers(0, 1200), st.integers(0, 680), st.integers(1, 1280), st.integers(1, 720)).map(
    lambda box: box.intersection(Box(0, 0, *FRAME)) or box
)
rows_seen = st.builds(SeenRow, boxes, st.sampled_from(["", "Juno", "12/30", *TEXTS]), st.floats(0, 1))


@given(st.lists(st.lists(rows_seen, max_size=6), max_size=12))
def test_whatever_is_seen_the_regions_lie_in_the_frame(moments: list[list[SeenRow]]) -> None:
    found = found_in(moments)
    if found is not None:
        for region in (found.dialogue, found.speaker):
            assert region is None or Box(0, 0, *FRAME).intersection(region) == region
