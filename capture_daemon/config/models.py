"""The configuration file as typed models; every error names the file, the key and what is allowed.

Values come from the built-in defaults, then the configuration file, then a game's profile, then the command line's
options; later ones win. `capture-daemon.toml` in config/ lists every key with its default.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from capture_daemon.config import toml_file
from capture_daemon.config.profiles import missing_profile
from capture_daemon.config.regions import RegionsTable, RegionTable, all_of, check_names, moved, others_of
from capture_daemon.config.table import MatchTable, PictureKeys, Table
from capture_daemon.errors import ConfigurationError
from capture_daemon.frames import DIALOGUE, MOST_PIXELS, NamedRegion, Regions

EngineName = Literal["onnxruntime", "paddle", "tesseract"]
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["text", "json"]
Overrides = Mapping[str, Any]
"""Values from the command line: `{"source.fps": 30}`; None stands for an option that was not given."""


def _path(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not value:
        raise ValueError("a path must not be empty")
    if "\0" in value:
        raise ValueError("a path can't hold a null character")
    try:
        path = Path(value).expanduser()
    except RuntimeError as error:
        raise ValueError(f"the path can't be used: {error}") from error
    if len(os.fsencode(path)) > LONGEST_PATH or any(len(os.fsencode(part)) > LONGEST_NAME for part in path.parts):
        raise ValueError(f"a path has {LONGEST_PATH} bytes at most, and each name in it {LONGEST_NAME}")
    return path


def _origin(value: str) -> str:
    if value != "null" and not _ORIGIN.fullmatch(value):
        raise ValueError('an origin is scheme://host or scheme://host:port, without a path, or "null"')
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("a host is a name or an address alone, without scheme and path")
    return value


def _obs_address(value: str) -> str:
    if not _OBS_ADDRESS.fullmatch(value):
        raise ValueError("OBS's address is ws://host:port, without a path")
    return value


MOST_SIDE = 65_535
"""Pixels of a frame's width or height that can be asked of a device: video formats know no more."""
LONGEST_PATH, LONGEST_NAME = 4095, 255
"""Bytes of a path, and of each name in it: systems take no more."""
FEWEST_PIXELS, ALL_PIXELS = 10_000, 16_384 * 16_384
"""Range of `source.max_pixels`: less shows no dialogue, and decoders take no more."""
MOST_REGIONS = 8
"""`[[region]]` tables at most, 4 to 16: each is read on its own, and costs as much."""
MOST_REPORTED = 10
"""Mistakes of one file that are reported at a time, 1 to 100: people read one line."""
MOST_SHOWN = 120
"""Characters of a key or a value in a message, 40 to 500: enough to find it."""
MOST_MESSAGE = 400
"""Characters of a message about one mistake, 200 to 1,000: it may quote the value."""
LINE_VALUES = ("speaker", "text", "seq", "time", "language", "replaces", "region", "picture")
"""What may stand in braces in `output.command`."""
PathValue = Annotated[Path, BeforeValidator(_path)]
OriginValue = Annotated[str, AfterValidator(_origin)]
HostValue = Annotated[str, AfterValidator(_host)]
ObsAddressValue = Annotated[str, AfterValidator(_obs_address)]
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s?#]+/?")
_OBS_ADDRESS = re.compile(r"wss?://([^/\s?#@:]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/?")
_HOST = re.compile(r"[^/\s?#@]+")


def default_screen_choice_path(profile: str | None = None) -> Path:
    """Where the screen chosen in a Wayland session is kept, for each profile: in `$XDG_STATE_HOME/capture-daemon`."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "capture-daemon"
    return folder / "screen-choice.json" if profile is None else folder / "screen-choices" / f"{profile}.json"


class SourceTable(Table):
    """`[source]`: what is captured, and how a device is set up."""

    name: str = Field(default="screen:1", max_length=LONGEST_PATH)
    fps: float = Field(default=30.0, gt=0, le=240)
    width: int | None = Field(default=None, gt=0, le=MOST_SIDE)
    height: int | None = Field(default=None, gt=0, le=MOST_SIDE)
    pixel_format: str | None = Field(default=None, min_length=4, max_length=4)
    max_pixels: int = Field(default=MOST_PIXELS, ge=FEWEST_PIXELS, le=ALL_PIXELS)
    obs_address: ObsAddressValue = "ws://localhost:4455"
    obs_password_file: PathValue | None = None
    screen_choice_file: PathValue = Field(default_factory=default_screen_choice_path)


class ReadingTable(Table):
    """`[reading]`: when text counts as a line."""

    min_confidence: float = Field(default=0.6, ge=0, le=1)
    settle: float = Field(default=0.1, gt=0, le=5)
    max_age: float = Field(default=3.0, gt=0, le=60)
    menus: Literal["live", "always", "never"] = "never"
    trace: bool = False


class OcrTable(Table):
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
    """Where a daemon keeps the token that it generates on systems that can't identify the users of connections."""
    return default_log_path().with_name("token")


