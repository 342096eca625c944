"""What is said against regions, by the boxes that looks found."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box, Region, RegionBoxes, Regions, Size
from capture_daemon.reading.fitness import Complaint, Fault, Fitness, judge

FRAME = Size(1280, 720)


def boxes(dialogue: str, speaker: str | None = None) -> RegionBoxes:
    return Regions(Region.parse(dialogue), Region.parse(speaker) if speaker else None).resolve(FRAME)


def suggested(complaint: Complaint) -> Box:
    """The region that would do."""
    numbers = complaint.text.partition("region ")[2].rpartition("egion ")[2].split(" ")[0]
    return Region.parse(numbers).resolve(FRAME)


def holds(region: Box, row: Box) -> bool:
    return region.intersection(row) == row


def told(fitness: Fitness) -> list[Fault]:
    return [complaint.fault for complaint in fitness.complaints]


def watching(dialogue: str, rows: list[Box], text: list[Box] | None = None) -> Fitness:
    """A line every two seconds, at the places given."""
    here = boxes(dialogue)
    fitness = Fitness(here, FRAME)
    for number, row in enumerate(rows):
        seen = row.intersection(here.around)
        assert seen is not None
        fitness.saw(2.0 * number, here.around, [seen], [seen] if text is None else text)
    return fitness


LINES = [Box(220, 560, width, 40) for width in (300, 410, 520, 260, 610, 380)]


def test_a_region_that_holds_its_text_is_not_complained_of() -> None:
    assert watching("212,540,900,130", LINES).complaints == []


@pytest.mark.parametrize(
    ("dialogue", "side"),
    [("212,580,900,90", "top"), ("212,500,900,82", "bottom"), ("290,540,900,130", "left")],
)
def test_rows_cut_by_an_edge_are_told_with_a_region_that_holds_them(dialogue: str, side: str) -> None:
    fitness = watching(dialogue, LINES, text=[])
    more = [Box(row.left, row.top, row.width + 7 * number, row.height) for number, row in enumerate(LINES)]
    for number, row in enumerate(more):
        seen = row.intersection(fitness.boxes.around)
        assert seen is not None
        fitness.saw(20.0 + number, fitness.boxes.around, [seen], [seen])
    [complaint] = fitness.complaints
    assert complaint.fault is Fault.CUT
    assert f"the dialogue region {dialogue} cuts through text: --region " in complaint.text
    assert holds(suggested(complaint), LINES[0]) or side == "left"


def test_what_passes_by_is_not_cut_text() -> None:
    passing = [Box(150 + 9 * number, 530 + 5 * number, 300, 40) for number in range(10)]
    assert watching("212,560,900,110", passing).complaints == []


def test_a_row_that_was_cut_again_and_again_is_one_row() -> None:
    """Rows in different places tell that the region cuts the dialogue; one may be no text."""
    assert watching("212,580,900,90", [LINES[0]] * 9).complaints == []


def test_what_is_cut_and_much_higher_than_the_text_is_part_of_the_picture() -> None:
    here = boxes("212,540,900,130")
    fitness = Fitness(here, FRAME)
    for number, row in enumerate(LINES):
        high = Box(row.left, here.around.top, row.width, 110)
        fitness.saw(2.0 * number, here.around, [high, row], [row])
    assert fitness.complaints == []
    # Before any text was read nobody knows; but what fills all that is looked at is none.
    full = [Box(220, here.around.top, 300 + 40 * number, here.around.height) for number in range(9)]
    assert watching("212,540,900,130", full, text=[]).complaints == []


def test_what_only_touches_the_region_or_stands_where_is_not_looked_has_nothing_to_do_with_it() -> None:
    touching = [Box(row.left, 501, row.width, 40) for row in LINES]
    assert watching("212,540,900,130", touching, text=[]).complaints == []
    ignored = RegionBoxes(Box(212, 580, 900, 90), Box(212, 560, 900, 110), None, (Box(200, 540, 700, 70),))
    assert judge("dialogue", ignored, LINES, FRAME) == []


def test_what_is_as_high_as_wide_is_no_row() -> None:
    icons = [Box(220 + 60 * number, 560, 44, 40) for number in range(9)]
    assert watching("212,580,900,90", icons, text=[]).complaints == []


def test_the_edge_of_the_screen_cuts_nothing() -> None:
    rows = [Box(0, 680, width, 40) for width in (300, 410, 520, 260, 610, 380)]
    assert watching("0,660,1280,60", rows).complaints == []


def test_a_row_that_goes_on_past_all_that_is_looked_at_asks_for_more_on_that_side_only() -> None:
    here = boxes("300,540,600,130")
    fitness = Fitness(here, FRAME)
    for number in range(12):
        right = here.around.right
        row = Box(400 + 20 * number, 560, right - 400 - 20 * number, 40)
        fitness.saw(2.0 * number, here.around, [row], [row])
    [complaint] = fitness.complaints
    wider = suggested(complaint)
    assert wider.right > here.around.right + 100
    assert (wider.left, wider.top, wider.bottom) == (300, 540, 670)


def test_what_is_wrong_is_told_once() -> None:
    more = [Box(row.left, row.top, row.width + 7 * number, row.height) for number, row in enumerate(LINES * 4)]
    assert told(watching("212,580,900,90", more, text=[])) == [Fault.CUT]


def test_text_may_reach_a_little_over_the_edge() -> None:
    assert watching("212,566,900,110", LINES).complaints == []


def test_a_region_smaller_than_a_letter_is_told_at_once() -> None:
    [complaint] = Fitness(boxes("212,560,900,5"), FRAME).complaints
    assert complaint.fault is Fault.SMALL
    assert "capture-daemon snapshot" in complaint.text


def test_how_large_a_letter_is_depends_on_the_frame() -> None:
    small = Box(100, 1900, 3000, 20)
    assert Fitness(RegionBoxes(small, small, None, ()), Size(3840, 2160)).complaints
    assert not Fitness(RegionBoxes(small, small, None, ()), FRAME).complaints
    narrow = Box(100, 500, 6, 300)
    assert Fitness(RegionBoxes(narrow, narrow, None, ()), FRAME).complaints


def test_a_minute_without_text_is_told_where_the_picture_changed() -> None:
    fitness = watching("212,540,900,130", LINES[:1])
    assert not fitness.is_empty(59.0)
    assert fitness.is_empty(61.0)
    fitness.picture_changed()
    assert told(fitness) == [Fault.EMPTY]
    assert not fitness.is_empty(70.0)


def test_writing_that_stood_first_and_never_changes_is_told_with_its_place() -> None:
    here = boxes("212,540,900,130")
    fitness, sign = Fitness(here, FRAME), Box(900, 620, 160, 30)
    for number in range(20):
        rows = [sign, LINES[number // 2 % len(LINES)]] if number > 1 else [sign]
        fitness.saw(1.5 * number, here.around, rows, rows)
    [complaint] = fitness.complaints
    assert complaint.fault is Fault.SIGN
    assert "--ignore-region 896,616,168,38" in complaint.text


def test_a_sign_may_be_passed_over_now_and_then_and_one_that_goes_is_none() -> None:
    here, sign = boxes("212,540,900,130"), Box(900, 620, 160, 30)
    for missing, faults in (((7, 8, 13), [Fault.SIGN]), (range(5, 12), [])):
        fitness = Fitness(here, FRAME)
        for number in range(20):
            rows = [*([] if number in missing else [sign]), *([LINES[number // 2 % len(LINES)]] if number > 1 else [])]
            fitness.saw(1.5 * number, here.around, rows, rows)
        assert told(fitness) == faults
    # A look elsewhere doesn't see it, and says nothing.
    fitness, left = Fitness(here, FRAME), Box(212, 540, 500, 130)
    for number in range(20):
        line = [LINES[number // 2 % len(LINES)]] if number > 1 else []
        whole = number < 3 or number > 15
        fitness.saw(1.5 * number, here.around if whole else left, line, [sign, *line] if whole else line)
    assert told(fitness) == [Fault.SIGN]


def test_a_first_line_that_stands_for_long_is_no_sign() -> None:
    here = boxes("212,540,900,130")
    fitness = Fitness(here, FRAME)
    for number in range(30):
        rows = [LINES[0]] if number < 20 else [LINES[number % len(LINES)]]
        fitness.saw(2.0 * number, here.around, rows, rows)
    assert fitness.complaints == []


def test_the_first_row_of_a_page_that_fills_is_no_sign() -> None:
    here = boxes("212,40,900,600")
    fitness = Fitness(here, FRAME)
    page = [Box(220, 60 + 40 * number, 300 + 40 * number, 30) for number in range(12)]
    for number in range(24):
        rows = page[: 1 + number // 2]
        fitness.saw(2.0 * number, here.around, rows, rows)
    assert fitness.complaints == []


def test_one_picture_is_judged_by_whole_rows() -> None:
    here = boxes("212,580,900,90", "212,540,200,24")
    [complaint] = judge("dialogue", here, [LINES[0]], FRAME)
    assert holds(suggested(complaint), LINES[0])
    [complaint] = judge("speaker", here, [Box(220, 530, 90, 40)], FRAME)
    assert complaint.text.startswith("the speaker region 212,540,200,24 cuts through text: --speaker-region ")
    assert judge("dialogue", boxes("212,540,900,130"), [LINES[0]], FRAME) == []
    assert judge("speaker", boxes("212,540,900,130"), [LINES[0]], FRAME) == []


def test_a_row_of_the_dialogue_is_not_cut_by_the_place_of_the_name_above_it() -> None:
    here = boxes("222,580,811,100", "222,524,288,57")
    assert judge("speaker", here, [Box(242, 572, 260, 32)], FRAME) == []
    [complaint] = judge("speaker", here, [Box(242, 567, 260, 26)], FRAME)
    assert complaint.fault is Fault.CUT


def test_a_further_region_is_called_by_its_name_and_its_place_written_where_it_is_set() -> None:
    here = boxes("212,580,900,90")
    fitness = Fitness(here, FRAME, "radio")
    for number, row in enumerate(LINES * 2):
        seen = Box(row.left, row.top, row.width + 7 * number, row.height).intersection(here.around)
        assert seen is not None
        fitness.saw(2.0 * number, here.around, [seen], [seen])
    fitness.picture_changed()
    cut, empty = fitness.complaints
    assert cut.text.startswith('the radio region 212,580,900,90 cuts through text: box = "')
    assert cut.text.endswith('" in its [[region]] would hold it')
    assert "no text was seen in the radio region 212,580,900,90 for ten minutes" in empty.text
    assert "--region auto" not in empty.text
    here = boxes("212,540,900,130", "212,500,100,45")
    [complaint] = judge("speaker", here, [Box(220, 522, 90, 36)], FRAME, "radio")
    assert complaint.text.startswith('the radio.speaker region 212,500,100,45 cuts through text: speaker = "')
