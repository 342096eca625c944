"""Two travellers, drawn from a few shapes: a fox who lights lamps and an automaton who carries the post."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageEnhance

from bench.drawing.model import Image, Mask
from capture_daemon.frames import Size

SIZE = Size(300, 520)
SMOOTHING = 3
Drawing = ImageDraw.ImageDraw


def _scaled(*numbers: float) -> list[float]:
    return [number * SMOOTHING for number in numbers]


def _eyes(drawing: Drawing, places: tuple[tuple[float, float], ...], shut: bool, width: float, height: float) -> None:
    for across, down in places:
        if shut:
            box = _scaled(across - width, down - height / 2, across + width, down + height / 2)
            drawing.arc(box, 20, 160, fill=(40, 26, 30, 255), width=4 * SMOOTHING)
        else:
            drawing.ellipse(
                _scaled(across - width, down - height, across + width, down + height), fill=(40, 26, 30, 255)
            )
            drawing.ellipse(
                _scaled(across - width * 0.1, down - height * 0.7, across + width * 0.6, down - height * 0.1),
                fill=(255, 255, 255, 255),
            )


def _fox(drawing: Drawing, shut: bool) -> None:
    coat, cream, dark = (232, 128, 56, 255), (255, 236, 208, 255), (96, 48, 36, 255)
    drawing.ellipse(_scaled(50, 232, 250, 720), fill=(58, 78, 120, 255))
    drawing.polygon(_scaled(96, 232, 204, 232, 190, 282, 110, 282), fill=(206, 60, 66, 255))
    drawing.polygon(_scaled(196, 262, 232, 330, 198, 336, 176, 272), fill=(184, 46, 54, 255))
    for outer, inner in (
        ((52, 24, 44, 136, 128, 92), (64, 50, 60, 118, 106, 90)),
        ((248, 24, 256, 136, 172, 92), (236, 50, 240, 118, 194, 90)),
    ):
        drawing.polygon(_scaled(*outer), fill=coat)
        drawing.polygon(_scaled(*inner), fill=dark)
    drawing.ellipse(_scaled(42, 76, 258, 252), fill=coat)
    drawing.polygon(_scaled(30, 184, 78, 150, 92, 226), fill=coat)
    drawing.polygon(_scaled(270, 184, 222, 150, 208, 226), fill=coat)
    drawing.pieslice(_scaled(56, 130, 170, 256), 20, 200, fill=cream)
    drawing.pieslice(_scaled(130, 130, 244, 256), -20, 160, fill=cream)
    drawing.ellipse(_scaled(104, 176, 196, 250), fill=cream)
    drawing.ellipse(_scaled(132, 190, 168, 214), fill=dark)
    drawing.arc(_scaled(126, 204, 150, 232), 10, 150, fill=dark, width=3 * SMOOTHING)
    drawing.arc(_scaled(150, 204, 174, 232), 30, 170, fill=dark, width=3 * SMOOTHING)
    _eyes(drawing, ((104, 158), (196, 158)), shut, 13, 18)


def _automaton(drawing: Drawing, shut: bool) -> None:
    brass, shade, plum = (214, 178, 108, 255), (150, 112, 66, 255), (86, 60, 104, 255)
    drawing.rounded_rectangle(_scaled(58, 250, 242, 620), 40 * SMOOTHING, fill=plum)
    drawing.rectangle(_scaled(128, 226, 172, 262), fill=shade)
    drawing.polygon(_scaled(78, 260, 104, 256, 242, 352, 242, 380), fill=(140, 92, 56, 255))
    drawing.ellipse(_scaled(138, 280, 166, 308), fill=brass)
    drawing.rounded_rectangle(_scaled(52, 96, 248, 236), 54 * SMOOTHING, fill=brass)
    drawing.rounded_rectangle(_scaled(76, 122, 224, 206), 36 * SMOOTHING, fill=(252, 242, 214, 255))
    for left in (36, 242):
        drawing.rounded_rectangle(_scaled(left, 140, left + 22, 192), 8 * SMOOTHING, fill=shade)
    drawing.rounded_rectangle(_scaled(40, 80, 260, 108), 12 * SMOOTHING, fill=plum)
    drawing.pieslice(_scaled(70, 22, 230, 150), 180, 360, fill=plum)
    drawing.rectangle(_scaled(136, 50, 164, 72), fill=(244, 240, 228, 255))
    drawing.line(_scaled(136, 50, 150, 62, 164, 50), fill=(206, 60, 66, 255), width=3 * SMOOTHING)
    _eyes(drawing, ((116, 160), (184, 160)), shut, 12, 15)
    drawing.arc(_scaled(132, 168, 168, 194), 20, 160, fill=(150, 70, 60, 255), width=4 * SMOOTHING)
    for across in (96, 204):
        drawing.ellipse(_scaled(across - 12, 178, across + 12, 194), fill=(244, 176, 150, 255))


FIGURES: dict[str, Callable[[Drawing, bool], None]] = {"fox": _fox, "automaton": _automaton}


@lru_cache(maxsize=16)
def figure(name: str, *, shut: bool, lit: bool) -> tuple[Image, Mask]:
    """A figure of FIGURES and its mask, both of SIZE: with its eyes shut or open, in the light or out of it."""
    canvas = Pillow.new("RGBA", (SIZE.width * SMOOTHING, SIZE.height * SMOOTHING), (0, 0, 0, 0))
    FIGURES[name](ImageDraw.Draw(canvas), shut)
    small = canvas.resize(SIZE, Pillow.Resampling.BOX)
    colour = small.convert("RGB")
    if not lit:
        colour = ImageEnhance.Brightness(colour).enhance(0.5)
    return np.array(colour, dtype=np.uint8), np.array(small.getchannel("A"), dtype=np.uint8)
