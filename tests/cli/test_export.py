"""`export`, as the real program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from capture_daemon.cli import app
from capture_daemon.common.installing import extra_command
from tests.dataset.logs import choice, conversation, log, record
from tests.dataset.test_writing import SCENES
from tests.needs import needs_module
from tests.program import call, environment


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def without_extras(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the program as if no extra were installed."""
    code = (
        "import sys\nfor name in ('matplotlib', 'openai', 'prompt_toolkit'): sys.modules[name] = None\n"
        "from capture_daemon.cli import call\nsys.exit(call(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=60, check=False
    )


def test_no_format_needs_an_extra_and_a_report_says_what_it_needs(tmp_path: Path) -> None:
    log(tmp_path / "dialogue.jsonl", SCENES)
    for form in ("srt", "txt", "csv", "chat"):
        done = without_extras(tmp_path, "export", "dialogue.jsonl", "--format", form, "--persona", "Sylvie", "-o", form)
        assert done.returncode == 0, done.stderr
    refused = without_extras(tmp_path, "export", "dialogue.jsonl", "--format", "srt", "-o", "report", "--report")
    assert refused.returncode == 2
    assert f"error: --report needs matplotlib: install it by `{extra_command('dataset')}`" in refused.stderr
    assert not (tmp_path / "report").exists()


