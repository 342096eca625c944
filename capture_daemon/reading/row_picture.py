"""Row pictures: what the recogniser is shown of a row or a column, with some of what is round it."""

from __future__ import annotations

import numpy as np

from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.engine import RowImage
from capture_daemon.reading.turned import turned_box, turned_picture, upright_box, upright_picture

ROW_ENDS, COLUMN_ENDS = 0.5, 1.2
"""What is shown of the picture past a row's ends, and a column's, in its height: boxes round columns end too soon."""
BESIDE = 0.25
"""The same above and below a row, and to either side of a column; 0.15 to 0.4."""


def around_row(picture: ColourImage, row: Box, *, column: bool = False) -> Box:
    """The part of the picture that is shown of a row; with `column` of one that is a column in a turned picture."""
    ends = COLUMN_ENDS if column else ROW_ENDS
    return _within(row.grown(round(ends * row.height), round(BESIDE * row.height)), picture)


def row_picture(picture: ColourImage, row: Box, *, column: bool = False) -> RowImage:
    """The picture of a row; with `column` of one that is a column in a turned picture."""
    around = around_row(picture, row, column=column)
    return RowImage(_cut(picture, around), row.shifted(-around.left, -around.top), column)


def column_picture(picture: ColourImage, column: Box) -> RowImage:
    """The picture of an upright column, lying on its left side."""
    around = _within(column.grown(round(BESIDE * column.width), round(COLUMN_ENDS * column.width)), picture)
    inside = column.shifted(-around.left, -around.top)
    return RowImage(turned_picture(_cut(picture, around)), turned_box(inside, around.width), column=True)


def upright_row_picture(picture: ColourImage, row: Box) -> RowImage:
    """The picture of a row that stands on its end in a turned picture, as it is read."""
    around = _within(row.grown(round(BESIDE * row.width), round(ROW_ENDS * row.width)), picture)
    inside = row.shifted(-around.left, -around.top)
    return RowImage(upright_picture(_cut(picture, around)), upright_box(inside, around.height))


def _cut(picture: ColourImage, box: Box) -> ColourImage:
    return np.ascontiguousarray(picture[box.top : box.bottom, box.left : box.right, :3])


def _within(box: Box, picture: ColourImage) -> Box:
    inside = box.intersection(Box(0, 0, picture.shape[1], picture.shape[0]))
    assert inside is not None
    return inside
