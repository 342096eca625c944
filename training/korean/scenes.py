"""Artwork and photographs that text is drawn over, from Debian's packages of wallpapers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import cv2
import numpy as np

from bench.games import artwork
from capture_daemon.frames import ColourImage

_FOLDER = Path("/usr/share/backgrounds")
_WIDTH = 900


@cache
def _pictures() -> tuple[ColourImage, ...]:
    """What is installed, without what the random games are drawn with: they are to stay unseen."""
    kept = {piece.file for piece in (*artwork.PAINTED, *artwork.DRAWN, *artwork.PHOTOGRAPHS)}
    files = [file for kind in ("jpg", "png") for file in sorted(_FOLDER.rglob(f"*.{kind}")) if file not in kept]
    found = []
    for file in files:
        picture = cv2.imread(str(file), cv2.IMREAD_REDUCED_COLOR_2)
        if picture is not None and min(picture.shape[:2]) >= 100:
            scale = _WIDTH / picture.shape[1]
            small = (
                cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
            )
            found.append(np.asarray(small, np.uint8))
    return tuple(found)


def scene(width: int, height: int, choose: Random) -> ColourImage:
    """A piece of some picture, shape (height, width, 3), uint8; rough patches of colour where none is installed."""
    pictures = _pictures()
    if not pictures or choose.random() < 0.15:
        noise = np.random.default_rng(choose.getrandbits(32))
        rough = noise.uniform(0, 255, (choose.randint(2, 4), choose.randint(2, 12), 3)).astype(np.float32)
        smooth = cv2.resize(rough, (width, height), interpolation=choose.choice((cv2.INTER_CUBIC, cv2.INTER_LINEAR)))
        return np.clip(smooth, 0, 255).astype(np.uint8)
    picture = choose.choice(pictures)
    scale = min(choose.uniform(0.4, 2.0), picture.shape[1] / width, picture.shape[0] / height)
    wide, high = max(1, int(width * scale)), max(1, int(height * scale))
    left, top = choose.randint(0, picture.shape[1] - wide), choose.randint(0, picture.shape[0] - high)
    piece = picture[top : top + high, left : left + wide]
    return np.asarray(cv2.resize(piece, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
