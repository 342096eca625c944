"""Writing the profile of a game that is new here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from capture_daemon.config import models
from capture_daemon.config.games import check_name
from capture_daemon.config.source import ConfigSource, replace_file
from capture_daemon.errors import ConfigurationError, OutputExistsError
from capture_daemon.frames import Regions


@dataclass(frozen=True, slots=True)
class NewProfile:
    """What a profile is to hold.

    `title` and `class_name` are those of the game's window, and `source` is left out then; `language` and `engine` are
    left out where the configuration's hold.
    """

    regions: Regions
    title: str | None = None
    class_name: str | None = None
    source: str | None = None
    language: str | None = None
    engine: str | None = None

    def text(self) -> str:
        """The profile as TOML."""
        document = tomlkit.document()
        match = tomlkit.inline_table()
        for key, value in (("title", self.title), ("class", self.class_name)):
            if value:
                match[key] = value
        if match:
            document["match"] = match
        regions = {"dialogue": str(self.regions.dialogue)}
        if self.regions.speaker is not None:
            regions["speaker"] = str(self.regions.speaker)
        table = _table(regions)
        if self.regions.ignore:
            table["ignore"] = [str(region) for region in self.regions.ignore]
        tables = (
            ("source", _table({"name": self.source})),
            ("regions", table),
            ("ocr", _table({"language": self.language, "engine": self.engine})),
        )
        for name, content in tables:
            if content:
                document[name] = content
        return tomlkit.dumps(document)


def _table(values: dict[str, str | None] | dict[str, str]) -> tomlkit.items.Table:
    table = tomlkit.table()
    for key, value in values.items():
        if value is not None:
            table[key] = value
    return table


def write_profile(path: Path | None, name: str, profile: NewProfile, *, overwrite: bool) -> Path:
    """Write games/NAME.toml beside the configuration file `path` (None: the user's own); returns where that is.

    It appears whole, 0600, its folder 0700 if that is new. Raises OutputExistsError if there is one and `overwrite` is
    False, ConfigurationError if the name or a value can't be used or the file can't be written.
    """
    check_name(name)
    file = models.profile_path(path, name)
    text = profile.text()
    models.check_profile(file, tomllib.loads(text))
    try:
        if file.exists() and not overwrite:
            raise OutputExistsError(f"{file}: already exists: take another name, or overwrite it by --overwrite")
        replace_file(file, text)
    except OSError as error:
        raise ConfigurationError(f"{file}: can't be written: {error.strerror}") from error
    return file


def config_source_of(path: Path | None, name: str) -> ConfigSource:
    """The configuration with that profile; raises ConfigurationError if the name can't be one."""
    check_name(name)
    return ConfigSource(path, name)
