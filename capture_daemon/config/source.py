"""Where a configuration comes from: it is read again at a reload, and written to when a region is saved."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from capture_daemon.config import models, toml_file
from capture_daemon.config.models import Configuration, Overrides
from capture_daemon.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class ConfigSource:
    """A configuration file (None: the user's own), a profile beside it, and the command line's options."""

    path: Path | None = None
    profile: str | None = None
    overrides: Overrides = field(default_factory=dict)

    def load(self) -> Configuration:
        """Read it, perhaps again; raises ConfigurationError."""
        return models.load(self.path, self.profile, self.overrides)

    @property
    def file(self) -> Path:
        """The file that a region is kept in: the profile's, if there is one."""
        if self.profile is not None:
            return models.profile_path(self.path, self.profile)
        return self.path or models.default_configuration_path()

    def without(self, key: str) -> ConfigSource:
        """The same without an option of the command line, which would hide what is written to the file."""
        return replace(self, overrides={name: value for name, value in self.overrides.items() if name != key})

    def keep(self, table: str, key: str, value: str | None) -> Path:
        """Write a value into the file, or take it out with None; comments and order stay. Returns where that is.

        A file that isn't there yet is made, 0600; one that is replaced keeps its mode, and a link to it stays one.
        Raises ConfigurationError if it can't be read or written.
        """
        return _changed(self.file, lambda text: _with_value(text, table, key, value))

    def keep_named(self, name: str, key: str, value: str | None) -> Path:
        """The same for the `[[region]]` of that name, in the file that has it; ConfigurationError if none does."""
        files = [self.file, *([self.path or models.default_configuration_path()] if self.profile is not None else [])]
        for file in files:
            with contextlib.suppress(TOMLKitError, RecursionError, ValueError):
                if _named(tomlkit.parse(_text(file)), name) is not None:
                    return _changed(file, lambda text: _with_named_value(text, name, key, value))
        raise ConfigurationError(
            f"{files[0]}: has no [[region]] called {name}: write it there, or set it without saving"
        )


def _changed(file: Path, change: Callable[[str], str]) -> Path:
    file = file.resolve()
    try:
        replace_file(file, change(_text(file)))
    except OSError as error:
        raise ConfigurationError(f"{file}: can't be written: {error.strerror}: the region is not kept") from error
    except (TOMLKitError, RecursionError, ValueError) as error:
        # Nested too deeply, or a number of too many digits, raises one of the latter two.
        raise ConfigurationError(f"{file}: is not valid TOML, nothing is written to it: {error}") from error
    return file


def _named(document: tomlkit.TOMLDocument, name: str) -> MutableMapping[str, object] | None:
    """The `[[region]]` of that name."""
    tables = document.get("region")
    found = tables if isinstance(tables, list) else []
    return next((one for one in found if isinstance(one, MutableMapping) and one.get("name") == name), None)


def _with_named_value(text: str, name: str, key: str, value: str | None) -> str:
    document = tomlkit.parse(text)
    table = _named(document, name)
    assert table is not None
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
    return _with_same_ends(tomlkit.dumps(document), text)


def _with_same_ends(written: str, text: str) -> str:
    """What is written with the line ends of what was there."""
    return written.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in text else written


def _text(file: Path) -> str:
    try:
        return toml_file.read_text(file)
    except FileNotFoundError:
        return ""


def _with_value(text: str, table: str, key: str, value: str | None) -> str:
    document = tomlkit.parse(text)
    if value is None and key not in document.get(table, {}):
        return text
    if table not in document:
        document[table] = tomlkit.table()
    content = document[table]
    if not isinstance(content, MutableMapping):
        raise ConfigurationError(f"{table} is not a table: write [{table}]")
    body = content.value.body if isinstance(content, Table) else []
    after = []
    # A comment at the end of a table speaks of the next one: a key that is new comes before it.
    while key not in content and body and body[-1][0] is None:
        after.append(body.pop())
    if value is None:
        del content[key]
    else:
        content[key] = value
    body.extend(reversed(after))
    return _with_same_ends(tomlkit.dumps(document), text)


def replace_file(file: Path, text: str) -> None:
    """Replace the file atomically, so that no reader sees a part of it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as being_written:
            being_written.write(text)
            being_written.flush()
            os.fsync(being_written.fileno())
        if file.exists():
            made.chmod(file.stat().st_mode & 0o777)
        made.replace(file)
    except OSError:
        made.unlink(missing_ok=True)
        raise
