"""Reading logs: which lines there are, in the order in which they were said, each once, corrections in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from capture_daemon.dataset.script import CaptureRun, ScriptLine, ScriptScene
from capture_daemon.errors import ConfigurationError
from capture_daemon.linelog import scan
from capture_daemon.records import Choice, Entry, Line

LOGS_IN_A_FOLDER = "dialogue*.jsonl"
"""What the daemon and `extract --output-dir` call their logs, rotated parts included."""
SOONER = 0.1
"""Seconds by which a line may seem to have begun before the menu went that it comes after."""
SET_BACK = 1.0
"""Seconds by which a clock must go back for a scene to end there."""


@dataclass(slots=True)
class Counts:
    """What was found in the logs; `lines` are all that could be read, with those `twice` there and those `replaced`.

    `choices` are the menus that the player chose from.
    """

    logs: int = 0
    lines: int = 0
    choices: int = 0
    damaged: int = 0
    twice: int = 0
    replaced: int = 0


@dataclass(slots=True)
class _Taken:
    """The lines and choices of one recording, by number, and which of them another one corrects."""

    lines: dict[int, Line | Choice] = field(default_factory=dict)
    corrections: dict[int, int] = field(default_factory=dict)


def load_script(logs: Iterable[Path]) -> tuple[list[list[ScriptLine]], Counts]:
    """The lines of logs, recording by recording, the oldest first, whatever order the logs are given in.

    A folder stands for the logs in it and below. Raises ConfigurationError if one can't be read.
    """
    counts = Counts()
    taken: dict[CaptureRun, _Taken] = {}
    for path in _files(logs):
        counts.logs += 1
        for record in _records(path):
            if isinstance(record, Line | Choice) and _has_times(record):
                counts.lines += isinstance(record, Line)
                counts.choices += isinstance(record, Choice)
                _take(record, taken, counts)
            else:
                counts.damaged += 1
    order = sorted(taken, key=lambda recording: (recording.session, recording.stream, recording.source))
    return [_script(taken[recording], counts) for recording in order], counts


def scenes(recordings: Iterable[list[ScriptLine]], gap: float) -> list[ScriptScene]:
    """The scenes of recordings: each begins after a pause of over `gap` seconds, or where a clock went back."""
    made = []
    for lines in recordings:
        begun = 0
        for place, (before, after) in enumerate(pairwise(lines), start=1):
            if pause_between(before, after) > gap or after.started < before.started - SET_BACK:
                made.append(ScriptScene(lines=tuple(lines[begun:place])))
                begun = place
        if lines:
            made.append(ScriptScene(lines=tuple(lines[begun:])))
    return made


def pause_between(before: ScriptLine, after: ScriptLine) -> float:
    """Seconds from the end of a line to the beginning of the next."""
    return after.started - before.ended


def _files(logs: Iterable[Path]) -> Iterator[Path]:
    seen = set()
    for log in logs:
        found = sorted(log.rglob(LOGS_IN_A_FOLDER)) if log.is_dir() else [log]
        if not found:
            raise ConfigurationError(f"{log}: holds no {LOGS_IN_A_FOLDER}: name logs, or a folder that has some")
        for path in found:
            if (place := path.resolve()) not in seen:
                seen.add(place)
                yield path


def _records(path: Path) -> Iterator[Entry | scan.Damage]:
    try:
        with path.open("rb") as file:
            yield from scan.records(file)
            if file.tell() and (file.seek(-1, 2), file.read(1))[1] != b"\n":
                yield scan.Damage(file.tell())
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read: {error.strerror}: name a log that is there") from error


def _has_times(line: Entry) -> bool:
    try:
        return all(datetime.fromisoformat(text).tzinfo is not None for text in (line.session, line.started, line.time))
    except ValueError:
        return False


def _take(line: Line | Choice, taken: dict[CaptureRun, _Taken], counts: Counts) -> None:
    recording = CaptureRun(stream=line.stream, session=line.session, source=line.source)
    there = taken.setdefault(recording, _Taken())
    if line.seq in there.lines:
        counts.twice += 1
        return
    there.lines[line.seq] = line
    if line.replaces is not None and line.replaces != line.seq:
        there.corrections[line.replaces] = line.seq


def _script(taken: _Taken, counts: Counts) -> list[ScriptLine]:
    """The lines in order; of a line and its corrections the last, in the place of the first.

    What the player chose stands before the first line that began after it, whichever was written first. Where it isn't
    known what was chosen, a hole is left.
    """
    made: list[ScriptLine] = []
    choices: list[ScriptLine] = []
    lost = False
    corrects = {later: earlier for earlier, later in taken.corrections.items()}
    before: int | None = None
    for seq in sorted(taken.lines):
        lost = lost or (before is not None and seq != before + 1)
        before = seq
        if seq in corrects and corrects[seq] in taken.lines:
            continue
        last = seq
        while (later := taken.corrections.get(last)) is not None and later in taken.lines and later > last:
            counts.replaced += 1
            last = later
        line = script_line(taken.lines[last], after_hole=lost)
        if line.chosen:
            choices.append(line)
        else:
            made.append(line)
            lost = False
    for choice in choices:
        _put(choice, made)
    return made


def _put(choice: ScriptLine, made: list[ScriptLine]) -> None:
    """Put a choice in its place among the lines; one that isn't known makes a hole before the next of them."""
    place = next((at for at, line in enumerate(made) if line.started > choice.ended - SOONER), len(made))
    if choice.text:
        # The line that asks may have been typed while the menu stood there already.
        began = max(choice.started, made[place - 1].started) if place else choice.started
        made.insert(place, replace(choice, started=began))
    elif place < len(made):
        made[place] = replace(made[place], after_hole=True)


def script_line(line: Line | Choice, *, after_hole: bool = False) -> ScriptLine:
    """A record as a line of a script; where its times can't be read, as from a feed, they are 0.

    A choice is a line that nobody is named for; without text where it isn't known what was chosen.
    """
    text = line.answer or "" if isinstance(line, Choice) else line.text
    if line.media_started is not None and line.media_time is not None:
        started, ended = line.media_started, line.media_time
    elif _has_times(line):
        began = datetime.fromisoformat(line.session)
        started, ended = ((datetime.fromisoformat(text) - began).total_seconds() for text in (line.started, line.time))
    else:
        started = ended = 0.0
    return ScriptLine(
        recording=CaptureRun(stream=line.stream, session=line.session, source=line.source),
        seq=line.seq,
        started=started,
        ended=ended,
        speaker=line.speaker if isinstance(line, Line) else None,
        text=text,
        rows=tuple(line.rows) if isinstance(line, Line) else (text,),
        language=line.language,
        confidence=line.confidence,
        after_hole=after_hole,
        box=tuple(line.box),
        region=line.region,
        chosen=isinstance(line, Choice),
    )