class LogTable(PictureKeys):
    """`[log]`: where the lines are written."""

    path: PathValue = Field(default_factory=default_log_path)
    fsync: Literal["always", "never"] | Annotated[float, Field(gt=0, le=3600)] = 1.0
    rotate_size: float | None = Field(default=None, gt=0)
    rotate_age: float | None = Field(default=None, gt=0)
    keep: Literal["all"] | Annotated[int, Field(ge=1)] = "all"


class OutputTable(Table):
    """`[output]`: where lines go besides the log and the feed."""

    clipboard: bool = False
    command: tuple[str, ...] = ()

    @field_validator("command", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        command = tuple(value) if isinstance(value, list) else value
        if not isinstance(command, tuple) or not all(isinstance(word, str) and "\0" not in word for word in command):
            raise ValueError('command is a program and its arguments: ["notify-send", "--", "{speaker}", "{text}"]')
        if command and (not command[0] or "{" in command[0]):
            raise ValueError("the first word of command is a program, by name or path")
        for name in re.findall(r"\{([a-z_]+)\}", " ".join(command)):
            if name not in LINE_VALUES:
                raise ValueError(f"there is no {{{name}}}: it may be {{{'}, {'.join(LINE_VALUES)}}}")
        return command


class ServerTable(Table):
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


class LoggingTable(Table):
    """`[logging]`: the daemon's messages on standard error."""

    level: LogLevel = "info"
    format: LogFormat = "text"


class Configuration(Table):
    """The whole configuration, one field a table; `region` is a list of them."""

    match: MatchTable = MatchTable()
    source: SourceTable = SourceTable()
    regions: RegionsTable = RegionsTable()
    region: tuple[RegionTable, ...] = Field(default=(), max_length=MOST_REGIONS)
    reading: ReadingTable = ReadingTable()
    ocr: OcrTable = OcrTable()
    log: LogTable = Field(default_factory=LogTable)
    output: OutputTable = OutputTable()
    server: ServerTable = ServerTable()
    logging: LoggingTable = LoggingTable()

    @field_validator("region", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        if isinstance(value, dict):
            raise ValueError("regions with names are a list: write [[region]], with two brackets")
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _have_names(self) -> Self:
        check_names(self.regions, self.region)
        return self

    @property
    def all_regions(self) -> Regions | None:
        """Every region, or None if no dialogue region is set, or it is to be found."""
        return all_of(self.regions, self.region)

    @property
    def other_regions(self) -> tuple[NamedRegion, ...]:
        """The regions that are read beside the dialogue's."""
        return others_of(self.regions, self.region)

    def with_regions(self, regions: Regions) -> Configuration:
        """The same with other places for its regions."""
        table, more = moved(self.regions, self.region, regions)
        return self.model_copy(update={"regions": table, "region": more})


def default_configuration_path() -> Path:
    """`$XDG_CONFIG_HOME/capture-daemon/capture-daemon.toml`, by default under `~/.config`."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "capture-daemon" / "capture-daemon.toml"


def profile_path(path: Path | None, profile: str) -> Path:
    """Where the profile of that name is: in games/ beside the configuration file."""
    return (path or default_configuration_path()).parent / "games" / f"{profile}.toml"


def load(path: Path | None = None, profile: str | None = None, overrides: Overrides | None = None) -> Configuration:
    """The configuration from a file, a profile and the command line's options.

    Without `path` the default file is read if it is there. `profile` names `games/NAME.toml` beside the file, and where
    a chosen screen is kept if `source.screen_choice_file` isn't set. Raises ConfigurationError if a file can't be read
    or a value can't be used.
    """
    file = path or default_configuration_path()
    values = _read(file, needed=path is not None)
    if values is not None and "match" in values:
        raise ConfigurationError(f"{file}: match: it names one game's window: write it in a profile, games/NAME.toml")
    layers = [(str(file), values)]
    if profile is not None:
        profile_file = profile_path(path, profile)
        values = _read(profile_file, needed=False)
        if values is None:
            raise ConfigurationError(missing_profile(profile_file))
        layers.append((str(profile_file), _with_source(values)))
    layers.append(("the command line", _nested(overrides or {})))
    merged: dict[str, Any] = {"source": {"screen_choice_file": str(default_screen_choice_path(profile))}}
    for name, values in layers:
        _merge(merged, values or {})
        try:
            configuration = Configuration.model_validate(merged)
        except ValidationError as error:
            raise ConfigurationError(_explain_all(name, error)) from error
    return configuration


def check_profile(file: Path, values: dict[str, Any]) -> None:
    """Check what a profile holds; raises ConfigurationError, which names the file and the key."""
    try:
        Configuration.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(_explain_all(str(file), error)) from error


def _with_source(profile: dict[str, Any]) -> dict[str, Any]:
    """A profile that names its game's window but no source, with the window as its source."""
    match, source = profile.get("match"), profile.get("source", {})
    if match is None or not isinstance(source, dict) or "name" in source:
        return profile
    try:
        name = MatchTable.model_validate(match).source
    except ValidationError:
        return profile  # it is reported with the rest
    return profile if name is None else {**profile, "source": {**source, "name": name}}


def _read(file: Path, *, needed: bool = True) -> dict[str, Any] | None:
    """What a file holds; None if it isn't there and isn't needed."""
    try:
        return toml_file.read_values(file)
    except FileNotFoundError as error:
        if not needed:
            return None
        raise ConfigurationError(f"{file}: there is no such file") from error


def _nested(overrides: Overrides) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in overrides.items():
        if value is not None:
            table, name = key.split(".")
            values.setdefault(table, {})[name] = value
    return values


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    _make_way(into, values)
    for table, content in values.items():
        if isinstance(content, dict) and isinstance(into.get(table), dict):
            into[table] = {**into[table], **content}
        else:
            into[table] = content


def _make_way(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    """A box for the dialogue takes the place of one from before, in whichever of the two forms both are written."""
    regions, more = values.get("regions"), values.get("region")
    if isinstance(regions, dict) and "dialogue" in regions and isinstance(into.get("region"), list):
        into["region"] = [one for one in into["region"] if not _is_dialogue(one)]
    if isinstance(more, list) and any(map(_is_dialogue, more)) and isinstance(into.get("regions"), dict):
        into["regions"] = {key: value for key, value in into["regions"].items() if key != "dialogue"}


def _is_dialogue(table: object) -> bool:
    return isinstance(table, dict) and table.get("name") == DIALOGUE


def _explain_all(name: str, error: ValidationError) -> str:
    problems = [_explain(name, detail) for detail in error.errors()[:MOST_REPORTED]]
    more = error.error_count() - len(problems)
    return "; ".join([*problems, *([f"and {more} more"] if more else [])])


def _explain(name: str, detail: ErrorDetails) -> str:
    key = _shortened(".".join(str(part) for part in detail["loc"]) or "region")
    if detail["type"] == "extra_forbidden":
        allowed = ", ".join(_keys_beside(detail["loc"]))
        return f"{name}: unknown key {key}: it may be one of {allowed}"
    message = _shortened(detail["msg"].removeprefix("Value error, "), MOST_MESSAGE)
    if not detail["loc"] or (isinstance(detail["input"], str) and repr(detail["input"]) in message):
        return f"{name}: {key}: {message}"
    return f"{name}: {key}: {message[0].lower()}{message[1:]}, but it is {_shown(detail['input'])}"


def _shown(value: object) -> str:
    try:
        return _shortened(repr(value))
    except (RecursionError, ValueError):
        # Nested too deeply, or a number of too many digits.
        return "too long to be shown"


def _shortened(text: str, most: int = MOST_SHOWN) -> str:
    """The text in one line and not too long, whatever it holds."""
    text = "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in text)
    return text if len(text) <= most else f"{text[:most]}…"


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    if len(location) == 1:
        return list(Configuration.model_fields)
    table = Configuration.model_fields[str(location[0])].annotation
    if get_args(table):
        # A list of tables.
        table = get_args(table)[0]
    assert isinstance(table, type)
    assert issubclass(table, BaseModel)
    return [field.alias or name for name, field in table.model_fields.items()]
