"""Several readers of one source as one: each region is read on its own, and each frame goes to all of them in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from capture_daemon.frames import Frame
from capture_daemon.reading.choices import ChoiceReader
from capture_daemon.reading.events import Event, Said, Steps, Typing
from capture_daemon.reading.fitness import Fitness
from capture_daemon.reading.menu_finder import MenuFinder
from capture_daemon.reading.ordering import Ordering

LOOKED_AT = 1.0
"""Seconds after which what came to a region has been looked at, so that it is known when it began; 1 to 2: law 2."""


class FrameReader(Protocol):
    """A reader of a source's frames; see `Reader` for how it is used."""

    wants_partials: bool
    events: list[Event]

    @property
    def changes(self) -> int:
        """The number of frames in which the region differed from the frame before."""
        ...

    @property
    def fitness(self) -> tuple[Fitness, ...]:
        """Whether regions can work, the dialogue's first; without those of which that isn't known."""
        ...

    def see(self, frame: Frame) -> Steps:
        """Take in the next frame."""
        ...

    def end(self) -> Steps:
        """No more frames come."""
        ...


class RegionReader(FrameReader, Protocol):
    """A reader of one of several regions."""

    @property
    def unsaid(self) -> list[float]:
        """When each line or menu began that stands, or that isn't said yet, in seconds."""
        ...


class SeveralReaders:
    """A reader of several regions; events say which one they are of.

    All see a frame before any sees the next, so none has to wait for longer than the others take over one frame, and
    the same frames and answers give the same events in the same order.
    """

    def __init__(
        self,
        readers: Sequence[tuple[str, RegionReader]],
        finder: tuple[str, MenuFinder] | None = None,
        *,
        in_order: bool = False,
    ) -> None:
        """Each of `readers`, and `finder`, comes with the name of its region; the dialogue's is first.

        With `in_order`, which is for recordings, what they say comes in the order in which it began.
        """
        self.wants_partials = False
        self.events: list[Event] = []
        """What has been said; the caller empties it."""
        self._readers = list(readers)
        self._finder = finder
        several = len(self._readers) > 1 or finder is not None
        self._ordering = Ordering() if in_order and several else None

    @property
    def changes(self) -> int:
        """The number of frames in which the first region differed from the frame before."""
        return self._readers[0][1].changes

    @property
    def fitness(self) -> tuple[Fitness, ...]:
        """Whether regions can work, the first one's first."""
        return tuple(fitness for _, reader in self._readers for fitness in reader.fitness)

    def see(self, frame: Frame) -> Steps:
        """Take in the next frame."""
        for name, reader in self._readers:
            reader.wants_partials = self.wants_partials
            yield from reader.see(frame)
            self._take(name, reader)
        if self._finder is not None:
            yield from self._finder[1].see(frame)
        if self._ordering is not None:
            self.events += self._ordering.take([*self._unsaid(), frame.time - LOOKED_AT], frame.time)

    def end(self) -> Steps:
        """No more frames come."""
        for name, reader in self._readers:
            yield from reader.end()
            self._take(name, reader)
        if self._ordering is not None:
            self.events += self._ordering.take([], float("inf"))

    def _unsaid(self) -> list[float]:
        found = [] if self._finder is None else self._finder[1].unsaid
        return [*found, *(began for _, reader in self._readers for began in reader.unsaid)]

    def _take(self, name: str, reader: RegionReader) -> None:
        events, reader.events = reader.events, []
        for event in events:
            if self._finder is not None and isinstance(event, Said) and name == self._readers[0][0]:
                menus, finder = self._finder
                for chosen in finder.before(event):
                    self._pass_on(replace(chosen, region=menus))
            self._pass_on(replace(event, region=name))
        if any(isinstance(event, Said) for event in events):
            for _, other in self._readers:
                if isinstance(other, ChoiceReader):
                    other.note_line()

    def _pass_on(self, event: Event) -> None:
        if self._ordering is None or isinstance(event, Typing):
            self.events.append(event)
        else:
            self._ordering.add(event)
