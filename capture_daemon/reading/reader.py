"""Reader: the whole of reading, from frames and looks to lines. It decides when to look and when a line is said."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame, RegionBoxes, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowText
from capture_daemon.reading.across import NamesAcross
from capture_daemon.reading.blanks import Blanks
from capture_daemon.reading.certainty import certainty
from capture_daemon.reading.compose import NAME_CONFIDENCE, RUBY_IN_COLUMNS, Composed, Names, compose, is_ruby
from capture_daemon.reading.dialogue import Dialogue, DialogueLine, State, in_order
from capture_daemon.reading.direction import Direction
from capture_daemon.reading.endpoint import Endpoint
from capture_daemon.reading.events import Answer, Event, FindText, ReadRows, Request, Said, Steps, Typing
from capture_daemon.reading.fitness import Fitness
from capture_daemon.reading.follow import Follow
from capture_daemon.reading.layout import low_height, on_one_level, rows_of
from capture_daemon.reading.marks import LARGEST, AdvanceMarks, may_be_mark
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.nameplate import NamePlate
from capture_daemon.reading.parameters import DIRECTION, ENDPOINT, FOLLOW, LOOK, WATCH
from capture_daemon.reading.row import LEAST_CONFIDENCE, Row, Seen
from capture_daemon.reading.row_picture import around_row, column_picture, row_picture, upright_row_picture
from capture_daemon.reading.speaker import UNKNOWN, is_name, says_unknown
from capture_daemon.reading.standing import has_changed_round
from capture_daemon.reading.text import Ending, ending, is_readable, tidy
from capture_daemon.reading.text_place import TextPlace
from capture_daemon.reading.trace import Decision, Note, ignore
from capture_daemon.reading.turned import turned_box, turned_picture, upright_box, upright_picture
from capture_daemon.reading.watch import Cells, Watch
from capture_daemon.reading.wording import goes_on, letters

PARTIAL_SECONDS = 0.25
"""Time between two partial texts."""
SPEAKING = 3
"""Letters from which a row says how large this game's letters are."""
FEW_UNSURE = 2
"""Looks in a row that read words but not surely after which letters are taken to be looked at too small; 2 to 4."""
HEIGHTS = 24
"""Rows by which it is known how high letters are; 10 to 50."""
SCALE_STEPS = 4
"""Steps in which the scale of a look is doubled; 3 to 6."""
SCALES = (1.0, 1.4, 0.7, 1.8)
"""Scales at which is looked in turn where no text stands, in the usual one; 0.5 to 2: what is larger takes longer, and
the first look after a line went is mostly the second of these."""
SCALES_KNOWN, KNOWN = (1.0, 1.0, 0.7, 1.4), 6
"""The same once so many rows have told how high letters are, 4 to 12."""
ROUND_NEWS, ROUND_MARK = 1.2, 0.4
"""How much is looked at round what is new, in heights of a letter: 1 to 1.5; where a mark is known 0.3 to 0.6."""
END_NEAR = 0.3
"""How near a row's end lies of which the detector saw nothing, in heights of the row, over it or apart; 0.2 to 0.5."""
CLOSEST_FRAMES = 1 / 480
"""Frames closer together than this, in seconds, are passed over: half of what lies between those of the fastest source
that may be set, 240 a second. Capturing delays a frame by a few milliseconds, and the next one comes as much sooner."""
SAME_MOMENT = 0.015
"""What is less apart in time, in seconds, happened in the same moment: the frame time of a usual screen, about."""


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """When text is looked at and counts as said: times in seconds.

    `settle` is the least rest of a line that is said, `max_age` the longest that text which never rests isn't read.
    `early` says a line at rest; without it, when it has ended.
    """

    min_confidence: float = 0.6
    settle: float = 0.1
    max_age: float = 3.0
    early: bool = True


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
        """`known_names` are of speakers who have been heard before; `note` is told every decision."""
        self.events: list[Event] = []
        self.wants_partials = False
        self.changes = 0
        """In how many frames the dialogue region looked different from the one before."""
        self.fitness: Fitness | None = None
        """Whether the dialogue's region can work; None before the first frame."""
        self._regions = regions
        self._settings = settings or ReadingSettings()
        self._listener = note
        self._postponed = FOLLOW.postponed if self._settings.early else FOLLOW.postponed_recorded
        self._size: Size | None = None
        self._boxes: RegionBoxes | None = None
        self._marks = AdvanceMarks()
        self._names = Names(set(known_names))
        self._endpoint = Endpoint(self._settings.settle)
        self._numbers = 0
        self._seen = -1.0
        self._letter = 0.0
        self._partial: tuple[float, str] = (-1.0, "")
        self._direction = Direction()
        self._otherwise: Moment | None = None
        """The moment in which text was seen to run in the other direction, until that is seen to."""
        self._plate: NamePlate | None = None
        self._start_over()

    def _start_over(self) -> None:
        self._follow = Follow(FOLLOW, self._note)
        self._dialogue = Dialogue(FOLLOW, self._note)
        self._watch: Watch | None = None
        self._across = NamesAcross()
        self._before: Moment | None = None
        self._looked_at = self._coloured_at = -1.0
        self._looked_colour: ColourImage | None = None
        self._passed: list[Row] = []
        self._idle_looks = self._tries = self._unsure = 0
        self._unseen: Cells | None = None
        self._cleared_at = -1.0
        self._text_place = TextPlace()
        self._heights: deque[int] = deque(maxlen=HEIGHTS)
        self._blanks = Blanks(FOLLOW)
        self._found: list[Box] = []

    @property
    def standing_rows(self) -> list[tuple[Box, RowText]]:
        """The rows of text that stand now, as they are read: the box in pixels of the whole frame, and what it says."""
        return [(self._in_frame(row.box), RowText(row.text, row.confidence)) for row in in_order(self._follow.rows)]

    def see(self, frame: Frame) -> Steps:
        """Take in the next frame."""
        if 0 <= frame.time - self._seen < CLOSEST_FRAMES:
            return
        self._seen = frame.time
        if frame.size != self._size:
            yield from self._change_size(frame)
        boxes = self._boxes
        assert boxes is not None
        assert self._watch is not None
        now = Moment(frame, boxes.around, boxes.ignore, vertical=self._direction.vertical)
        watch = self._watch
        watch.see(now.luma, now.time)
        if watch.moved.any():
            self.changes += 1
        if self._plate is not None:
            self._plate.see(frame)
        yield from self._look_before_it_goes(now)
        yield from self._look_at_losses(now)
        self._dialogue.watch(now.luma, now.time)
        if self._settings.early:
            self._notice_mark(now)
        if self._is_due(now):
            yield from self._look(now, self._area_of_news(now))
        if self._otherwise is not None:
            now = now.otherwise()
            yield from self._turn(now)
        self._before = now
        self._remember_unseen(now.time)
        self._say(now.time)

    def end(self) -> Steps:
        """No more frames come: the line in hand is finished."""
        stale = any(row.stale for row in self._follow.rows)
        if self._before is not None and self._watch is not None and (stale or self._watch.news.any()):
            yield from self._look(self._before, None, whole_text=True)
            if self._otherwise is not None:
                yield from self._turn(self._before.otherwise())
        time = self._before.time if self._before is not None else 0.0
        self._follow.end_all(time)
        self._dialogue.update(self._all_rows(), time)
        self._dialogue.end(time)
        self._say(time, last=True)

    def _change_size(self, frame: Frame) -> Steps:
        """The first frame, or one of another size: nothing that stood before can be compared with it."""
        if self._size is not None:
            yield from self.end()
            self._start_over()
        self._size = frame.size
        self._boxes = self._regions.resolve(frame.size)
        self.fitness = Fitness(self._boxes, frame.size)
        self._lay_out()
        speaker = self._boxes.speaker
        self._plate = NamePlate(speaker, self._boxes.ignore, self._listener) if speaker is not None else None

    def _lay_out(self) -> None:
        """Begin to watch the region, in the direction in which its text runs."""
        assert self._boxes is not None
        around = self._boxes.around
        self._region = self._boxes.dialogue.shifted(-around.left, -around.top)
        self._whole = Box(0, 0, around.width, around.height)
        if self._direction.vertical:
            self._region, self._whole = (turned_box(one, around.width) for one in (self._region, self._whole))
        self._names.region_width, self._names.vertical = self._region.width, self._direction.vertical
        self._watch = Watch((self._whole.height, self._whole.width), self._region, WATCH)
        self._void = np.zeros_like(self._watch.news)

    def _in_frame(self, box: Box) -> Box:
        """A box of the region, turned perhaps, in pixels of the whole frame."""
        assert self._boxes is not None
        corner = self._boxes.around
        upright = upright_box(box, corner.width) if self._direction.vertical else box
        return upright.shifted(corner.left, corner.top)

    def _note(self, decision: Decision) -> None:
        """Pass a decision on, with its box in pixels of the whole frame: stages know only the region."""
        if self._listener is ignore:
            return
        if decision.box is not None and self._boxes is not None:
            decision = replace(decision, box=self._in_frame(decision.box))
        self._listener(decision)

    # When to look

    def _is_due(self, now: Moment) -> bool:
        watch = self._watch
        assert watch is not None
        if self._looked_at < 0:
            return True
        since = now.time - self._looked_at
        if not watch.news.any():
            stale = since >= LOOK.rest and any(
                row.stale and not self._is_typed_on(row, now) for row in self._follow.rows
            )
            return (
                (bool(stale) and since >= LOOK.rest)
                or self._differs_in_colour(now)
                or (since >= LOOK.again and self._has_doubts(now))
            )
        return since >= self._interval(now)

    def _interval(self, now: Moment) -> float:
        """Seconds from the last look after which what has changed since is looked at."""
        watch = self._watch
        assert watch is not None
        rest = LOOK.rest if self._settings.early else LOOK.rest_recorded
        if any(line.rest.marked and line.rest.spotted > self._looked_at for line in self._dialogue.open):
            # Its mark has come, so all of the line is there.
            return rest
        usual = min(LOOK.longest, self._settings.max_age)
        unhurried = self._is_unhurried(now)
        if not watch.is_moving and watch.resting(now.time, rest).any():
            # Where looks find nothing, a picture that moves now and then need not be looked at each time it stops.
            usual = min(LOOK.longest if unhurried else LOOK.patience, rest * self._idle_looks)
        elif watch.is_moving or (watch.news & watch.busy).any():
            usual = self._cadence(now)
        return min(usual, PARTIAL_SECONDS) if self.wants_partials else usual

    def _is_unhurried(self, now: Moment) -> bool:
        """Whether text stands beyond doubt in a recording: it is looked at when it goes, and nobody waits for more."""
        rows = self._follow.rows
        return (
            not self._settings.early
            and bool(rows)
            and all(
                row.is_text(FOLLOW) and not row.is_doubted and now.time - row.looked_for_at >= LOOK.longest
                for row in rows
            )
        )

    def _has_doubts(self, now: Moment) -> bool:
        """A row that was read but once, and not surely, is looked at again; so is what may be one."""
        if any(row.misses and has_changed_round(row, now.luma, FOLLOW) for row in self._follow.rows):
            # Its box went, and what was behind it may have ink where its letters were.
            return True
        if self._blanks.waiting or any(row.unsettled for row in self._follow.rows):
            return True
        return self._follow.left_out or any(
            not row.is_text(FOLLOW) and now.time - row.read_at >= LOOK.again and len(row.readings) < FOLLOW.looks
            for row in self._follow.rows
        )

    def _cadence(self, now: Moment) -> float:
        """Seconds between two looks while the picture changes: what is large is looked at less often."""
        area = self._area_of_news(now)
        box = area if area is not None else Box(0, 0, 1, 1)
        scale = self._scale(box)
        size = box.width * box.height * scale * scale
        usual = LOOK.cadence * max(1.0, size / 60_000)
        assert self._watch is not None
        if not self._watch.is_moving or self._is_unhurried(now):
            usual *= 1 + 0.5 * self._idle_looks
        return min(LOOK.longest, usual)

    def _differs_in_colour(self, now: Moment) -> bool:
        """Text may differ from what was there in colour alone."""
        if now.time - self._coloured_at < LOOK.colour or self._looked_colour is None:
            return False
        self._coloured_at = now.time
        if self._looked_colour.shape != now.colour.shape:
            return True
        apart = np.abs(now.colour[::3, ::3, :3].astype(np.int16) - self._looked_colour[::3, ::3, :3]).max(axis=2)
        return int((apart > 2 * WATCH.change).sum()) > 12

    def _note_colour(self, now: Moment, area: Box, whole: Box) -> None:
        """Keep the colours of what was looked at."""
        if area == whole or self._looked_colour is None or self._looked_colour.shape != now.colour.shape:
            self._looked_colour = now.colour.copy()
            return
        inside = slice(area.top, area.bottom), slice(area.left, area.right)
        self._looked_colour[inside] = now.colour[inside]

    def _area_of_news(self, now: Moment) -> Box | None:
        """What has changed since it was last looked at, with a row's height round it; None for the whole region."""
        watch = self._watch
        assert watch is not None
        news = watch.bounds(watch.news)
        tight = watch.tight(now.luma, news) if news is not None else None
        mark = tight is not None and self._blanks.covers(tight)
        if mark:
            news = tight
        unsure = [row.seen for row in self._follow.rows if row.is_unfinished]
        for place in (*unsure, *self._blanks.waiting):
            news = place if news is None else news.union(place)
        return self._area_round(news, ROUND_MARK if mark else ROUND_NEWS) if news is not None else None

    def _area_round(self, news: Box, share: float = ROUND_NEWS) -> Box | None:
        """A place with so many heights of a letter round it, and the rows in it whole; None for the whole region."""
        whole = self._whole
        margin = round(share * self._letter) if self._letter else whole.height
        area = self._with_whole_rows(news.grown(2 * margin, margin))
        inside = area.intersection(whole)
        if inside is None or inside.width * inside.height > 0.7 * whole.width * whole.height:
            return None
        return inside

    # Looking

    def _look_before_it_goes(self, now: Moment) -> Steps:
        """What stood at rest without having been looked at, and changes now, is looked at in the frame before."""
        watch, before = self._watch, self._before
        assert watch is not None
        if before is None or watch.is_moving or self._looked_at >= before.time or not watch.moved.any():
            return
        # Of what was new and at rest a frame ago most has changed at once: it was replaced, not typed on.
        unseen = self._unseen
        if unseen is None or now.time - self._looked_at < LOOK.loss:
            return
        if not (watch.moved & unseen).any():
            return
        share = watch.share_gone(before.luma, now.luma, unseen)
        place = watch.bounds(unseen)
        if share < LOOK.replaced or place is None:
            return
        tight = watch.tight(before.luma, place)
        if tight is not None and self._blanks.covers(tight):
            return
        self._note(
            Decision(now.time, "look", "frame before", "look", "what was not looked at goes", share, LOOK.replaced)
        )
        yield from self._look(before, self._area_round(place), whole_text=True)
        if tight is not None and not any(row.intersection(tight) is not None for row in self._found):
            self._blanks.note(tight, before.luma)

    def _look_at_losses(self, now: Moment) -> Steps:
        """Rows whose ink seems to have gone are looked at at once: to know a cleared box from a passing cloud."""
        watch = self._watch
        assert watch is not None
        moved = [row for row in self._follow.rows if watch.moved[watch.cells(row.box)].any()]
        if not moved:
            for row in self._follow.rows:
                row.stood = now.time
        lost = self._follow.watch(now.luma, now.time, moved)
        due = [row for row in lost if now.time - row.looked_for_at >= LOOK.loss]
        if not due:
            return
        area = due[0].box
        for row in due:
            row.looked_for_at = now.time
            area = area.union(row.box)
        if self._before is not None and any(row.stale for row in due):
            yield from self._look(self._before, area, whole_text=True)
        yield from self._look(now, area, whole_text=True)

    def _remember_unseen(self, time: float) -> None:
        """Keep what is new and at rest in this frame: it may be gone in the next."""
        watch = self._watch
        assert watch is not None
        unseen = watch.resting(time, LOOK.glimpse) if watch.news.any() else None
        self._unseen = unseen if unseen is not None and unseen.sum() >= 2 else None

    def _is_left(self, row: Box, now: Moment, rows: Sequence[Box], *, whole_text: bool) -> bool:
        """Whether what was found needn't be read now: it is known, it is being typed, or it was no text just now."""
        assert self._watch is not None
        memory = self._watch.memory
        if self._follow.is_known(row, now.luma, now.time, memory, rows):
            reason = "it stands unchanged"
        elif self._follow.at(row) is None and self._blanks.knows(row, now.luma):
            reason = "no text was read there, and it looks the same"
        elif whole_text:
            if not self._blanks.passes_by(row, self._letter, now.luma, now.time, memory):
                return False
            reason = "a speck that was not there just now"
        elif self._follow.at(row) is None and self._blanks.is_new(row, now.luma, now.time, memory):
            reason = "one letter or a mark, seen for the first time"
        elif not self.wants_partials and self._is_typed(row, now):
            reason = "it is being typed"
        else:
            return False
        self._note(Decision(now.time, "look", "row", "left", reason, box=row))
        return True

    def _is_typed(self, row: Box, now: Moment) -> bool:
        """Whether a row is being typed: its end moved just now, and more of it is seen than before."""
        watch = self._watch
        assert watch is not None
        if not watch.is_moving and not watch.stirs(_end_of(row), now.time, LOOK.rest):
            return False
        return self._follow.is_growing(row, now.luma, now.time, self._postponed)

    def _is_typed_on(self, row: Row, now: Moment) -> bool:
        """Whether a row of which more was seen than was read is still being typed: between two letters all is calm."""
        watch = self._watch
        assert watch is not None
        rest = LOOK.rest if self._settings.early else LOOK.rest_recorded
        return now.time - row.read_at < self._postponed and watch.stirs(_end_of(row.seen), now.time, rest)

    def _look(self, now: Moment, area: Box | None, *, whole_text: bool = False) -> Steps:
        """Find the rows in an area of the region, and read those that aren't known.

        With `whole_text` what is being typed is read, too.
        """
        watch = self._watch
        assert watch is not None
        whole = Box(0, 0, now.luma.shape[1], now.luma.shape[0])
        area = whole if area is None else self._with_whole_rows(area).intersection(whole)
        if area is None or self._otherwise is not None:
            return
        boxes = yield from self._find(now, area, whole=area == whole)
        if boxes is None:
            return
        found = (part for row in rows_of(boxes, FOLLOW) for part in self._follow.parted(row, now.luma, now.time))
        self._found = rows = [row for row in found if self._is_inside(row)]
        found_rows = f"{len(rows)} row{'' if len(rows) == 1 else 's'} found"
        self._note(Decision(now.time, "look", "region", "look", found_rows, box=area))
        if area != whole and any(_is_cut(row, area, whole) for row in rows):
            yield from self._look(now, None, whole_text=whole_text)
            return
        news = watch.news.copy()
        self._blanks.look(area)
        unread = [row for row in rows if not self._is_left(row, now, rows, whole_text=whole_text)]
        dots = self._overlooked_dots(now, rows)
        overlooked = dots or self._overlooked(now, area, rows, news)
        if overlooked is not None and (dots is not None or not self._blanks.knows(overlooked, now.luma)):
            unread.append(overlooked)
        vertical = self._direction.vertical
        pictures = tuple(row_picture(now.colour, row, column=vertical) for row in unread)
        lefts = [around_row(now.colour, row, column=vertical).left for row in unread]
        answers = (yield ReadRows(pictures)) if pictures else []
        if answers is None:
            return
        texts = {
            row: (text, float(left))
            for row, left, text in zip(unread, lefts, answers, strict=True)
            if isinstance(text, RowText)
        }
        _make_surer_of_marks(texts, dots)
        self._note_texts(texts, now)
        if self._direction.vertical:
            rows = self._without_ruby(rows, texts, now)
        if overlooked in texts and _says_marks_only(texts[overlooked][0]):
            rows.append(overlooked)
        if overlooked is not None and overlooked in texts and overlooked != dots:
            rows = yield from self._with_end(now, rows, texts, overlooked)
        rows = yield from self._with_cut_ends(now, rows, texts)
        self._take(now, area, rows, texts)
        self._note_fitness(now, area, boxes)
        self._note_colour(now, area, whole)
        if self._plate is not None:
            yield from self._plate.look(now.time, self._scale)

    def _with_end(
        self, now: Moment, rows: list[Box], texts: dict[Box, tuple[RowText, float]], end: Box
    ) -> Generator[Request, Answer, list[Box]]:
        """The rows, one of them read anew with its end, of which the detector sees nothing; `texts` is brought up."""
        for row in rows:
            if row not in texts or row == end or not _may_be_end(texts[row][0], row, texts[end][0], end):
                continue
            whole = row.union(end)
            answers = yield ReadRows((row_picture(now.colour, whole),))
            if answers is None or not isinstance(answers[0], RowText):
                return rows
            texts[whole] = answers[0], float(around_row(now.colour, whole).left)
            self._note_texts({whole: texts[whole]}, now)
            return [whole if one == row else one for one in rows if one != end]
        return rows

    def _with_cut_ends(
        self, now: Moment, rows: list[Box], texts: dict[Box, tuple[RowText, float]]
    ) -> Generator[Request, Answer, list[Box]]:
        """The rows, those read anew whose last letter was read past their end: more of them may have been cut off."""
        cut = [row for row in rows if row in texts and _ends_past(row, *texts[row])]
        if not cut or self._direction.vertical:
            return rows
        further = [Box(row.left, row.top, row.width + row.height, row.height) for row in cut]
        answers = yield ReadRows(tuple(row_picture(now.colour, row) for row in further))
        for row, reached, text in zip(cut, further, answers or (), strict=False):
            before = texts[row][0]
            if not isinstance(text, RowText) or text.confidence < FOLLOW.sure or not text.characters:
                continue
            if len(letters(text.text)) <= len(letters(before.text)) or not goes_on(before.text, text.text):
                continue
            left = float(around_row(now.colour, reached).left)
            end = min(reached.right, round(text.characters[-1].place + left + END_NEAR * row.height))
            whole = Box(row.left, row.top, max(row.right, end) - row.left, row.height)
            del texts[row]
            texts[whole] = text, left
            self._note_texts({whole: texts[whole]}, now)
            rows = [whole if one == row else one for one in rows]
        return rows

    def _find(self, now: Moment, area: Box, *, whole: bool) -> Generator[Request, Answer, list[Box] | None]:
        """The pieces of text in an area; None where it can't be looked at, or its text runs in the other direction."""
        picture = now.colour[area.top : area.bottom, area.left : area.right]
        vertical = self._direction.vertical
        # Detectors see columns better than columns that lie.
        found = yield FindText(upright_picture(picture) if vertical else picture, self._scale(area))
        if found is None:
            return None
        boxes = [one.box for one in found if isinstance(one, FoundBox)]
        if vertical:
            boxes = [turned_box(box, area.height) for box in boxes]
        boxes = [box.shifted(area.left, area.top) for box in boxes]
        if (yield from self._runs_otherwise(now, boxes)):
            return None
        return (yield from self._without_names_across(now, boxes, whole=whole)) if vertical else boxes

    def _runs_otherwise(self, now: Moment, pieces: Sequence[Box]) -> Generator[Request, Answer, bool]:
        """Whether text in the pieces that were found runs in the other direction: then it is read so from now on."""
        across = self._direction.across([piece for piece in pieces if self._is_inside(piece)])
        if not across:
            return False
        vertical = self._direction.vertical
        picture_of = upright_row_picture if vertical else column_picture
        answers = yield ReadRows(tuple(picture_of(now.colour, piece) for piece in across))
        texts = [text for text in answers or () if isinstance(text, RowText)]
        known = [row for row in self._follow.rows if not _lies_in(row.box, across)]
        standing = sum(
            len(letters(row.text))
            for row in known
            if row.is_text(FOLLOW) and self._follow.standing(row, now.luma) >= FOLLOW.stands
        )
        for piece, text in zip(across, texts, strict=False):
            read = Decision(now.time, "look", "piece", "read across", text.text, text.confidence, DIRECTION.sure, piece)
            self._note(read)
        if not self._direction.turns(texts, standing, now.time):
            return False
        reason = "text runs in rows" if vertical else "text runs in columns, from right to left"
        self._note(Decision(now.time, "look", "region", "turned", reason))
        for row in self._follow.rows:
            # What was made of the text's beginning was none of it, and a name is none.
            row.absorbed = row not in known or is_name(row.text)
        self._otherwise = now
        return True

    def _without_names_across(
        self, now: Moment, pieces: list[Box], *, whole: bool
    ) -> Generator[Request, Answer, list[Box]]:
        """The pieces that were found without the name of who speaks, which may stand in a row over columns."""
        inside = [piece for piece in pieces if self._is_inside(piece)]
        if not self._follow.rows and not self._across.among_columns(inside):
            # What stands alone is no name over a text.
            return pieces
        unread = self._across.unread(inside, now)
        names = [piece for piece in pieces if self._across.is_known(piece, now)]
        pictures = tuple(upright_row_picture(now.colour, piece) for piece in unread)
        answers = (yield ReadRows(pictures)) if pictures else []
        for piece, text in zip(unread, answers or (), strict=False):
            if isinstance(text, RowText):
                read = Decision(now.time, "look", "name", "read", text.text, text.confidence, NAME_CONFIDENCE, piece)
                self._note(read)
                if self._across.take(piece, text, now):
                    names.append(piece)
        if whole or names:
            self._across.note(now.time, seen=bool(names))
        return [piece for piece in pieces if piece not in names]

    def _without_ruby(self, rows: list[Box], texts: dict[Box, tuple[RowText, float]], now: Moment) -> list[Box]:
        """The rows without those that say how characters are pronounced; their texts are left out, too."""
        words = {row: "".join(filter(str.isalnum, text.text)) for row, (text, _) in texts.items()}
        ruby = [row for row, word in words.items() if word and is_ruby(row, word, rows, RUBY_IN_COLUMNS)]
        for row in ruby:
            self._blanks.note(row, now.luma)
            self._note(Decision(now.time, "look", "row", "left out", "it says how another is pronounced", box=row))
            del texts[row]
        return [row for row in rows if row not in ruby]

    def _turn(self, now: Moment) -> Steps:
        """Read on in the other direction. `now` is this frame's moment in that; what stood before is finished."""
        seen, watch = self._otherwise, self._watch
        assert seen is not None
        assert watch is not None
        self._follow.end_all(seen.time)
        self._dialogue.update(self._all_rows(), seen.time)
        self._dialogue.end(seen.time)
        self._say(now.time, last=True)
        turn = upright_picture if self._direction.vertical else turned_picture
        self._direction.turn(now.time)
        self._otherwise = None
        before = self._dialogue
        self._start_over()
        self._dialogue.follow_on(before)
        self._lay_out()
        assert self._watch is not None
        for time, luma in watch.memory:
            self._watch.see(turn(luma), time)
        yield from self._look(seen.otherwise(), None, whole_text=True)
        if seen.time < now.time:
            yield from self._look_at_losses(now)

    def _note_fitness(self, now: Moment, area: Box, boxes: Sequence[Box]) -> None:
        assert self.fitness is not None
        found = [self._in_frame(row) for row in rows_of(boxes, FOLLOW)]
        text = [self._in_frame(row.box) for row in self._follow.rows if row.is_text(FOLLOW)]
        self.fitness.saw(now.time, self._in_frame(area), found, text)

    def _note_texts(self, texts: dict[Box, tuple[RowText, float]], now: Moment) -> None:
        """Note what was read, and what looks like nothing that can be read."""
        for row, (text, _) in texts.items():
            if text.confidence < LEAST_CONFIDENCE or may_be_mark(text.text, text.confidence):
                self._blanks.note(row, now.luma)
            self._note(Decision(now.time, "look", "row", "read", text.text, text.confidence, LEAST_CONFIDENCE, row))

    def _with_whole_rows(self, area: Box) -> Box:
        """The area, grown so that no row that stands is cut by its edge: a row is looked at whole or not at all."""
        left = list(self._follow.rows)
        while reached := [row for row in left if area.intersection(row.box) is not None]:
            for row in reached:
                area = area.union(row.box.grown(row.box.height, row.box.height // 2))
                left.remove(row)
        return area

    def _is_inside(self, row: Box) -> bool:
        """Whether a row belongs to the region: most of it lies there, what reaches over its edge is read with it."""
        inside = row.intersection(self._region)
        return inside is not None and inside.width * inside.height > 0.5 * row.width * row.height

    def _overlooked(self, now: Moment, area: Box, rows: Sequence[Box], news: Cells) -> Box | None:
        """Where something small came to rest that the detector doesn't see: a few dots, or !?."""
        watch = self._watch
        assert watch is not None
        if watch.is_moving or not self._letter:
            return None
        # What went changed the picture, too; only what came after that is looked for.
        left = news & watch.resting(now.time, LOOK.rest - SAME_MOMENT) & watch.moved_since(self._cleared_at)
        for row in [*rows, *(row.box for row in self._follow.rows)]:
            left[watch.cells(row)] = False
        place = watch.bounds(left)
        place = place.intersection(self._region) if place is not None else None
        if place is None or place.intersection(area) != place:
            return None
        if place.height > 2 * self._letter or place.width > 8 * self._letter:
            return None
        tight = watch.tight(now.luma, place)
        if tight is None or tight.height > 1.2 * self._letter:
            return None
        # Dots stand at the foot of their row.
        top = min(tight.top, round(tight.bottom - 0.8 * self._letter))
        whole = Box(0, 0, now.luma.shape[1], now.luma.shape[0])
        return Box(tight.left, top, tight.width, tight.bottom - top).intersection(whole)

    def _overlooked_dots(self, now: Moment, rows: Sequence[Box]) -> Box | None:
        """Dots where lines begin, over a picture that moves: there the detector overlooks them, too."""
        if self._watch is None or not self._watch.news.any():
            return None
        standing = [row.box for row in self._follow.rows if self._follow.standing(row, now.luma) >= FOLLOW.lost]
        dots = self._text_place.dots_in(now.colour, [*rows, *standing])
        return dots if dots is not None and self._is_inside(dots) else None

    def _take(self, now: Moment, area: Box, rows: list[Box], texts: dict[Box, tuple[RowText, float]]) -> None:
        watch = self._watch
        assert watch is not None
        before = len(self._follow.rows)
        seen = [(row, texts[row][0], texts[row][1]) if row in texts else (row, None, 0.0) for row in rows]
        standing = list(self._follow.rows)
        self._follow.changed = False
        self._follow.take(Seen(now.time, now.luma, now.colour, area, seen, list(watch.memory), watch.news_since))
        self._passed = [row for row in standing if row.gone is not None]
        if self._passed:
            self._cleared_at = now.time
        if not self._follow.changed:
            self._void |= watch.news
        elif self._void.any():
            self._void[:] = False
        watch.looked(now.luma, area)
        self._looked_at = max(self._looked_at, now.time)
        self._idle_looks = 0 if self._follow.changed or len(self._follow.rows) != before else self._idle_looks + 1
        sure = [row.box for row in self._follow.rows if row.is_text(FOLLOW) and len(letters(row.text)) >= SPEAKING]
        self._unsure = self._unsure + 1 if _are_unsure(texts) else 0
        self._tries = 0 if sure else self._tries + 1
        self._heights.extend(
            row.height
            for row, (text, _) in texts.items()
            if text.confidence >= FOLLOW.sure and len(letters(text.text)) >= SPEAKING
        )
        if sure and self._heights:
            self._letter = low_height(self._heights)
        self._dialogue.update(self._all_rows(), now.time, moving=watch.is_moving)

    def _all_rows(self) -> list[Row]:
        return [*self._passed, *self._follow.rows]

    def _scale(self, area: Box) -> float:
        """How large the area is looked at: so that letters are of a size that is found well, as far as is known.

        Where nothing stands it is looked at now smaller, now larger: what was learned must not make text invisible.
        """
        assert self._size is not None
        letter = self._letter or LOOK.first_letter * self._size.height / 720
        # In steps: where a recording is gone on with, the same rows are to be found as in one go.
        scale = 2.0 ** (round(SCALE_STEPS * math.log2(LOOK.letter / letter)) / SCALE_STEPS)
        if self._unsure >= FEW_UNSURE:
            scale *= (1.8, 1.0)[self._unsure % 2]
        else:
            scales = SCALES_KNOWN if len(self._heights) >= KNOWN else SCALES
            scale *= scales[self._tries % len(scales)]
        most = (LOOK.most_pixels / max(1, area.width * area.height)) ** 0.5
        return float(min(scale, most, 4.0))

    # Saying

    def _say(self, time: float, *, last: bool = False) -> None:
        while self._dialogue.gone:
            line = self._dialogue.gone[0]
            brief = line.went - line.started < FOLLOW.brief and time - line.went <= FOLLOW.brief
            if brief and not last:
                # It may turn out to have been the beginning of what comes next.
                break
            self._dialogue.gone.popleft()
            if all(row.absorbed for row in line.rows):
                self._dialogue.forget(line)
                continue
            line.rows = [row for row in line.rows if not row.absorbed]
            self._finish(line, time)
        if not self._settings.early:
            return
        for line in self._dialogue.open:
            self._say_early(line, time)

    def _finish(self, line: DialogueLine, time: float) -> None:
        composed = self._compose(line)
        if composed is None:
            self._note(Decision(time, "compose", f"line {line.number}", "dropped", "nothing in it can be said"))
            return
        if line.said is None:
            old = self._dialogue.is_old(line)
            if old is not None:
                self._note(Decision(time, "compose", f"line {line.number}", "dropped", f"line {old.number} is back"))
                line.said, line.said_number = old.said, old.said_number
                return
        self._endpoint.note_end(ending(composed.text))
        if line.rest.spot is not None and line.rest.spotted - line.grown >= ENDPOINT.mark and line.rows:
            self._marks.learn(line.rest.spot, in_order(line.rows)[-1].box)
        self._tell(line, composed)

    def _say_early(self, line: DialogueLine, time: float) -> None:
        """Say a line that has come to rest, or again where it went on after it was said."""
        composed = self._compose(line)
        if composed is None:
            return
        rest, limit = self._rest_of(line, composed, time), self._endpoint.needed(ending(composed.text))
        if self.wants_partials and rest < LOOK.rest:
            self._tell_partial(composed, time)
        marked = line.rest.marked and line.rest.is_sure(time)
        settled = rest > 0 and (marked or rest >= limit)
        if not settled or line.said == (composed.speaker, composed.text):
            return
        reason = "the game's mark came" if marked else "rest"
        self._note(Decision(time, "endpoint", f"line {line.number}", "complete", reason, rest, limit))
        old = self._dialogue.is_old(line) if line.said is None else None
        if old is not None and old.said is not None:
            line.said, line.said_number = old.said, old.said_number
            return
        line.state = State.RESTING
        self._tell(line, composed)

    def _rest_of(self, line: DialogueLine, composed: Composed, time: float) -> float:
        """For how long, in seconds, nothing has come to a line; 0 while something may be coming."""
        watch, rest = self._watch, line.rest
        assert watch is not None
        grown = line.grown
        if grown > rest.grown:
            if rest.text and rest.stirred is not None:
                self._endpoint.note_pause(ending(rest.text), rest.stirred - rest.grown)
            if rest.marked and rest.spot is not None and grown > rest.spotted:
                # It doesn't wait there: something in this game always blinks.
                self._marks.forget(rest.spot, in_order(line.rows)[-1].box)
            rest.marked = rest.marked and rest.spotted >= grown
            rest.grown, rest.text, rest.stirred = grown, composed.text, None
        elif composed.text != rest.text:
            rest.text = composed.text
        if any(row.stale for row in line.rows):
            return 0.0
        if watch.is_moving and watch.news.any():
            # Only looks tell what comes: one after the last growth must have found nothing new.
            return time - grown if self._looked_at > grown + LOOK.cadence / 2 else 0.0
        box = line.box()
        near = watch.cells(box.grown(3 * round(self._letter or box.height), round(self._letter or box.height)))
        if (watch.news & ~watch.busy & ~self._void)[near].any() and not rest.marked:
            if rest.stirred is None:
                rest.stirred = time
            return 0.0
        if rest.stirred is not None and self._looked_at >= rest.stirred:
            rest.stirred = None
        return time - grown

    def _notice_mark(self, now: Moment) -> None:
        """Something small that comes when a text rests, and is none of it, is the game's sign that it waits."""
        watch = self._watch
        assert watch is not None
        if watch.is_moving or not watch.moved.any() or not self._letter:
            return
        if watch.quiet < ENDPOINT.mark:
            # What comes while text is being typed is text; so was what is followed by more at once.
            for line in self._dialogue.open:
                line.rest.marked = line.rest.marked and line.rest.is_sure(now.time)
            return
        before = self._before.luma if self._before is not None else None
        pieces = (watch.tight(now.luma, piece, before) for piece in watch.pieces(watch.moved))
        largest = LARGEST * self._letter
        places = [place for place in pieces if place is not None and max(place.width, place.height) <= largest]
        for line in self._dialogue.open:
            text = in_order(line.rows)[-1].box
            if now.time - line.grown < SAME_MOMENT:
                continue
            for place in places:
                if place.intersection(text.grown(-text.height // 4, 0)) is not None:
                    continue
                if self._marks.knows(place, text):
                    line.rest.spot, line.rest.spotted, line.rest.marked = place, now.time, True
                    level = text.grown(0, text.height)
                    line.rest.among_text = level.top < place.bottom and place.top < level.bottom + text.height
                elif line.rest.spotted <= line.grown:
                    line.rest.spot, line.rest.spotted = place, now.time

    def _tell_partial(self, composed: Composed, time: float) -> None:
        at, text = self._partial
        if time - at < PARTIAL_SECONDS or composed.text == text:
            return
        self._partial = (time, composed.text)
        self.events.append(Typing(composed.speaker, composed.text, time))

    def _compose(self, line: DialogueLine) -> Composed | None:
        speaker = self._plate.name_at(line.started, line.went or self._seen) if self._plate is not None else None
        if speaker is None and self._direction.vertical:
            speaker = self._across.heard.at(line.started, line.went or self._seen)
        region = self._plate is not None or speaker is not None
        return compose(line, self._settings.min_confidence, self._names, speaker, region=region)

    def _tell(self, line: DialogueLine, composed: Composed) -> None:
        if line.said == (composed.speaker, composed.text):
            return
        self._numbers += 1
        replaces, line.said, line.said_number = line.said_number, (composed.speaker, composed.text), self._numbers
        box = composed.body[0].box
        for row in composed.body[1:]:
            box = box.union(row.box)
        self._names.learn(composed)
        self._text_place.learn(composed.body)
        self._direction.lines += replaces is None
        self.events.append(
            Said(
                number=self._numbers,
                replaces=replaces,
                started=line.started,
                completed=line.grown,
                speaker=composed.speaker,
                text=composed.text,
                rows=composed.rows,
                confidence=round(certainty(composed.confidence, line.went - line.grown if line.went else None), 4),
                box=self._in_frame(box),
            )
        )


def _end_of(row: Box) -> Box:
    """Where the last letters of a row stand, and where the next would."""
    return Box(row.right - 2 * row.height, row.top, 4 * row.height, row.height)


def _is_cut(row: Box, area: Box, whole: Box) -> bool:
    """Whether a row touches an edge of the area that is none of the whole picture's."""
    return (
        (row.top <= area.top + 1 and area.top > whole.top)
        or (row.bottom >= area.bottom - 1 and area.bottom < whole.bottom)
        or (row.left <= area.left + 1 and area.left > whole.left)
        or (row.right >= area.right - 1 and area.right < whole.right)
    )


def _are_unsure(texts: dict[Box, tuple[RowText, float]]) -> bool:
    """Whether most rows of words were read, but not surely: they may be looked at too small, or too large."""
    words = [
        text.confidence
        for row, (text, _) in texts.items()
        if row.width >= 2 * row.height and len(letters(text.text)) >= SPEAKING and text.confidence >= LEAST_CONFIDENCE
    ]
    return sum(confidence < FOLLOW.sure for confidence in words) > len(words) / 2


def _make_surer_of_marks(texts: dict[Box, tuple[RowText, float]], dots: Box | None) -> None:
    """Raise the confidence of marks where the picture and the recogniser agree, which is never sure of them."""
    for row, (text, left) in texts.items():
        sure = max(text.confidence, FOLLOW.sure_of_marks)
        if says_unknown(text.text) and text.confidence >= LOOK.least_of_marks:
            # Wide or narrow, three or four, with a colon or without: looks never read it alike.
            texts[row] = RowText(UNKNOWN[0], sure), left
        elif row == dots and _says_marks_only(text):
            texts[row] = replace(text, confidence=sure), left


def _may_be_end(text: RowText, row: Box, more: RowText, end: Box) -> bool:
    """Whether something overlooked right behind a row is the end of it: words surely read, or the mark it lacks."""
    gap = (end.left - row.right) / row.height
    if not on_one_level(row, end) or not -END_NEAR < gap < END_NEAR:
        return False
    if ending(text.text) not in (Ending.OPEN, Ending.PAUSE):
        return False
    words = sum(character.isalnum() for character in more.text) > 1 and more.confidence >= FOLLOW.sure
    return words or (more.text.strip() in (".", "!", "?") and any(one.isalnum() for one in text.text))


def _ends_past(row: Box, text: RowText, left: float) -> bool:
    """Whether the last of a row's characters, surely read, stands past its box, in a picture that begins at `left`."""
    if text.confidence < FOLLOW.sure or not text.characters:
        return False
    return text.characters[-1].place + left > row.right


def _says_marks_only(text: RowText) -> bool:
    """Whether nothing but dots and marks was read: the detector overlooks only those."""
    words = tidy(text.text)
    return is_readable(words) and not any(character.isalnum() for character in words)


def _lies_in(row: Box, pieces: Sequence[Box]) -> bool:
    """Whether most of a row lies in pieces of text."""
    shared = [inside for piece in pieces if (inside := row.intersection(piece)) is not None]
    return sum(one.width * one.height for one in shared) > 0.6 * row.width * row.height
