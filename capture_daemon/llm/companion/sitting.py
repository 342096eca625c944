"""One sitting: a feed, an endpoint and a face, from the first word to Ctrl-C."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial

from capture_daemon.client import follow, picture
from capture_daemon.dataset.persona import Persona
from capture_daemon.llm.companion.companion import Companion, Face, Habits
from capture_daemon.llm.companion.composing import CompanionPrompts
from capture_daemon.llm.companion.memory import Memory
from capture_daemon.llm.endpoint.settings import EndpointSettings
from capture_daemon.llm.endpoint.talking import Endpoint
from capture_daemon.server.connect import DaemonConnection


@dataclass
class Sitting:
    """A companion at work; `stop` ends `run`, whatever it is doing."""

    persona: Persona
    prompts: CompanionPrompts
    habits: Habits
    endpoint: EndpointSettings
    daemon: DaemonConnection
    face: Face
    after: int | None = None
    memory: Memory | None = None
    sees: bool = False
    _running: asyncio.Task[None] | None = field(default=None, init=False)
    _stopped: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Sit down; raises what Companion.run does."""
        self._running = asyncio.current_task()
        try:
            async with Endpoint(self.endpoint) as endpoint, aclosing(follow(self.daemon, self.after)) as records:
                look = partial(picture, self.daemon) if self.sees else None
                parts = (self.persona, endpoint, self.face, self.prompts, self.habits, self.memory, look)
                await Companion(*parts).run(records)
        except asyncio.CancelledError:
            if not self._stopped:
                raise

    def stop(self) -> None:
        """Come to an end soon."""
        self._stopped = True
        if self._running is not None:
            self._running.cancel()
