"""Data sets for tests of tuning, exported from a few lines of a game."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from capture_daemon.dataset.build import ExportOptions, build
from capture_daemon.dataset.loading import load_script
from capture_daemon.dataset.report import report
from capture_daemon.dataset.settings import Format
from capture_daemon.dataset.writing import files, write_export
from tests.dataset.logs import conversation, log

TALK = (
    ("Me: Are you cold up here?", "Pip: Only at the ears!", "Me: Then take my scarf.", "Pip: It smells of bread."),
    ("Me: How many letters are left?", "Pip: One. It has no stamp.", "Me: Where does it go?", "Pip: To the Moon."),
    ("Me: Did you sleep at all?", "Pip: The engine sang too loudly.", "Me: And now?", "Pip: Now I sing louder."),
)


def exported(folder: Path, form: Format = Format.CHAT, **options: Any) -> Path:
    """A data set of three scenes of two answers each, one scene of them for the test unless told otherwise."""
    lines = [
        line
        for number, texts in enumerate(TALK)
        for line in conversation(*texts, first=4 * number + 1, later=100 * number)
    ]
    wanted = ExportOptions(persona="Pip", form=form, overlap=form is Format.ALPACA, **{"test_share": 0.34, **options})
    made = build(*load_script([log(folder / "logs" / "dialogue.jsonl", lines)]), wanted)
    write_export(folder / "pip", files(made), report(made))
    return folder / "pip"
