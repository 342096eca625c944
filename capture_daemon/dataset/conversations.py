"""From a script to conversations: the persona's lines as answers, what came before from the others as what is answered.

A conversation never reaches over a scene break or over a hole, where something was said that isn't known: what follows
would be an answer to something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from capture_daemon.dataset.script import ScriptLine, ScriptScene
from capture_daemon.dataset.settings import Narration

Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one side says before the other one does; `text` is what goes into the data set.

    `lines` are what it was made of. A turn that a model wrote, not the game, is `generated` and has none.
    """

    role: Role
    text: str
    lines: tuple[ScriptLine, ...] = ()
    generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Turns in the order in which they were said.

    Two turns of the persona may follow one another, where narration that is left out stood between them. `scene` holds
    every line that was on screen, for looking at what is around a turn.
    """

    scene: ScriptScene
    turns: tuple[Turn, ...]

    def unprompted(self) -> list[int]:
        """The turns of the persona, by their place, with no turn of another before them."""
        roles: list[Role] = ["assistant", *(turn.role for turn in self.turns)]
        return [
            place
            for place, (before, role) in enumerate(pairwise(roles))
            if role == "assistant" and before == "assistant"
        ]


Completer = Callable[[Sequence[Conversation]], Sequence[Conversation]]
"""What writes turns that are missing: it gets conversations and gives as many back, in the same order. It may put in
turns that are `generated`, and may divide a turn of several lines; what the game said stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Casting:
    """Who is who: the persona, and how the others' lines are given.

    Lines of a speaker in `unnamed` stand as they are, those of anybody else as `Name: text`; None is decided scene by
    scene: the only other speaker there is unnamed. `narration_break` lines of narration in a row that are dropped end a
    conversation, because they may narrate other days; 0 never does. A turn of the persona ends after `answer_lines`
    lines, or at a pause of more than `answer_pause` seconds; 0 never does. `player` is who chooses from menus, if that
    is known.
    """

    persona: str
    narration: Narration = Narration.DROP
    narration_break: int = 3
    unnamed: frozenset[str] | None = frozenset()
    answer_lines: int = 4
    answer_pause: float = 8.0
    player: str = ""

    def with_unnamed(self, name: str) -> Casting:
        """The casting in which `name`, like speakers without one, has no name."""
        return replace(self, unnamed=frozenset({name}))

    def of(self, lines: Iterable[ScriptLine]) -> Casting:
        """The casting for a scene with these lines: who is unnamed there is decided."""
        if self.unnamed is not None:
            return self
        others = {line.speaker for line in lines if line.left_out is None} - {None, self.persona}
        alone = frozenset(name for name in others if name is not None) if len(others) == 1 else frozenset()
        return replace(self, unnamed=alone)

    def role(self, line: ScriptLine) -> Role | None:
        """Whose side a line is on; None if it has no part. What the player chose is said to the persona."""
        if line.chosen:
            return "user"
        if line.speaker is None and self.narration is Narration.DROP:
            return None
        return "assistant" if line.speaker == self.persona else "user"

    def told(self, scene: ScriptScene) -> tuple[ScriptLine, ...]:
        """The lines of a scene that have a part and that no step left out."""
        return tuple(line for line in scene.kept if self.role(line) is not None)

    def text(self, line: ScriptLine) -> str:
        """A line as it is given in a turn."""
        if line.chosen:
            return line.text
        if line.speaker is None:
            return f"[{line.text}]" if self.narration is Narration.NOTE else line.text
        if line.speaker == self.persona or line.speaker in (self.unnamed or ()):
            return line.text
        return f"{line.speaker}: {line.text}"


def conversations(scenes: Iterable[ScriptScene], casting: Casting) -> Iterator[Conversation]:
    """The conversations that the persona takes part in, scene by scene."""
    for scene in scenes:
        here = casting.of(scene.lines)
        for stretch in stretches(scene.lines, here):
            turns = tuple(turns_of(stretch, here))
            if any(turn.role == "assistant" for turn in turns):
                yield Conversation(scene=scene, turns=turns)


def make_turn(role: Role, lines: Sequence[ScriptLine], casting: Casting) -> Turn:
    """A turn of lines that the game said, each on a row of its own."""
    return Turn(role=role, text="\n".join(map(casting.text, lines)), lines=tuple(lines))


def stretches(lines: Iterable[ScriptLine], casting: Casting) -> Iterator[list[ScriptLine]]:
    """A scene's lines between its holes. A line of narration stays only to part two turns, where it has no part."""
    stretch: list[ScriptLine] = []
    narrated = 0
    for line in lines:
        lost = line.left_out is not None and line.left_out.leaves_a_hole and casting.role(line) is not None
        narrated = narrated + 1 if line.speaker is None and casting.role(line) is None else 0
        if line.after_hole or lost or narrated == casting.narration_break > 0:
            yield stretch
            stretch = []
        if line.left_out is None:
            stretch.append(line)
    yield stretch


def turns_of(stretch: Sequence[ScriptLine], casting: Casting) -> Iterator[Turn]:
    """The turns that lines without a hole between them make."""
    said: list[ScriptLine] = []
    role: Role | None = None
    for line in stretch:
        of_line = casting.role(line)
        # Between lines of the persona, narration may stand for something that the player did.
        parts = (of_line is None and role == "assistant") or (of_line == "assistant" and _is_full(said, line, casting))
        if said and role is not None and (parts or of_line not in (None, role)):
            yield make_turn(role, said, casting)
            said = []
        if of_line is not None:
            said.append(line)
        role = of_line or (role if said else None)
    if said and role is not None:
        yield make_turn(role, said, casting)


def _is_full(said: Sequence[ScriptLine], after: ScriptLine, casting: Casting) -> bool:
    """Whether what the persona said ends before another line of hers: it is long enough, or she paused."""
    if not said:
        return False
    return 0 < casting.answer_lines <= len(said) or 0 < casting.answer_pause < after.started - said[-1].ended
