"""The persona file: who the model is to be, for the data card and for a companion.

    name = "Sylvie"
    manner = "Warm and a little teasing. Short sentences."
    language = "en"
    system = "You are Sylvie."
    tuned = false
    facts = ["Sylvie and the player have known each other since they were children."]

    [talk]
    turn_lines = 8

    [[examples]]
    user = "Are you going home now?"
    assistant = "Sure!"

Only `name` is needed. `tuned` says whether the model was trained on such a data set: it is then given exactly what it
was trained on, as `[talk]` says (`talk.py`); any other model gets a longer prompt, and the examples.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from capture_daemon.dataset.talk import Talk
from capture_daemon.errors import ConfigurationError

_TEXTS = ("name", "manner", "language", "system")
_KEYS = {*_TEXTS, "tuned", "facts", "talk", "examples"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Something that is said to the persona, and what she answers."""

    user: str
    assistant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Who the model is to be: `manner` says how she talks, `system` is the system turn of the data set.

    `tuned` says whether the model was trained on such data, `talk` in which form it was. `facts` are what any other
    model learns of the story.
    """

    name: str
    manner: str = ""
    language: str = ""
    system: str = ""
    tuned: bool = False
    facts: tuple[str, ...] = ()
    talk: Talk = field(default_factory=Talk)
    examples: tuple[Example, ...] = ()

    def to_toml(self) -> str:
        """The persona as a file, which `read_persona` reads back."""
        document = tomlkit.document()
        for key in _TEXTS:
            document[key] = getattr(self, key)
        tuned = tomlkit.item(self.tuned)
        document["tuned"] = tuned.comment("true: the model was trained on this data; false: any other model")
        if self.facts:
            facts = tomlkit.array().multiline(True)
            facts.extend(self.facts)
            document["facts"] = facts
        document["talk"] = self.talk.to_dict()
        examples = tomlkit.aot()
        for example in self.examples:
            table = tomlkit.table()
            table["user"], table["assistant"] = example.user, example.assistant
            examples.append(table)
        if self.examples:
            document["examples"] = examples
        return tomlkit.dumps(document)


def read_persona(path: Path) -> Persona:
    """The persona in a file; raises ConfigurationError, which names the file and the key."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read: {error.strerror}: name a persona file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: is not TOML: {' '.join(str(error).split())}") from error
    return _persona(path, values)


def _persona(path: Path, values: dict[str, Any]) -> Persona:
    if unknown := sorted(values.keys() - _KEYS):
        raise ConfigurationError(f"{path}: unknown key {unknown[0]}: a persona has {', '.join(sorted(_KEYS))}")
    for key in _TEXTS:
        if not isinstance(values.get(key, ""), str):
            raise ConfigurationError(f"{path}: {key} must be text in quotes")
    if not values.get("name", "").strip():
        raise ConfigurationError(f'{path}: has no name: say who speaks, as in name = "Sylvie"')
    if not isinstance(values.get("tuned", False), bool):
        raise ConfigurationError(f"{path}: tuned must be true or false")
    facts = values.get("facts", [])
    if not isinstance(facts, list) or not all(isinstance(fact, str) for fact in facts):
        raise ConfigurationError(f"{path}: facts must be a list of texts in quotes")
    if not isinstance(values.get("talk", {}), dict):
        raise ConfigurationError(f"{path}: talk must be a table, as in [talk]")
    try:
        talk = Talk.from_dict(values.get("talk", {}))
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    written = values.get("examples", [])
    if not isinstance(written, list) or not all(map(_is_example, written)):
        raise ConfigurationError(f"{path}: each of [[examples]] needs user and assistant, both text, and nothing else")
    examples = tuple(Example(user=example["user"], assistant=example["assistant"]) for example in written)
    texts = {key: values[key] for key in _TEXTS if key in values}
    return Persona(examples=examples, tuned=values.get("tuned", False), facts=tuple(facts), talk=talk, **texts)


def _is_example(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"user", "assistant"}
        and all(isinstance(text, str) for text in value.values())
    )