def test_a_data_set_with_its_report_byte_for_byte_twice(tmp_path: Path) -> None:
    needs_module("matplotlib", extra="dataset")
    log(tmp_path / "play" / "dialogue.jsonl", [*SCENES[:-1], record("Sy1vie: Well!", 999), "{damaged"])
    wanted = ["export", "play", "--persona", "Sylvie", "--seed", "5", "--report"]
    outcome = call(tmp_path, *wanted, "-o", "one")
    assert outcome.code == 0, outcome.errors
    summary = (
        r"^9 examples for training, 1 for the test · 30 of 30 lines kept · 1 line of Sylvie answers nothing · one$"
    )
    assert re.search(summary, outcome.output, re.MULTILINE)
    assert re.search(r"^Sylvie +11 +11 +9 +0.990$", outcome.output, re.MULTILINE)
    assert '1 line of Sy1vie is taken for Sylvie\'s: --rename "Sy1vie=Sy1vie" keeps them apart' in outcome.errors
    assert "1 line of the logs is damaged" in outcome.errors
    assert call(tmp_path, *wanted, "-o", "other").code == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    assert {name for name in contents(tmp_path / "one") if name.startswith("report")} == {
        "report.json",
        "report.txt",
        *(f"report/{name}.png" for name in ("speakers", "length", "confidence", "left-out")),
    }
    refused = call(tmp_path, *wanted, "-o", "one")
    assert refused.code == 2
    assert "holds a data set: name another folder with --output, or give --overwrite" in refused.error
    assert call(tmp_path, *wanted, "-o", "one", "--overwrite", "--format", "alpaca").code == 0
    first = json.loads((tmp_path / "one" / "train.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert set(first) == {"instruction", "input", "output", "system", "history"}


def test_every_wish_gets_through(tmp_path: Path) -> None:
    lines = conversation(
        "Me: Hey Jo, what a long line.", "Codex Auto", "It rains.", "Girl: Hm.", "Joe: Well.", "Girl: Ah"
    )
    options = ["--player", "Me", "--narration", "note", "--window", "4", "--turn-lines", "3", "--overlap"]
    options += ["--answer-lines", "2", "--answer-pause", "5"]
    options += ["--scene-gap", "9", "--test-share", "0.2", "--seed", "7", "--system", "Be Jo.", "--manner", "Be brief."]
    options += [
        "--min-confidence",
        "0.5",
        "--min-length",
        "3",
        "--max-length",
        "40",
        "--keep-repeats",
        "--keep-cut-off",
    ]
    options += ["--similarity", "80", "--screen-word", "Codex", "--rename", "Girl=Jo"]
    log(tmp_path / "a.jsonl", lines)
    outcome = call(tmp_path, "export", "a.jsonl", "--persona", "Jo", "-o", "out", *options)
    assert outcome.code == 0, outcome.errors
    assert (tmp_path / "out" / "train.jsonl").read_text(encoding="utf-8") == (
        '{"messages": [{"role": "system", "content": "Be Jo. Be brief."}, '
        '{"role": "user", "content": "Hey Jo, what a long line.\\n[It rains.]"}, '
        '{"role": "assistant", "content": "Hm.", "weight": 1}]}\n'
    )
    told = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert told["left_out"] == {
        "low confidence": 0,
        "words of the screen": 1,
        "too short or too long": 1,
        "cut off": 0,
        "seen before": 0,
    }
    settings: dict[str, Any] = told["settings"]
    talk = settings["talk"]
    assert (talk["player"], talk["narration"], talk["turns"], talk["turn_lines"]) == ("Me", "note", 4, 3)
    assert (talk["answer_lines"], talk["answer_pause"], settings["overlap"]) == (2, 5.0, True)
    assert (settings["scene_gap"], settings["test_share"], settings["seed"]) == (9.0, 0.2, 7)
    assert (settings["cleaning"]["similarity"], settings["cleaning"]["cut_off"]) == (80, False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.jsonl"], "--format chat needs --persona"),
        (["nothing.jsonl", "--persona", "Me"], r"nothing\.jsonl: can't be read"),
        (["a.jsonl", "--persona", "Bob"], r"nobody in the logs is called Bob: name one of Me \(1\), Pip \(1\)"),
        (["a.jsonl", "--persona", "Me", "--rename", "Bob"], "--rename Bob: is not OLD=NEW"),
        (["a.jsonl", "--persona", "Me", "--window", "1"], "--window.*: 2 or more is needed"),
        (["a.jsonl", "--persona", "Me", "--format", "parquet"], "'parquet' is not one of"),
    ],
)
def test_what_is_wrong_is_told_and_leaves_nothing(tmp_path: Path, arguments: list[str], told: str) -> None:
    log(tmp_path / "a.jsonl", conversation("Me: Hey.", "Pip: Ho."))
    outcome = call(tmp_path, "export", *arguments, "-o", "out")
    assert outcome.code == 2
    assert re.search(told, outcome.error), outcome.error
    assert not (tmp_path / "out").exists()


def test_one_scene_leaves_nothing_for_the_test_and_says_so(tmp_path: Path) -> None:
    log(tmp_path / "a.jsonl", conversation("Me: Hey.", "Pip: Ho."))
    outcome = call(tmp_path, "export", "a.jsonl", "--persona", "Pip", "-o", "out")
    assert outcome.code == 0
    assert "a shorter --scene-gap makes more; the longest pauses within one are 2 s" in outcome.errors
    assert not (tmp_path / "out" / "test.jsonl").exists()


def test_lines_are_a_transcript_and_nothing_is_set_aside(tmp_path: Path) -> None:
    log(tmp_path / "a.jsonl", SCENES)
    for form in ("srt", "txt", "csv"):
        outcome = call(tmp_path, "export", "a.jsonl", "--format", form, "-o", f"subs.{form}")
        assert outcome.code == 0, outcome.errors
        assert (outcome.output, outcome.errors) == (f"30 lines · 30 of 30 lines kept · subs.{form}\n", "")
        assert (tmp_path / f"subs.{form}").is_file()
        assert call(tmp_path, "export", "a.jsonl", "--format", form, "-o", f"subs.{form}").code == 2
    dropped = call(tmp_path, "export", "a.jsonl", "--format", "srt", "--narration", "drop", "-o", "out")
    assert dropped.output == "20 lines · 20 of 30 lines kept · out\n"
    assert (tmp_path / "out" / "play.srt").read_text(encoding="utf-8").count(" --> ") == 20
    asked = call(tmp_path, "export", "a.jsonl", "--format", "srt", "--test-share", "0.2", "-o", "parted")
    assert asked.output.startswith("24 lines for training, 6 lines for the test · "), asked.output


def test_choices_are_counted_beside_the_lines(tmp_path: Path) -> None:
    lines = [record("Sylvie: Hi.", 1), choice(("Go.", "Stay."), 2, 2), record("Sylvie: Sure!", 3)]
    log(tmp_path / "a.jsonl", lines)
    kept = "2 of 2 lines, 1 of 1 choice kept"
    outcome = call(tmp_path, "export", "a.jsonl", "--format", "srt", "-o", "a.srt")
    assert outcome.output == f"2 lines, 1 choice · {kept} · a.srt\n"
    outcome = call(tmp_path, "export", "a.jsonl", "--persona", "Sylvie", "-o", "out")
    assert (
        outcome.output == f"1 example for training, 0 for the test · {kept} · 1 line of Sylvie answers nothing · out\n"
    )


def test_each_default_is_told() -> None:
    command: Any = typer.main.get_command(app)
    for option in command.commands["export"].params:
        if option.param_type_name == "option" and option.default not in (None, "", False):
            default = getattr(option.default, "value", option.default)
            number = f"{default:g}" if isinstance(default, float) else str(default)
            assert option.help.endswith(f"({number})."), option.name
