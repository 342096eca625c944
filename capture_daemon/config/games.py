"""The profiles beside a configuration file: their names, and which of them know their game's window by `match`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from capture_daemon.config import models, toml_file
from capture_daemon.config.match import MatchTable
from capture_daemon.config.source import ConfigSource
from capture_daemon.errors import ConfigurationError

FOLLOWING = "game"
"""The source's name while no known game is followed, or where `run` is to follow them whatever else is configured."""
MOST_PROFILES = 1000
"""Profiles that are looked at; more are in no folder made by hand."""
LONGEST_NAME = 60
"""Characters of a profile's name: it is a file's name, too, whose letters may take four bytes each."""
_NAME = re.compile(r"[^\W_][\w .,'!&()+-]*")


@dataclass(frozen=True, slots=True)
class KnownGame:
    """A profile that names its game's window: `source` is what captures that; `stamp` changes when its file does."""

    profile: str
    match: MatchTable
    stamp: tuple[int, int] = (0, 0)

    @property
    def source(self) -> str:
        """The name of the source that captures the window."""
        return self.match.source or ""


@dataclass(frozen=True, slots=True)
class Profiles:
    """What the folder of profiles holds: all names, the known games, why files can't be read, and whose these are."""

    names: tuple[str, ...] = ()
    games: tuple[KnownGame, ...] = ()
    faults: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()


class ProfileFolder:
    """The folder games/ beside a configuration file; its files are read again when they have changed."""

    def __init__(self, path: Path | None) -> None:
        """`path` is the configuration file; None stands for the user's own."""
        self.folder = models.profile_path(path, "x").parent
        self._seen: dict[Path, tuple[int, int]] = {}
        self._known = Profiles()

    def look(self) -> Profiles:
        """What is there now. A folder that is not there holds nothing. May block, as files may."""
        seen = {}
        for file in self._files():
            try:
                about = file.stat()
            except OSError:
                continue
            seen[file] = (about.st_mtime_ns, about.st_size)
        if seen != self._seen:
            self._seen, self._known = seen, _read_all(seen)
        return self._known

    def _files(self) -> list[Path]:
        try:
            return sorted(self.folder.glob("*.toml"))[:MOST_PROFILES]
        except OSError:
            return []


def _read_all(files: dict[Path, tuple[int, int]]) -> Profiles:
    games: list[KnownGame] = []
    faults: dict[str, str] = {}
    for file, stamp in files.items():
        try:
            values = toml_file.read_values(file)
            match = MatchTable.model_validate(values.get("match", {}))
        except FileNotFoundError:
            continue
        except ConfigurationError as error:
            faults[file.stem] = str(error)
        except ValidationError:
            faults[file.stem] = (
                f'{file}: match: is written match = {{title = "…", class = "…"}}, either may be left out'
            )
        else:
            if match.source is not None:
                games.append(KnownGame(file.stem, match, stamp))
    return Profiles(tuple(file.stem for file in files), tuple(games), tuple(faults.values()), tuple(faults))


def is_following_wanted(config_source: ConfigSource) -> bool:
    """Whether `run` is to follow known games.

    It is where the configured source is `game`; else where profiles name windows, and neither a profile nor a source
    nor a dialogue region was chosen. Raises ConfigurationError where the configuration can't be used.
    """
    configuration = config_source.load()
    if configuration.source.name == FOLLOWING:
        if config_source.profile is not None:
            raise ConfigurationError(
                f"source game: follows the games of all profiles, and --profile {config_source.profile} names one of "
                "them: leave out either"
            )
        return True
    if config_source.profile is not None or configuration.regions.dialogue is not None:
        return False
    return "source.name" not in config_source.overrides and bool(ProfileFolder(config_source.path).look().games)


def check_name(name: str) -> None:
    """Check that a new profile may have that name; raises ConfigurationError."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME or name != name.strip() or name.endswith("."):
        raise ConfigurationError(
            f"a profile can't be called {name!r}: take letters, digits, spaces and - or _, such as my-game, "
            f"{LONGEST_NAME} at most"
        )
