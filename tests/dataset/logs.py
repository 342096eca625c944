"""Logs for tests, as the daemon writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from capture_daemon.records import Choice, Entry, Line, timestamp

SESSION = 1_795_000_000.0


def record(text: str, seq: int, **changes: Any) -> Line:
    """A line of "Name: text" of a recording; each number begins three seconds after the one before and takes one."""
    speaker, colon, said = text.partition(": ")
    started, ended = 3.0 * seq, 3.0 * seq + 1
    made = Line(
        stream="aaaaaaaaaaaa",
        seq=seq,
        session=timestamp(SESSION),
        time=timestamp(SESSION + ended),
        started=timestamp(SESSION + started),
        media_time=ended,
        media_started=started,
        speaker=speaker if colon else None,
        text=said if colon else text,
        rows=[said if colon else text],
        language="en",
        confidence=0.99,
        source="/somewhere/play.mkv",
        region="dialogue",
        box=[1, 2, 3, 4],
    )
    return replace(made, **changes)


def choice(options: Sequence[str], chosen: int | None, seq: int, **changes: Any) -> Choice:
    """What was chosen from a menu, that stood two seconds and went half a second before the next line begins."""
    ended = 3.0 * (seq + 1) - 0.5
    made = Choice(
        stream="aaaaaaaaaaaa",
        seq=seq,
        session=timestamp(SESSION),
        time=timestamp(SESSION + ended),
        started=timestamp(SESSION + ended - 2),
        media_time=ended,
        media_started=ended - 2,
        options=list(options),
        chosen=chosen,
        language="en",
        confidence=0.98,
        source="/somewhere/play.mkv",
        region="choices",
        box=[1, 2, 3, 4],
    )
    return replace(made, **changes)


def conversation(*texts: str, first: int = 1, later: float = 0.0, **changes: Any) -> list[Line]:
    """Records of texts, numbered from `first`, and so many seconds `later`."""
    made = [record(text, seq, **changes) for seq, text in enumerate(texts, start=first)]
    return [
        replace(line, media_started=(line.media_started or 0) + later, media_time=(line.media_time or 0) + later)
        for line in made
    ]


def log(path: Path, lines: Iterable[Entry | str]) -> Path:
    """A log of records, and of rows as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{line if isinstance(line, str) else line.to_json()}\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path
