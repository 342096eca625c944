"""The report's pictures: PNG, the same bytes for the same data on the same machine."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from capture_daemon.common.visible import one_line
from capture_daemon.dataset.report import speakers
from capture_daemon.dataset.script import CleaningStep, ScriptLine
from capture_daemon.pipeline.annotation import fonts

_INCHES, _DOTS = (7.5, 4.5), 120
_KEPT, _OUT = "#3b6ea5", "#c98b3c"
_MOST_SPEAKERS = 20
_BINS = 24


def plots(lines: Sequence[ScriptLine], rows: int) -> dict[str, bytes]:
    """The pictures by name: lines a speaker, their length, their confidence, and what was left out.

    `rows` is how many rows of screen words were taken out of lines that stay.
    """
    return {
        "speakers.png": _speakers(lines),
        "length.png": _histogram(lines, "length of a line, in characters", [len(line.text) for line in lines]),
        "confidence.png": _histogram(lines, "confidence of a line", [line.confidence for line in lines]),
        "left-out.png": _left_out(lines, rows),
    }


def _speakers(lines: Sequence[ScriptLine]) -> bytes:
    rows = speakers(lines)[:_MOST_SPEAKERS][::-1]
    figure, axes = _figure("Lines a speaker", "lines", "")
    names = [one_line(row["speaker"]) for row in rows]
    kept, out = [row["kept"] for row in rows], [row["lines"] - row["kept"] for row in rows]
    axes.barh(range(len(rows)), kept, color=_KEPT, label="kept")
    axes.barh(range(len(rows)), out, left=kept, color=_OUT, label="left out")
    axes.set_yticks(range(len(rows)), names, fontproperties=_font(), parse_math=False)
    axes.legend(loc="lower right")
    return _png(figure)


def _histogram(lines: Sequence[ScriptLine], what: str, values: Sequence[float]) -> bytes:
    figure, axes = _figure(f"{what[:1].upper()}{what[1:]}", what, "lines")
    kept = [value for line, value in zip(lines, values, strict=True) if line.left_out is None]
    out = [value for line, value in zip(lines, values, strict=True) if line.left_out is not None]
    axes.hist([kept, out], bins=_BINS, stacked=True, color=[_KEPT, _OUT], label=["kept", "left out"])
    axes.legend(loc="best")
    return _png(figure)


def _left_out(lines: Sequence[ScriptLine], rows: int) -> bytes:
    figure, axes = _figure("What was left out", "lines", "")
    counts = {step.value: sum(line.left_out is step for line in lines) for step in CleaningStep}
    counts["rows of screen words, the line kept"] = rows
    names = list(counts)[::-1]
    bars = axes.barh(names, [counts[name] for name in names], color=_OUT)
    axes.bar_label(bars, padding=3)
    axes.set_xlim(0, max(1, *counts.values()) * 1.1)
    return _png(figure)


def _figure(title: str, across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=_INCHES, dpi=_DOTS, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.spines[["top", "right"]].set_visible(False)
    # Lines are counted: there are no halves.
    axes.locator_params(axis="y" if up == "lines" else "x", integer=True)
    return figure, axes


def _font() -> FontProperties:
    found = fonts()
    return FontProperties(fname=str(found[0])) if found else FontProperties()


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        # Where no font of the system has a name's letters, boxes stand for them; the table has them right.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
