"""Coming back, over real connections: exactly what was asked for, in order, whatever is published meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from capture_daemon.config.models import LogTable
from capture_daemon.records import Gap, Hello, Line, Record
from tests.server.helpers import Room, examples, line, receive, receive_lines, room

TOTAL = 80
Leaving = Literal["close", "abort", "unread"]
OTHER_STREAM = "0123456789ab"


@dataclass(frozen=True)
class Visit:
    """One connection: how many lines are read, and how it is left."""

    lines: int
    leaving: Leaving
    pause: int
    """Milliseconds before the next."""


visits = st.lists(
    st.builds(Visit, st.integers(0, 25), st.sampled_from(["close", "abort", "unread"]), st.integers(0, 4)), max_size=8
)


async def talk(place: Room, count: int, pace: list[int]) -> None:
    for number in range(count):
        await place.feed.publish(line(f"line {number}."))
        if wait := pace[number % len(pace)]:
            await asyncio.sleep(wait / 1000)


async def follow(place: Room, planned: list[Visit]) -> list[int]:
    """A client that comes and goes as planned, then stays for what is left."""
    got: list[int] = []
    for visit in [*planned, Visit(TOTAL, "close", 0)]:
        async with place.client(f"/v1/lines?after={len(got)}&stream={place.feed.stream}") as client:
            wanted = min(visit.lines, TOTAL - len(got))
            while wanted:
                record = await receive(client)
                assert isinstance(record, Hello | Line), record
                if isinstance(record, Line):
                    got.append(record.seq)
                    wanted -= 1
            if visit.leaving == "abort":
                client.transport.abort()
            elif visit.leaving == "unread":
                await asyncio.sleep(0.005)
        await asyncio.sleep(visit.pause / 1000)
    return got


@settings(max_examples=examples(12), deadline=None)
@given(
    plans=st.lists(visits, min_size=1, max_size=4),
    pace=st.lists(st.integers(0, 3), min_size=1, max_size=5),
    history=st.integers(1, 40),
)
def test_reconnects(plans: list[list[Visit]], pace: list[int], history: int) -> None:
    """Several clients are cut off again and again while lines are published; each gets 1, 2, 3 … to the last."""

    async def main(folder: Path) -> None:
        async with room(folder, history=history) as place:
            talking = asyncio.create_task(talk(place, TOTAL, pace))
            for got in await asyncio.gather(*(follow(place, plan) for plan in plans)):
                assert got == list(range(1, TOTAL + 1))
            await talking

    with TemporaryDirectory() as folder:
        asyncio.run(main(Path(folder)))


def test_a_cursor_too_old(tmp_path: Path) -> None:
    """What was in parts of the log that are no longer kept is a gap; all that is there follows."""

    async def main() -> None:
        async with room(tmp_path, history=5, kept=LogTable(rotate_size=0.003, keep=2)) as place:
            await talk(place, TOTAL, [0])
            oldest = place.feed.oldest
            assert 1 < oldest < TOTAL - 5
            async with place.client(f"/v1/lines?after=0&stream={place.feed.stream}") as client:
                hello = await receive(client)
                assert isinstance(hello, Hello)
                assert (hello.oldest, hello.latest) == (oldest, TOTAL)
                assert await receive(client) == Gap(first=1, last=oldest - 1, reason="rotated")
                heard = await receive_lines(client, TOTAL - oldest + 1)
                assert [record.seq for record in heard] == list(range(oldest, TOTAL + 1))

    asyncio.run(main())


def expected(after: int | None, stream: str | None, latest: int, own: str) -> tuple[Gap | None, int]:
    """By docs/protocol.md: the gap, if any, and the number of the first line."""
    if after is None:
        return None, latest + 1
    if stream not in (None, own):
        return Gap(first=after + 1, last=after + 1, reason="stream"), 1
    if after > latest:
        return Gap(first=latest + 1, last=after, reason="future"), latest + 1
    return None, after + 1


@settings(max_examples=examples(25), deadline=None)
@given(
    logged=st.integers(0, 30),
    history=st.integers(1, 40),
    after=st.none() | st.integers(0, 60),
    stream=st.sampled_from(["own", "other", None]),
    live=st.integers(1, 20),
)
def test_cursors(logged: int, history: int, after: int | None, stream: str | None, live: int) -> None:
    """A cursor in the past, in the future, or of another stream: a gap where there is one, then what there is."""

    async def main(folder: Path) -> None:
        async with room(folder, history=history) as place:
            await talk(place, logged, [0])
            named = {"own": place.feed.stream, "other": OTHER_STREAM, None: None}[stream]
            query = "" if after is None else f"?after={after}" + ("" if named is None else f"&stream={named}")
            async with place.client(f"/v1/lines{query}") as client:
                hello = await receive(client)
                assert isinstance(hello, Hello)
                assert (hello.oldest, hello.latest) == (1, logged)
                gap, first = expected(after, named if after is not None else None, logged, place.feed.stream)
                records: list[Record] = [] if gap is None else [gap]
                await talk(place, live, [0])
                heard = [await receive(client) for _ in range(len(records) + logged + live - first + 1)]
                assert heard[: len(records)] == records
                numbers = [record.seq for record in heard[len(records) :] if isinstance(record, Line)]
                assert numbers == list(range(first, logged + live + 1))

    with TemporaryDirectory() as folder:
        asyncio.run(main(Path(folder)))
