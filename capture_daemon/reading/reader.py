"""Reader: the whole of reading, from frames and looks to lines: it leads each frame through the stages."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from capture_daemon.frames import Box, Frame, RegionBoxes, Regions, Size
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.dialogue_line import in_order
from capture_daemon.reading.direction import Direction
from capture_daemon.reading.events import Answer, Event, Request, Steps
from capture_daemon.reading.fitness import Fitness
from capture_daemon.reading.looking import Looking
from capture_daemon.reading.looks import Looks
from capture_daemon.reading.moment import CLOSEST_FRAMES, Moment
from capture_daemon.reading.nameplate import NamePlate
from capture_daemon.reading.saying import Saying
from capture_daemon.reading.scene import Scene
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.reading.trace import Note, ignore
from capture_daemon.reading.turned import turned_picture, upright_picture


class Reader:
    """Reads the dialogue in a source's frames.

    Iterate over `see` for each frame, in the order of their times, sending it what it asks for, and over `end` when no
    more come; after each, `events` holds what has been said, the caller's to empty. Nothing else decides what is said:
    the same frames and answers give the same lines, however long the answers take.
    """

    def __init__(
        self,
        regions: Regions,
        settings: ReadingSettings | None = None,
        known_names: Iterable[str] = (),
        note: Note = ignore,
    ) -> None:
        """`known_names` are of speakers who have been heard before; `note` is given every decision."""
        self.wants_partials = False
        self.changes = 0
        """In how many frames the dialogue region looked different from the one before."""
        self.fitness: tuple[Fitness, ...] = ()
        """Whether the dialogue's region can work; None before the first frame."""
        self._regions = regions
        self._settings = settings or ReadingSettings()
        self._listener = note
        self._seen = -1.0
        self._size: Size | None = None
        self._direction = Direction()
        self._plate: NamePlate | None = None
        self._saying = Saying(self._settings, known_names)
        self._scene: Scene | None = None

    @property
    def events(self) -> list[Event]:
        """What has been said, the caller's to empty or to replace."""
        return self._saying.events

    @events.setter
    def events(self, events: list[Event]) -> None:
        self._saying.events = events

    @property
    def standing_rows(self) -> list[tuple[Box, RowText]]:
        """The rows of text that stand now, as they are read: the box in pixels of the whole frame, and what it says."""
        scene = self._scene
        if scene is None:
            return []
        return [
            (scene.placement.in_frame(row.box), RowText(row.text, row.confidence))
            for row in in_order(scene.follow.rows)
        ]

    @property
    def unsaid(self) -> list[float]:
        """When each line began that stands, or that has gone and isn't said yet, in seconds."""
        return self._scene.unsaid if self._scene is not None else []

    def see(self, frame: Frame) -> Steps:
        """Take in the next frame."""
        if 0 <= frame.time - self._seen < CLOSEST_FRAMES:
            return
        self._seen = self._saying.time = frame.time
        if frame.size != self._size:
            yield from self._change_size(frame.size)
        scene = self._scene
        assert scene is not None
        scene.wants_partials = self.wants_partials
        now = scene.moment(frame)
        scene.watch.see(now.luma, now.time)
        if scene.watch.moved.any():
            self.changes += 1
        if self._plate is not None:
            self._plate.see(frame)
        yield from self._looks.look_before_it_goes(now)
        yield from self._looks.look_at_losses(now)
        scene.dialogue.watch(now.luma, now.time)
        if self._settings.early:
            self._saying.notice_mark(scene, now)
        if self._looking.is_due(now):
            scene.losing = None
            yield from self._looks.look_at_news(now)
        if scene.otherwise is not None:
            now = now.otherwise()
            scene = yield from self._turn(scene, scene.otherwise, now)
        scene.before = now
        self._looks.remember_unseen(now)
        self._saying.say(scene, now.time)

    def end(self) -> Steps:
        """No more frames come: the line in hand is finished."""
        scene = self._scene
        if scene is None:
            return
        stale = any(row.stale for row in scene.follow.rows)
        if scene.before is not None and (stale or scene.watch.news.any()):
            yield from self._looks.look(scene.before, None, whole_text=True)
            if scene.otherwise is not None:
                scene = yield from self._turn(scene, scene.otherwise, scene.before.otherwise())
        time = scene.before.time if scene.before is not None else 0.0
        scene.end(time)
        self._saying.say(scene, time, last=True)

    def _change_size(self, size: Size) -> Steps:
        """The first frame, or one of another size: nothing that stood before can be compared with it."""
        yield from self.end()
        self._size = size
        boxes = self._regions.resolve(size)
        fitness = Fitness(boxes, size, self._regions.name)
        self.fitness = (fitness,)
        speaker = boxes.speaker
        self._plate = NamePlate(speaker, boxes.ignore, self._listener) if speaker is not None else None
        self._begin(boxes, size, fitness)

    def _begin(self, boxes: RegionBoxes, size: Size, fitness: Fitness) -> Scene:
        """Begin to read the region, in the direction in which its text runs."""
        letter_height = self._scene.letters.height if self._scene is not None else 0.0
        scene = Scene(
            boxes,
            size,
            self._settings,
            self._listener,
            direction=self._direction,
            fitness=fitness,
            plate=self._plate,
            letter_height=letter_height,
        )
        scene.wants_partials = self.wants_partials
        self._scene = scene
        self._looking = Looking(scene)
        self._looks = Looks(scene, self._looking)
        self._saying.names.region_width, self._saying.names.vertical = scene.region.width, scene.vertical
        return scene

    def _turn(self, old: Scene, seen: Moment, now: Moment) -> Generator[Request, Answer, Scene]:
        """Read on in the other direction, which was `seen`; `now` is this frame's moment in that.

        What stood before is finished.
        """
        old.end(seen.time)
        self._saying.say(old, now.time, last=True)
        turn = upright_picture if old.vertical else turned_picture
        self._direction.turn(now.time)
        scene = self._begin(old.boxes, old.size, old.fitness)
        scene.dialogue.follow_on(old.dialogue)
        for time, luma in old.watch.memory:
            scene.watch.see(turn(luma), time)
        yield from self._looks.look(seen.otherwise(), None, whole_text=True)
        if seen.time < now.time:
            yield from self._looks.look_at_losses(now)
        return scene
