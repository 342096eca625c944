"""The configuration file as typed models; every error names the file, the key and what is allowed.

Values come from the built-in defaults, then the configuration file, then a game's profile, then the command line's
options; later ones win. `capture-daemon.toml` in config/ lists every key with its default.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from capture_daemon.errors import ConfigurationError, RegionError
from capture_daemon.frames import Region, Regions

EngineName = Literal["onnxruntime", "paddle", "tesseract"]
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["text", "json"]
Overrides = Mapping[str, Any]
"""Values from the command line: `{"source.fps": 30}`; None stands for an option that was not given."""


def _region(value: object) -> object:
    if isinstance(value, str):
        try:
            return Region.parse(value)
        except RegionError as error:
            raise ValueError(str(error)) from error
    if not isinstance(value, Region):
        raise ValueError('a region is written as text: "420,670,770,115" or "0.26,0.74,0.48,0.13"')
    return value


def _dialogue(value: object) -> object:
    return AUTOMATIC if value == AUTOMATIC else _region(value)


def _path(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not value:
        raise ValueError("a path must not be empty")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise ValueError(f"the path can't be used: {error}") from error


def _origin(value: str) -> str:
    if value != "null" and not _ORIGIN.fullmatch(value):
        raise ValueError('an origin is scheme://host or scheme://host:port, without a path, or "null"')
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("a host is a name or an address alone, without scheme and path")
    return value


AUTOMATIC: Final = "auto"
"""Instead of a dialogue region: it is to be found."""
DialogueValue = Annotated[Region | Literal["auto"], BeforeValidator(_dialogue)]
RegionValue = Annotated[Region, BeforeValidator(_region)]
PathValue = Annotated[Path, BeforeValidator(_path)]
OriginValue = Annotated[str, AfterValidator(_origin)]
HostValue = Annotated[str, AfterValidator(_host)]
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s?#]+/?")
_HOST = re.compile(r"[^/\s?#@]+")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class SourceTable(_Table):
    """`[source]`: what is captured, and how a device is set up."""

    name: str = "screen:1"
    fps: float = Field(default=30.0, gt=0, le=240)
    width: int | None = Field(default=None, gt=0)
    height: int | None = Field(default=None, gt=0)
    pixel_format: str | None = Field(default=None, min_length=4, max_length=4)


class RegionsTable(_Table):
    """`[regions]`: where the dialogue stands, where the name stands, and what to blank."""

    dialogue: DialogueValue | None = None
    speaker: RegionValue | None = None
    ignore: tuple[RegionValue, ...] = ()

    @field_validator("ignore", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    def regions(self) -> Regions | None:
        """The regions, or None where no dialogue region is set, or it is to be found."""
        return Regions(self.dialogue, self.speaker, self.ignore) if isinstance(self.dialogue, Region) else None

    @property
    def automatic(self) -> bool:
        """Whether the regions are to be found."""
        return self.dialogue == AUTOMATIC


class ReadingTable(_Table):
    """`[reading]`: when text counts as said."""

    min_confidence: float = Field(default=0.6, ge=0, le=1)
    settle: float = Field(default=0.1, gt=0, le=5)
    max_age: float = Field(default=3.0, gt=0, le=60)
    trace: bool = False


class OcrTable(_Table):
    """`[ocr]`: which engine reads, with which models, at what cost."""

    engine: EngineName = "onnxruntime"
    language: str = "auto"
    threads: int | None = Field(default=None, ge=1, le=64)
    models: PathValue | None = None
    timeout: float = Field(default=10.0, gt=0, le=600)


def default_log_path() -> Path:
    """`$XDG_DATA_HOME/capture-daemon/dialogue.jsonl`, by default under `~/.local/share`."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "capture-daemon" / "dialogue.jsonl"


def default_token_path() -> Path:
    """Where a daemon keeps the token that it makes itself on systems that don't tell who dials it."""
    return default_log_path().with_name("token")


