"""What a shell offers at TAB for the values of options; files and commands need nothing of their own."""

from __future__ import annotations

from collections.abc import Callable

import typer

Completion = Callable[[typer.Context], list[str]]
"""Every value that an option may have; the parser keeps those that begin with what has been typed."""


def profiles(context: typer.Context) -> list[str]:
    """The profiles beside the configuration file that the command line names so far, or the user's own."""
    from capture_daemon.config.models import profile_path  # noqa: PLC0415 - pydantic is slow to import
    from capture_daemon.config.profiles import profile_names  # noqa: PLC0415

    return profile_names(profile_path(context.params.get("config"), "any"))


def languages(context: typer.Context) -> list[str]:
    """Every language's code."""
    from capture_daemon.ocr.languages import known_languages  # noqa: PLC0415

    return known_languages()


def one_of(*values: str) -> Completion:
    """Always the same values."""

    def same(context: typer.Context) -> list[str]:
        return list(values)

    return same
