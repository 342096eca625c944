"""The prompt of a model: who it is, how it has talked so far, what is on screen, and what is asked of it.

A model that was trained on a data set is given what it was trained on (`tuned`), any other one the prompts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.dataset.persona import Persona
from capture_daemon.llm.companion.current_scene import Heard, words_of
from capture_daemon.llm.companion.memory import Excerpt, Remembered, in_time
from capture_daemon.llm.companion.tuned import Exchange, interleaved, tuned_messages
from capture_daemon.llm.endpoint.chat_messages import Message, about_tokens_of
from capture_daemon.llm.endpoint.prompts import Prompt, read_prompt
from capture_daemon.records import Choice

PACKAGE = "capture_daemon.llm.companion.prompts"
_SYSTEM = frozenset({"system", "name", "manner", "facts"})
_WISH = frozenset({"name", "scene", "said"})
_MEMORY = frozenset({"name", "memory"})
_NOTHING = "(nothing yet)"
_MANNER = "As on screen."


@dataclass(frozen=True, slots=True)
class CompanionPrompts:
    """The texts of a companion: who it is, being spoken to, speaking by itself, and what it remembers."""

    system: Prompt
    answer: Prompt
    comment: Prompt
    memory: Prompt

    @classmethod
    def read(cls, folder: Path | None = None) -> CompanionPrompts:
        """The packaged ones, or those that a folder has in their place; raises ConfigurationError."""
        return cls(
            read_prompt(folder, PACKAGE, "companion-system.txt", _SYSTEM),
            read_prompt(folder, PACKAGE, "companion-answer.txt", _WISH),
            read_prompt(folder, PACKAGE, "companion-comment.txt", _WISH - {"said"}),
            read_prompt(folder, PACKAGE, "companion-memory.txt", _MEMORY),
        )


def prompt_messages(  # noqa: PLR0913, PLR0917 - the parts of a prompt
    prompts: CompanionPrompts,
    persona: Persona,
    exchanges: Sequence[Exchange],
    scene: Sequence[Heard],
    said: str | None,
    budget: int | None = None,
    recalled: Sequence[Excerpt] = (),
) -> list[Message] | None:
    """The messages that ask for an answer to `said`, or for a comment where that is None.

    `recalled` is what was said earlier, the closest first. With a `budget` of tokens that goes first, then the oldest
    lines of the scene, the oldest talk and the examples; never the persona. None if a comment has nothing to go by.
    """
    if persona.tuned:
        past = interleaved(exchanges, scene)

        def tuned(less: int) -> list[Message] | None:
            memories = len(recalled) - min(less, len(recalled))
            return tuned_messages(persona, past[max(0, less - len(recalled)) :], said, recalled[:memories])

        return _fitting(len(recalled) + len(past), tuned, budget)
    spare = (len(recalled), len(scene), len(exchanges), len(persona.examples))

    def general(less: int) -> list[Message]:
        dropped = []
        for most in spare:
            dropped.append(min(less, most))
            less -= dropped[-1]
        memories, lines, talk, examples = dropped
        messages = _general(prompts, persona, examples, exchanges[talk:], scene[lines:], said)
        return _with_memory(prompts, persona, messages, recalled[: len(recalled) - memories])

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


def _general(  # noqa: PLR0913, PLR0917 - the parts of a prompt
    prompts: CompanionPrompts,
    persona: Persona,
    examples_less: int,
    exchanges: Sequence[Exchange],
    scene: Sequence[Heard],
    said: str | None,
) -> list[Message]:
    facts = "\n".join(
        ["What you know of the story:", *(f"- {fact}" for fact in persona.facts)] if persona.facts else ()
    )
    system = prompts.system.fill(
        system=persona.system or f"You are {persona.name}.",
        name=persona.name,
        manner=persona.manner or _MANNER,
        facts=facts,
    )
    messages = [Message("system", system)]
    for example in persona.examples[examples_less:]:
        messages += [Message("user", example.user), Message("assistant", example.assistant)]
    for exchange in exchanges:
        messages += [Message("user", exchange.said or "…"), Message("assistant", exchange.answer)]
    shown = "\n".join(map(as_script_text, scene)) or _NOTHING
    if said is None:
        wish = prompts.comment.fill(name=persona.name, scene=shown)
    else:
        wish = prompts.answer.fill(name=persona.name, scene=shown, said=said)
    return [*messages, Message("user", wish)]


def _with_memory(
    prompts: CompanionPrompts, persona: Persona, messages: list[Message], recalled: Sequence[Excerpt]
) -> list[Message]:
    """The messages with what is remembered before the wish, in the order in which it was said."""
    if not recalled:
        return messages
    excerpts = "\n…\n".join("\n".join(map(as_script_text, excerpt.lines)) for excerpt in in_time(recalled))
    *others, wish = messages
    memory = prompts.memory.fill(name=persona.name, memory=excerpts)
    return [*others, Message("user", f"{memory}\n\n{wish.content}")]


def as_script_text(line: Heard | Remembered) -> str:
    """A line as it stands in a script: `Sylvie: Hi there!`; what the player chose as `The player: …`."""
    if isinstance(line, Choice):
        return f"The player: {words_of(line)}"
    return f"{line.speaker}: {line.text}" if line.speaker else line.text
