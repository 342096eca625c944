"""Taking: what a look found and read in a scene is taken in."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.frames import Box
from capture_daemon.reading.layout import rows_of
from capture_daemon.reading.letter_size import SPEAKING, Texts
from capture_daemon.reading.marks import may_be_mark
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Seen
from capture_daemon.reading.row_readings import LEAST_CONFIDENCE
from capture_daemon.reading.scene import Scene
from capture_daemon.reading.trace import Decision
from capture_daemon.reading.wording import letters


def take_in(scene: Scene, now: Moment, area: Box, rows: list[Box], texts: Texts) -> None:
    """Take in a look at an area: the rows that it found, and what was read in those that were read.

    All boxes are in pixels of the region.
    """
    watch, follow = scene.watch, scene.follow
    before = len(follow.rows)
    seen = [(row, texts[row][0], texts[row][1]) if row in texts else (row, None, 0.0) for row in rows]
    standing = list(follow.rows)
    follow.changed = False
    follow.take(Seen(now.time, now.luma, now.colour, area, seen, list(watch.memory), watch.news_since))
    scene.passed = [row for row in standing if row.gone is not None]
    if scene.passed:
        scene.cleared_at = now.time
    scene.note_unfound(area, [*rows, *(row.seen for row in standing)])
    if not follow.changed:
        scene.void |= watch.news
    elif scene.void.any():
        scene.void[:] = False
    watch.looked(now.luma, area)
    scene.looked_at = max(scene.looked_at, now.time)
    scene.looks += 1
    scene.idle_looks = 0 if follow.changed or len(follow.rows) != before else scene.idle_looks + 1
    sure = any(row.is_text(FOLLOW) and len(letters(row.text)) >= SPEAKING for row in follow.rows)
    scene.letters.learn(texts, standing=sure)
    scene.dialogue.update(scene.all_rows(), now.time, moving=watch.is_moving)


def note_texts(scene: Scene, texts: Texts, now: Moment) -> None:
    """Note what was read, and what looks like nothing that can be read."""
    for row, (text, _) in texts.items():
        if text.confidence < LEAST_CONFIDENCE or may_be_mark(text.text, text.confidence):
            scene.blanks.note(row, now.luma)
        scene.note(Decision(now.time, "look", "row", "read", text.text, text.confidence, LEAST_CONFIDENCE, row))


def note_fitness(scene: Scene, now: Moment, area: Box, boxes: Sequence[Box]) -> None:
    """Note what the detector saw in an area: it says whether the region can work."""
    found = [scene.placement.in_frame(row) for row in rows_of(boxes, FOLLOW)]
    text = [scene.placement.in_frame(row.box) for row in scene.follow.rows if row.is_text(FOLLOW)]
    scene.fitness.saw(now.time, scene.placement.in_frame(area), found, text)
