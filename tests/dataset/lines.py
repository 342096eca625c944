"""Lines for tests: a script as one would write it down."""

from __future__ import annotations

from dataclasses import replace

from capture_daemon.dataset.script import CaptureRun, ScriptLine, ScriptScene

RECORDING = CaptureRun(stream="aaaaaaaaaaaa", session="2026-11-22T20:00:00.000+00:00", source="play.mkv")


def line(text: str, seq: int = 1, /, **changes: object) -> ScriptLine:
    """A line of "Name: text", or of narration; each number begins three seconds after the one before and takes one."""
    speaker, colon, said = text.partition(": ")
    made = ScriptLine(
        recording=RECORDING,
        seq=seq,
        started=3.0 * seq,
        ended=3.0 * seq + 1,
        speaker=speaker if colon else None,
        text=said if colon else text,
        rows=(said if colon else text,),
        language="en",
        confidence=0.99,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def scene(*texts: str | ScriptLine, first: int = 1) -> ScriptScene:
    """A scene of texts as `line` takes them, numbered from `first`."""
    return ScriptScene(
        lines=tuple(
            line(text, seq) if isinstance(text, str) else replace(text, seq=seq)
            for seq, text in enumerate(texts, start=first)
        )
    )
