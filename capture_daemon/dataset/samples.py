"""Samples: conversations cut to a window of turns. Each begins with a turn of others and ends with the persona's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from capture_daemon.dataset.conversations import Casting, Conversation, Turn, make_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What becomes one example: turns that alternate, user first, assistant last; the scene's key says where from."""

    scene: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How much goes into a sample.

    `turns` at most; of a turn of others no more than its last `lines`. With `overlap` there is a sample for every
    answer, with what came before it in the window; without, every answer is in one sample only.
    """

    turns: int = 8
    lines: int = 8
    overlap: bool = False


def samples(conversations: Iterable[Conversation], window: Window, casting: Casting) -> Iterator[Sample]:
    """The samples of conversations, in order. An answer to nothing is in none."""
    for conversation in conversations:
        turns = [_shortened(turn, window.lines, casting) for turn in alternating(conversation.turns)]
        if turns and turns[0].role == "assistant":
            del turns[0]
        pairs = len(turns) // 2
        size = max(1, window.turns // 2)
        cuts = (
            [(max(0, end - size), end) for end in range(1, pairs + 1)]
            if window.overlap
            else [(begin, min(begin + size, pairs)) for begin in range(0, pairs, size)]
        )
        for begin, end in cuts:
            yield Sample(scene=conversation.scene.key, turns=tuple(turns[2 * begin : 2 * end]))


def alternating(turns: Sequence[Turn]) -> list[Turn]:
    """The turns with those that follow one another on the same side made one; it is generated if any of it is."""
    made: list[Turn] = []
    for turn in turns:
        if made and made[-1].role == turn.role:
            before = made.pop()
            made.append(
                replace(
                    before,
                    text=f"{before.text}\n{turn.text}",
                    lines=before.lines + turn.lines,
                    generated=before.generated or turn.generated,
                )
            )
        else:
            made.append(turn)
    return made


def unanswered(conversations: Iterable[Conversation]) -> int:
    """How many lines of the persona are in no sample, since nothing stands before them."""
    return sum(
        len(turns[0].lines)
        for conversation in conversations
        if (turns := alternating(conversation.turns)) and turns[0].role == "assistant"
    )


def _shortened(turn: Turn, most: int, casting: Casting) -> Turn:
    if turn.role == "assistant" or turn.generated or len(turn.lines) <= most:
        return turn
    return make_turn(turn.role, turn.lines[-most:], casting)
