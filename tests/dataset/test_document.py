"""docs/data-set.md against the program."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from capture_daemon.dataset.build import ExportOptions, build
from capture_daemon.dataset.loading import load_script
from capture_daemon.dataset.report import report
from capture_daemon.dataset.script import CleaningStep
from capture_daemon.dataset.settings import Format, Narration
from capture_daemon.dataset.writing import files, write_export
from tests.dataset.logs import log
from tests.dataset.test_writing import SCENES
from tests.needs import needs_module

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "data-set.md").read_text(encoding="utf-8")


def table(head: str) -> list[str]:
    """The first cells of the rows under a head."""
    rows = re.search(rf"^\| {head} \|.*\n\|.*\n((?:\|.*\n)+)", DOCUMENT, re.MULTILINE)
    assert rows, head
    return re.findall(r"^\| `?([^|`]+?)`? \|", rows[1], re.MULTILINE)


def test_formats_ways_and_steps_are_the_programs() -> None:
    assert table("format") == [one.value for one in Format]
    assert table("narration") == [one.value for one in Narration]
    assert table("left out as") == [one.value for one in CleaningStep]


def test_the_files_that_are_named_are_made(tmp_path: Path) -> None:
    made = build(*load_script([log(tmp_path / "dialogue.jsonl", SCENES)]), ExportOptions(persona="Sylvie"))
    named = {name for name in table("file") if not name.startswith(("report.txt", "report/", "generated"))}
    assert named == {*files(made), "report.json"}


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_module("datasets", extra="dev")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    made = build(*load_script([log(tmp_path / "dialogue.jsonl", SCENES)]), ExportOptions(persona="Sylvie"))
    write_export(tmp_path / "sylvie", files(made), report(made))
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "data-set.md", "exec"), {})
    assert "Question" in printed.getvalue()
