"""Several regions as one: what they say of a recording comes in the order in which it began."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from capture_daemon.frames import Box, Frame, Size
from capture_daemon.reading.events import Chosen, Event, Said, Steps, Typing
from capture_daemon.reading.fitness import Fitness
from capture_daemon.reading.ordering import LIMIT
from capture_daemon.reading.several import LOOKED_AT, SeveralReaders

BOX = Box(0, 0, 8, 8)
STEP = 0.25


def said(text: str, started: float) -> Said:
    return Said(1, None, None, text, (text,), 0.9, started, started + 0.2, BOX)


def chosen(text: str, started: float) -> Chosen:
    return Chosen(1, None, (text, "Else"), 1, 0.9, started, started + 0.2, BOX)


class Told:
    """A region's reader, which is told when each event comes; what will come stands until then."""

    def __init__(self, *events: tuple[float, Event]) -> None:
        self.wants_partials = False
        self.events: list[Event] = []
        self.changes = 0
        self.fitness: tuple[Fitness, ...] = ()
        self._left = list(events)
        self._time = 0.0

    @property
    def unsaid(self) -> list[float]:
        began = [event.started for _, event in self._left if not isinstance(event, Typing)]
        return [time for time in began if time <= self._time]

    def see(self, frame: Frame) -> Steps:
        self._time = frame.time
        self._say(lambda at: at <= frame.time)
        yield from ()

    def end(self) -> Steps:
        self._say(lambda at: True)
        yield from ()

    def _say(self, is_due: Callable[[float], bool]) -> None:
        self.events += [event for at, event in self._left if is_due(at)]
        self._left = [(at, event) for at, event in self._left if not is_due(at)]


def played(*readers: Told, seconds: float, in_order: bool = True) -> list[tuple[float, str]]:
    """What comes when; what comes at the end as well, at `seconds`."""
    regions = ("dialogue", "system", "choices")
    reader = SeveralReaders(list(zip(regions, readers, strict=False)), in_order=in_order)
    came: list[tuple[float, str]] = []

    def take(time: float) -> None:
        events, reader.events = reader.events, []
        came.extend((time, event.options[0] if isinstance(event, Chosen) else event.text) for event in events)

    for number in range(round(seconds / STEP)):
        time = number * STEP
        assert not list(reader.see(Frame(np.zeros((8, 8), np.uint8), time, number, BOX, Size(8, 8))))
        take(time)
    assert not list(reader.end())
    take(seconds)
    return came


def test_what_several_regions_say_of_a_recording_comes_in_the_order_in_which_it_began() -> None:
    dialogue = Told((3.0, said("first", 1.0)), (12.0, said("the question", 7.0)))
    system = Told((5.0, said("saved", 0.5)))
    choices = Told((10.0, chosen("the answer", 9.0)))
    came = played(dialogue, system, choices, seconds=14.0)
    assert came == [(5.0, "saved"), (5.0, "first"), (12.0, "the question"), (12.0, "the answer")]


def test_what_was_not_looked_at_yet_may_have_begun_before() -> None:
    """A line that is said at once waits for other regions to have been looked at."""
    assert played(Told((1.0, said("early", 1.0))), Told(), seconds=4.0) == [(1.0 + LOOKED_AT, "early")]


def test_a_line_that_stands_for_long_holds_the_other_regions_back_no_longer_than_its_own() -> None:
    came = played(Told((5.0, said("Hello.", 3.0))), Told((50.0, said("a sign", 1.0))), seconds=60.0)
    assert came == [(1.0 + LIMIT + STEP, "Hello."), (50.0, "a sign")]


def test_at_the_end_everything_is_passed_on() -> None:
    came = played(Told((2.0, said("Hello.", 1.5))), Told((99.0, said("stands on", 1.0))), seconds=4.0)
    assert came == [(4.0, "stands on"), (4.0, "Hello.")]


@pytest.mark.parametrize("beside", [True, False])
def test_nothing_waits_live_nor_where_there_is_one_region(beside: bool) -> None:
    others = [Told((9.0, said("stands", 1.0)))] if beside else []
    came = played(Told((2.0, said("Hello.", 1.5))), *others, seconds=4.0, in_order=not beside)
    assert came[0] == (2.0, "Hello.")
