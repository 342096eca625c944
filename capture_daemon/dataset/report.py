"""The report: what was read, what was left out and why, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from statistics import fmean, median
from typing import Any

from capture_daemon.dataset.build import DataSet, Split
from capture_daemon.dataset.loading import pause_between
from capture_daemon.dataset.samples import unanswered
from capture_daemon.dataset.script import CleaningStep, ScriptLine, all_lines

NOBODY = "(narration)"
"""Who says narration."""
CHOSEN = "(chosen)"
"""Who says what was chosen from a menu: the player."""
_LONGEST_PAUSES = 5


def report(made: DataSet) -> dict[str, Any]:
    """All facts and figures of a data set, as a JSON object."""
    lines = list(all_lines(made.cleaned.scenes))
    return {
        "read": asdict(made.counts),
        "left_out": {step.value: sum(line.left_out is step for line in lines) for step in CleaningStep},
        "rows_of_screen_words": made.cleaned.rows,
        "kept": sum(line.left_out is None and not line.chosen for line in lines),
        "kept_choices": sum(line.left_out is None and line.chosen and bool(line.text) for line in lines),
        "names_merged": [asdict(one) for one in made.cleaned.names.merged],
        "names_close": [list(pair) for pair in made.cleaned.names.close],
        "speakers": speakers(lines),
        "recordings": _recordings(lines),
        "scenes": len(made.cleaned.scenes),
        "pauses": _pauses(made),
        "persona": made.options.persona,
        "unprompted": unanswered(made.conversations, made.casting),
        "generated": sum(turn.generated for one in made.conversations for turn in one.turns),
        "train": _split(made.train, made),
        "test": _split(made.test, made),
        "settings": _settings(made),
    }


def speakers(lines: Iterable[ScriptLine]) -> list[dict[str, Any]]:
    """A row for each speaker, who has most lines first: lines, those kept, their median length, the mean confidence."""
    by_speaker: dict[str, list[ScriptLine]] = {}
    for line in lines:
        nobody = CHOSEN if line.chosen else NOBODY
        by_speaker.setdefault(nobody if line.speaker is None else line.speaker, []).append(line)
    rows = [
        {
            "speaker": speaker,
            "lines": len(said),
            "kept": sum(line.left_out is None for line in said),
            "characters": median(len(line.text) for line in said),
            "confidence": round(fmean(line.confidence for line in said), 4),
        }
        for speaker, said in by_speaker.items()
    ]
    return sorted(rows, key=lambda row: (-int(row["lines"]), str(row["speaker"])))


def table(summary: dict[str, Any]) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """The report as tables: a title, and rows of texts of which the first is a head."""
    read, settings = summary["read"], summary["settings"]
    yield (
        "read",
        [
            ("what", "lines"),
            ("read from the logs", str(read["lines"])),
            ("chosen from menus", str(read["choices"])),
            ("damaged, or no line", str(read["damaged"])),
            ("in two logs", str(read["twice"])),
            ("replaced by a correction", str(read["replaced"])),
            *((step, str(count)) for step, count in summary["left_out"].items()),
            ("kept", str(summary["kept"])),
            *([("choices kept", str(summary["kept_choices"]))] if read["choices"] else []),
        ],
    )
    yield (
        "speakers",
        [
            ("speaker", "lines", "kept", "characters", "confidence"),
            *(
                (
                    row["speaker"],
                    str(row["lines"]),
                    str(row["kept"]),
                    f"{row['characters']:g}",
                    f"{row['confidence']:.3f}",
                )
                for row in summary["speakers"]
            ),
        ],
    )
    if summary["names_merged"]:
        rows = [(one["spelling"], one["name"], str(one["lines"])) for one in summary["names_merged"]]
        yield "names that were merged", [("read as", "taken for", "lines"), *rows]
    if summary["names_close"]:
        yield "names that are close, and were left alone", [("one", "other"), *map(tuple, summary["names_close"])]
    unit = "examples" if settings["form_has_samples"] else "lines"
    if unit == "lines" and not settings["test_share"]:
        yield "made", [("scenes", "lines"), (str(summary["train"]["scenes"]), str(summary["train"]["lines"]))]
        return
    yield (
        "made",
        [
            ("part", "scenes", unit, "answers"),
            *((part, *(str(summary[part][key]) for key in ("scenes", unit, "answers"))) for part in ("train", "test")),
        ],
    )


def _recordings(lines: Sequence[ScriptLine]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str], int] = {}
    for line in lines:
        place = (line.recording.name, line.recording.session)
        counts[place] = counts.get(place, 0) + (not line.chosen)
    return [{"name": name, "session": session, "lines": count} for (name, session), count in counts.items()]


def _pauses(made: DataSet) -> dict[str, Any]:
    within = [pause_between(*pair) for scene in made.cleaned.scenes for pair in pairwise(scene.lines)]
    return {
        "median": round(median(within), 1) if within else None,
        "longest_within_a_scene": [round(one, 1) for one in sorted(within, reverse=True)[:_LONGEST_PAUSES]],
    }


def _split(split: Split, made: DataSet) -> dict[str, int]:
    told = made.casting.told
    lines = [line for scene in split.scenes for line in (scene.kept if made.options.form.has_samples else told(scene))]
    return {
        "scenes": len(split.scenes),
        "examples": len(split.samples),
        "lines": sum(not line.chosen for line in lines),
        "choices": sum(line.chosen for line in lines),
        "answers": sum(turn.role == "assistant" for sample in split.samples for turn in sample.turns),
    }


def _settings(made: DataSet) -> dict[str, Any]:
    options = made.options
    return {
        "format": options.form.value,
        "form_has_samples": options.form.has_samples,
        "talk": options.talk.to_dict(),
        "overlap": options.overlap,
        "scene_gap": options.scene_gap,
        "test_share": options.wanted_test_share,
        "seed": options.seed,
        "cleaning": {**asdict(options.cleaning), "renamed": dict(sorted(options.cleaning.renamed.items()))},
    }
