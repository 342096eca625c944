"""docs/commands.md against the program, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from capture_daemon import errors
from capture_daemon.cli import app
from capture_daemon.cli.options import SHARED
from capture_daemon.config.models import Configuration

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(_commands(typer.main.get_command(app)))


def _section(name: str) -> str:
    return re.split(r"^## ", DOCUMENT.partition(f"\n## {name}\n")[2], flags=re.MULTILINE)[0]


def _rows(text: str) -> list[list[str]]:
    rows = [re.split(r" ?\| ?", row)[1:-1] for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)]
    return rows[2:]


def _written(parameter: Any) -> str:
    metavar = f" {parameter.metavar}" if parameter.metavar else ""
    return ", ".join(f"`{flag}{metavar}`" for flag in parameter.opts)


def test_the_list_of_commands_is_the_programs() -> None:
    listed = {row[0].split("`")[1]: row[1] for row in _rows(DOCUMENT.partition("\n## ")[0])}
    assert listed == {name: command.help for name, command in COMMANDS.items()}


def _bare(text: str) -> str:
    """A text's words, and what stands in square brackets, without marks, frames and the ends of its lines."""
    return re.sub(r"[^\w\[\]]+", " ", text).strip()


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_says_every_word(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERMINAL_WIDTH", "400")
    shown = CliRunner().invoke(app, [*name.split(), "--help"])
    assert shown.exit_code == 0
    command: Any = COMMANDS[name] if name else typer.main.get_command(app)
    of_commands = [] if name else [one.help for one in command.commands.values()]
    of_options = [parameter.help for parameter in command.params if parameter.param_type_name == "option"]
    for text in [command.help, *of_commands, *of_options]:
        assert _bare(text) in _bare(shown.output)


def test_shared_options_are_listed_with_their_keys() -> None:
    assert _rows(_section("Shared options")) == [
        [f"`{option.flag} {option.metavar}`", f"`{option.key}`" if option.key else "-", option.help]
        for option in SHARED.values()
    ]


def test_keys_of_shared_options_are_keys_of_the_configuration() -> None:
    configuration = Configuration()
    for option in SHARED.values():
        if option.key is not None:
            table, key = option.key.split(".")
            assert hasattr(getattr(configuration, table), key)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_options_are_listed(name: str) -> None:
    section = _section(f"`{name}`")
    assert section, f"{name} has no section"
    parameters = [parameter for parameter in COMMANDS[name].params if parameter.param_type_name == "option"]
    own = [parameter for parameter in parameters if parameter.name not in SHARED]
    assert _rows(section) == [[_written(parameter), parameter.help] for parameter in own]
    shared = re.findall(r"`(--[a-z-]+)`", section.partition("Shared options: ")[2])
    assert shared == [SHARED[parameter.name].flag for parameter in parameters if parameter.name in SHARED]


def test_every_exit_code_is_listed() -> None:
    codes = {
        error.exit_code for error in vars(errors).values() if isinstance(error, type) and hasattr(error, "exit_code")
    }
    assert codes <= {int(row[0]) for row in _rows(_section("Exit codes"))}
