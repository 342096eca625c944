"""Looks: one look at the region after another: text is found in it, read where it isn't known, and taken in."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import FoundBox, RowText
from capture_daemon.reading.compose import RUBY_IN_COLUMNS, is_ruby
from capture_daemon.reading.ellipsis import Dots
from capture_daemon.reading.events import Answer, FindText, ReadRows, Request, Steps
from capture_daemon.reading.layout import is_cut, is_within, on_one_level, rows_of
from capture_daemon.reading.letter_size import Texts
from capture_daemon.reading.lone_names import is_lone, make_surer_of_names, overlooked_name
from capture_daemon.reading.looking import Looking
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.overlooked import (
    goes_on_behind,
    make_surer_of_marks,
    overlooked_dots,
    overlooked_marks,
    says_marks_only,
)
from capture_daemon.reading.parameters import DIRECTION, FOLLOW, LOOK
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_ends import (
    with_cut_ends,
    with_end,
    with_lost_brackets,
    with_lost_dashes,
    with_lost_dots,
)
from capture_daemon.reading.row_picture import column_picture, upright_row_picture
from capture_daemon.reading.row_readings import LEAST_CONFIDENCE
from capture_daemon.reading.row_texts import read_rows
from capture_daemon.reading.scene import Scene
from capture_daemon.reading.speaker import is_name
from capture_daemon.reading.speaker_rows import NAME_CONFIDENCE
from capture_daemon.reading.taking import note_fitness, note_texts, take_in
from capture_daemon.reading.trace import Decision
from capture_daemon.reading.turned import turned_box, upright_picture
from capture_daemon.reading.typed_looks import TypedLooks
from capture_daemon.reading.typed_row import typed_on
from capture_daemon.reading.watch import Cells
from capture_daemon.reading.wording import letters

GOES_ON = 0.3
"""Seconds between two looks at rows that go on moving, at most; 0.2 to 0.5."""


class Looks:
    """The looks at one scene."""

    def __init__(self, scene: Scene, looking: Looking) -> None:
        self.found: list[Box] = []
        """The rows that the last look found."""
        self._scene = scene
        self._looking = looking
        self._typed = TypedLooks(scene, looking)
        self._unseen: Cells | None = None
        self._seem_gone: list[Row] = []
        """The rows whose ink seemed to have gone in the frame before, too soon after a look at them for another."""
        self._unread: tuple[Row, Box] | None = None
        """The row that had been typed on in the frame before, and the box of all of it; None if none had."""
        self._remembered = -1
        """How many looks had been taken in then."""
        self._left: tuple[Moment, int] | None = None
        """The moment in which the last look left a row that was being typed, and how many looks had been taken in."""

    def look_before_it_goes(self, now: Moment) -> Steps:
        """What stood at rest without having been looked at, and changes now, is looked at in the frame before."""
        watch, before = self._scene.watch, self._scene.before
        if before is None or watch.is_moving or self._scene.looked_at >= before.time or not watch.moved.any():
            return
        # Of what was new and at rest a frame ago most has changed at once: it was replaced, not typed on.
        unseen = self._unseen
        if unseen is None or now.time - self._scene.looked_at < LOOK.loss:
            return
        if not (watch.moved & unseen).any():
            return
        share = watch.share_gone(before.luma, now.luma, unseen)
        if (
            share < LOOK.replaced
            and (inside := unseen & watch.touched(row.box for row in self._scene.follow.rows)).sum() > 1
        ):
            # What moves slowly behind a box hides that a letter of the text in it was another for a while.
            share = watch.share_gone(before.luma, now.luma, inside)
        place = watch.bounds(unseen)
        if share < LOOK.replaced or place is None:
            return
        tight = watch.tight(before.luma, place)
        if tight is not None and self._scene.blanks.covers(tight):
            return
        self._scene.note(
            Decision(now.time, "look", "frame before", "look", "what was not looked at goes", share, LOOK.replaced)
        )
        yield from self.look(before, self._looking.area_round(place), whole_text=True)
        if tight is not None and not any(row.intersection(tight) is not None for row in self.found):
            self._scene.blanks.note(tight, before.luma)

    def look_at_losses(self, now: Moment) -> Steps:
        """Rows whose ink seems to have gone are looked at at once: to know a cleared box from a passing cloud."""
        watch = self._scene.watch
        rows = self._scene.follow.rows
        near = [row for row in rows if row in self._seem_gone or watch.moved[watch.cells(row.box)].any()]
        if not near:
            for row in rows:
                row.stood = now.time
        lost = self._scene.follow.watch(now.luma, now.time, near)
        due = [row for row in lost if now.time - row.looked_for_at >= LOOK.loss]
        self._seem_gone = [row for row in lost if row not in due]
        if not due:
            return
        area = due[0].box
        for row in due:
            row.looked_for_at = now.time
            area = area.union(row.box)
        losing = self._scene.losing
        goes_on = losing is not None and now.time - losing[1] <= GOES_ON
        self._scene.losing = (losing[0] if losing is not None and goes_on else now.time, now.time)
        typed = self._unread if self._unread is not None and self._unread[0] in due else None
        moved = any(row.moved_at == now.time for row in rows)
        if self._scene.before is not None and not moved and (typed is not None or any(row.stale for row in due)):
            before = area.union(typed[1]) if typed is not None else area
            yield from self.look(self._scene.before, before, whole_text=True)
        yield from self.look(now, area, whole_text=True)

    def remember_unseen(self, now: Moment) -> None:
        """Keep what is new in this frame, and at rest, or at a row's end: it may be gone in the next."""
        watch = self._scene.watch
        unseen = watch.resting(now.time, LOOK.glimpse) if watch.news.any() else None
        self._unseen = unseen if unseen is not None and unseen.sum() >= 2 else None
        if not watch.moved.any() and self._scene.looks == self._remembered:
            return
        self._remembered = self._scene.looks
        self._unread = typed = typed_on(self._scene, now)
        if typed is not None:
            self._scene.pace.seconds_at(typed[0], typed[1].right, now.time)

    def look_at_news(self, now: Moment) -> Steps:
        """What is new in the region is found and read; a row that was typed on is read where it stands."""
        if not (yield from self._typed.read(now)):
            yield from self.look(now, self._looking.area_of_news(now))

    def look(self, now: Moment, area: Box | None, *, whole_text: bool = False) -> Steps:
        """Find the rows in an area of the region, and read those that aren't known.

        With `whole_text` what is being typed is read, too.
        """
        whole, vertical = self._scene.whole, self._scene.vertical
        area = whole if area is None else self._scene.with_whole_rows(area).intersection(whole)
        if area is None or self._scene.otherwise is not None:
            return
        self._scene.left_next = False
        boxes = yield from self._find(now, area, whole=area == whole)
        if boxes is None:
            return
        rows = yield from self._rows_of(boxes, now, area)
        if area != whole and any(is_cut(row, area, whole) for row in rows):
            yield from self.look(now, None, whole_text=whole_text)
            return
        self._scene.blanks.look(area)
        dots = overlooked_dots(self._scene, now, rows)
        if dots is not None:
            # The detector may see some of them.
            self.found = rows = [row for row in rows if row.intersection(dots.box) is None]
        unread = [row for row in rows if not self._is_left(row, now, rows, whole_text=whole_text)]
        overlooked = dots.box if dots is not None else self._marks_in(area, now, rows, unread)
        if overlooked is not None:
            unread.append(overlooked)
        texts = yield from read_rows(self._scene, now, unread)
        if texts is None:
            return
        known = dots, overlooked
        dots, overlooked = yield from self._with_hidden_by_nothing(known, now, area, rows, texts)
        make_surer_of_marks(
            texts, dots, now.luma, self._scene.letters.height, self._scene.text_place, self._scene.follow.rows
        )
        rows = yield from self._with_lone_name(now, rows, texts)
        note_texts(self._scene, texts, now)
        if vertical:
            rows = self._without_ruby(rows, texts, now)
        if overlooked in texts and says_marks_only(texts[overlooked][0]):
            rows.append(overlooked)
        end = overlooked if overlooked in texts and dots is None else None
        rows = yield from self._with_ends(now, rows, texts, end)
        take_in(self._scene, now, area, rows, texts)
        note_fitness(self._scene, now, area, boxes)
        self._looking.note_colour(now, area)
        if self._scene.plate is not None:
            yield from self._scene.plate.look(now.time, self._scene.scale)

    def _rows_of(self, boxes: Sequence[Box], now: Moment, area: Box) -> Generator[Request, Answer, list[Box]]:
        """The rows that pieces of text in an area make; what the last look left, and isn't there now, is read first."""
        found = (part for row in rows_of(boxes, FOLLOW) for part in self._scene.follow.parted(row, now.luma, now.time))
        rows = [row for row in found if self._scene.is_inside(row)]
        if (left := self._left_and_gone(now, area, rows)) is not None:
            yield from self.look(*left, whole_text=True)
        found_rows = f"{len(rows)} row{'' if len(rows) == 1 else 's'} found"
        self._scene.note(Decision(now.time, "look", "region", "look", found_rows, box=area))
        self.found = rows
        return rows

    def _marks_in(self, area: Box, now: Moment, rows: Sequence[Box], unread: Sequence[Box]) -> Box | None:
        """Where there are marks that the detector overlooked; those behind a row being typed are read with it."""
        marks = overlooked_marks(self._scene, now, area, rows)
        if marks is None:
            return None
        left = [(row, self._scene.follow.at(row)) for row in rows if row not in unread]
        typed = [row for row, known in left if known is not None and known.stale]
        return None if any(goes_on_behind(row, marks) for row in typed) else marks

    def _with_hidden_by_nothing(
        self, known: tuple[Dots | None, Box | None], now: Moment, area: Box, rows: list[Box], texts: Texts
    ) -> Generator[Request, Answer, tuple[Dots | None, Box | None]]:
        """Dots, and where they or marks stand: those known, or hidden by what was found and isn't text.

        `texts` gets what is read there.
        """
        follow = self._scene.follow
        kept = [
            row
            for row in rows
            if (texts[row][0].confidence >= LEAST_CONFIDENCE if row in texts else follow.at(row) is not None)
        ]
        if known[1] is not None or kept == rows:
            return known
        dots = overlooked_dots(self._scene, now, kept)
        overlooked = dots.box if dots is not None else overlooked_marks(self._scene, now, area, kept)
        if overlooked is not None:
            texts.update((yield from read_rows(self._scene, now, [overlooked])) or {})
        return dots, overlooked

    def _with_lone_name(self, now: Moment, rows: list[Box], texts: Texts) -> Generator[Request, Answer, list[Box]]:
        """The rows, with the name of one character that the detector overlooked; `texts` gets what is read there."""
        name = overlooked_name(self._scene, now, rows, texts)
        if name is not None:
            texts.update((yield from read_rows(self._scene, now, [name])) or {})
            if name in texts and is_lone(texts[name][0]):
                rows = [name, *rows]
        make_surer_of_names(texts, rows)
        return rows

    def _with_ends(
        self, now: Moment, rows: list[Box], texts: Texts, end: Box | None
    ) -> Generator[Request, Answer, list[Box]]:
        """The rows, those read further that end past their boxes; `end` was overlooked, perhaps of one of them."""
        if end is not None:
            wholes = yield from with_end(rows, texts, end, now)
            rows = self._lengthened(rows, wholes, texts, now, but=end if wholes else None)
        if not self._scene.vertical:
            for read_further in (with_cut_ends, with_lost_dashes, with_lost_dots, with_lost_brackets):
                wholes = yield from read_further(rows, texts, now)
                rows = self._lengthened(rows, wholes, texts, now)
        return rows

    def _lengthened(
        self, rows: list[Box], wholes: dict[Box, Box], texts: Texts, now: Moment, but: Box | None = None
    ) -> list[Box]:
        """The rows, those that were read further with the boxes of all of them; without `but`, which is part of one."""
        for whole in wholes.values():
            note_texts(self._scene, {whole: texts[whole]}, now)
        return [wholes.get(row, row) for row in rows if row != but]

    def _find(self, now: Moment, area: Box, *, whole: bool) -> Generator[Request, Answer, list[Box] | None]:
        """The pieces of text in an area; None if it can't be looked at, or its text runs in the other direction."""
        picture = now.colour[area.top : area.bottom, area.left : area.right]
        vertical = self._scene.vertical
        # Detectors see columns better than columns that lie.
        found = yield FindText(upright_picture(picture) if vertical else picture, self._scene.scale(area))
        if found is None:
            return None
        boxes = [one.box for one in found if isinstance(one, FoundBox)]
        if vertical:
            boxes = [turned_box(box, area.height) for box in boxes]
        boxes = [box.shifted(area.left, area.top) for box in boxes]
        if (yield from self._runs_otherwise(now, boxes)):
            return None
        return (yield from self._without_names_across(now, boxes, whole=whole)) if vertical else boxes

    def _is_left(self, row: Box, now: Moment, rows: Sequence[Box], *, whole_text: bool) -> bool:
        """Whether what was found needn't be read now: it is known, it is being typed, or it was no text just now."""
        memory = self._scene.watch.memory
        if self._scene.follow.is_known(row, now.luma, now.time, memory, rows):
            reason = "it stands unchanged"
        elif self._scene.follow.at(row) is None and self._scene.blanks.knows(row, now.luma):
            reason = "no text was read there, and it looks the same"
        elif whole_text:
            if not self._scene.blanks.passes_by(row, self._scene.letters.height, now.luma, now.time, memory):
                return False
            reason = "a speck that was not there just now"
        elif self._scene.follow.at(row) is None and self._scene.blanks.is_new(row, now.luma, now.time, memory):
            reason = "one letter or a mark, seen for the first time"
        elif not self._scene.wants_partials and self._looking.is_typed(row, now):
            reason = "it is being typed"
            self._left = now, self._scene.looks + 1
        else:
            return False
        self._scene.note(Decision(now.time, "look", "row", "left", reason, box=row))
        return True

    def _left_and_gone(self, now: Moment, area: Box, found: Sequence[Box]) -> tuple[Moment, Box | None] | None:
        """The moment in which the last look left a row that was being typed, and where, if the row isn't `found` now.

        What was seen of it, and not read, can only be read there. If what was read of it stands, a mark has gone.
        """
        left, self._left = self._left, None
        follow = self._scene.follow
        if left is None or left[1] != self._scene.looks:
            return None
        rows = [row for row in follow.rows if row.stale and row.read_at < row.seen_at and is_within(row.box, area)]
        gone = [
            row.seen
            for row in rows
            if follow.standing(row, now.luma) < FOLLOW.stands and not any(_is_as_long(box, row.seen) for box in found)
        ]
        if not gone:
            return None
        reason = "a row has gone that was left while it was being typed"
        self._scene.note(Decision(left[0].time, "look", "left moment", "look", reason, box=gone[0]))
        return left[0], self._looking.area_round(gone[0])

    def _runs_otherwise(self, now: Moment, pieces: Sequence[Box]) -> Generator[Request, Answer, bool]:
        """Whether text in the pieces that were found runs in the other direction: then it is read so from now on."""
        across = self._scene.direction.across([piece for piece in pieces if self._scene.is_inside(piece)])
        if not across:
            return False
        vertical = self._scene.vertical
        picture_of = upright_row_picture if vertical else column_picture
        answers = yield ReadRows(tuple(picture_of(now.colour, piece) for piece in across))
        texts = [text for text in answers or () if isinstance(text, RowText)]
        known = [row for row in self._scene.follow.rows if not _lies_in(row.box, across)]
        standing = sum(
            len(letters(row.text))
            for row in known
            if row.is_text(FOLLOW) and self._scene.follow.standing(row, now.luma) >= FOLLOW.stands
        )
        for piece, text in zip(across, texts, strict=False):
            read = Decision(now.time, "look", "piece", "read across", text.text, text.confidence, DIRECTION.sure, piece)
            self._scene.note(read)
        if not self._scene.direction.turns(texts, standing, now.time):
            return False
        reason = "text runs in rows" if vertical else "text runs in columns, from right to left"
        self._scene.note(Decision(now.time, "look", "region", "turned", reason))
        for row in self._scene.follow.rows:
            # What was made of the text's beginning was none of it, and a name is none.
            row.absorbed = row not in known or is_name(row.text)
        self._scene.otherwise = now
        return True

    def _without_names_across(
        self, now: Moment, pieces: list[Box], *, whole: bool
    ) -> Generator[Request, Answer, list[Box]]:
        """The pieces that were found without the name of who speaks, which may stand in a row over columns."""
        inside = [piece for piece in pieces if self._scene.is_inside(piece)]
        if not self._scene.follow.rows and not self._scene.across.among_columns(inside):
            # What stands alone is no name over a text.
            return pieces
        unread = self._scene.across.unread(inside, now)
        names = [piece for piece in pieces if self._scene.across.is_known(piece, now)]
        pictures = tuple(upright_row_picture(now.colour, piece) for piece in unread)
        answers = (yield ReadRows(pictures)) if pictures else []
        for piece, text in zip(unread, answers or (), strict=False):
            if isinstance(text, RowText):
                read = Decision(now.time, "look", "name", "read", text.text, text.confidence, NAME_CONFIDENCE, piece)
                self._scene.note(read)
                if self._scene.across.take(piece, text, now):
                    names.append(piece)
        if whole or names:
            self._scene.across.note(now.time, seen=bool(names))
        return [piece for piece in pieces if piece not in names]

    def _without_ruby(self, rows: list[Box], texts: Texts, now: Moment) -> list[Box]:
        """The rows without those that say how characters are pronounced; their texts are left out, too."""
        words = {row: "".join(filter(str.isalnum, text.text)) for row, (text, _) in texts.items()}
        ruby = [row for row, word in words.items() if word and is_ruby(row, word, rows, RUBY_IN_COLUMNS)]
        for row in ruby:
            self._scene.blanks.note(row, now.luma)
            self._scene.note(
                Decision(now.time, "look", "row", "left out", "it says how another is pronounced", box=row)
            )
            del texts[row]
        return [row for row in rows if row not in ruby]


def _is_as_long(box: Box, row: Box) -> bool:
    """Whether a box may hold all of a row: it stands on its level, and reaches as far."""
    return on_one_level(box, row) and box.right > row.right - 0.5 * row.height


def _lies_in(row: Box, pieces: Sequence[Box]) -> bool:
    """Whether most of a row lies in pieces of text."""
    shared = [inside for piece in pieces if (inside := row.intersection(piece)) is not None]
    return sum(one.width * one.height for one in shared) > 0.6 * row.width * row.height
