"""Formats: samples and lines as the text of files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from capture_daemon.common.visible import one_line
from capture_daemon.dataset.conversations import Casting
from capture_daemon.dataset.samples import Sample
from capture_daemon.dataset.script import ScriptLine, ScriptScene, all_lines
from capture_daemon.dataset.settings import Format
from capture_daemon.pipeline.subtitles import cue, cue_ends

COLUMNS = (
    "scene", "recording", "session", "seq", "started", "ended", "speaker", "role", "text", "language", "confidence",
    "region",
)  # fmt: skip

WEIGHT = "weight"
"""The key of a message that says whether it is trained: 0 or 1."""

CHOSEN_MARK = "▸ "
"""What stands before a chosen option, as on the page, if it isn't known what the player is called."""

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that spreadsheets may run."""


def sample_records(
    samples: Iterable[Sample], form: Format, system: str, *, weighted: bool = False, overlap: bool = False
) -> list[dict[str, Any]]:
    """Samples as JSON objects, one each.

    Where they are `weighted`, messages have a weight if their format knows one: every answer, and what a model wrote.
    With `overlap` only a sample's last answer counts, for those before it are the last ones of other samples.
    """
    made = []
    for sample in samples:
        record = _RECORDS[form](sample, system)
        if weighted and form in _MESSAGES:
            for place, turn in enumerate(sample.turns):
                if turn.role == "assistant" or turn.generated:
                    trained = not turn.generated and (not overlap or turn is sample.turns[-1])
                    record[_MESSAGES[form]][message_place(form, place)][WEIGHT] = int(trained)
        made.append(record)
    return made


def jsonl(objects: Iterable[dict[str, Any]]) -> str:
    """Objects as lines of JSON, text kept as it is."""
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in objects)


def message_place(form: Format, turn: int) -> int:
    """At which place of a record's messages a turn stands; the system's comes first."""
    return turn if form is Format.ALPACA else turn + 1


def _chat(sample: Sample, system: str) -> dict[str, Any]:
    messages = [{"role": "system", "content": system}]
    return {"messages": messages + [{"role": turn.role, "content": turn.text} for turn in sample.turns]}


def _sharegpt(sample: Sample, system: str) -> dict[str, Any]:
    names = {"user": "human", "assistant": "gpt"}
    messages = [{"from": "system", "value": system}]
    return {"conversations": messages + [{"from": names[turn.role], "value": turn.text} for turn in sample.turns]}


def _alpaca(sample: Sample, system: str) -> dict[str, Any]:
    *before, question, answer = [turn.text for turn in sample.turns]
    history = [[asked, answered] for asked, answered in zip(before[::2], before[1::2], strict=True)]
    return {"instruction": question, "input": "", "output": answer, "system": system, "history": history}


_RECORDS: dict[Format, Callable[[Sample, str], dict[str, Any]]] = {
    Format.CHAT: _chat,
    Format.SHAREGPT: _sharegpt,
    Format.ALPACA: _alpaca,
}
_MESSAGES = {Format.CHAT: "messages", Format.SHAREGPT: "conversations"}
"""Formats whose messages can have a weight, and the key that the messages are under."""


def as_csv(scenes: Iterable[ScriptScene], casting: Casting, *, keep_formulas: bool = False) -> str:
    """The lines that stay and have a part as CSV, one a row, with a head; narration has neither speaker nor role.

    A text that a spreadsheet would take for a formula is put behind an apostrophe, unless it is to be kept.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for scene in scenes:
        for line in casting.told(scene):
            part = line.speaker is not None or line.chosen
            # The player's side is known without a persona.
            players = line.chosen or line.speaker == casting.player
            role = casting.role(line) if part and (casting.persona or players) else None
            place = [scene.key, line.recording.name, line.recording.session, line.seq, line.started, line.ended]
            cells = [*place, _speaker(line, casting), role, line.text, line.language, line.confidence, line.region]
            writer.writerow(cells if keep_formulas else map(_harmless, cells))
    return text.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell


def as_script(scenes: Iterable[ScriptScene], casting: Casting) -> str:
    """The lines that stay and have a part, as they would stand in a script, scenes parted by a blank line."""
    parts = []
    for scene in scenes:
        rows = []
        for line in casting.told(scene):
            if (speaker := _speaker(line, casting)) is not None:
                rows.append(f"{one_line(speaker)}: {one_line(line.text)}\n")
            elif line.chosen:
                rows.append(f"{CHOSEN_MARK}{one_line(line.text)}\n")
            else:
                rows.append(f"{one_line(casting.text(line))}\n")
        parts.append("".join(rows))
    return "\n".join(part for part in parts if part)


def as_srt(scenes: Sequence[ScriptScene], casting: Casting) -> str:
    """The lines of one recording that stay and have a part, as SubRip subtitles.

    A line is shown from its first letter to that of the next line in its region, six seconds at most; on a live source
    the time is counted from the beginning of the session.
    """
    # A line that was left out was on screen all the same, and ends the one before it.
    lines = sorted(all_lines(scenes), key=lambda line: line.started)
    ends = cue_ends([(line.started, line.region) for line in lines])
    cues = [
        (line, end)
        for line, end in zip(lines, ends, strict=True)
        if line.left_out is None and casting.role(line) is not None
    ]
    return "".join(
        cue(number, line.started, end, _as_cue_line(line, casting)) for number, (line, end) in enumerate(cues, start=1)
    )


def _speaker(line: ScriptLine, casting: Casting) -> str | None:
    """Who says a line; of what was chosen from a menu the player, if that name is given."""
    return casting.player or None if line.chosen else line.speaker


def _as_cue_line(line: ScriptLine, casting: Casting) -> ScriptLine:
    """A line as it stands in subtitles: what was chosen has the player's name or a mark."""
    if not line.chosen:
        return line
    speaker = _speaker(line, casting)
    return replace(line, speaker=speaker, rows=line.rows if speaker else (f"{CHOSEN_MARK}{line.text}",))
