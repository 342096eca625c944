from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.frames import Box, ColourImage, RegionBoxes
from capture_daemon.ocr.engine import RowText
from capture_daemon.pipeline import annotation
from capture_daemon.pipeline.snapshot import FoundRow

BOXES = RegionBoxes(
    dialogue=Box(40, 200, 400, 60),
    around=Box(24, 195, 432, 70),
    speaker=Box(40, 160, 100, 30),
    ignore=(Box(400, 10, 60, 20),),
)


def plain(width: int = 640, height: int = 360, channels: int = 3) -> ColourImage:
    return np.full((height, width, channels), 60, np.uint8)


@pytest.mark.parametrize("channels", [3, 4])
def test_the_picture_stays_under_the_grid(channels: int) -> None:
    drawn = annotation.with_grid(plain(channels=channels))
    assert drawn.shape[1:] == (640, 3)
    assert drawn.shape[0] > 360
    assert tuple(drawn[75, 75]) == (60, 60, 60)
    assert tuple(drawn[75, 100]) != (60, 60, 60)


def test_regions_and_rows_are_framed() -> None:
    rows = [
        FoundRow(Box(60, 210, 200, 20), RowText("Are we there yet?", 0.98)),
        FoundRow(Box(60, 235, 90, 20), RowText("", 0.0)),
    ]
    drawn = annotation.with_regions(plain(), BOXES, rows)
    for box in (BOXES.dialogue, BOXES.speaker, *BOXES.ignore):
        assert box is not None
        assert tuple(drawn[box.top, box.left + box.width // 2]) != (60, 60, 60)
    assert tuple(drawn[208, 160]) != (60, 60, 60)
    more = annotation.with_regions(plain(), BOXES, [*rows, rows[0]])
    assert more.shape[0] > drawn.shape[0]


def test_a_text_the_notes_have_room_for_or_not() -> None:
    row = FoundRow(Box(60, 210, 200, 20), RowText("お月さまへ。" * 40, 1.0))
    assert annotation.with_regions(plain(), BOXES, [row]).shape[1] == 640
    assert annotation.with_regions(plain(), BOXES, []).shape[0] > 360


def test_without_any_font_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotation, "_fonts", lambda size: [])
    row = FoundRow(Box(60, 210, 200, 20), RowText("お月さまへ。", 1.0))
    assert annotation.with_regions(plain(), BOXES, [row]).shape[1] == 640


def test_what_was_read_in_words() -> None:
    box = Box(0, 0, 1, 1)
    assert annotation.row_note(FoundRow(box, RowText("Hi", 0.9))) == "Hi  (0.90)"
    assert "nothing" in annotation.row_note(FoundRow(box, RowText("", 0.0)))
