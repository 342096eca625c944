"""When something is said: an answer when the player speaks, a comment at a rest; and when it is left unsaid.

Hearing never waits for speaking: the feed is read by a task of its own, and what was about to be said about lines that
are past is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from capture_daemon.client import Followed
from capture_daemon.dataset.persona import Persona
from capture_daemon.errors import (
    CaptureDaemonError,
    EndpointBusyError,
    EndpointLengthError,
    EndpointQuestionError,
    first_known,
)
from capture_daemon.llm.companion.composing import CompanionPrompts, prompt_messages
from capture_daemon.llm.companion.current_scene import SCENE_GAP, CurrentScene, Heard, words_of
from capture_daemon.llm.companion.leash import SENTENCES, Leash
from capture_daemon.llm.companion.memory import Excerpt, Memory
from capture_daemon.llm.companion.tuned import Exchange
from capture_daemon.llm.endpoint.chat_messages import Message, about_tokens_of
from capture_daemon.llm.endpoint.sampling import TEMPERATURE, TOP_P, Sampling
from capture_daemon.records import Choice, Gap, Line

REST = 8.0
LONGEST_ANSWER = 200
"""Tokens."""
REMEMBERED = 8
"""Exchanges with the player that a model is reminded of."""
RECALLED_BY = 2
"""The newest lines on screen by which earlier ones are found, beside what the player says."""
_WAITING = 8
"""Questions that wait for their turn; then the player does."""


class Talker(Protocol):
    """What answers: an Endpoint."""

    def stream(self, messages: Sequence[Message], longest: int, sampling: Sampling) -> AsyncGenerator[str, None]:
        """The answer, piece by piece."""
        ...

    async def context(self) -> int | None:
        """How many tokens a question and its answer may have; None if that isn't known."""
        ...


class Face(Protocol):
    """Where the player types and reads."""

    waits_for_answers: bool
    """Whether the player hears each answer to its end before the next question, and the last one before leaving.

    Otherwise a new question breaks off the answer to the one before.
    """

    def typed(self) -> AsyncIterator[str]:
        """What the player says, line by line, until there will be no more."""
        ...

    def heard(self, line: Heard) -> None:
        """Show what was said on screen, or what the player chose there."""
        ...

    def wait(self) -> None:
        """A model reads: an answer begins soon, or `idle` is called."""
        ...

    def idle(self) -> None:
        """No model reads any more."""
        ...

    def begin(self) -> None:
        """An answer begins."""
        ...

    def piece(self, text: str) -> None:
        """More of the answer."""
        ...

    def end(self, broken_off: bool) -> None:
        """The answer is at its end."""
        ...

    def note(self, text: str) -> None:
        """Something else that the player should know."""
        ...


@dataclass(frozen=True, slots=True)
class Habits:
    """How a companion behaves: whether it comments, after how many seconds' rest, and which pause parts two scenes.

    An answer has at most `sentences` sentences, 0 for any number. `context` is how many tokens the model takes; None
    asks the endpoint.
    """

    comments: bool = False
    rest: float = REST
    scene_gap: float = SCENE_GAP
    sentences: int = SENTENCES
    temperature: float = TEMPERATURE
    top_p: float = TOP_P
    context: int | None = None


