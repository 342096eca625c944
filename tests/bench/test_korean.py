from pathlib import Path
from random import Random

import pytest

from bench.korean import LONGEST, ROWS, Tally, broken, measured, row_figures, rows_in
from capture_daemon.ocr.engine import RowImage, RowText
from tests.needs import needs_file

FONT = Path("/usr/share/fonts/truetype/nanum/NanumGothic.ttf")


def test_lines_are_broken_between_words_and_keep_all_of_them() -> None:
    line = "이 시계는 아버지가 만드셨어. 그때부터 칠 분씩 늦지만 아무도 신경 쓰지 않지."
    rows = broken(line)
    assert " ".join(rows) == line
    assert all(0 < len(row) <= LONGEST for row in rows)


def test_rows_are_alike_for_a_seed_and_lie_within_their_crops() -> None:
    font = needs_file(FONT, package="fonts-nanum")
    first, second = rows_in(font, Random(1)), rows_in(font, Random(1))
    assert len(first) == ROWS
    assert [text for text, _ in first] == [text for text, _ in second]
    for _, row in first:
        assert row.row.left >= 0
        assert row.row.right <= row.pixels.shape[1]
        assert row.row.bottom <= row.pixels.shape[0]


def test_rows_count_as_right_without_their_spaces() -> None:
    font = needs_file(FONT, package="fonts-nanum")
    rows = rows_in(font, Random(1))[:2]
    says = dict(zip([id(row) for _, row in rows], [rows[0][0].replace(" ", ""), "?"], strict=True))

    def read(row: RowImage) -> RowText:
        return RowText(says[id(row)], 1.0)

    tally = measured(read, rows)
    assert (tally.rows, tally.exact) == (2, 1)


def test_tesseract_stands_beside_where_it_is_there() -> None:
    ours = Tally(10, 9, 0.05)
    alone, _ = row_figures([(ours, Tally())], by_hand=False)
    letters, time = row_figures([(ours, Tally(10, 5, 0.3)), (ours, Tally(10, 6, 0.3))], by_hand=False)
    assert alone.beside == ""
    assert letters.value == pytest.approx(0.9)
    assert letters.beside == "Tesseract 0.550"
    assert time.value == pytest.approx(5.0)
    assert time.beside == "Tesseract 30.0 ms"
