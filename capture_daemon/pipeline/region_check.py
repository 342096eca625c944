"""Warnings about regions that can't work, logged once per region while it is read."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

import cv2
import numpy as np

from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, ColourImage, GreyImage, RegionBoxes, Size
from capture_daemon.pipeline.driving import OcrBackend
from capture_daemon.pipeline.glances import READABLE
from capture_daemon.reading.fitness import EMPTY_SECONDS, QUIET_SECONDS, Complaint, Fault, Fitness, judge
from capture_daemon.reading.layout import rows_of
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row_picture import row_picture

SMALL = (96, 54)
"""Width and height to which whole pictures are brought down to be compared."""
CHANGED, CHANGED_SHARE = 12, 0.005
"""Levels by which a pixel of those has changed, and the share of such pixels from which the picture has; 8 to 24, and
0.002 to 0.02: text that is shown changes a hundredth."""

logger = logging.getLogger(__name__)


class RegionCheck:
    """Warns about regions that can't work; each warning is logged once for each region."""

    def __init__(self, whole: Callable[[], Awaitable[ColourImage]]) -> None:
        """`whole` gives the whole current picture, or raises SourceError."""
        self._whole = whole
        self._warned: set[tuple[Fault, Box]] = set()
        self._before: dict[str, GreyImage | None] = {}
        self._held: list[Complaint] | None = None

    async def check(self, fitness: Fitness, time: float, *, beside: bool = False) -> None:
        """Warn about what was found until now, at `time` on the source's clock.

        A region `beside` the dialogue's may be quiet for long.
        """
        patience, before = QUIET_SECONDS if beside else EMPTY_SECONDS, self._before.get(fitness.name)
        if (beside and fitness.text_seen) or fitness.empty_for(time) < patience / 4:
            self._before[fitness.name] = None
        elif before is None:
            self._before[fitness.name] = await self._picture()
        elif fitness.is_empty(time, patience):
            now = await self._picture()
            if now is not None and _differ(now, before):
                fitness.picture_changed()
        complaints, fitness.complaints = fitness.complaints, []
        if self._held is not None and not beside:
            self._held += [complaint for complaint in complaints if complaint.fault is Fault.EMPTY]
            complaints = [complaint for complaint in complaints if complaint.fault is not Fault.EMPTY]
        self.warn(complaints)

    def hold_back(self) -> None:
        """Keep back, until `let_go`, that the dialogue's region holds no text: a hint that says more may come."""
        self._held = []

    def let_go(self, told_of: Box | None) -> None:
        """Log what was kept back, but nothing of the region `told_of`, now or later: the hint has come that says it."""
        held, self._held = self._held or [], None
        if told_of is not None:
            self._warned.add((Fault.EMPTY, told_of))
        self.warn(held)

    def warn(self, complaints: Sequence[Complaint]) -> None:
        """Log these warnings, each once."""
        for complaint in complaints:
            if (complaint.fault, complaint.region) not in self._warned:
                self._warned.add((complaint.fault, complaint.region))
                logger.warning("%s", complaint)

    async def _picture(self) -> GreyImage | None:
        try:
            picture = await self._whole()
        except SourceError:
            return None
        small = cv2.resize(picture[:, :, :3], SMALL, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


async def complaints_of(
    part: str, boxes: RegionBoxes, picture: ColourImage, ocr: OcrBackend, owner: str = "dialogue"
) -> list[Complaint]:
    """What is wrong with the "dialogue" or "speaker" region, as far as one whole picture shows it.

    `owner` is what the region is called in records.
    """
    size = Size(picture.shape[1], picture.shape[0])
    region = boxes.speaker if part == "speaker" else boxes.dialogue
    found = await ocr.find(picture)
    rows = [row for row in rows_of([one.box for one in found or ()], FOLLOW) if region and row.intersection(region)]
    complaints = judge(part, boxes, rows, size, owner)
    if not any(complaint.fault is Fault.CUT for complaint in complaints):
        return complaints
    # What looks like a row may be a pattern: only what can be read counts.
    texts = await ocr.read([row_picture(picture, row) for row in rows])
    text = [row for row, read in zip(rows, texts, strict=True) if read.confidence >= READABLE and read.text]
    return judge(part, boxes, text, size, owner)


def _differ(one: GreyImage, other: GreyImage) -> bool:
    return float((cv2.absdiff(one, other) > CHANGED).mean()) > CHANGED_SHARE
