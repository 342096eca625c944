"""How fast clients are sent to, and what is taken of those that send too much."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from capture_daemon.server.throttle import AT_ONCE, RECEIVE_PIECE, ReceiveThrottle, SendThrottle
from tests.server.helpers import until


class Transport:
    """Says whether it is read from."""

    paused = False

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


class Place:
    """A throttle between a transport and what is taken."""

    def __init__(self) -> None:
        self.transport = Transport()
        self.taken = bytearray()
        self.throttle = ReceiveThrottle(cast(asyncio.Transport, self.transport), self.take)

    def take(self, data: bytes) -> None:
        assert len(data) <= RECEIVE_PIECE
        self.taken += data

    async def takes(self, count: int) -> None:
        await until(lambda: len(self.taken) == count)


def played(script: Callable[[Place], Awaitable[None]]) -> None:
    async def main() -> None:
        await script(Place())

    asyncio.run(main())


DATA = bytes(range(250)) * 100


def test_much_is_taken_in_pieces_and_nothing_more_is_read_meanwhile() -> None:
    async def script(place: Place) -> None:
        place.throttle.offer(DATA)
        assert place.transport.paused
        assert len(place.taken) == RECEIVE_PIECE
        await place.takes(len(DATA))
        assert place.taken == DATA
        assert not place.transport.paused

    played(script)


def test_nothing_is_taken_while_there_is_a_reason_not_to() -> None:
    async def script(place: Place) -> None:
        place.throttle.hold("slow")
        place.throttle.hold("token")
        place.throttle.offer(b"one")
        place.throttle.release("slow")
        place.throttle.release("never held")
        await asyncio.sleep(0)
        assert (bytes(place.taken), place.transport.paused) == (b"", True)
        place.throttle.release("token")
        assert place.taken == b""  # the caller is in the middle of something
        await place.takes(3)
        assert not place.transport.paused

    played(script)


def test_it_goes_on_once_the_only_reason_is_gone() -> None:
    async def script(place: Place) -> None:
        place.throttle.hold("slow")
        place.throttle.offer(b"one")
        place.throttle.release("slow")
        await place.takes(3)

    played(script)


def test_who_sends_too_many_frames_waits() -> None:
    async def script(place: Place) -> None:
        for _ in range(AT_ONCE + 10):
            place.throttle.count()
        place.throttle.offer(b"one")
        place.throttle.offer(b"two")
        await asyncio.sleep(0)
        assert (bytes(place.taken), place.transport.paused) == (b"one", True)
        await place.takes(6)
        assert not place.transport.paused

    played(script)


def test_who_sends_a_few_now_and_then_never_waits() -> None:
    async def script(place: Place) -> None:
        for number in range(50):
            place.throttle.count()
            place.throttle.offer(b"x")
            assert len(place.taken) == number + 1
            assert not place.transport.paused

    played(script)


def test_after_the_end_nothing_is_taken() -> None:
    async def script(place: Place) -> None:
        place.throttle.offer(DATA)
        place.throttle.end()
        place.throttle.offer(b"more")
        for _ in range(3):
            await asyncio.sleep(0)
        assert len(place.taken) == RECEIVE_PIECE
        assert place.transport.paused

    played(script)


def test_what_is_sent_waits_for_what_was_sent_before() -> None:
    async def script(place: Place) -> None:
        loop, throttle = asyncio.get_running_loop(), SendThrottle(1_000_000)
        began = loop.time()
        await throttle.wait(100_000)
        first = loop.time() - began
        await throttle.wait(1)
        assert first < 0.1 <= loop.time() - began

    played(script)
