import numpy as np

from capture_daemon.ocr.prepare import BinarisedRow
from capture_daemon.ocr.shapes import FontMetrics, line_of, shapes_of
from tests.ocr.drawing import row_of


def test_letters_stand_on_a_line() -> None:
    pixels = np.full((40, 80), 20, np.uint8)
    pixels[8:30, 10:20] = 230  # a capital
    pixels[14:30, 25:35] = 230  # a small letter
    pixels[14:36, 40:50] = 230  # one that goes below the line
    pixels[14:30, 55:65] = 230
    pixels[27:30, 70:73] = 230  # a full stop
    ink = BinarisedRow(row_of(pixels))
    assert [shape.left for shape in shapes_of(ink)] == [10, 25, 40, 55, 70]
    line = line_of(shapes_of(ink), ink)
    assert line == FontMetrics(8, 30)
    assert line.height == 22


def test_nothing_stands_nowhere() -> None:
    ink = BinarisedRow(row_of(np.full((40, 80), 20, np.uint8)))
    ink.mask[:] = False
    assert line_of(shapes_of(ink), ink) is None
