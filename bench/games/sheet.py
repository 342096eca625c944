"""A contact sheet: of each game one frame on which a line stands in full."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np

from bench.drawing.model import Image
from capture_daemon.frames import Box

WIDTH = 400
ACROSS = 4


def frame_at(video: Path, seconds: float) -> Image | None:
    """The frame shown at a time, red first."""
    with av.open(str(video)) as container:
        container.seek(int(max(0.0, seconds - 0.1) * 1_000_000), backward=True)
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= seconds - 0.001:
                return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
    return None


def boxed(text: str) -> Box:
    """A region as it's written."""
    left, top, width, height = (int(value) for value in text.split(","))
    return Box(left, top, width, height)


def thumbnail(folder: Path, seed: int, *, width: int = WIDTH) -> Image | None:
    """A game's frame with its regions; None where it wasn't drawn."""
    about = folder / f"game-{seed}.json"
    if not about.exists():
        return None
    told = json.loads(about.read_text(encoding="utf-8"))
    lines = [
        json.loads(line) for line in (folder / f"game-{seed}.truth.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    chosen = max(
        lines,
        key=lambda line: (line["who"] is not None, len(line["what"]) if seed % 3 else -abs(len(line["what"]) - 25)),
    )
    image = frame_at(folder / f"game-{seed}.mkv", chosen["t"] + min(0.25, (chosen["end"] - chosen["t"]) / 2))
    if image is None:
        return None
    for key, colour in (("dialogue", (255, 60, 60)), ("speaker", (60, 200, 255))):
        if told[key]:
            box = boxed(told[key])
            thick = max(1, image.shape[1] // width)
            cv2.rectangle(image, (box.left, box.top), (box.right - 1, box.bottom - 1), colour, thick)
    height = round(image.shape[0] * width / image.shape[1])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    cv2.rectangle(small, (0, 0), (150, 16), (0, 0, 0), -1)
    cv2.putText(small, f"{seed} {told['kind']}", (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1)
    return small


def write_sheet(path: Path, seeds: Sequence[int], folder: Path) -> None:
    """Write a contact sheet of games drawn before."""
    found = [image for image in (thumbnail(folder, seed) for seed in seeds) if image is not None]
    if not found:
        return
    rows = []
    for first in range(0, len(found), ACROSS):
        row = found[first : first + ACROSS]
        high = max(image.shape[0] for image in row)
        canvas = np.zeros((high + 4, ACROSS * (WIDTH + 4), 3), np.uint8)
        for number, image in enumerate(row):
            canvas[: image.shape[0], number * (WIDTH + 4) : number * (WIDTH + 4) + WIDTH] = image
        rows.append(canvas)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(path), sheet, [cv2.IMWRITE_JPEG_QUALITY, 85])
