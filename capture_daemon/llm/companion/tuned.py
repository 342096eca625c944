"""What a model is given that was trained on a data set: the system turn and the talk, exactly as in its training.

What is on screen and what the player and the companion said become turns in the order in which they were said, by the
same rules as the data set's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capture_daemon.dataset.conversations import Casting, Turn, stretches, turns_of
from capture_daemon.dataset.loading import script_line
from capture_daemon.dataset.persona import Persona
from capture_daemon.dataset.samples import answered, to_be_answered
from capture_daemon.dataset.script import CaptureRun, ScriptLine
from capture_daemon.dataset.talk import system_turn
from capture_daemon.llm.companion.current_scene import Heard
from capture_daemon.llm.companion.memory import Excerpt, Remembered, in_time
from capture_daemon.llm.endpoint.chat_messages import Message


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the player said, None if nobody did, and what the companion said.

    `stream` and `seq` name the last line that was heard before it; a stream of "" is none.
    """

    said: str | None
    answer: str
    stream: str = ""
    seq: int = 0


def interleaved(exchanges: Sequence[Exchange], scene: Sequence[Heard]) -> list[Heard | Exchange]:
    """Lines and exchanges in the order in which they were said; exchanges of earlier scenes come first."""
    waiting = list(exchanges)
    made: list[Heard | Exchange] = []
    for line in scene:
        while waiting and (waiting[0].stream != line.stream or waiting[0].seq < line.seq):
            made.append(waiting.pop(0))
        made.append(line)
    return [*made, *waiting]


def tuned_messages(
    persona: Persona, past: Sequence[Heard | Exchange], said: str | None, recalled: Sequence[Excerpt] = ()
) -> list[Message] | None:
    """The messages that ask for an answer to `said`, or to what is on screen where that is None.

    Of what is `recalled`, the closest first, those exchanges stand before all else that the window has room for: the
    model was trained on earlier talk, and on no other way of being reminded. None if there is nothing to answer: the
    persona had the last word.
    """
    talk = persona.talk
    lines = [script_line(item) for item in past if not isinstance(item, Exchange)]
    casting = talk.casting(persona.name)
    if said is not None or any(isinstance(item, Exchange) for item in past):
        # The player speaks, and is the one without a name.
        casting = talk.casting(persona.name).with_unnamed(talk.player)
    casting = casting.of(lines)
    turns = list(_turns(past, casting))
    if said is not None:
        turns.append(Turn(role="user", text=said, generated=True))
    given = to_be_answered(turns, talk.window(), casting)
    if not given:
        return None
    memories = _memories(recalled, persona, talk.turns - len(given))
    system = persona.system or system_turn(persona.name, persona.manner, persona.language)
    return [Message("system", system), *(Message(turn.role, turn.text) for turn in [*memories, *given])]


def _memories(recalled: Sequence[Excerpt], persona: Persona, room: int) -> list[Turn]:
    """What was said to the persona and she answered in excerpts, at most `room` turns, in the order of the game."""
    casting = persona.talk.casting(persona.name)
    kept: list[Excerpt] = []
    turns: dict[Excerpt, list[Turn]] = {}
    for excerpt in recalled:
        lines = [_of_memory(line) for line in excerpt.lines]
        here = casting.of(lines)
        made = [turn for stretch in answered(list(_turns_of_lines(lines, here)), here) for turn in stretch]
        if made and len(made) <= room:
            room -= len(made)
            kept.append(excerpt)
            turns[excerpt] = made
    return [turn for excerpt in in_time(kept) for turn in turns[excerpt]]


def _of_memory(line: Remembered) -> ScriptLine:
    return ScriptLine(
        recording=CaptureRun(stream=line.stream, session="", source=""),
        seq=line.seq,
        started=0.0,
        ended=0.0,
        speaker=line.speaker,
        text=line.text,
        rows=(line.text,),
        language="",
        confidence=1.0,
    )


def _turns(past: Sequence[Heard | Exchange], casting: Casting) -> Iterator[Turn]:
    block: list[ScriptLine] = []
    for item in past:
        if not isinstance(item, Exchange):
            block.append(script_line(item))
            continue
        yield from _turns_of_lines(block, casting)
        block = []
        if item.said is not None:
            yield Turn(role="user", text=item.said, generated=True)
        yield Turn(role="assistant", text=item.answer, generated=True)
    yield from _turns_of_lines(block, casting)


def _turns_of_lines(block: Sequence[ScriptLine], casting: Casting) -> Iterator[Turn]:
    *_, last = stretches(block, casting)
    yield from turns_of(last, casting)
