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


def test_text_may_reach_a_little_over_the_edge() -> None:
    assert watching("212,566,900,110", LINES).complaints == []


def test_a_region_smaller_than_a_letter_is_told_at_once() -> None:
    [complaint] = Fitness(boxes("212,560,900,5"), FRAME).complaints
    assert complaint.fault is Fault.SMALL
    assert "capture-daemon snapshot" in complaint.text


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


def test_a_first_line_that_stands_for_long_is_no_sign() -> None:
    here = boxes("212,540,900,130")
    fitness = Fitness(here, FRAME)
    for number in range(30):
        rows = [LINES[0]] if number < 20 else [LINES[number % len(LINES)]]
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
    [complaint] = judge("speaker", here, [Box(220, 530, 90, 40)], FRAME, "radio")
    assert complaint.text.startswith('the radio.speaker region 212,500,100,45 cuts through text: speaker = "')
