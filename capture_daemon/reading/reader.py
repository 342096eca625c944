"""Reader: the whole of reading, from frames and answers to lines. It decides when a row is read and a line is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from capture_daemon.frames import Box, Frame, GreyImage, RegionBoxes, Regions, Size
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.reading.change import ChangeWatch
from capture_daemon.reading.crop import row_image
from capture_daemon.reading.dots import only_dots
from capture_daemon.reading.events import Event, Purpose, RowRequest, Said, Typing
from capture_daemon.reading.filling import FilledRow, Filling, NamePicture
from capture_daemon.reading.names import NameWatcher
from capture_daemon.reading.patience import Patience
from capture_daemon.reading.saying import Telling, tell
from capture_daemon.reading.text import ending, same_words
from capture_daemon.reading.tracker import Tracker

PARTIAL_SECONDS = 0.25
"""Time between two partial texts."""
NAME_SECONDS = 0.8
"""How long a line that is complete waits for its name to come to rest."""
GLIMPSE, SURE = 0.35, 0.8
"""What was seen for so few seconds, and read with less confidence than this, was something in a picture."""
JUNK_SECONDS = 1.0
"""What has stood for this long, and in which nothing could be read, is no text."""
REST_GAPS = 1.5
"""A text has come to rest when nothing came for so many of the gaps in which it's usually revealed."""
CLOSEST_FRAMES = 0.02
"""Frames closer together than this, in seconds, are passed over: nobody reads that fast."""


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """When text counts as said: times in seconds. `early` says a line at rest; without it, when it has ended."""

    min_confidence: float = 0.6
    settle: float = 0.1
    max_age: float = 3.0
    early: bool = True


