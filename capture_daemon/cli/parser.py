"""The option parser: what Typer makes of the commands, and its complaints in the form of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import typer
from typer.exceptions import TyperException

HELP_NAMES = ["-h", "--help"]
"""The options that show a command's help."""
_UNKNOWN_COMMAND = re.compile(r"No such command '(.+?)'\.(?: Did you mean .*\?)?", re.DOTALL)


def parser(commands: typer.Typer) -> Any:
    """The command to call, of a private type of Typer's. Its help shows no type for an option that takes no value."""
    top = typer.main.get_command(commands)
    for _, command in every_command(top):
        context = typer.Context(command, help_option_names=HELP_NAMES)
        for parameter in command.get_params(context):
            if getattr(parameter, "is_flag", False):
                parameter.metavar = ""
    return top


def every_command(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The command and all below it, groups too, each with the words that call it after the program's name."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from every_command(inner, (*path, name))


def complaint(name: str, error: TyperException) -> str | None:
    """What the parser complains of, the nearest word of the command that was called, and where its help is.

    `name` is the program's. None if a group of commands that is called alone has shown its help.
    """
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else name
    message, nearest = error.format_message().strip(), ""
    if not message:
        return None
    if (possible := getattr(error, "possibilities", None)) is not None:
        option = getattr(error, "option_name", "")
        message, nearest = f"no such option: {option}", _nearest(option, possible)
    elif unknown := _UNKNOWN_COMMAND.fullmatch(message):
        message = f"no such command: {unknown[1]}"
        nearest = _nearest(unknown[1], list(context.command.commands) if context is not None else [])
    text = " ".join(message.split()).rstrip(".")
    return f"{text[:1].lower()}{text[1:]}: {nearest}see {path} --help"


def _nearest(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}? " if near else ""
