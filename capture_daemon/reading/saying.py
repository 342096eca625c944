"""Saying: which lines are said when, and corrected, and what is known of this game's pauses, marks and names."""

from __future__ import annotations

from collections.abc import Iterable

from capture_daemon.reading.certainty import certainty
from capture_daemon.reading.compose import compose
from capture_daemon.reading.dialogue_line import DialogueLine, State, in_order, rows_during, rows_with
from capture_daemon.reading.endpointing import Endpointer
from capture_daemon.reading.events import Event, Said, Typing
from capture_daemon.reading.looking import PARTIAL_SECONDS
from capture_daemon.reading.marks import LARGEST, AdvanceMarks
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.names import Composed, Names
from capture_daemon.reading.ordering import Ordering
from capture_daemon.reading.parameters import ENDPOINT, FOLLOW, LOOK
from capture_daemon.reading.scene import Scene
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.reading.text import Ending, ending, goes_on_behind_dots
from capture_daemon.reading.trace import Decision
from capture_daemon.reading.watch import SAME_MOMENT


class Saying:
    """Says the lines of one scene after another."""

    def __init__(self, settings: ReadingSettings, known_names: Iterable[str]) -> None:
        self.events: list[Event] = []
        """What was said, the caller's to empty."""
        self.names = Names(set(known_names))
        self.time = -1.0
        """When the last frame was, in seconds."""
        self._settings = settings
        self._marks = AdvanceMarks()
        self._endpoint = Endpointer(settings.settle)
        self._ordering = Ordering()
        self._numbers = 0
        self._partial: tuple[float, str] = (-1.0, "")
        self._composed: tuple[tuple[Scene, int, int, int, str | None], Composed | None] | None = None
        """What the line that stands was last found to say, and by what."""

    def say(self, scene: Scene, time: float, *, last: bool = False) -> None:
        """Say the lines that have gone and, live, those at rest; with `last` no more frames of the scene come."""
        while scene.dialogue.gone:
            line = scene.dialogue.gone[0]
            brief = line.went - line.started < FOLLOW.brief and time - line.went <= FOLLOW.brief
            if brief and not last:
                # It may turn out to have been the beginning of what comes next.
                break
            scene.dialogue.gone.popleft()
            if all(row.absorbed for row in line.rows):
                scene.dialogue.forget(line)
                continue
            line.rows = [row for row in line.rows if not row.absorbed]
            self._finish(scene, line, time)
        if not self._settings.early:
            self.events += self._ordering.take([] if last else scene.unsaid, time)
            return
        for line in scene.dialogue.open:
            self._say_early(scene, line, time)

    def _finish(self, scene: Scene, line: DialogueLine, time: float) -> None:
        composed = self._compose(scene, line)
        if composed is None:
            scene.note(Decision(time, "compose", f"line {line.number}", "dropped", "nothing in it can be said"))
            return
        if line.said is None:
            old = scene.dialogue.is_old(line)
            if old is not None:
                scene.note(Decision(time, "compose", f"line {line.number}", "dropped", f"line {old.number} is back"))
                line.said, line.said_number = old.said, old.said_number
                return
        self._endpoint.note_end(ending(composed.text))
        if any(row.steps for row in line.rows) and goes_on_behind_dots(composed.text):
            self._endpoint.note_passed(Ending.DOTS)
        if line.rest.spot is not None and line.rest.spotted - line.grown >= ENDPOINT.mark and line.rows:
            self._marks.learn(line.rest.spot, in_order(line.rows)[-1].box)
        self._say_line(scene, line, composed)

    def _say_early(self, scene: Scene, line: DialogueLine, time: float) -> None:
        """Say a line that has come to rest, or again where it went on after it was said."""
        composed = self._compose_open(scene, line)
        if composed is None:
            return
        rest, limit = self._rest_of(scene, line, composed, time), self._endpoint.needed(ending(composed.text))
        if scene.wants_partials and rest < LOOK.rest:
            self._say_partial(composed, time)
        marked = line.rest.marked and line.rest.is_sure(time)
        settled = rest > 0 and (marked or rest >= limit)
        if not settled or line.said == (composed.speaker, composed.text):
            return
        reason = "the game's mark came" if marked else "rest"
        scene.note(Decision(time, "endpoint", f"line {line.number}", "complete", reason, rest, limit))
        old = scene.dialogue.is_old(line) if line.said is None else None
        if old is not None and old.said is not None:
            line.said, line.said_number = old.said, old.said_number
            return
        line.state = State.RESTING
        self._say_line(scene, line, composed)

    def _rest_of(self, scene: Scene, line: DialogueLine, composed: Composed, time: float) -> float:
        """For how long, in seconds, nothing has come to a line; 0 while something may be coming."""
        watch, rest = scene.watch, line.rest
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
            return time - grown if scene.looked_at > grown + LOOK.cadence / 2 else 0.0
        box = line.box()
        near = watch.cells(
            box.grown(3 * round(scene.letters.height or box.height), round(scene.letters.height or box.height))
        )
        if (watch.news & ~watch.busy & ~scene.void)[near].any() and not rest.marked:
            if rest.stirred is None:
                rest.stirred = time
            return 0.0
        if rest.stirred is not None and scene.looked_at >= rest.stirred:
            rest.stirred = None
        return time - grown

    def notice_mark(self, scene: Scene, now: Moment) -> None:
        """Something small that comes when a text rests, and is none of it, is the game's sign that it waits."""
        watch = scene.watch
        if watch.is_moving or not watch.moved.any() or not scene.letters.height:
            return
        if watch.quiet < ENDPOINT.mark:
            # What comes while text is being typed is text; so was what is followed by more at once.
            for line in scene.dialogue.open:
                line.rest.marked = line.rest.marked and line.rest.is_sure(now.time)
            return
        before = scene.before.luma if scene.before is not None else None
        pieces = (watch.tight(now.luma, piece, before) for piece in watch.pieces(watch.moved))
        largest = LARGEST * scene.letters.height
        places = [place for place in pieces if place is not None and max(place.width, place.height) <= largest]
        for line in scene.dialogue.open:
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

    def _say_partial(self, composed: Composed, time: float) -> None:
        at, text = self._partial
        if time - at < PARTIAL_SECONDS or composed.text == text:
            return
        self._partial = (time, composed.text)
        self.events.append(Typing(composed.speaker, composed.text, time))

    def _compose_open(self, scene: Scene, line: DialogueLine) -> Composed | None:
        """What a line that stands says: it changes with looks, and with what is known of names."""
        key = scene, line.number, scene.looks, self._numbers, self._speaker_of(scene, line)
        if self._composed is None or self._composed[0] != key:
            self._composed = key, self._compose(scene, line)
        return self._composed[1]

    def _compose(self, scene: Scene, line: DialogueLine) -> Composed | None:
        speaker = self._speaker_of(scene, line)
        region = scene.plate is not None or speaker is not None
        others = [*scene.dialogue.open, *scene.dialogue.past]
        line.beside, line.among = rows_with(line, others), rows_during(line, others)
        settings = self._settings
        return compose(line, settings.min_confidence, self.names, speaker, region=region, language=settings.language)

    def _speaker_of(self, scene: Scene, line: DialogueLine) -> str | None:
        """Who the speaker's region, or a row across columns of text, says is speaking."""
        speaker = scene.plate.name_at(line.started, line.went or self.time) if scene.plate is not None else None
        if speaker is None and scene.vertical:
            return scene.across.heard.at(line.started, line.went or self.time)
        return speaker

    def _say_line(self, scene: Scene, line: DialogueLine, composed: Composed) -> None:
        if line.said == (composed.speaker, composed.text):
            return
        self._numbers += 1
        replaces, line.said, line.said_number = line.said_number, (composed.speaker, composed.text), self._numbers
        box = composed.body[0].box
        for row in composed.body[1:]:
            box = box.union(row.box)
        self.names.learn(composed)
        scene.text_place.learn(composed.body)
        scene.direction.lines += replaces is None
        said = Said(
            number=self._numbers,
            replaces=replaces,
            started=line.started,
            completed=line.grown,
            speaker=composed.speaker,
            text=composed.text,
            rows=composed.rows,
            confidence=round(certainty(composed.confidence, line.went - line.grown if line.went else None), 4),
            box=scene.placement.in_frame(box),
        )
        if self._settings.early:
            self.events.append(said)
        else:
            self._ordering.add(said)
