"""A persona drafted by a model from the game's logs, for somebody to correct: her manner, and facts of the story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from capture_daemon.dataset.loading import load_script, scenes
from capture_daemon.dataset.persona import Persona
from capture_daemon.dataset.script import ScriptLine, ScriptScene
from capture_daemon.errors import ConfigurationError, EndpointQuestionError
from capture_daemon.llm.companion.composing import PACKAGE
from capture_daemon.llm.companion.current_scene import SCENE_GAP
from capture_daemon.llm.endpoint.chat_messages import Answer, Message, about_tokens, objects, printable
from capture_daemon.llm.endpoint.prompts import Prompt, read_prompt
from capture_daemon.llm.endpoint.sampling import TEMPERATURE, TOP_P, Sampling

CONTEXT = 2048
"""Tokens of a question and its answer, where the endpoint doesn't say."""
ANSWER_TOKENS = 300
_FRAME_TOKENS = 200
"""What the prompts take."""
MOST_TOKENS = 6000
"""Of the script in one question; more makes no model draft better."""
PARTS = 4
"""Parts of the script about which facts are asked."""
MOST_FACTS = 12
LONGEST = 300
"""Characters of a manner or a fact."""
_ATTEMPTS = 3
_LISTED = 8


class Asked(Protocol):
    """What answers: an Endpoint."""

    async def ask(self, messages: Sequence[Message], longest: int, sampling: Sampling) -> Answer:
        """The answer."""
        ...

    async def context(self) -> int | None:
        """How many tokens a question and its answer may have; None if that isn't known."""
        ...


@dataclass(frozen=True, slots=True)
class DraftPrompts:
    """The texts that a draft is asked for with."""

    system: Prompt
    manner: Prompt
    facts: Prompt

    @classmethod
    def read(cls, folder: Path | None = None) -> DraftPrompts:
        """The packaged ones, or those that a folder has in their place; raises ConfigurationError."""
        names = frozenset({"name", "script"})
        return cls(
            read_prompt(folder, PACKAGE, "draft-system.txt", frozenset()),
            read_prompt(folder, PACKAGE, "draft-manner.txt", names),
            read_prompt(folder, PACKAGE, "draft-facts.txt", names),
        )


def read_script(logs: Sequence[Path], name: str) -> list[ScriptScene]:
    """The scenes of logs. Raises ConfigurationError if nobody in them is called `name`."""
    recordings, _ = load_script(logs)
    made = scenes(recordings, SCENE_GAP)
    spoken = Counter(line.speaker for scene in made for line in scene.lines if line.speaker)
    if name not in spoken:
        there = ", ".join(f"{other} ({count})" for other, count in spoken.most_common(_LISTED)) or "nobody"
        raise ConfigurationError(f"nobody in the logs is called {name}: name one of {there}")
    return made


async def draft(
    persona: Persona, script: Sequence[ScriptScene], endpoint: Asked, prompts: DraftPrompts, context: int | None = None
) -> Persona:
    """The persona with a manner and facts that a model finds in the script.

    Raises EndpointError: if the endpoint can't be asked, and if no answer says what was asked for.
    """
    context = context or await endpoint.context() or CONTEXT
    room = max(64, min(MOST_TOKENS, context - ANSWER_TOKENS - _FRAME_TOKENS))
    lines = [line for scene in script for line in scene.lines]
    hers = [line.text for line in lines if line.speaker == persona.name]
    manner = await _asked(endpoint, prompts, prompts.manner, persona.name, "\n".join(spread(hers, room)), _MANNER)
    facts: list[str] = []
    for part in script_parts([_said(line) for line in lines], room):
        facts += await _asked(endpoint, prompts, prompts.facts, persona.name, part, _FACTS)
    if not manner and not facts:
        raise EndpointQuestionError("the model's answers are not what was asked for: take a larger one")
    distinct = list({fact.casefold(): fact for fact in facts}.values())
    return replace(persona, manner=manner[0] if manner else persona.manner, facts=tuple(distinct[:MOST_FACTS]))


def spread(texts: Sequence[str], room: int) -> list[str]:
    """As many of the texts as there are tokens of room for, evenly from all of them, in order."""
    total = sum(map(_tokens, texts))
    step = max(1.0, total / room)
    chosen: list[str] = []
    place = 0.0
    while int(place) < len(texts) and room >= _tokens(texts[int(place)]):
        chosen.append(texts[int(place)])
        room -= _tokens(texts[int(place)])
        place += step
    return chosen or list(texts[:1])


def script_parts(texts: Sequence[str], room: int) -> list[str]:
    """At most PARTS pieces of the script, of as many tokens each as there is room for, evenly from all of it."""
    made: list[list[str]] = [[]]
    left = room
    for text in texts:
        if made[-1] and _tokens(text) > left:
            made.append([])
            left = room
        made[-1].append(text)
        left -= _tokens(text)
    step = max(1.0, len(made) / PARTS)
    return ["\n".join(made[int(step * number)]) for number in range(min(PARTS, len(made)))]


_Schema = Mapping[str, Any]
_MANNER: tuple[str, _Schema] = ("manner", {"type": "string"})
_FACTS: tuple[str, _Schema] = ("facts", {"type": "array", "items": {"type": "string"}, "maxItems": 3})


async def _asked(  # noqa: PLR0913, PLR0917 - what a question is made of
    endpoint: Asked, prompts: DraftPrompts, prompt: Prompt, name: str, script: str, wanted: tuple[str, _Schema]
) -> list[str]:
    """The texts in the first answer that has some; none if no answer has."""
    key, schema = wanted
    form = {"type": "object", "properties": {key: schema}, "required": [key], "additionalProperties": False}
    messages = [Message("system", prompts.system.fill()), Message("user", prompt.fill(name=name, script=script))]
    for _ in range(_ATTEMPTS):
        answer = await endpoint.ask(
            messages, ANSWER_TOKENS, Sampling(temperature=TEMPERATURE, top_p=TOP_P, schema=form)
        )
        if said := list(_texts(answer.text, key)):
            return said
    return []


def _texts(answer: str, key: str) -> Iterator[str]:
    for values in objects(answer, key):
        found = values[key]
        for text in found if isinstance(found, list) else [found]:
            if (
                isinstance(text, str)
                and 0 < len(plain := " ".join(printable(text).split())) <= LONGEST
                and plain != "…"
            ):
                yield plain
        return


def _said(line: ScriptLine) -> str:
    text = " ".join(line.text.split())
    return f"{line.speaker}: {text}" if line.speaker else text


def _tokens(text: str) -> int:
    return about_tokens(text) + 1
