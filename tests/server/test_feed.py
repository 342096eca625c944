from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import capture_daemon
from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Entry, Gap, Hello, Line, Partial, Record, Status
from capture_daemon.server.feed import PARTIAL_INTERVAL, Cursor, Feed
from capture_daemon.server.subscription import LIMIT, Subscription
from tests.server.helpers import WAIT, line


@asynccontextmanager
async def opened(folder: Path, *, history: int = 1024) -> AsyncIterator[Feed]:
    log = LineLog.open(folder / "dialogue.jsonl")
    feed = Feed(log, history=history)
    try:
        yield feed
    finally:
        await feed.close()
        log.close()


async def take(subscription: Subscription, count: int) -> list[Record]:
    messages = [await asyncio.wait_for(subscription.next(), WAIT) for _ in range(count)]
    return [message.record for message in messages if message is not None]


async def take_numbers(subscription: Subscription, count: int) -> list[int]:
    return [record.seq for record in await take(subscription, count) if isinstance(record, Line)]


def partial(text: str) -> Partial:
    return Partial(speaker=None, text=text, time="2026-11-22T15:20:11.123+00:00", region="dialogue")


def test_a_line_is_in_the_log_before_anyone_has_it(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            subscription = feed.subscribe()
            said = await feed.publish(line("Hi!"))
            assert (said.seq, said.stream, feed.latest) == (1, feed.stream, 1)
            assert said.to_json() in (tmp_path / "dialogue.jsonl").read_text()
            assert await take(subscription, 1) == [said]

    asyncio.run(main())


@settings(max_examples=60, deadline=None)
@given(
    logged=st.integers(0, 40),
    history=st.integers(1, 20),
    live=st.integers(0, 60),
    cuts=st.lists(st.integers(1, 25), max_size=6),
    after=st.one_of(st.none(), st.integers(0, 40)),
    pace=st.lists(st.integers(0, 3), min_size=1, max_size=5),
)
def test_every_line_once_and_in_order_over_reconnects(
    *, logged: int, history: int, live: int, cuts: list[int], after: int | None, pace: list[int]
) -> None:
    """While lines are published, a reader is cut off again and again and comes back with what it had last."""

    async def publish(feed: Feed, count: int) -> None:
        for number in range(count):
            await feed.publish(line(f"live {number}"))
            for _ in range(pace[number % len(pace)]):
                await asyncio.sleep(0)

    async def main(folder: Path) -> None:
        async with opened(folder) as feed:
            await publish(feed, logged)
        async with opened(folder, history=history) as feed:
            begin = feed.latest if after is None else min(after, feed.latest)
            position = begin
            publishing = asyncio.create_task(publish(feed, live))
            got: list[int] = []
            for cut in [*cuts, logged + live]:
                with feed.subscribe(Cursor(position, feed.stream)) as subscription:
                    got += await take_numbers(subscription, min(cut, logged + live - position))
                position = got[-1] if got else begin
            await publishing
            assert got == list(range(begin + 1, logged + live + 1))

    with TemporaryDirectory() as folder:
        asyncio.run(main(Path(folder)))


def test_lines_published_at_once_keep_their_order(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            subscription = feed.subscribe()
            said = await asyncio.gather(*(feed.publish(line(f"line {number}")) for number in range(50)))
            assert [record.to_dict()["text"] for record in said] == [f"line {record.seq - 1}" for record in said]
            assert await take_numbers(subscription, 50) == list(range(1, 51))

    asyncio.run(main())


def test_gaps_where_the_cursor_is_not_of_this_log(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            await feed.publish(line("one"))
            future = feed.subscribe(Cursor(9))
            other = feed.subscribe(Cursor(9, "0123456789ab"))
            await feed.publish(line("two"))
            assert [str(record) for record in await take(future, 1)] == [str(Gap(first=2, last=9, reason="future"))]
            assert await take_numbers(future, 1) == [2]
            assert await take(other, 1) == [Gap(first=10, last=10, reason="stream")]
            assert await take_numbers(other, 2) == [1, 2]

    asyncio.run(main())


def test_damage_in_the_log_is_a_gap_in_the_feed(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            for number in range(5):
                await feed.publish(line(f"line {number}"))
        path = tmp_path / "dialogue.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([lines[0], b"?\n", b"?\n", *lines[3:]]))
        async with opened(tmp_path) as feed:
            records = await take(feed.subscribe(Cursor(0)), 4)
            assert records[1] == Gap(first=2, last=3, reason="damaged")
            assert [record.seq for record in records if isinstance(record, Line)] == [1, 4, 5]

    asyncio.run(main())


def test_statuses_are_told_first_and_at_each_change(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            capturing, lost = (
                Status(what="source", state="capturing"),
                Status(what="source", state="lost", detail="gone"),
            )
            feed.set_status(capturing)
            await feed.publish(line("one"))
            subscription = feed.subscribe(Cursor(0))
            assert [record.type for record in await take(subscription, 2)] == ["status", "line"]
            feed.set_status(capturing)  # nothing new
            feed.set_status(lost)
            assert await take(subscription, 1) == [lost]
            assert feed.statuses == [lost]

    asyncio.run(main())


def test_partials_only_for_those_who_ask_and_four_a_second(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            lines_only = feed.subscribe()
            assert not feed.wants_partials
            both = feed.subscribe(partials=True)
            assert feed.wants_partials
            loop = asyncio.get_running_loop()
            begin = loop.time()
            for text in ("H", "Hi", "Hi t", "Hi th"):
                feed.publish_partial(partial(text))
            assert await take(both, 1) == [partial("H")]
            assert await take(both, 1) == [partial("Hi th")]
            assert loop.time() - begin > PARTIAL_INTERVAL * 0.9
            feed.publish_partial(partial("Hi the"))
            await feed.publish(line("Hi there!"))
            assert await take_numbers(both, 1) == [1]
            assert await take_numbers(lines_only, 1) == [1]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(both.next(), 2 * PARTIAL_INTERVAL)
            both.close()
            assert not feed.wants_partials

    asyncio.run(main())


def test_a_live_reader_too_far_behind_is_slow_and_one_catching_up_is_not(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, history=50) as feed:
            await feed.publish(line("one"))
            live, catching_up = feed.subscribe(), feed.subscribe(Cursor(0))
            waiting = asyncio.create_task(live.next())
            for number in range(LIMIT + 1):
                await feed.publish(line(f"line {number}"))
            await waiting
            assert not live.slow.done()
            for number in range(2):
                await feed.publish(line(f"line {number}"))
            assert live.slow.done()
            assert not catching_up.slow.done()
            assert await take_numbers(catching_up, feed.latest) == list(range(1, feed.latest + 1))

    asyncio.run(main())


def test_the_end_comes_after_every_line(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, history=5) as feed:
            subscription = feed.subscribe(Cursor(0))
            for number in range(20):
                await feed.publish(line(f"line {number}"))
        subscription_numbers = await take_numbers(subscription, 20)
        assert subscription_numbers == list(range(1, 21))
        assert await subscription.next() is None

    asyncio.run(main())


def test_a_slow_disk_does_not_block_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            release = threading.Event()
            append = LineLog.append

            def slow_append(log: LineLog, said: Line) -> Line:
                release.wait(WAIT)
                return append(log, said)

            monkeypatch.setattr(LineLog, "append", slow_append)
            publication = feed.publish(line("Hi!"))
            await asyncio.sleep(0.05)
            assert publication.written is None
            release.set()
            assert (await publication).seq == 1

    asyncio.run(main())


def test_a_publication_nobody_waits_for_still_reaches_everyone(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            subscription = feed.subscribe()
            taking = asyncio.create_task(feed.write(line("one")))
            await asyncio.sleep(0)
            taking.cancel()
            await feed.publish(line("two"))
            assert await take_numbers(subscription, 2) == [1, 2]

    asyncio.run(main())


def put_another_log_in_place(path: Path) -> None:
    path.write_text(line("elsewhere", stream="0123456789ab", seq=1).to_json() + "\n", encoding="utf-8")


async def begin_another_stream(feed: Feed, path: Path) -> Entry:
    """The line that begins it."""
    put_another_log_in_place(path)
    return await feed.publish(line("in another stream"))


def test_a_stream_that_ends_is_handed_out_as_far_as_it_is_in_memory(tmp_path: Path) -> None:
    async def main() -> None:
        log = LineLog.open(tmp_path / "dialogue.jsonl")
        feed = Feed(log, history=5)
        said = [await feed.publish(line(f"line {number}")) for number in range(10)]
        near, far, live = feed.subscribe(Cursor(7, feed.stream)), feed.subscribe(Cursor(0)), feed.subscribe()
        after = await begin_another_stream(feed, log.path)
        assert (after.stream == said[0].stream, after.seq) == (False, 1)
        for subscription, left, missing in ((near, said[7:], 11), (far, [], 1), (live, [], 11)):
            records: list[Record] = []
            while after not in records:
                message = await asyncio.wait_for(subscription.next(), WAIT)
                assert message is not None
                records.append(message.record)
            hello = Hello(stream=after.stream, oldest=1, latest=0, version=capture_daemon.__version__)
            assert records == [*left, hello, Gap(first=missing, last=missing, reason="stream"), after]
            assert not subscription.slow.done()
            subscription.close()
        await feed.close()
        log.close()

    asyncio.run(main())


def test_a_reader_that_sleeps_through_two_streams_is_too_slow(tmp_path: Path) -> None:
    """What waits for it is bounded by what is in memory of one."""

    async def main() -> None:
        log = LineLog.open(tmp_path / "dialogue.jsonl")
        feed = Feed(log)
        await feed.publish(line("one"))
        with feed.subscribe(Cursor(0)) as subscription:
            await begin_another_stream(feed, log.path)
            assert not subscription.slow.done()
            await begin_another_stream(feed, log.path)
            assert subscription.slow.done()
        await feed.close()
        log.close()

    asyncio.run(main())
