"""The rows of a data set that `capture-daemon export` made, whatever their format, as turns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capture_daemon.dataset.formats import WEIGHT
from capture_daemon.dataset.persona import Persona, read_persona
from capture_daemon.dataset.settings import Format
from capture_daemon.dataset.writing import REPORT
from capture_daemon.errors import ConfigurationError

_ROLES = {"human": "user", "gpt": "assistant", "system": "system", "user": "user", "assistant": "assistant"}
_AGAIN = "make the data set again with capture-daemon export"


@dataclass(frozen=True, slots=True)
class RowTurn:
    """One turn of a row: `role` is system, user or assistant; only turns of the assistant are ever `trained`."""

    role: str
    text: str
    trained: bool = False

    def to_dict(self) -> dict[str, str]:
        """The turn as chat templates take it."""
        return {"role": self.role, "content": self.text}


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One example: the system's turn, then the user's and the assistant's in turn."""

    turns: tuple[RowTurn, ...]

    @property
    def answers(self) -> int:
        """How many turns are trained."""
        return sum(turn.trained for turn in self.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningData:
    """A data set as a trainer wants it; `digest` changes with every byte of its rows."""

    folder: Path
    persona: Persona
    train: tuple[TrainingRow, ...]
    test: tuple[TrainingRow, ...]
    digest: str

    @property
    def answers(self) -> int:
        """How many answers are trained."""
        return sum(row.answers for row in self.train)


def read_data(folder: Path) -> TuningData:
    """The data set in a folder. Raises ConfigurationError, which names the file and the row, if it is none."""
    form = _form(folder)
    persona = read_persona(folder / "persona.toml")
    digest = hashlib.sha256()
    parts = {}
    for part in ("train", "test"):
        path = folder / f"{part}.jsonl"
        content = _bytes(path) if path.exists() else b""
        digest.update(content + b"\0")
        parts[part] = tuple(_rows(path, content, form))
    if not any(row.answers for row in parts["train"]):
        raise ConfigurationError(f"{folder}: holds no answers to train: {_AGAIN}, from more lines")
    return TuningData(folder=folder, persona=persona, digest=digest.hexdigest(), **parts)


def _form(folder: Path) -> Format:
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: is not a folder: name one that capture-daemon export made")
    try:
        form = Format(json.loads(_bytes(folder / REPORT))["settings"]["format"])
    except (ValueError, KeyError, TypeError):
        raise ConfigurationError(f"{folder / REPORT}: is not the report of a data set: {_AGAIN}") from None
    if not form.has_samples:
        raise ConfigurationError(f"{folder}: holds lines as {form.value}, not examples: export with --format chat")
    return form


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read: {error.strerror}: {_AGAIN}") from error


def _rows(path: Path, content: bytes, form: Format) -> Iterator[TrainingRow]:
    for number, text in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        try:
            values = json.loads(text)
            turns = tuple(_alpaca(values) if form is Format.ALPACA else _messages(values))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(f"{path}: row {number} is no example of format {form.value}: {_AGAIN}") from error
        if not any(turn.role == "assistant" for turn in turns):
            raise ConfigurationError(f"{path}: row {number} has no answer: {_AGAIN}")
        yield TrainingRow(turns)


def _messages(values: Mapping[str, Any]) -> Iterator[RowTurn]:
    chat = "messages" in values
    who, what = ("role", "content") if chat else ("from", "value")
    for message in values["messages" if chat else "conversations"]:
        role = _ROLES[message[who]]
        yield RowTurn(role, _text(message[what]), role == "assistant" and message.get(WEIGHT, 1) != 0)


def _alpaca(values: Mapping[str, Any]) -> Iterator[RowTurn]:
    """Answers in the history are trained in rows of their own."""
    yield RowTurn("system", _text(values["system"]))
    for asked, answered in values["history"]:
        yield RowTurn("user", _text(asked))
        yield RowTurn("assistant", _text(answered))
    yield RowTurn("user", _text(values["instruction"]))
    yield RowTurn("assistant", _text(values["output"]), trained=True)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value
