"""Scene: all that is known of a region for as long as neither its size nor the direction of its text changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from capture_daemon.frames import Box, Frame, RegionBoxes, Size
from capture_daemon.reading.across import NamesAcross
from capture_daemon.reading.blanks import Blanks
from capture_daemon.reading.dialogue import Dialogue
from capture_daemon.reading.direction import Direction
from capture_daemon.reading.fitness import Fitness
from capture_daemon.reading.follow import Follow
from capture_daemon.reading.letter_size import LetterSize
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.nameplate import NamePlate
from capture_daemon.reading.parameters import FOLLOW, WATCH
from capture_daemon.reading.row import Row
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.reading.text_place import TextPlace
from capture_daemon.reading.trace import Decision, Note, ignore
from capture_daemon.reading.turned import turned_box, upright_box
from capture_daemon.reading.typing_pace import TypingPace
from capture_daemon.reading.watch import Watch


class Placement:
    """Where the region lies, and whether it is turned. `around` is its box in pixels of the whole frame."""

    def __init__(self, direction: Direction, around: Box) -> None:
        self.around = around
        self._direction = direction

    def in_frame(self, box: Box) -> Box:
        """A box of the region, which may be turned, in pixels of the whole frame."""
        upright = upright_box(box, self.around.width) if self._direction.vertical else box
        return upright.shifted(self.around.left, self.around.top)

    def placing(self, note: Note) -> Note:
        """A function that passes decisions on to `note`, with boxes of the whole frame: stages know only the region."""
        if note is ignore:
            return ignore

        def placed(decision: Decision) -> None:
            if decision.box is not None:
                decision = replace(decision, box=self.in_frame(decision.box))
            note(decision)

        return placed


class Scene:
    """The region, what stands in it, and what looks have learned of it.

    Its boxes are in pixels of the region with what is read round it: turned, where text is `vertical`.
    """

    def __init__(  # noqa: PLR0913 - what outlasts one scene
        self,
        boxes: RegionBoxes,
        size: Size,
        settings: ReadingSettings,
        listener: Note,
        *,
        direction: Direction,
        fitness: Fitness,
        plate: NamePlate | None,
        letter_height: float,
    ) -> None:
        """`boxes` are in pixels of the frame, whose size is `size`; `listener` is given every decision."""
        self.settings = settings
        self.direction = direction
        self.vertical = direction.vertical
        self.fitness = fitness
        self.plate = plate
        self.wants_partials = False
        """Whether anybody wants lines while they are typed."""
        self.letters = LetterSize(letter_height)
        self.boxes = boxes
        self.size = size
        self.placement = Placement(direction, boxes.around)
        # It holds no scene: else the pictures of one would stay in memory long after its session.
        self.note = self.placement.placing(listener)
        around = boxes.around
        self.region = boxes.dialogue.shifted(-around.left, -around.top)
        """Where the dialogue stands."""
        self.whole = Box(0, 0, around.width, around.height)
        """All that is looked at."""
        if self.vertical:
            self.region, self.whole = (turned_box(one, around.width) for one in (self.region, self.whole))
        self.watch = Watch((self.whole.height, self.whole.width), self.region, WATCH)
        self.follow = Follow(FOLLOW, self.note)
        self.dialogue = Dialogue(FOLLOW, self.note)
        self.across = NamesAcross()
        self.blanks = Blanks(FOLLOW)
        self.text_place = TextPlace()
        self.pace = TypingPace()
        self.before: Moment | None = None
        """The frame before."""
        self.otherwise: Moment | None = None
        """The moment in which text was seen to run in the other direction, until the scene has been turned."""
        self.losing: tuple[float, float] | None = None
        """Times of the first and the last look made because a row's ink seemed to go, as it does in moving text."""
        self.looked_at = -1.0
        """The time of the last frame that was looked at, in seconds; negative before the first."""
        self.cleared_at = -1.0
        """The time of the last look that saw a row go, in seconds; negative before the first."""
        self.looks = 0
        """Looks that have been taken in, all in all."""
        self.idle_looks = 0
        """Looks in a row that found nothing new."""
        self.void = np.zeros_like(self.watch.news)
        """The cells in which something was new but looks found nothing."""
        self.unfound = np.zeros_like(self.watch.news)
        """The cells in which something came that the one look at it didn't find."""
        self.left_next = False
        """Whether the end of a row was read, and what came elsewhere, mostly the next row, left to the next look."""
        self.passed: list[Row] = []
        """The rows that the last look saw go."""

    @property
    def unsaid(self) -> list[float]:
        """When each line began that stands, or that has gone and isn't said yet, in seconds."""
        withheld = [] if self.dialogue.withheld is None else [self.dialogue.withheld]
        return [line.started for line in (*self.dialogue.open, *self.dialogue.gone, *withheld)]

    def moment(self, frame: Frame) -> Moment:
        """The region in a frame."""
        return Moment(frame, self.boxes.around, self.boxes.ignore, vertical=self.vertical)

    def all_rows(self) -> list[Row]:
        """The rows that stand, and those that the last look saw go."""
        return [*self.passed, *self.follow.rows]

    def note_unfound(self, area: Box, known: Iterable[Box]) -> None:
        """Note where something came to an area that isn't in a known place: a look may have overlooked it."""
        watch = self.watch
        self.unfound[watch.cells(area)] = False
        if watch.is_moving:
            return
        came = watch.news_in(area) & ~watch.busy & ~self.void
        if self.settings.early and came.any():
            came &= ~watch.is_plain()
        for box in known:
            came[watch.cells(box.grown(box.height, box.height // 2))] = False
        self.unfound |= came

    def end(self, time: float) -> None:
        """No more frames come: what stands has been seen to its end."""
        self.follow.end_all(time)
        self.dialogue.update(self.all_rows(), time)
        self.dialogue.end(time)

    def scale(self, area: Box) -> float:
        """The factor by which an area is scaled for the detector."""
        return self.letters.scale(area, self.size.height)

    def with_whole_rows(self, area: Box) -> Box:
        """The area, grown so that no row that stands is cut by its edge: a row is looked at whole or not at all."""
        # Of a row that is being typed more was seen than was read.
        left = [(row.box.union(row.seen) if row.stale else row.box) for row in self.follow.rows]
        while reached := [box for box in left if area.intersection(box) is not None]:
            for box in reached:
                area = area.union(box.grown(box.height, box.height // 2))
                left.remove(box)
        return area

    def is_inside(self, row: Box) -> bool:
        """Whether a row belongs to the region: most of it lies there, what reaches over its edge is read with it."""
        inside = row.intersection(self.region)
        return inside is not None and inside.width * inside.height > 0.5 * row.width * row.height
