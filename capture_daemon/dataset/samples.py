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
class SampleWindow:
    """How much goes into a sample.

    `turns` at most; of a turn of others no more than its last `lines`. With `overlap` there is a sample for every
    answer, with what came before it in the window; without, every answer is in one sample only.
    """

    turns: int = 8
    lines: int = 8
    overlap: bool = False


def samples(conversations: Iterable[Conversation], window: SampleWindow, casting: Casting) -> Iterator[Sample]:
    """The samples of conversations, in order. An answer to nothing is in none."""
    for conversation in conversations:
        here = casting.of(conversation.scene.lines)
        for stretch in answered(conversation.turns, here):
            turns = [_shortened(turn, window.lines, here) for turn in stretch]
            pairs = len(turns) // 2
            size = max(1, window.turns // 2)
            cuts = (
                [(max(0, end - size), end) for end in range(1, pairs + 1)]
                if window.overlap
                else [(begin, min(begin + size, pairs)) for begin in range(0, pairs, size)]
            )
            for begin, end in cuts:
                yield Sample(scene=conversation.scene.key, turns=tuple(turns[2 * begin : 2 * end]))


def answered(turns: Sequence[Turn], casting: Casting) -> Iterator[list[Turn]]:
    """The stretches in which each turn answers the one before: the user's first, the persona's last."""
    for stretch in parted(turns, casting):
        first = 1 if stretch[0].role == "assistant" else 0
        last = len(stretch) - (stretch[-1].role == "user")
        if last > first:
            yield stretch[first:last]


def parted(turns: Sequence[Turn], casting: Casting) -> Iterator[list[Turn]]:
    """The turns, alternating. What the persona says past `answer_lines` with nobody between answers nothing.

    There a stretch ends, and another begins with the next turn of somebody else.
    """
    stretch: list[Turn] = []
    for turn in turns:
        if not stretch or stretch[-1].role != turn.role:
            stretch.append(turn)
        elif turn.role == "user" or not 0 < casting.answer_lines < len(stretch[-1].lines) + len(turn.lines):
            stretch[-1] = _joined(stretch[-1], turn)
        else:
            yield stretch
            stretch = [turn]
    if stretch:
        yield stretch


def unanswered(conversations: Iterable[Conversation], casting: Casting) -> int:
    """How many lines of the persona are in no sample, since nothing stands before them."""
    return sum(
        _answer_lines(conversation.turns) - sum(map(_answer_lines, answered(conversation.turns, casting)))
        for conversation in conversations
    )


def to_be_answered(turns: Sequence[Turn], window: SampleWindow, casting: Casting) -> list[Turn]:
    """What a model is given before an answer that is to come: as in a sample whose last turn is missing.

    Empty where the persona had the last word.
    """
    stretch = next(reversed(list(parted(turns, casting))), [])
    if not stretch or stretch[-1].role != "user":
        return []
    given = [_shortened(turn, window.lines, casting) for turn in stretch[-max(1, window.turns // 2 * 2 - 1) :]]
    return given[1:] if given[0].role == "assistant" else given


def _answer_lines(turns: Sequence[Turn]) -> int:
    return sum(len(turn.lines) for turn in turns if turn.role == "assistant")


def _joined(before: Turn, turn: Turn) -> Turn:
    """Two turns of the same side as one; it is generated if any of them is."""
    return replace(
        before,
        text=f"{before.text}\n{turn.text}",
        lines=before.lines + turn.lines,
        generated=before.generated or turn.generated,
    )


def _shortened(turn: Turn, most: int, casting: Casting) -> Turn:
    if turn.role == "assistant" or turn.generated or len(turn.lines) <= most:
        return turn
    return make_turn(turn.role, turn.lines[-most:], casting)
