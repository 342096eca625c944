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

_PLAIN = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"Value error, ", ""),
        (r"Input should be a valid integer\b.*", "a whole number is needed"),
        (r"Input should be a valid number\b.*", "a number is needed"),
        (r"Input should be greater than or equal to (\S+)", r"\1 or more is needed"),
        (r"Input should be less than or equal to (\S+)", r"\1 or less is needed"),
    )
]
"""Sentences of the option parser, and what is said instead."""


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


def called_path(commands: typer.Typer, name: str, arguments: Sequence[str]) -> str:
    """The words that call the command that these arguments call, with the program's `name`."""
    command: Any = typer.main.get_command(commands)
    path = [name]
    for word in arguments:
        if (inner := getattr(command, "commands", {}).get(word)) is None:
            break
        command = inner
        path.append(word)
    return " ".join(path)


def complaint(called: str, error: TyperException, arguments: Sequence[str] = ()) -> str | None:
    """What the parser complains of, the nearest word of the command that was called, and where its help is.

    `called` are the words that call the command, for complaints that don't name it, `arguments` all that was given.
    None if a group of commands that is called alone has shown its help.
    """
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else called
    message, nearest = error.format_message().strip(), ""
    if not message:
        return None
    if (possible := getattr(error, "possibilities", None)) is not None:
        option = getattr(error, "option_name", "")
        behind = _behind(context.command, path, option, arguments) if context is not None else ""
        message, nearest = f"no such option: {option}", behind or _nearest(option, possible)
    elif unknown := _UNKNOWN_COMMAND.fullmatch(message):
        message = f"no such command: {unknown[1]}"
        known = list(context.command.commands) if context is not None else []
        nearest = "did you mean --help? " if unknown[1] == "help" else _nearest(unknown[1], known)
    text = " ".join(message.split()).rstrip(".")
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    return f"{text[:1].lower()}{text[1:]}: {nearest}see {path} --help"


def _behind(group: Any, path: str, option: str, arguments: Sequence[str]) -> str:
    """Where an option that was given before the command belongs; empty if no command of the group has it."""
    having = [
        name
        for name, command in getattr(group, "commands", {}).items()
        if any(option in parameter.opts for parameter in command.params)
    ]
    called = next((word for word in arguments if word in having), having[0] if having else "")
    return f"give it behind the command, as in `{path} {called} {option}`: " if called else ""


def _nearest(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}? " if near else ""