class LogTable(_Table):
    """`[log]`: where the lines are written."""

    path: PathValue = Field(default_factory=default_log_path)
    fsync: Literal["always", "never"] | Annotated[float, Field(gt=0, le=3600)] = 1.0
    rotate_size: float | None = Field(default=None, gt=0)
    rotate_age: float | None = Field(default=None, gt=0)
    keep: Literal["all"] | Annotated[int, Field(ge=1)] = "all"


class ServerTable(_Table):
    """`[server]`: where the feed is served, and to whom."""

    host: str = "localhost"
    port: int = Field(default=6677, ge=0, le=65535)
    origins: tuple[OriginValue, ...] = ()
    hosts: tuple[HostValue, ...] = ()
    users: Literal["all"] | tuple[str, ...] = ()
    token_file: PathValue | None = None
    certificate: PathValue | None = None
    key: PathValue | None = None
    max_clients: int = Field(default=256, ge=1, le=4096)

    @field_validator("users", mode="before")
    @classmethod
    def _users(cls, value: object) -> object:
        named = tuple(value) if isinstance(value, list | tuple) else value
        if named != "all" and not (isinstance(named, tuple) and all(isinstance(one, str) and one for one in named)):
            raise ValueError('users is "all", or a list of names: ["ann", "ben"]')
        return named

    @field_validator("origins", "hosts", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class LoggingTable(_Table):
    """`[logging]`: what the daemon tells about itself on standard error."""

    level: LogLevel = "info"
    format: LogFormat = "text"


class Configuration(_Table):
    """The whole configuration, one field a table."""

    source: SourceTable = SourceTable()
    regions: RegionsTable = RegionsTable()
    reading: ReadingTable = ReadingTable()
    ocr: OcrTable = OcrTable()
    log: LogTable = Field(default_factory=LogTable)
    server: ServerTable = ServerTable()
    logging: LoggingTable = LoggingTable()


def default_configuration_path() -> Path:
    """`$XDG_CONFIG_HOME/capture-daemon/capture-daemon.toml`, by default under `~/.config`."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "capture-daemon" / "capture-daemon.toml"


def profile_path(path: Path | None, profile: str) -> Path:
    """Where the profile of that name is: in games/ beside the configuration file."""
    return (path or default_configuration_path()).parent / "games" / f"{profile}.toml"


def load(path: Path | None = None, profile: str | None = None, overrides: Overrides | None = None) -> Configuration:
    """The configuration from a file, a profile and the command line's options.

    Without `path` the default file is read if it is there. `profile` names `games/NAME.toml` beside the file. Raises
    ConfigurationError where a file can't be read or a value can't be used.
    """
    file = path or default_configuration_path()
    layers: list[tuple[str, dict[str, Any]]] = []
    if path is not None or file.exists():
        layers.append((str(file), _read(file)))
    if profile is not None:
        profile_file = profile_path(path, profile)
        layers.append((str(profile_file), _read(profile_file)))
    layers.append(("the command line", _nested(overrides or {})))
    merged: dict[str, Any] = {}
    for name, values in layers:
        _merge(merged, values)
        try:
            configuration = Configuration.model_validate(merged)
        except ValidationError as error:
            raise ConfigurationError("; ".join(_explain(name, detail) for detail in error.errors())) from error
    return configuration


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{file}: there is no such file") from error
    except OSError as error:
        raise ConfigurationError(f"{file}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: is not valid TOML: {error}") from error


def _nested(overrides: Overrides) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in overrides.items():
        if value is not None:
            table, name = key.split(".")
            values.setdefault(table, {})[name] = value
    return values


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for table, content in values.items():
        if isinstance(content, dict) and isinstance(into.get(table), dict):
            into[table] = {**into[table], **content}
        else:
            into[table] = content


def _explain(name: str, detail: ErrorDetails) -> str:
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        allowed = ", ".join(_keys_beside(detail["loc"]))
        return f"{name}: unknown key {key}: it may be one of {allowed}"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{name}: {key}: {message[0].lower()}{message[1:]}, but it is {detail['input']!r}"


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    if len(location) == 1:
        return list(Configuration.model_fields)
    table = Configuration.model_fields[str(location[0])].annotation
    assert isinstance(table, type)
    assert issubclass(table, BaseModel)
    return list(table.model_fields)
