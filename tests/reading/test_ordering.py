"""Lines of recordings, in the order in which they began."""

from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.reading.events import Said
from capture_daemon.reading.ordering import LIMIT, Ordering


def _said(text: str, started: float) -> Said:
    return Said(
        number=1,
        replaces=None,
        started=started,
        completed=started + 1,
        speaker=None,
        text=text,
        rows=(text,),
        confidence=0.9,
        box=Box(0, 0, 10, 10),
    )


def _taken(ordering: Ordering, standing: list[float], time: float) -> list[str]:
    return [said.text for said in ordering.take(standing, time) if isinstance(said, Said)]


def test_a_line_waits_for_those_that_began_before_it_and_stand() -> None:
    ordering = Ordering()
    ordering.add(_said("second", 3.0))
    assert _taken(ordering, [1.0, 4.0], 5.0) == []
    ordering.add(_said("first", 1.0))
    ordering.add(_said("third", 4.0))
    assert _taken(ordering, [3.5], 6.0) == ["first", "second"]
    assert _taken(ordering, [], 7.0) == ["third"]


def test_it_does_not_wait_for_what_stands_as_long_as_a_sign_does() -> None:
    ordering = Ordering()
    ordering.add(_said("Hello.", 10.0))
    assert _taken(ordering, [2.0], 2.0 + LIMIT) == []
    assert _taken(ordering, [2.0], 2.5 + LIMIT) == ["Hello."]
