"""What a model is told: who it is, how it has talked so far, what is on screen, and what is wanted of it.

A model that was trained on a data set is given what it was trained on (`tuned`), any other one the prompts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.dataset.persona import Persona
from capture_daemon.llm.companion.tuned import Exchange, in_order, tuned_messages
from capture_daemon.llm.endpoint.messages import Message, about_tokens_of
from capture_daemon.llm.endpoint.prompts import Prompt, read_prompt
from capture_daemon.records import Line

PACKAGE = "capture_daemon.llm.companion.prompts"
_SYSTEM = frozenset({"system", "name", "manner"})
_WISH = frozenset({"name", "scene", "said"})
_NOTHING = "(nothing yet)"
_MANNER = "As on screen."


@dataclass(frozen=True, slots=True)
class Prompts:
    """The texts of a companion: who it is, being spoken to, and speaking by itself."""

    system: Prompt
    answer: Prompt
    comment: Prompt

    @classmethod
    def read(cls, folder: Path | None = None) -> Prompts:
        """The packaged ones, or those that a folder has in their place; raises ConfigurationError."""
        return cls(
            read_prompt(folder, PACKAGE, "companion-system.txt", _SYSTEM),
            read_prompt(folder, PACKAGE, "companion-answer.txt", _WISH),
            read_prompt(folder, PACKAGE, "companion-comment.txt", _WISH - {"said"}),
        )


def compose(  # noqa: PLR0913, PLR0917 - what a model is told
    prompts: Prompts,
    persona: Persona,
    exchanges: Sequence[Exchange],
    scene: Sequence[Line],
    said: str | None,
    budget: int | None = None,
) -> list[Message] | None:
    """The messages that ask for an answer to `said`, or for a comment where that is None.

    With a `budget` of tokens the oldest lines of the scene are left out first, then the oldest talk, then the
    examples; never the persona. None where a comment has nothing to go by.
    """
    if persona.tuned:
        past = in_order(exchanges, scene)
        return _fitting(len(past), lambda less: tuned_messages(persona, past[less:], said), budget)
    spare = (len(scene), len(exchanges), len(persona.examples))

    def general(less: int) -> list[Message]:
        lines = min(less, spare[0])
        talk = min(less - lines, spare[1])
        examples = less - lines - talk
        return _general(prompts, persona, examples, exchanges[talk:], scene[lines:], said)

    return _fitting(sum(spare), general, budget)


def _fitting(
    most: int, made_with_less: Callable[[int], list[Message] | None], budget: int | None
) -> list[Message] | None:
    """The first that fits into the budget, of those with 0, 1, 2 … up to `most` things less; else the last."""
    less = 0
    while True:
        messages = made_with_less(less)
        if messages is None or budget is None or less == most or about_tokens_of(messages) <= budget:
            return messages
        less += 1


def _general(  # noqa: PLR0913, PLR0917 - what a model is told
    prompts: Prompts,
    persona: Persona,
    examples_less: int,
    exchanges: Sequence[Exchange],
    scene: Sequence[Line],
    said: str | None,
) -> list[Message]:
    system = prompts.system.fill(
        system=persona.system or f"You are {persona.name}.", name=persona.name, manner=persona.manner or _MANNER
    )
    messages = [Message("system", system)]
    for example in persona.examples[examples_less:]:
        messages += [Message("user", example.user), Message("assistant", example.assistant)]
    for exchange in exchanges:
        messages += [Message("user", exchange.said or "…"), Message("assistant", exchange.answer)]
    shown = "\n".join(map(script_line, scene)) or _NOTHING
    if said is None:
        wish = prompts.comment.fill(name=persona.name, scene=shown)
    else:
        wish = prompts.answer.fill(name=persona.name, scene=shown, said=said)
    return [*messages, Message("user", wish)]


def script_line(line: Line) -> str:
    """A line as it stands in a script: `Sylvie: Hi there!`."""
    return f"{line.speaker}: {line.text}" if line.speaker else line.text
