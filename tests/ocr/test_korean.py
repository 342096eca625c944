from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from capture_daemon.errors import ModelError
from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.ocr.korean import HangulReader, KoreanEngine, with_ends, with_paired_quotes
from capture_daemon.ocr.prepare import BinarisedRow

ROW = RowImage.whole(np.zeros((20, 100, 3), np.uint8))
ENGLISH, RUBBISH = RowText("Well then.", 0.99), RowText("OH LI", 0.5)
KOREAN, SEEN_IN_LATIN = RowText("꼈어요.", 0.98), RowText("베ll 뎬", 0.5)


class Reader(HangulReader):
    """Reads what it is told to, and counts the rows."""

    def __init__(self) -> None:
        self.answer = KOREAN
        self.rows = 0

    def read(self, row: RowImage) -> RowText:
        self.rows += 1
        return self.answer


class Other:
    name = "Other"

    def __init__(self) -> None:
        self.answer = ENGLISH
        self.rows = 0
        self.closed = False

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        self.rows += len(rows)
        return [self.answer] * len(rows)

    def close(self) -> None:
        self.closed = True


def engine(*, told: bool) -> tuple[KoreanEngine, Other, Reader]:
    other, reader = Other(), Reader()
    return KoreanEngine(other, lambda: reader, told=told), other, reader


def test_korean_that_was_told_is_read_by_its_own_model_alone() -> None:
    korean, other, _ = engine(told=True)
    assert korean.read([ROW, ROW]) == [KOREAN, KOREAN]
    assert other.rows == 0
    korean.close()
    assert other.closed


@pytest.mark.parametrize(
    ("own", "packaged", "read"),
    [
        (RowText("Wel1 tben", 0.6), ENGLISH, ENGLISH),
        (RowText("Well then.", 0.995), RUBBISH, RowText("Well then.", 0.995)),
        (RowText("12", 0.7), RUBBISH, RowText("12", 0.7)),
        (RowText("꼈", 0.4), ENGLISH, RowText("꼈", 0.4)),
        (RowText("●●●", 0.4), RowText("...", 0.8), RowText("●●●", 0.4)),
        (RowText("", 0.0), ENGLISH, ENGLISH),
    ],
)
def test_a_row_without_hangul_that_is_unsure_goes_to_the_packaged_model(
    own: RowText, packaged: RowText, read: RowText
) -> None:
    korean, other, reader = engine(told=True)
    reader.answer, other.answer = own, packaged
    assert korean.read([ROW]) == [read]


def test_a_game_without_korean_never_loads_it() -> None:
    other = Other()

    def load() -> HangulReader:
        pytest.fail("loaded for nothing")

    assert KoreanEngine(other, load, told=False).read([ROW]) == [ENGLISH]


def test_korean_is_told_by_itself_and_read_first_from_then_on() -> None:
    korean, other, reader = engine(told=False)
    other.answer = RUBBISH
    assert korean.read([ROW, ROW, ROW]) == [KOREAN] * 3
    assert (other.rows, reader.rows) == (1, 3)
    # An English line between them, and Korean after it.
    other.answer, reader.answer = ENGLISH, SEEN_IN_LATIN
    assert korean.read([ROW, ROW]) == [ENGLISH, ENGLISH]
    assert (other.rows, reader.rows) == (3, 4)
    other.answer, reader.answer = RUBBISH, KOREAN
    assert korean.read([ROW]) == [KOREAN]


def test_syllables_seen_in_a_picture_are_no_korean() -> None:
    korean, other, reader = engine(told=False)
    other.answer, reader.answer = RUBBISH, SEEN_IN_LATIN
    assert korean.read([ROW]) == [RUBBISH]


def test_a_damaged_model_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "korean.onnx"
    file.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"korean\.onnx: the Korean model can't be loaded: install capture-daemon"):
        HangulReader(1, file=file)


@pytest.mark.parametrize("light_on_dark", [True, False])
def test_a_stop_past_the_detectors_box_is_the_rows_own(light_on_dark: bool) -> None:
    pixels = np.full((50, 200, 3), 20 if light_on_dark else 230, np.uint8)
    ink = 230 if light_on_dark else 20
    for left in (30, 60, 90):
        pixels[12:34, left : left + 20] = ink
    pixels[30:34, 120:124] = ink
    row = with_ends(RowImage(pixels, Box(28, 10, 84, 26)), BinarisedRow(RowImage(pixels, Box(28, 10, 84, 26))))
    assert row.row == Box(28, 10, 96, 26)
    # What stands further away is something else.
    pixels[30:34, 120:124] = pixels[0, 0]
    pixels[12:34, 140:160] = ink
    row = RowImage(pixels, Box(28, 10, 84, 26))
    assert with_ends(row, BinarisedRow(row)) is row


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ("그럼 '비주얼 노블”이 뭐야?", "그럼 “비주얼 노블”이 뭐야?"),
        ('‘달에게" 라고', '"달에게" 라고'),
        ("‘달에게’라고", "‘달에게’라고"),
        ("Ren'Py” 라고", "Ren'Py” 라고"),
    ],
)
def test_a_quotation_begins_and_ends_alike(read: str, text: str) -> None:
    assert with_paired_quotes(read) == text
