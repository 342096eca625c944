"""The records: a dataclass each, and their JSON.

`Line` and `Choice` are written to the log and sent to clients; `Hello`, `Partial`, `Gap` and `Status` are only sent.
Each record's `to_json` gives one line of JSON without a newline; `parse_record` reads any of them back.
"""

from __future__ import annotations

import json
import math
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Self, get_args, get_origin, get_type_hints

GapReason = Literal["rotated", "stream", "future", "damaged"]
StatusSubject = Literal["source", "ocr", "log"]
StatusState = Literal["capturing", "waiting", "paused", "degraded", "lost"]


def timestamp(seconds: float) -> str:
    """Unix time in seconds as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def without_control_characters(text: str) -> str:
    """Text fit for a record: NFC, with control characters, lone surrogates and line separators as spaces."""
    clean = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character for character in text
    )
    return unicodedata.normalize("NFC", clean).strip()


def _picture_of(folder: str | None, stream: str, seq: int) -> str | None:
    return None if folder is None else f"{folder}/{picture_name(stream, seq)}"


def picture_name(stream: str, seq: int) -> str:
    """What the file of a line's picture is called: numbers are used again by another stream."""
    return f"{stream}-{seq}.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all records share: a `type` and a way to JSON and back."""

    type: ClassVar[str]

    def to_json(self) -> str:
        """One JSON object on one line, UTF-8 text kept as it is; raises ValueError if a number is not finite."""
        return _json(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The record's JSON object, `type` first."""
        return {"type": self.type, **{field.name: getattr(self, field.name) for field in fields(self)}}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The record of a JSON object; unknown keys are ignored, so that newer daemons can be read.

        Raises ValueError if a key is missing or its value is of another type.
        """
        checks = _CHECKS[cls]
        known = {key: value for key, value in values.items() if key in checks}
        for key, value in known.items():
            if not checks[key](value):
                raise ValueError(f"not a {cls.type} record: {key} is {value!r}")
        try:
            return cls(**known)
        except TypeError as error:
            raise ValueError(f"not a {cls.type} record: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """What a log holds: a line or a choice, with its number and its times. docs/protocol.md describes the keys."""

    v: int = 1
    stream: str
    seq: int
    session: str
    time: str
    started: str
    media_time: float | None
    media_started: float | None

    def numbered(self, stream: str, seq: int) -> Self:
        """The same record with its number."""
        return replace(self, stream=stream, seq=seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Entry):
    """One line of dialogue."""

    type: ClassVar[str] = "line"
    speaker: str | None
    text: str
    rows: list[str]
    language: str
    confidence: float
    source: str
    region: str
    box: list[int]
    replaces: int | None = None
    picture: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The record's JSON object; `replaces` and `picture` only where they apply."""
        return _without_none(Entry.to_dict(self), "replaces", "picture")

    def numbered(self, stream: str, seq: int) -> Self:
        """The same line with its number; where `picture` is a folder, it becomes the name of the line's file in it."""
        return replace(self, stream=stream, seq=seq, picture=_picture_of(self.picture, stream, seq))

    def to_sentence(self) -> str:
        """The message that texthooker pages get: one JSON object with `sentence`, `speaker`, `time` and `seq`."""
        message: dict[str, Any] = {
            "sentence": self.text,
            "speaker": self.speaker,
            "time": self.time,
            "seq": self.seq,
        }
        if self.replaces is not None:
            message["replaces"] = self.replaces
        return _json(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Entry):
    """A menu that the player chose from. `chosen` is the number of an option, from 1; None if it isn't known."""

    type: ClassVar[str] = "choice"
    options: list[str]
    chosen: int | None
    language: str
    confidence: float
    source: str
    region: str
    box: list[int]
    replaces: int | None = None
    picture: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The record's JSON object; `replaces` and `picture` only where they apply."""
        return _without_none(Entry.to_dict(self), "replaces", "picture")

    def numbered(self, stream: str, seq: int) -> Self:
        """The same choice with its number; `picture` is as a line's."""
        return replace(self, stream=stream, seq=seq, picture=_picture_of(self.picture, stream, seq))

    @property
    def answer(self) -> str | None:
        """The text of the option that was chosen; None if that isn't known."""
        known = self.chosen is not None and 1 <= self.chosen <= len(self.options)
        return self.options[self.chosen - 1] if known and self.chosen is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Record):
    """The first message to a program: which stream this is and which numbers are available."""

    type: ClassVar[str] = "hello"
    protocol: int = 1
    stream: str
    oldest: int
    latest: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial(Record):
    """Text still being typed; never logged."""

    type: ClassVar[str] = "partial"
    speaker: str | None
    text: str
    time: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Record):
    """Numbers that were asked for and are not available; `from` in JSON is `first` here, `to` is `last`."""

    type: ClassVar[str] = "gap"
    first: int
    last: int
    reason: GapReason

    def to_dict(self) -> dict[str, Any]:
        """The record's JSON object, with `from` and `to`."""
        return {"type": self.type, "from": self.first, "to": self.last, "reason": self.reason}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The record of a JSON object with `from` and `to`; raises ValueError as the other records do."""
        names = {"from": "first", "to": "last", "reason": "reason"}
        return super(Gap, cls).from_dict({names[key]: value for key, value in values.items() if key in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Record):
    """How a part of the daemon is doing; sent after `hello` and at each change."""

    type: ClassVar[str] = "status"
    what: StatusSubject
    state: StatusState
    detail: str | None = None


RECORDS: dict[str, type[Record]] = {kind.type: kind for kind in (Line, Choice, Hello, Partial, Gap, Status)}
"""Every record by its `type`."""


def parse_record(text: str | bytes) -> Record:
    """The record in one line of JSON; raises ValueError if it is none."""
    try:
        values = json.loads(text)
    except RecursionError as error:
        raise ValueError("not a record: nested too deeply") from error
    kind = values.get("type") if isinstance(values, dict) else None
    if not isinstance(kind, str) or kind not in RECORDS:
        raise ValueError("not a record: no known type")
    return RECORDS[kind].from_dict(values)


def _without_none(values: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in keys or value is not None}


def _json(values: dict[str, Any]) -> str:
    text = json.dumps(values, ensure_ascii=False, allow_nan=False)
    # Half a surrogate pair, as in the name of a file that isn't UTF-8, can't be written in UTF-8.
    return text.encode("utf-8", "replace").decode()


_Check = Callable[[object], bool]

_PLAIN: dict[Any, _Check] = {
    str: lambda value: isinstance(value, str),
    int: lambda value: type(value) is int,  # True is an int as well, but not in JSON
    float: lambda value: type(value) is int or (isinstance(value, float) and math.isfinite(value)),
    type(None): lambda value: value is None,
}


def _check(expected: Any) -> _Check:
    """A function that checks whether a value from JSON has the type that a field is declared with."""
    arguments = get_args(expected)
    if get_origin(expected) is list:
        item = _check(arguments[0])
        return lambda value: isinstance(value, list) and all(map(item, value))
    if get_origin(expected) is Literal:
        return _PLAIN[str]  # a newer daemon may know more words
    if arguments:
        checks = [_check(argument) for argument in arguments]
        return lambda value: any(check(value) for check in checks)
    return _PLAIN[expected]


_CHECKS: dict[type[Record], dict[str, _Check]] = {
    kind: {name: _check(hint) for name, hint in get_type_hints(kind).items() if get_origin(hint) is not ClassVar}
    for kind in RECORDS.values()
}


def unix(moment: float) -> float:
    """The Unix time, in seconds, of a moment by `time.monotonic`, as the system's clock stands now."""
    return time.time() - (time.monotonic() - moment)