class Companion:
    """One persona beside one player; `run` listens, answers and comments until there is nothing left to wait for."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a companion is made of
        self,
        persona: Persona,
        talker: Talker,
        face: Face,
        prompts: CompanionPrompts,
        habits: Habits,
        memory: Memory | None = None,
        look: Callable[[Line | Choice], Awaitable[bytes | None]] | None = None,
    ) -> None:
        """`memory` is what it knows of earlier sessions; it stays the caller's, who closes it.

        `look` gives the picture of a line as a JPEG, None if there is none; without it the model sees nothing.
        """
        self._look = look
        self._memory = memory
        self._persona = persona
        self._talker = talker
        self._face = face
        self._prompts = prompts
        self._habits = habits
        self._scene = CurrentScene(habits.scene_gap)
        self._exchanges: deque[Exchange] = deque(maxlen=REMEMBERED)
        self._questions: asyncio.Queue[str] = asyncio.Queue(_WAITING)
        self._no_more_questions = False
        self._left = asyncio.Event()
        self._stirred = asyncio.Event()
        self._heard_at: float | None = None
        """When the last line came that hasn't been commented on."""
        self._saying: asyncio.Task[None] | None = None
        self._answering = False
        """Whether what is being said is an answer, not a comment."""
        self._begun = False
        self._context = habits.context
        self._stops = (
            (f"\n{persona.name}:",) if persona.tuned else (f"\n{persona.name}:", "On screen:", "The player says")
        )

    async def run(self, records: AsyncIterable[Followed]) -> None:
        """Follow the records until the player leaves, or has no more to say and was answered; for ever with comments.

        Raises ConfigurationError if the feed refuses and EndpointError if the endpoint does.
        """
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(task) for task in (self._listen(records), self._ask_along(), self._speak())]
                await self._left.wait()
                for task in tasks:
                    task.cancel()
        except BaseExceptionGroup as several:
            known = several.subgroup(CaptureDaemonError)
            raise (several if known is None else first_known(known)) from None

    async def _listen(self, records: AsyncIterable[Followed]) -> None:
        async for record in records:
            if isinstance(record, Line) or (isinstance(record, Choice) and record.answer):
                self._face.heard(record)
                self._hear(record)
            elif isinstance(record, Gap):
                self._face.note(f"lines {record.first} to {record.last} are not available ({record.reason})")

    def _hear(self, line: Heard) -> None:
        before = self._scene.lines
        new_scene = self._scene.add(line)
        if new_scene and self._memory is not None:
            self._memory.remember(before)
        self._heard_at = time.monotonic()
        self._stirred.set()
        if self._saying is not None and self._is_stale(new_scene):
            self._saying.cancel()

    def _is_stale(self, new_scene: bool) -> bool:
        """Whether a line that came makes what is being said one to leave unsaid.

        An answer that has begun is said to its end; one that hasn't is given in the new scene. A comment that hasn't
        begun has lost its rest.
        """
        if self._answering:
            return new_scene and not self._begun
        return new_scene or not self._begun

    async def _ask_along(self) -> None:
        async for text in self._face.typed():
            if said := " ".join(text.split()):
                await self._questions.put(said)
                self._stirred.set()
                if self._saying is not None and not (self._answering and self._face.waits_for_answers):
                    self._saying.cancel()
        self._no_more_questions = True
        self._stirred.set()
        if not self._face.waits_for_answers:
            self._left.set()

    async def _speak(self) -> None:
        if self._context is None:
            self._context = await self._talker.context()
        while True:
            if not self._questions.empty():
                await self._answer(self._questions.get_nowait())
            elif self._no_more_questions and not self._habits.comments:
                self._left.set()
                return
            elif (left := self._until_comment()) == 0:
                self._heard_at = None
                await self._say_or_leave(None)
            else:
                self._stirred.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._stirred.wait()

    def _until_comment(self) -> float | None:
        """Seconds until a comment is due; None if none will be."""
        if not self._habits.comments or self._heard_at is None:
            return None
        return max(0.0, self._heard_at + self._habits.rest - time.monotonic())

    async def _answer(self, said: str) -> None:
        self._heard_at = None  # what is asked about needs no comment, too
        while not await self._say_or_leave(said):
            if not self._questions.empty():
                return  # something else is asked now
            # There is a new scene to answer in.

    async def _say_or_leave(self, said: str | None) -> bool:
        """Say something; False if it was left unsaid, or broken off, because of what was heard."""
        self._begun, self._answering = False, said is not None
        self._saying = asyncio.create_task(self._say(said))
        try:
            await self._saying
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is None or current.cancelling():
                raise
            return False
        finally:
            self._saying = None
        return True

    async def _say(self, said: str | None) -> None:
        room = None if self._context is None else max(0, self._context - LONGEST_ANSWER)
        recalled = await self._recall(said)
        messages = self._composed(said, room, recalled)
        if messages is None:
            return
        newest = self._scene.lines[-1] if self._scene.lines else None
        pieces: list[str] = []
        ended = False
        self._face.wait()
        try:
            try:
                await self._stream_seeing(messages, newest, pieces)
            except EndpointLengthError:
                shorter = self._composed(said, about_tokens_of(messages) // 2, recalled)
                if shorter is None or pieces or shorter == messages:
                    raise
                await self._stream(shorter, pieces)
            ended = True
        except (EndpointBusyError, EndpointQuestionError) as error:
            # The next question may fare better.
            self._face.note(str(error))
        finally:
            self._face.idle()
            if self._begun:
                self._face.end(not ended)
            if answer := "".join(pieces).strip():
                place = ("", 0) if newest is None else (newest.stream, newest.seq)
                self._exchanges.append(Exchange(said, answer, *place))

    def _composed(self, said: str | None, room: int | None, recalled: Sequence[Excerpt]) -> list[Message] | None:
        return prompt_messages(
            self._prompts, self._persona, tuple(self._exchanges), self._scene.lines, said, room, recalled
        )

    async def _recall(self, said: str | None) -> list[Excerpt]:
        """What was said earlier in the game that has to do with what is said now, or with what is on screen."""
        if self._memory is None:
            return []
        lines = self._scene.lines
        about = [said] if said is not None else []
        about += [words_of(line) for line in lines[-RECALLED_BY:]]
        on_screen = [(line.stream, line.seq) for line in lines]
        return await asyncio.to_thread(self._memory.recall, "\n".join(about), on_screen)

    async def _stream_seeing(self, messages: list[Message], newest: Line | Choice | None, pieces: list[str]) -> None:
        """Show the answer to messages and the picture of the newest line; without it if the model takes none."""
        picture = None
        if self._look is not None and newest is not None:
            try:
                picture = await self._look(newest)
            except CaptureDaemonError as error:
                self._face.note(f"no picture: {error}")
        if picture is not None:
            *others, wish = messages
            try:
                await self._stream([*others, replace(wish, picture=picture)], pieces)
            except EndpointQuestionError as error:
                if pieces:
                    raise
                self._look = None
                self._face.note(f"{error}; no more pictures are sent: start without --see, or name a model that sees")
            else:
                return
        await self._stream(messages, pieces)

    async def _stream(self, messages: Sequence[Message], pieces: list[str]) -> None:
        """Show an answer as it comes, as far as the leash lets it."""
        leash = Leash(self._habits.sentences, self._stops)
        habits = self._habits
        sampling = Sampling(temperature=habits.temperature, top_p=habits.top_p, stop=self._stops)
        async with aclosing(self._talker.stream(messages, LONGEST_ANSWER, sampling)) as stream:
            async for piece in stream:
                self._show(leash.take(piece), pieces)
                if leash.is_over:
                    return
        self._show(leash.rest(), pieces)

    def _show(self, text: str, pieces: list[str]) -> None:
        if not pieces:
            text = text.lstrip()
        if not text:
            return
        if not self._begun:
            self._begun = True
            self._face.idle()
            self._face.begin()
        self._face.piece(text)
        pieces.append(text)
