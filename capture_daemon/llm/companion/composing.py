"""What a model is told: who it is, how it has talked so far, what is on screen, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.dataset.persona import Persona
from capture_daemon.llm.endpoint.messages import Message
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


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the player said, None where nobody did, and what the companion said."""

    said: str | None
    answer: str


def compose(
    prompts: Prompts, persona: Persona, exchanges: Sequence[Exchange], scene: Sequence[Line], said: str | None
) -> list[Message]:
    """The messages that ask for an answer to `said`, or for a comment where that is None."""
    system = prompts.system.fill(
        system=persona.system or f"You are {persona.name}.", name=persona.name, manner=persona.manner or _MANNER
    )
    messages = [Message("system", system)]
    for example in persona.examples:
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
