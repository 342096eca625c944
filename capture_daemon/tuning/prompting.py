"""What the companion would send before an answer of the data set: the row to a tuned model, its prompts to others."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.dataset.persona import Persona
from capture_daemon.llm.companion.composing import Prompts, compose
from capture_daemon.records import Line
from capture_daemon.tuning.rows import Row, RowTurn


def answers_of(rows: Sequence[Row]) -> list[Row]:
    """A row for each answer, which is its last turn and the only one that counts."""
    made = []
    for row in rows:
        for place, turn in enumerate(row.turns):
            if turn.trained:
                before = tuple(RowTurn(one.role, one.text) for one in row.turns[:place])
                made.append(Row((*before, turn)))
    return made


def with_prompts(row: Row, persona: Persona, prompts: Prompts) -> Row:
    """The same answer to what the companion sends to a model that wasn't trained: the talk is on screen.

    What the others say before the answer is what the player says.
    """
    *before, asked, answer = row.turns[1:]
    scene = [_line(text, turn, persona) for turn in before for text in turn.text.splitlines()]
    messages = compose(prompts, persona, (), scene, asked.text)
    assert messages is not None, "there is always something to answer where the player speaks"
    return Row((*(RowTurn(message.role, message.content) for message in messages), answer))


def _line(text: str, turn: RowTurn, persona: Persona) -> Line:
    return Line(
        stream="",
        seq=0,
        session="",
        time="",
        started="",
        media_time=0.0,
        media_started=0.0,
        speaker=persona.name if turn.role == "assistant" else None,
        text=text,
        rows=[text],
        language=persona.language,
        confidence=1.0,
        source="",
        region="dialogue",
        box=[],
    )
