"""What is missing in conversations, what a model is asked about it, and what its answer says. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from capture_daemon.dataset.conversations import Conversation, Turn
from capture_daemon.dataset.script import ScriptLine
from capture_daemon.llm.completion.answers import Around
from capture_daemon.llm.endpoint.chat_messages import Message
from capture_daemon.llm.endpoint.prompts import Prompt, read_prompt

PACKAGE = "capture_daemon.llm.completion.prompts"
LINES_BEFORE = 12
LINES_AFTER = 4
_SHORTER = 4
"""By how much fewer lines there are around a turn where all are too long for the model."""
_NOTHING = "(nothing)"


@dataclass(frozen=True, slots=True)
class CompletionPrompts:
    """The texts that ask for a turn."""

    system: Prompt
    turn: Prompt

    @classmethod
    def read(cls, folder: Path | None = None) -> CompletionPrompts:
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
    shorter: tuple[Message, ...]
    """The same with fewer lines around, for where `messages` are too long."""
    around: Around

    def key(self, model: str) -> str:
        """What the question is known by: the same for the same words to the same model."""
        content = json.dumps([model, [message.to_dict() for message in self.messages]], ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()


def questions(conversations: Sequence[Conversation], persona: str, prompts: CompletionPrompts) -> Iterator[Question]:
    """A question for each turn of the persona that nothing stands before."""
    for number, conversation in enumerate(conversations):
        for place in conversation.unprompted():
            yield _question(number, place, conversation, persona, prompts)


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


def _question(
    number: int, place: int, conversation: Conversation, persona: str, prompts: CompletionPrompts
) -> Question:
    turn = conversation.turns[place]
    lines = conversation.scene.kept
    first, last = turn.lines[0], turn.lines[-1]
    before = [line for line in lines if line.seq < first.seq][-LINES_BEFORE:]
    after = [line for line in lines if line.seq > last.seq][:LINES_AFTER]

    def messages(share: int) -> tuple[Message, ...]:
        asked = prompts.turn.fill(
            name=persona,
            before=_script(before[-(LINES_BEFORE // share) :]),
            line=turn.text,
            after=_script(after[: LINES_AFTER // share]),
        )
        return Message("system", prompts.system.fill(name=persona)), Message("user", asked)

    around = Around(
        persona=persona,
        names=frozenset(line.speaker for line in lines if line.speaker is not None),
        next_line=turn.text,
        lines=tuple(line.text for line in [*before, *turn.lines, *after] if line.speaker == persona),
    )
    return Question(number, place, messages(1), messages(_SHORTER), around)


def _script(lines: Sequence[ScriptLine]) -> str:
    return "\n".join(f"{line.speaker}: {line.text}" if line.speaker else line.text for line in lines) or _NOTHING
