"""A companion with a model that answers at once, a player who types, and a feed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from capture_daemon.client import Followed
from capture_daemon.dataset.persona import Persona
from capture_daemon.errors import EndpointQuestionError
from capture_daemon.llm.companion.companion import Companion, Habits
from capture_daemon.llm.companion.composing import CompanionPrompts
from capture_daemon.llm.companion.current_scene import Heard
from capture_daemon.llm.companion.memory import Memory
from capture_daemon.llm.endpoint.chat_messages import Message
from capture_daemon.llm.endpoint.sampling import Sampling
from capture_daemon.records import Choice, Line
from tests.server.helpers import WAIT, line, until

REST = 0.15


class Model:
    """Answers with the words it is given; waits before each for leave, where it is to."""

    def __init__(self, *words: str) -> None:
        self.words = words or ("Well", " then.")
        self.asked: list[str] = []
        self.pictures: list[bytes | None] = []
        self.blind = False
        self.fails: Exception | None = None
        self.leave: asyncio.Semaphore | None = None

    async def context(self) -> int | None:
        return None

    async def stream(self, messages: Sequence[Message], longest: int, sampling: Sampling) -> AsyncGenerator[str, None]:
        self.asked.append(messages[-1].content)
        self.pictures.append(messages[-1].picture)
        if self.blind and messages[-1].picture is not None:
            raise EndpointQuestionError("HTTP 400: no images")
        for word in self.words:
            if self.leave is not None:
                await self.leave.acquire()
            if self.fails is not None:
                raise self.fails
            yield word


class Player:
    """Types what is put into a queue, and keeps what is shown."""

    waits_for_answers = True

    def __init__(self) -> None:
        self.says: asyncio.Queue[str | None] = asyncio.Queue()
        self.shown: list[str] = []
        self.notes: list[str] = []
        self.waits = 0
        self.heard_lines: list[Heard] = []

    async def typed(self) -> AsyncIterator[str]:
        while (text := await self.says.get()) is not None:
            yield text

    def heard(self, line: Heard) -> None:
        self.heard_lines.append(line)

    def wait(self) -> None:
        self.waits += 1

    def idle(self) -> None:
        pass

    def begin(self) -> None:
        self.shown.append("")

    def piece(self, text: str) -> None:
        self.shown[-1] += text

    def end(self, broken_off: bool) -> None:
        self.shown[-1] += " —" if broken_off else "."

    def note(self, text: str) -> None:
        self.notes.append(text)


class Place:
    """A companion at work, and all that is around it."""

    def __init__(
        self,
        model: Model,
        memory: Memory | None = None,
        look: Callable[[Line | Choice], Awaitable[bytes | None]] | None = None,
        **habits: Any,
    ) -> None:
        self.model = model
        self.player = Player()
        self.feed: asyncio.Queue[Followed] = asyncio.Queue()
        self._seq = 0
        persona = Persona(name="Pip", manner="Eager.")
        habit = Habits(rest=REST, **habits)
        self.companion = Companion(persona, model, self.player, CompanionPrompts.read(), habit, memory, look)

    async def records(self) -> AsyncIterator[Followed]:
        while True:
            yield await self.feed.get()

    async def hear(self, text: str, second: int = 0) -> None:
        """A line is said; it has been heard when this returns."""
        self._seq += 1
        time = f"2026-11-22T15:00:{second:02d}+00:00"
        await self.feed.put(line(text, seq=self._seq, started=time, time=time))
        await until(lambda: len(self.player.heard_lines) == self._seq)

    async def asked(self, count: int) -> None:
        await until(lambda: len(self.model.asked) >= count)


def play(model: Model, script: Callable[[Place], Awaitable[None]], **habits: Any) -> Place:
    """Play a script to a companion, and let the player say no more; ended by force where it comments."""

    async def main() -> Place:
        place = Place(model, **habits)
        running = asyncio.create_task(place.companion.run(place.records()))
        scripted = asyncio.ensure_future(script(place))
        await asyncio.wait({running, scripted}, return_when=asyncio.FIRST_COMPLETED, timeout=WAIT)
        if running.done():
            scripted.cancel()
        else:
            await scripted
            await place.player.says.put(None)
            if place.companion._habits.comments:
                running.cancel()
                await asyncio.wait({running}, timeout=WAIT)
                return place
        await asyncio.wait_for(running, WAIT)
        return place

    return asyncio.run(main())