class Reader:
    """Reads the dialogue in a source's frames.

    Give it frames with `see`, answers with `hear`, and at the end `end`; after each, `requests` holds the rows to be
    read and `events` what has been said. Both are the caller's to empty.
    """

    def __init__(
        self, regions: Regions, settings: ReadingSettings | None = None, known_names: Iterable[str] = ()
    ) -> None:
        """`known_names` are of speakers who have been heard before."""
        self.requests: list[RowRequest] = []
        self.events: list[Event] = []
        self.wants_partials = False
        self._regions = regions
        self._settings = settings or ReadingSettings()
        self._size: Size | None = None
        self._boxes: RegionBoxes | None = None
        self._dialogue_watch = ChangeWatch()
        self._name_watch = ChangeWatch()
        self._tracker = Tracker()
        self._names = NameWatcher()
        self._patience = Patience()
        self._known_names = set(known_names)
        self._names_above = False
        self._answered: dict[int, tuple[Purpose, object, int]] = {}
        self._numbers = 0
        self._seen = -1.0
        self._partial_at = -1.0
        self._partial_text = ""

    @property
    def waiting(self) -> int:
        """How many requests have not been answered yet."""
        return len(self._answered)

    @property
    def changes(self) -> int:
        """In how many frames the dialogue region looked different from before."""
        return self._dialogue_watch.changes

    @property
    def standing_rows(self) -> list[tuple[Box, FilledRow]]:
        """The rows of text that stand now: each one's box, in pixels of the whole frame, and what is read in it."""
        if self._boxes is None:
            return []
        corner = self._boxes.dialogue
        rows = self._tracker.page.rows
        return [(standing.row.box.shifted(corner.left, corner.top), standing.filled) for standing in rows]

    def see(self, frame: Frame) -> None:
        """Take in the next frame; frames must come in the order of their times."""
        if 0 <= frame.time - self._seen < CLOSEST_FRAMES:
            return
        self._seen = frame.time
        if frame.size != self._size:
            self._size = frame.size
            self._boxes = self._regions.resolve(frame.size)
        boxes = self._boxes
        assert boxes is not None
        if boxes.speaker is not None:
            name = _picture(frame, boxes.speaker, boxes.ignore)
            if self._name_watch.is_news(name, frame.time):
                self._names.see(name, frame.time)
        picture = _picture(frame, boxes.dialogue, boxes.ignore)
        if self._dialogue_watch.is_news(picture, frame.time):
            self._follow(picture, frame.time)
        self._ask(frame.time)
        self._say(frame.time)

    def _follow(self, picture: GreyImage, time: float) -> None:
        before = self._tracker.filling
        grown_at = before.grown if before is not None else 0.0
        self._tracker.see(picture, time)
        if before is not None and before is self._tracker.filling and before.grown > grown_at:
            self._note_pause(before, before.grown - grown_at)

    def hear(self, number: int, answer: RowText) -> None:
        """Take in what was read for the request of that number."""
        purpose, what, version = self._answered.pop(number)
        if purpose == "row":
            assert isinstance(what, FilledRow)
            if version > what.answered:
                what.answer, what.answered = answer, version
        elif purpose == "name":
            assert isinstance(what, NamePicture)
            what.answers[version] = answer
        else:
            self._tell_partial(what, answer)
        self._say(self._seen)

    def end(self) -> None:
        """No more frames come: the line in hand is finished."""
        self._tracker.end()
        self._ask(self._seen)
        self._say(self._seen)

    # Asking

    def _ask(self, time: float) -> None:
        tracker = self._tracker
        threshold = max(self._settings.settle, REST_GAPS * tracker.usual_gap, self._patience.before_reading())
        for filling in tracker.fillings:
            if filling.closed:
                self._give_name(filling)
            for number, filled in filling.rows.items():
                if filled.asked != filled.version and filled.image is not None:
                    self._ask_row(number, filled, filled.image)
                    filled.image = None
        current = tracker.filling
        if current is None or self._is_old(current, tracker.rest(current.grown, time), threshold):
            return
        if self._settings.early:
            self._ask_rested(time, threshold)
            if self.wants_partials and time - self._partial_at >= PARTIAL_SECONDS:
                self._ask_partial(current, time)

    def _is_old(self, current: Filling, rest: float, threshold: float) -> bool:
        """See to a line that has come to rest; whether it is an old one that came back."""
        if rest < threshold:
            return False
        current.rested = True
        if current.said is None and self._tracker.take_back(current):
            return True
        if self._names.is_settled or rest > NAME_SECONDS:
            self._give_name(current)
        return False

    def _ask_rested(self, time: float, threshold: float) -> None:
        tracker = self._tracker
        newest = max((standing.filled.changed for standing in tracker.page.rows), default=time)
        for standing in tracker.page.rows:
            filled = standing.filled
            if standing.filling.closed or filled.asked == filled.version:
                continue
            # What comes goes on the newest row: the ones above it needn't wait for that.
            rest = time - filled.changed if filled.changed < newest else tracker.rest(filled.changed, time)
            # A text that never rests is read as it is, once it has stood for long.
            overdue = filled.asked == 0 and time - filled.came >= self._settings.max_age
            if overdue or rest >= threshold:
                image = row_image(tracker.page, standing.row, tracker.finder.polarity)
                self._ask_row(standing.number, filled, image)

    def _ask_row(self, place: int, filled: FilledRow, image: RowImage) -> None:
        filled.asked = filled.version
        if filled.dots_alone and filled.dots > 1:
            filled.answer, filled.answered = RowText(only_dots(filled.dots), 1.0), filled.version
            return
        self._request("row", place, image, filled, filled.version)

    def _request(self, purpose: Purpose, place: int, image: RowImage, what: object, version: int) -> None:
        self._numbers += 1
        self._answered[self._numbers] = (purpose, what, version)
        self.requests.append(RowRequest(self._numbers, (purpose, place), image))

    def _give_name(self, filling: Filling) -> None:
        """Settle who says the line: the name that stands now, or nobody."""
        if filling.named:
            return
        filling.named = True
        name = filling.name = self._names.present
        if name is not None and not name.asked:
            name.asked = True
            for place, image in enumerate(name.images):
                self._request("name", self._numbers, image, name, place)

    def _ask_partial(self, filling: Filling, time: float) -> None:
        growing = [s for s in self._tracker.page.rows if s.filling is filling and s.filled.asked != s.filled.version]
        if not growing or any(purpose == "partial" for purpose, _, _ in self._answered.values()):
            return
        newest = max(growing, key=lambda standing: standing.filled.changed)
        self._partial_at = time
        image = row_image(self._tracker.page, newest.row, self._tracker.finder.polarity)
        self._request("partial", newest.number, image, (filling, newest.filled, time), 0)

    # Saying

    def _say(self, time: float) -> None:
        fillings = self._tracker.fillings
        while fillings:
            filling = fillings[0]
            if not self._say_one(filling, time) or not filling.closed:
                break
            fillings.pop(0)

    def _say_one(self, filling: Filling, time: float) -> bool:
        """Say the line if it is time; whether nothing more is to be waited for."""
        if not self._is_known(filling):
            return False
        telling = self._tell(filling)
        if telling is None or (telling.confidence < SURE and 0 < filling.went - filling.started < GLIMPSE):
            if not filling.closed and filling.rested and filling.rows and time - filling.grown > JUNK_SECONDS:
                self._tracker.put_to_ground(filling)
            return True
        filling.heard = telling.text
        if filling.closed:
            if filling.said != telling.words:
                self._publish(filling, telling)
            self._patience.note_end(ending(telling.text))
        elif self._settings.early and self._tracker.rest(filling.grown, time) >= self._patience.needed(
            ending(telling.text)
        ):
            self._publish(filling, telling)
        return filling.closed

    def _tell(self, filling: Filling) -> Telling | None:
        return tell(filling, self._settings.min_confidence, self._known_names, names_above=self._names_above)

    def _is_known(self, filling: Filling) -> bool:
        """Whether all that stands has been read, and who says it is known."""
        if filling.is_waiting() or not filling.is_read() or not (filling.named or filling.closed):
            return False
        return filling.name is None or filling.name.is_read

    def _publish(self, filling: Filling, telling: Telling) -> None:
        if filling.said is not None and same_words(filling.said[1], telling.text):
            return
        assert self._boxes is not None
        self._numbers += 1
        box = filling.box()
        assert box is not None
        if telling.speaker is not None:
            self._known_names.add(telling.speaker)
            self._names_above |= telling.above
        self.events.append(
            Said(
                number=self._numbers,
                replaces=filling.said_number,
                speaker=telling.speaker,
                text=telling.text,
                rows=telling.rows,
                confidence=telling.confidence,
                started=filling.started,
                completed=filling.grown,
                box=box.shifted(self._boxes.dialogue.left, self._boxes.dialogue.top),
            )
        )
        filling.said = telling.words
        filling.said_number = self._numbers
        self._tracker.learn(filling)

    def _note_pause(self, filling: Filling, seconds: float) -> None:
        """The line went on after so many seconds; if it had been read by then, that was a pause to learn from."""
        if filling.rested and filling.heard is not None:
            self._patience.note_pause(ending(filling.heard), seconds)
        filling.rested = False
        filling.heard = None

    def _tell_partial(self, what: object, answer: RowText) -> None:
        assert isinstance(what, tuple)
        filling, filled, time = what
        if filling.closed or filling.said is not None:
            return
        old = filled.answer
        filled.answer = answer
        telling = self._tell(filling)
        filled.answer = old
        if telling is not None and telling.text != self._partial_text:
            self._partial_text = telling.text
            self.events.append(Typing(telling.speaker, telling.text, time))


def _picture(frame: Frame, box: Box, ignore: tuple[Box, ...]) -> GreyImage:
    """The region's picture, with what is to be ignored blanked to the region's own middle tone."""
    picture = frame.crop(box)
    inside = [common for region in ignore if (common := region.intersection(box))]
    if not inside:
        return np.ascontiguousarray(picture)
    picture = picture.copy()
    for common in inside:
        place = common.shifted(-box.left, -box.top)
        picture[place.top : place.bottom, place.left : place.right] = 0
    return picture
