"""What is missing in conversations, what a model is asked about it, and what its answer says. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from capture_daemon.dataset.conversations import Conversation, Turn
from capture_daemon.dataset.script import ScriptLine
from capture_daemon.llm.endpoint.messages import Message, printable
from capture_daemon.llm.endpoint.prompts import Prompt, read_prompt

PACKAGE = "capture_daemon.llm.completion.prompts"
LINES_BEFORE = 12
LINES_AFTER = 4
LONGEST = 400
"""Characters of a turn; a longer one is no answer to what was asked."""
_NOTHING = "(nothing)"
_FENCE = re.compile(r"^```\w*\s*(.*?)\s*```$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Prompts:
    """The texts that ask for a turn."""

    system: Prompt
    turn: Prompt

    @classmethod
    def read(cls, folder: Path | None = None) -> Prompts:
        """The packaged ones, or those that a folder has in their place; raises ConfigurationError."""
        return cls(
            read_prompt(folder, PACKAGE, "complete-system.txt", frozenset({"name"})),
            read_prompt(folder, PACKAGE, "complete-turn.txt", frozenset({"name", "before", "line", "after"})),
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for the turn before the one at `place` of the conversation number `conversation`."""

    conversation: int
    place: int
    messages: tuple[Message, ...]

    def key(self, model: str) -> str:
        """What the question is known by: the same for the same words to the same model."""
        content = json.dumps([model, [message.to_dict() for message in self.messages]], ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()


def questions(conversations: Sequence[Conversation], persona: str, prompts: Prompts) -> Iterator[Question]:
    """A question for each turn of the persona that nothing stands before."""
    for number, conversation in enumerate(conversations):
        for place in conversation.unprompted():
            yield Question(number, place, _messages(conversation, conversation.turns[place], persona, prompts))


def read_answer(text: str) -> str | None:
    """The turn in an answer, None where the model found none that fits; raises ValueError where the answer has none."""
    fenced = _FENCE.match(text.strip())
    try:
        values = json.loads(fenced[1] if fenced else text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(values, dict) or "user" not in values:
        raise ValueError('no object with "user"')
    said = values["user"]
    if said is None:
        return None
    if not isinstance(said, str):
        raise ValueError('"user" is no text')
    said = " ".join(printable(said).split())
    if not 0 < len(said) <= LONGEST:
        raise ValueError('"user" is empty or too long')
    return said


def with_turns(conversations: Sequence[Conversation], turns: Mapping[tuple[int, int], str]) -> list[Conversation]:
    """The conversations with turns put in, marked as generated, by number and place of the turns that they precede."""
    completed = []
    for number, conversation in enumerate(conversations):
        made: list[Turn] = []
        for place, turn in enumerate(conversation.turns):
            if (said := turns.get((number, place))) is not None:
                made.append(Turn(role="user", text=said, generated=True))
            made.append(turn)
        completed.append(replace(conversation, turns=tuple(made)))
    return completed


def _messages(conversation: Conversation, turn: Turn, persona: str, prompts: Prompts) -> tuple[Message, ...]:
    lines = conversation.scene.kept
    first, last = turn.lines[0], turn.lines[-1]
    before = [line for line in lines if line.seq < first.seq][-LINES_BEFORE:]
    after = [line for line in lines if line.seq > last.seq][:LINES_AFTER]
    asked = prompts.turn.fill(name=persona, before=_script(before), line=turn.text, after=_script(after))
    return Message("system", prompts.system.fill(name=persona)), Message("user", asked)


def _script(lines: Sequence[ScriptLine]) -> str:
    return "\n".join(f"{line.speaker}: {line.text}" if line.speaker else line.text for line in lines) or _NOTHING
