"""Batches of drawn rows, made in a process of their own while the network learns."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Full
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.ocr.jamo import CANVAS, STEP
from training.korean.drawing import WIDEST, Example, example, made_up
from training.korean.wording import Writer

BATCH = 32
"""Rows a step."""
_POOL = 8
"""Batches drawn together, so that rows of about one width come to stand in one batch."""
_WAITING = 16
_PATIENCE = 5.0
"""Seconds after which it is looked whether the run still goes on."""
_ROUNDED_TO = 16


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Rows to learn from: `pixels`, shape (rows, CANVAS.height, width), uint8, filled up with white on the right.

    `widths` says how wide each row is, `places` at which of its steps each character of its text stands.
    """

    pixels: NDArray[np.uint8]
    texts: tuple[str, ...]
    widths: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]


def batch_of(rows: Sequence[Example]) -> Batch:
    """The rows as one batch."""
    widest = max(row.pixels.shape[1] for row in rows)
    width = -(-widest // _ROUNDED_TO) * _ROUNDED_TO
    pixels = np.full((len(rows), CANVAS.height, width), 255, np.uint8)
    for number, row in enumerate(rows):
        pixels[number, :, : row.pixels.shape[1]] = row.pixels
    return Batch(
        pixels,
        tuple(row.text for row in rows),
        tuple(row.pixels.shape[1] for row in rows),
        tuple(tuple(int(column / STEP) for column in row.columns) for row in rows),
    )


def batches(seed: int, paths: list[Path], *, uses: int = 2, pool: int = _POOL) -> Iterator[Batch]:
    """Batches without end; a drawn row is used `uses` times, changed a little each time."""
    choose, writer = Random(seed), Writer(seed)
    before: list[Example] = []
    while True:
        rows = [changed(row, choose) for row in before]
        new: list[Example] = []
        while len(new) < BATCH * pool // uses or len(rows) + len(new) < BATCH * pool:
            shown = example(made_up(writer, paths, choose), choose)
            if shown is not None and len(shown.text) * 2 * STEP < shown.pixels.shape[1]:
                new.append(shown)
        before = new[: BATCH * pool // uses] if uses > 1 else []
        rows = sorted((rows + new)[: BATCH * pool], key=lambda row: row.pixels.shape[1])
        groups = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
        choose.shuffle(groups)
        yield from map(batch_of, groups)


def changed(row: Example, choose: Random) -> Example:
    """The row once more, a little different: drawing it anew costs half of what learning from it does."""
    height, width = row.pixels.shape
    across = choose.uniform(0.93, 1.07)
    wide = min(WIDEST, max(8, round(width * across)))
    pixels = cv2.resize(row.pixels, (wide, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    pixels = np.roll(pixels, choose.choice((-1, 0, 1)), axis=0)
    paper = 255 if choose.random() < 0.5 else choose.uniform(200, 255)
    pixels = paper - (255 - pixels) * choose.uniform(0.6, 1.0)
    if choose.random() < 0.4:
        noise = np.random.default_rng(choose.getrandbits(32))
        pixels = pixels + noise.normal(0, choose.uniform(1, 8), pixels.shape).astype(np.float32)
    columns = tuple(min(column * wide / width, wide - 1.0) for column in row.columns)
    return Example(np.clip(pixels, 0, 255).astype(np.uint8), row.text, columns)


def from_process(seed: int, paths: list[Path]) -> Iterator[Batch]:
    """The same batches, drawn by another process; it ends with this one."""
    context = get_context("spawn")
    queue: Queue[Batch] = context.Queue(_WAITING)
    context.Process(target=_draw, args=(seed, paths, queue), daemon=True).start()
    while True:
        yield queue.get()


def _draw(seed: int, paths: list[Path], queue: Queue[Batch]) -> None:
    parent = os.getppid()
    cv2.setNumThreads(1)
    for batch in batches(seed, paths):
        waiting = True
        while waiting:
            try:
                queue.put(batch, timeout=_PATIENCE)
                waiting = False
            except Full:
                # Nobody takes rows from a queue whose run was ended.
                if os.getppid() != parent:
                    os._exit(0)
