"""The curve of the losses as a picture."""

from __future__ import annotations

import io

from matplotlib.figure import Figure

from capture_daemon.tuning.training import History

_INCHES, _DOTS = (7.5, 4.5), 120
_TRAIN, _TEST = "#3b6ea5", "#c98b3c"


def loss_curve(history: History) -> bytes:
    """A PNG of the losses by step: of each step's rows, and of the test rows."""
    figure = Figure(figsize=_INCHES, dpi=_DOTS, layout="constrained")
    axes = figure.subplots()
    for points, label, colour, mark in ((history.train, "training", _TRAIN, ""), (history.test, "test", _TEST, "o")):
        if points:
            steps, losses = zip(*points, strict=True)
            axes.plot(steps, losses, label=label, color=colour, marker=mark or None)
    axes.set_title("Loss of the answers")
    axes.set_xlabel("step")
    axes.set_ylabel("nats a token")
    if axes.lines:
        axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()
