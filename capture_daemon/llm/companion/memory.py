"""What a companion remembers: earlier lines of the game's logs that have to do with what is said now.

The lines are kept in a full-text index of SQLite in memory, made anew from the logs at the start, so that nothing can
go stale. Words are found whole; Chinese, Japanese and Korean, which have no spaces or add to words, by pairs of
letters.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from capture_daemon.dataset.loading import load_script
from capture_daemon.dataset.script import ScriptLine
from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.companion.current_scene import Heard, words_of
from capture_daemon.records import Line

LINES = 200_000
"""Lines that are remembered at most: of the logs the newest."""
LEAST_CONFIDENCE = 0.5
"""Lines that were read with less are more likely wrong than right."""
EXCERPTS = 4
"""Places in the logs that are recalled at most."""
AROUND = 1
"""Lines before and after one that was found, which say what it is about."""
PAUSE = 30.0
"""Seconds; a longer pause parts a line from what it is about."""
_COMMON_SHARE, _COMMON_LEAST = 0.02, 20
"""A term in more than this share of the lines, and in as many lines at least, says nothing of what is meant."""
_MOST_TERMS = 64
_FOUND = 32
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u1100-\u11ff\uac00-\ud7af々〆]+|[^\W_]+(?:['’][^\W_]+)*")
_CHARACTER = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
"""What is a word by itself, as no letter of kana or Hangul is."""
_PAIRED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u1100-\u11ff\uac00-\ud7af々〆]")


@dataclass(frozen=True, slots=True)
class Remembered:
    """A line of the logs: who said it (None for narration), what, and where it stands; `place` grows with time."""

    place: int
    stream: str
    seq: int
    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines that followed one another, one of which has to do with what is said now."""

    lines: tuple[Remembered, ...]


class Memory:
    """Finds earlier lines; may be used from any thread, one at a time."""

    def __init__(self, recordings: Iterable[Sequence[ScriptLine]], most: int = LINES) -> None:
        """Take in the lines of recordings, the oldest first. Raises ConfigurationError if SQLite lacks FTS5."""
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        try:
            self._connection.execute(
                "CREATE TABLE lines (id INTEGER PRIMARY KEY, stream, seq, speaker, text, scene, UNIQUE (stream, seq))"
            )
            self._connection.execute(
                "CREATE VIRTUAL TABLE found USING fts5 (terms, content='', tokenize=\"unicode61\")"
            )
            self._connection.execute("CREATE VIRTUAL TABLE known USING fts5vocab (found, row)")
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise ConfigurationError(
                f"SQLite can't search here: {error}: use a Python whose SQLite has FTS5"
            ) from error
        self._most = most
        self._count = self._scenes = 0
        self._add(list(_rows(recordings))[-most:])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def __len__(self) -> int:
        return self._count

    def remember(self, lines: Iterable[Heard]) -> None:
        """Take in the lines of a scene that is over; those that are known already are left out."""
        with self._lock:
            self._scenes += 1
            rows = []
            for line in lines:
                speaker = line.speaker if isinstance(line, Line) else None
                rows.append((line.stream, line.seq, speaker, " ".join(words_of(line).split()), -self._scenes))
            self._add(rows)

    def recall(self, said: str, but: Iterable[tuple[str, int]] = (), most: int = EXCERPTS) -> list[Excerpt]:
        """Excerpts that have to do with what is said, the closest first; none has a line of `but`.

        `but` are lines that are on screen anyway, each by its stream and number.
        """
        with self._lock:
            wanted = self._telling(terms(said))
            if not wanted:
                return []
            query = " OR ".join(f'"{term}"' for term in wanted)
            found = self._connection.execute(
                "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT ?", (query, _FOUND)
            ).fetchall()
            return self._excerpts([number for (number,) in found], frozenset(but), most)

    def _add(self, rows: Iterable[tuple[str, int, str | None, str, int]]) -> None:
        with self._connection:
            self._connection.execute("BEGIN")
            for row in rows:
                if self._count >= self._most:
                    break
                made = self._connection.execute(
                    "INSERT OR IGNORE INTO lines (stream, seq, speaker, text, scene) VALUES (?, ?, ?, ?, ?)", row
                )
                if made.rowcount:
                    self._count += 1
                    words = " ".join(terms(f"{row[2] or ''} {row[3]}"))
                    self._connection.execute("INSERT INTO found (rowid, terms) VALUES (?, ?)", (made.lastrowid, words))

    def _telling(self, said: Sequence[str]) -> list[str]:
        """The terms that occur in some lines, but not in most: those identify nothing."""
        distinct = list(dict.fromkeys(said))[:_MOST_TERMS]
        places = ", ".join("?" * len(distinct))
        counts = self._connection.execute(f"SELECT term, doc FROM known WHERE term IN ({places})", distinct).fetchall()
        limit = max(_COMMON_LEAST, _COMMON_SHARE * self._count)
        return [term for term, count in counts if count < limit]

    def _excerpts(self, numbers: Sequence[int], but: frozenset[tuple[str, int]], most: int) -> list[Excerpt]:
        made: list[Excerpt] = []
        taken: set[int] = set()
        for number in numbers:
            if len(made) == most:
                break
            if number in taken:
                continue
            rows = self._connection.execute(
                "SELECT id, stream, seq, speaker, text FROM lines WHERE id BETWEEN ? AND ? "
                "AND scene = (SELECT scene FROM lines WHERE id = ?) ORDER BY id",
                (number - AROUND, number + AROUND, number),
            ).fetchall()
            if any((stream, seq) in but for _, stream, seq, _, _ in rows):
                continue
            taken.update(row[0] for row in rows)
            made.append(Excerpt(tuple(Remembered(*row) for row in rows)))
        return made


def in_time(excerpts: Iterable[Excerpt]) -> list[Excerpt]:
    """Excerpts in the order in which they were said."""
    return sorted(excerpts, key=lambda excerpt: excerpt.lines[0].place)


def read_memory(logs: Iterable[Path]) -> Memory:
    """The lines of logs, or of folders with logs. Raises ConfigurationError if one can't be read."""
    recordings, _ = load_script(logs)
    return Memory(recordings)


def terms(text: str) -> list[str]:
    """What a text can be found by: its words; where there are none, pairs of neighbouring letters, and characters."""
    made = []
    for run in _RUN.findall(text.casefold()):
        if _PAIRED.match(run):
            made += [run[place : place + 2] for place in range(len(run) - 1)]
            made += _CHARACTER.findall(run)
        else:
            made.append(run.replace("'", "").replace("’", ""))
    return made


def _rows(recordings: Iterable[Sequence[ScriptLine]]) -> Iterator[tuple[str, int, str | None, str, int]]:
    scene = 0
    for lines in recordings:
        scene += 1
        before: ScriptLine | None = None
        for line in lines:
            if before is not None and line.started - before.ended > PAUSE:
                scene += 1
            before = line
            if line.confidence < LEAST_CONFIDENCE:
                continue
            yield line.recording.stream, line.seq, line.speaker, " ".join(line.text.split()), scene
