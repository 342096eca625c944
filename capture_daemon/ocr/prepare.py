"""Pixels made ready for a recogniser: the text found in the row's picture, brought to the size that reads best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.ocr.engine import RowImage
from capture_daemon.ocr.hollow import letters_inside


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture that a network takes, in pixels.

    `height` is its height, `margin` how many columns of background stand before and after the text, and `widest` how
    wide it is at most.
    """

    height: int
    margin: int
    widest: int


PADDLE = Canvas(height=48, margin=12, widest=3200)
"""What PaddleOCR's recognisers take; a wider picture would be squeezed."""

_SMALLEST_TEXT = 8
_LEAST_CONTRAST = 90.0
_NO_CONTRAST = 6
_COLOUR_BELOW = 40.0
"""Levels of luma between text and background under which their colours are looked at, too."""
_SPECK_SHARE = 0.06
"""Side of the largest speck, as a share of the ink's height."""
_OUTLINE_SHARE = 0.05
"""Of the text's height: how wide an outline is taken to be, where the letters are what it encloses."""
_DOT_SHARE = 5.5
"""How many times higher than a full stop its row of text is."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a row is drawn for the network.

    `height` is that of the text in the network's rows; `stretch` widens it, which gives narrow letters more of the
    network's steps. With `raw` it is drawn in its own colours, as the detector's box cuts it out; without, as dark text
    on light, as the ink lies.
    """

    height: float
    stretch: float = 1.0
    raw: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A picture for the network, and how its columns lie in the row's picture.

    `pixels` is blue, green, red, shape (the canvas's height, width, 3), uint8; column `x` of the row's picture is at
    `(x - left) * scale` in it.
    """

    pixels: ColourImage
    left: float
    scale: float

    def column(self, x: float) -> float:
        """Where column `x` of this view lies in the row's picture."""
        return x / self.scale + self.left


class BinarisedRow:
    """A row's picture, parted into ink and what is behind it.

    `dark` is the picture with dark text on light, shape (height, width), uint8; `mask` says where ink is, same shape,
    bool, and `threshold` up to which level `dark` is ink, if it's text.
    """

    def __init__(self, row: RowImage) -> None:
        self.dark: GreyImage = _stretched(dark_on_light(row.pixels))
        self.threshold, _ = cv2.threshold(self.dark, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        self.mask: NDArray[np.bool_] = self.dark <= self.threshold
        _without_border(self.mask)
        letters = letters_inside(self.dark, self.threshold, self.mask, row.pixels[:, :, :3], row.row)
        self._outline = None if letters is None else self.mask
        if letters is not None:
            self.mask = letters
        _without_specks(self.mask)

    @property
    def empty(self) -> bool:
        """Whether there's nothing to be read: no ink, or no contrast at all."""
        return int(self.dark.max()) - int(self.dark.min()) < _NO_CONTRAST or not bool(self.mask.any())

    @property
    def overflows(self) -> bool:
        """Whether what was taken for ink is as high as the picture: something behind the row, which tells nothing."""
        return self.box.height >= len(self.mask)

    @cached_property
    def box(self) -> Box:
        """The smallest box that holds the ink; the whole picture where there is none."""
        # Of an outlined letter here and there only the outline is found, which may be the first or last one.
        whole = self.mask if self._outline is None else self.mask | self._outline
        rows, columns = np.flatnonzero(self.mask.any(axis=1)), np.flatnonzero(whole.any(axis=0))
        if not len(rows) or not len(columns):
            return Box(0, 0, self.mask.shape[1], self.mask.shape[0])
        return Box(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)

    @cached_property
    def runs(self) -> list[tuple[int, int]]:
        """Stretches of columns that hold ink, as (start, end), end exclusive, left to right."""
        columns = np.concatenate(([False], self.mask.any(axis=0), [False]))
        edges = np.flatnonzero(columns[1:] != columns[:-1])
        return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]

    @cached_property
    def gaps(self) -> list[tuple[int, int]]:
        """Empty columns inside the row, as (start, end), left to right."""
        found = [(left[1], right[0]) for left, right in pairwise(self.runs)]
        if self._outline is None:
            return found
        # The thinnest strokes lie under the outline, as do whole letters whose outline has a hole.
        edge = max(1, round(_OUTLINE_SHARE * self.text_height))
        columns: NDArray[np.bool_] = np.asarray(self._outline.any(axis=0), np.bool_)
        found = [(start + edge, end - edge) for start, end in found]
        return [(start, end) for start, end in found if start < end and not columns[start:end].all()]

    @cached_property
    def text_height(self) -> float:
        """How high a row of this text is, in pixels: more than the ink's own where that is only dots or a dash."""
        height = float(max(self.box.height, _SMALLEST_TEXT))
        widths = [end - start for start, end in self.runs]
        if len(widths) == 1:
            return max(height, 0.8 * widths[0])
        if 2 <= len(widths) <= 12 and self._filled and max(widths) <= 1.6 * self.box.height:
            pitches = [right[0] - left[0] for left, right in pairwise(self.runs)]
            if max(widths) <= 1.4 * min(widths) + 1 and min(pitches) >= 1.5 * self.box.height:
                return max(height, _DOT_SHARE * self.box.height)
        return height

    @property
    def _filled(self) -> bool:
        """Whether each run of ink is a plain blob, as dots are and letters aren't."""
        area = sum((end - start) * self.box.height for start, end in self.runs)
        return int(self.mask.sum()) >= 0.6 * area


def raw_view(row: RowImage, look: Look, canvas: Canvas = PADDLE) -> View:
    """The row's picture in its own colours, the detector's box `look.height` high in the middle."""
    scale = look.height / max(row.row.height, 1)
    return _drawn(np.ascontiguousarray(row.pixels[:, :, :3]), row.row, scale, look.stretch, canvas)


def view(ink: BinarisedRow, look: Look, canvas: Canvas = PADDLE) -> View:
    """The row's ink drawn for the network as `look` asks, the text in the middle of its height."""
    return _drawn(_in_colours(ink), ink.box, look.height / ink.text_height, look.stretch, canvas)


def boxed_view(ink: BinarisedRow, row: Box, look: Look, canvas: Canvas = PADDLE) -> View:
    """Dark on light as `view` draws it, but the detector's box `look.height` high in the middle, wherever ink lies."""
    return _drawn(_in_colours(ink), row, look.height / max(row.height, 1), look.stretch, canvas)


def _in_colours(ink: BinarisedRow) -> ColourImage:
    return np.asarray(cv2.cvtColor(ink.dark, cv2.COLOR_GRAY2BGR), np.uint8)


def _drawn(source: ColourImage, box: Box, scale: float, stretch: float, canvas: Canvas) -> View:
    limit = (canvas.widest - 2 * canvas.margin) / max(box.width, 1)
    across = min(scale * stretch, limit)
    width = max(1, round(box.width * across) + 2 * canvas.margin)
    left, top = box.left - canvas.margin / across, box.top + box.height / 2 - canvas.height / scale / 2
    matrix = np.array([[across, 0, -left * across], [0, scale, -top * scale]], dtype=np.float64)
    # Pixels are squares: without the half pixel the picture moves when it is scaled.
    matrix[0, 2] += (across - 1) / 2
    matrix[1, 2] += (scale - 1) / 2
    if scale < 0.8:
        # Warping samples single pixels, so a picture that shrinks is smoothed beforehand.
        source = np.asarray(cv2.GaussianBlur(source, (0, 0), 0.4 / scale), np.uint8)
    drawn = cv2.warpAffine(
        source, matrix, (width, canvas.height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return View(np.asarray(drawn, np.uint8), left, across)


def dark_on_light(pixels: ColourImage) -> GreyImage:
    """A picture of a row, shape (height, width, 3), as one plane with dark text on light.

    That is luma, or the colour in which text and background differ most where they hardly differ in luma.
    """
    luma: GreyImage = np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels[:, :, :3]), cv2.COLOR_BGR2GRAY), np.uint8)
    plane, apart, light = luma, *_classes(luma)
    if apart < _COLOUR_BELOW:
        blue, green, red = (pixels[:, :, number].astype(np.int16) for number in range(3))
        differences = (red - green, blue - green, red - blue)
        for other in [*(pixels[:, :, number] for number in range(3)), *(128 + one // 2 for one in differences)]:
            found = np.ascontiguousarray(np.clip(other, 0, 255).astype(np.uint8))
            distance, is_light = _classes(found)
            if distance > 1.5 * apart:
                plane, apart, light = found, distance, is_light
    return np.asarray(255 - plane, np.uint8) if light else plane


def _classes(plane: GreyImage) -> tuple[float, bool]:
    """How far apart the two kinds of pixels are that a picture of text has, in levels, and whether ink is the lighter.

    Ink is what the picture's border has less of.
    """
    threshold, _ = cv2.threshold(plane, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    upper = plane > threshold
    if upper.all() or not upper.any():
        return 0.0, True
    apart = float(plane[upper].mean() - plane[~upper].mean())
    border = np.concatenate((upper[0], upper[-1], upper[:, 0], upper[:, -1]))
    return apart, bool(border.mean() < 0.5)


def _without_border(mask: NDArray[np.bool_]) -> None:
    """Take from the mask what touches the picture's edge: round the text there's a margin, so that isn't text."""
    height, width = mask.shape
    if height < _SMALLEST_TEXT or width < _SMALLEST_TEXT:
        return
    edge = np.zeros_like(mask)
    edge[[0, -1], :] = True
    edge[:, [0, -1]] = True
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    touching = np.unique(labels[edge & mask])
    if len(touching):
        kept = mask & ~np.isin(labels, touching)
        # A row cut without a margin touches the edge with its own letters.
        if kept.sum() >= 0.3 * mask.sum() or mask.mean() > 0.4:
            mask[:] = kept


def _without_specks(mask: NDArray[np.bool_]) -> None:
    """Take from the mask what is too small to be even a full stop: it would fill gaps and pass for dots."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return
    limit = max(1.0, (_SPECK_SHARE * (rows[-1] - rows[0] + 1)) ** 2)
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    small = np.flatnonzero(statistics[:, cv2.CC_STAT_AREA] <= limit)
    if 0 < len(small) < len(statistics) - 1:
        mask[np.isin(labels, small)] = False


def _stretched(dark: GreyImage) -> GreyImage:
    """The same picture, its contrast raised where there is little."""
    low, high = (float(value) for value in np.percentile(dark, (0.5, 95)))
    if high - low >= _LEAST_CONTRAST or high - low < 8:
        return dark
    scaled = (dark.astype(np.float32) - low) * (255.0 / (high - low))
    return np.clip(scaled, 0, 255).astype(np.uint8)
