"""The manual page, made from the same texts as `--help`."""

from __future__ import annotations

import re
from typing import Any

import typer

import capture_daemon
from capture_daemon.cli import PROGRAM, app
from capture_daemon.cli.parser import HELP_NAMES, every_command, parser

_FILES = (
    ("~/.config/capture-daemon/capture-daemon.toml", "The configuration."),
    ("~/.config/capture-daemon/games/NAME.toml", "A game's profile."),
    ("~/.local/share/capture-daemon/dialogue.jsonl", "The log of lines."),
)
_EXIT_CODES = (
    (0, "done; for run and demo also after SIGINT or SIGTERM"),
    (1, "doctor found faults; service status found no daemon running; systemd refused; an unexpected error"),
    (2, "usage or configuration"),
    (3, "a source that can't be opened, or a recording that ends in damage"),
    (4, "a model that is not available"),
    (5, "a log that can't be written, or is held by another daemon"),
    (6, "a language model's endpoint that can't be reached, or refuses"),
    (130, "interrupted"),
)


def manual() -> str:
    """The page in roff, for section 1."""
    top = parser(app)
    written = [
        f'.TH {PROGRAM.upper()} 1 "" "{PROGRAM} {capture_daemon.__version__}" "User Commands"',
        ".SH NAME",
        f"{_text(PROGRAM)} \\- {_text(top.help)}",
        ".SH SYNOPSIS",
        f".B {_text(PROGRAM)}",
        "[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]",
        ".SH OPTIONS",
        *_options(top),
        ".SH COMMANDS",
    ]
    for path, command in every_command(top):
        if path and not hasattr(command, "commands"):
            written += _command(path, command)
    written += [".SH EXIT STATUS", *(row for code, text in _EXIT_CODES for row in (".TP", f".B {code}", _text(text)))]
    written += [".SH FILES", *(row for file, text in _FILES for row in (".TP", f".I {_text(file)}", _text(text)))]
    return "\n".join(written) + "\n"


def _command(path: tuple[str, ...], command: Any) -> list[str]:
    arguments = "".join(
        f" \\fI{_text(parameter.metavar or parameter.name)}\\fR"
        for parameter in command.params
        if parameter.param_type_name == "argument"
    )
    name = " ".join(path)
    head = [
        f'.SS "{_text(PROGRAM)} {_text(name)}"',
        f"\\fB{_text(PROGRAM)} {_text(name)}\\fR [\\fIoptions\\fR]{arguments}",
    ]
    return [*head, ".PP", _text(command.help), *_arguments(command), *_options(command)]


def _arguments(command: Any) -> list[str]:
    rows = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            rows += [".TP", f".I {_text(parameter.metavar or parameter.name)}", _text(parameter.help or "")]
    return rows


def _options(command: Any) -> list[str]:
    rows = []
    for parameter in command.get_params(typer.Context(command, help_option_names=HELP_NAMES)):
        if parameter.param_type_name != "option" or (command.name != PROGRAM and parameter.name == "help"):
            continue
        value = f" \\fI{_text(parameter.metavar)}\\fR" if parameter.metavar else ""
        flags = sorted((*parameter.opts, *parameter.secondary_opts), key=lambda flag: (len(flag), flag))
        rows += [".TP", ", ".join(f"\\fB{_text(flag)}\\fR{value}" for flag in flags), _text(parameter.help or "")]
    return rows


def _text(text: str) -> str:
    """Plain text as roff prints it: nothing in it is a request, an escape, or a hyphen that breaks a command."""
    one_line = " ".join(text.split()).replace("`", "").replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", one_line).replace('"', "\\(dq")
