"""A job (one video) and the messages about it: plain values, sent through a pipe as one line of JSON each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from capture_daemon.config.models import Configuration
from capture_daemon.config.table import Table
from capture_daemon.frames import Region

Doing = Literal["opening", "searching", "reading", "pictures"]
End = Literal["done", "passed over", "damaged", "failed", "interrupted"]

_TABLES = ("regions", "reading", "ocr", "logging")
_WITHOUT_EFFECT = {("ocr", "threads"), ("ocr", "timeout"), ("logging", "level"), ("source", "max_pixels")}
"""Configuration keys that don't affect the lines."""


@dataclass(frozen=True, slots=True)
class Job:
    """Read `video` into `folder`, with the settings of a configuration.

    `pictures` requests a JPEG for each line, `resume` continues an interrupted run.
    """

    video: str
    folder: str
    settings: Mapping[str, Any] = field(hash=False)
    pictures: bool = False
    resume: bool = False

    @property
    def name(self) -> str:
        """Its name, which is that of its folder."""
        return Path(self.folder).name

    def configuration(self) -> Configuration:
        """The configuration to read the video with."""
        return Configuration.model_validate(
            {**self.settings, "source": {**self.settings.get("source", {}), "name": self.video}}
        )

    def to_json(self) -> str:
        """One line of JSON, without its newline."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The job in a line of JSON."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Progress:
    """A job's progress: what it is doing, and its position and length in seconds of video."""

    doing: Doing
    position: float
    duration: float | None


@dataclass(frozen=True, slots=True)
class LogMessage:
    """A log message of the job's process."""

    text: str


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How a job ended: its error, if any, and the name of the error's class.

    `lines` and `choices` from menus are those of the whole video, also of earlier runs. `shown` are the seconds of
    video read in this run, `seconds` the time that took, including `loading` for the model and `search` for finding
    the dialogue.
    """

    end: End
    error: str | None = None
    kind: str | None = None
    lines: int = 0
    choices: int = 0
    shown: float = 0.0
    seconds: float = 0.0
    loading: float = 0.0
    search: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether the whole video has been read, in this run or an earlier one."""
        return self.end in ("done", "passed over")


Message = Progress | LogMessage | JobOutcome
_KINDS: dict[str, type[Message]] = {kind.__name__: kind for kind in (Progress, LogMessage, JobOutcome)}


def to_json_line(message: Message) -> str:
    """A message as a line of JSON, without its newline."""
    return json.dumps({"message": type(message).__name__, **asdict(message)})


def from_json_line(text: str | bytes) -> Message:
    """The message in a line of JSON. Raises ValueError if it isn't one."""
    values = json.loads(text)
    try:
        return _KINDS[values.pop("message")](**values)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a message: {text!r}") from error


def settings_of(configuration: Configuration) -> dict[str, Any]:
    """The settings that affect reading, as plain values that another machine can use as well."""
    dumped: dict[str, Any] = {}
    for table in _TABLES:
        values = getattr(configuration, table)
        dumped[table] = _values(values)
    if configuration.region:
        dumped["region"] = [_values(one) for one in configuration.region]
    # The only setting of the source that is the same for every video.
    dumped["source"] = {"max_pixels": configuration.source.max_pixels}
    return dumped


def fingerprint(settings: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that change if the settings do, since the lines may then change."""
    telling = {
        f"{table}.{key}": value
        for table, values in settings.items()
        for key, value in (values if isinstance(values, Mapping) else {"": values}).items()
        if (table, key) not in _WITHOUT_EFFECT
    }
    return hashlib.sha256(json.dumps(telling, sort_keys=True).encode()).hexdigest()[:12]


def _values(table: Table) -> dict[str, Any]:
    return {key: _plain(value) for key in type(table).model_fields if (value := getattr(table, key)) is not None}


def _plain(value: object) -> object:
    if isinstance(value, Region | Path):
        return str(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
