"""Prompts: text files with `$names` in them, which anybody can read, and replace by their own."""

from __future__ import annotations

import string
from importlib import resources
from pathlib import Path

from capture_daemon.errors import ConfigurationError


class Prompt:
    """A text with names to fill in."""

    def __init__(self, text: str, allowed: frozenset[str], where: str) -> None:
        """Raises ConfigurationError if the text has a name that isn't allowed, or a `$` that begins none."""
        template = string.Template(text)
        if not template.is_valid():
            raise ConfigurationError(f"{where}: has a $ that begins no name: write $$ for a plain one")
        for name in template.get_identifiers():
            if name not in allowed:
                known = ", ".join(f"${name}" for name in sorted(allowed))
                raise ConfigurationError(f"{where}: ${name} is unknown: it can be {known}")
        self._template = template

    def fill(self, **values: str) -> str:
        """The text with the names filled in; `$` within a value stands for itself."""
        return self._template.substitute(values).strip()


def read_prompt(folder: Path | None, package: str, name: str, allowed: frozenset[str]) -> Prompt:
    """The prompt in the file `name` of a folder of the user's own, or where that has none, the one in `package`.

    Raises ConfigurationError if the folder isn't there or the file can't be used.
    """
    if folder is not None and not folder.is_dir():
        raise ConfigurationError(f"{folder}: is no folder with prompts")
    own = None if folder is None else folder / name
    try:
        if own is not None and own.exists():
            return Prompt(own.read_text(encoding="utf-8"), allowed, str(own))
    except OSError as error:
        raise ConfigurationError(f"{own}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{own}: is not UTF-8") from error
    return Prompt(resources.files(package).joinpath(name).read_text(encoding="utf-8"), allowed, name)
