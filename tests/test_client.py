from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve

from capture_daemon import client
from capture_daemon.client import Followed, feed_url, follow, follow_sync
from capture_daemon.config.models import ServerTable
from capture_daemon.errors import ConfigurationError
from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Choice, Gap, Hello, Line, Partial, Status
from capture_daemon.server import handler
from capture_daemon.server.connect import DaemonConnection
from capture_daemon.server.feed import Feed
from capture_daemon.server.server import Server
from capture_daemon.server.tls import pinned_context
from tests.server.certificates import make_certificate
from tests.server.helpers import TOKEN, WAIT, choice, line, room, token_file, until


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_DELAY", 0.02)
    monkeypatch.setattr(client, "LONGEST_DELAY", 0.1)


async def take(records: AsyncGenerator[Followed, None], count: int) -> list[Followed]:
    return [await asyncio.wait_for(anext(records), WAIT) for _ in range(count)]


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("localhost:6677", "ws://localhost:6677/v1/lines"),
        ("ws://127.0.0.1:9", "ws://127.0.0.1:9/v1/lines"),
        ("ws://[::1]:9/", "ws://[::1]:9/v1/lines"),
        ("wss://gamepc/feed", "wss://gamepc/feed"),
    ],
)
def test_addresses(url: str, meant: str) -> None:
    assert feed_url(url) == meant


@pytest.mark.parametrize(
    "url", ["", "http://localhost:6677", "ws://", "ws://localhost:port", "ws://localhost/?after=1", "ws://a:0"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not the address of a feed"):
        feed_url(url)


def test_lines_from_the_beginning_with_statuses(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            said = await place.say("one.", "two.")
            place.feed.set_status(Status(what="source", state="capturing"))
            async with aclosing(follow(place.url(), after=0)) as records:
                assert await take(records, 3) == [Status(what="source", state="capturing"), *said]

    asyncio.run(main())


def test_live_lines_and_partials(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            await place.say("one.")
            async with aclosing(follow(place.url(), partials=True)) as records:
                first = asyncio.create_task(take(records, 1))
                await until(lambda: place.feed.wants_partials)
                partial = Partial(speaker=None, text="tw", time="", region="dialogue")
                place.feed.publish_partial(partial)
                assert await first == [partial]
                said = await place.say("two.")
                assert await take(records, 1) == said

    asyncio.run(main())


def test_nothing_is_missed_over_restarts_of_the_daemon(tmp_path: Path) -> None:
    """Also what was said before the follower was back, and lines of its own port only."""

    async def main() -> None:
        log = LineLog.open(tmp_path / "dialogue.jsonl")
        feed = Feed(log)
        server = Server(feed, ServerTable(port=0), "0.1.0")
        port = (await server.start())[0][1]
        await feed.publish(line("before."))
        async with aclosing(follow(f"localhost:{port}")) as records:
            reading = asyncio.create_task(take(records, 1))
            await until(lambda: len(feed._subscriptions) == 1)
            said = [await feed.publish(line("one."))]
            got = await reading
            for text in ("two.", "three."):
                reading = asyncio.create_task(take(records, 1))
                await server.close()
                await feed.close()
                log.close()
                log = LineLog.open(tmp_path / "dialogue.jsonl")
                feed = Feed(log)
                said.append(await feed.publish(line(text)))
                server = Server(feed, ServerTable(port=port), "0.1.0")
                await server.start()
                got += await reading
            assert got == said
        await server.close()
        await feed.close()
        log.close()

    asyncio.run(main())


def test_a_new_stream_is_told_and_read_from_its_beginning(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path / "one") as place:
            await place.say("one.", "two.")
            port = place.port
            records = follow(place.url(), after=0)
            await take(records, 2)
        async with room(tmp_path / "other", port=port) as place:
            said = await place.say("another one.")
            gap, first = await take(records, 2)
            assert gap == Gap(first=3, last=3, reason="stream")
            assert first == said[0]
            await records.aclose()

    asyncio.run(main())


def test_a_refusal_ends_it_with_the_reason(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            records = follow(place.url("/nowhere"))
            with pytest.raises(ConfigurationError, match=r"HTTP 404: there is nothing here"):
                await take(records, 1)

    asyncio.run(main())


def test_it_waits_for_a_daemon_that_is_not_there_yet(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            port = place.port
        records = follow(f"localhost:{port}", after=0)
        reading = asyncio.create_task(take(records, 1))
        await asyncio.sleep(0.3)
        async with room(tmp_path, port=port) as place:
            said = await place.say("one.")
            assert await reading == said
            await records.aclose()

    asyncio.run(main())


def test_messages_of_newer_daemons_are_passed_over() -> None:
    hello = Hello(stream="9f1c62d07a3e", oldest=1, latest=1, version="9")

    async def newer(connection: ServerConnection) -> None:
        for message in (hello.to_json(), '{"type": "weather"}', "not json", line("one.", seq=1).to_json()):
            await connection.send(message)
        await connection.wait_closed()

    async def main() -> None:
        async with serve(newer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with aclosing(follow(f"127.0.0.1:{port}")) as records:
                (record,) = await take(records, 1)
                assert isinstance(record, Line)

    asyncio.run(main())


def test_an_address_that_holds_a_token_is_not_told() -> None:
    with pytest.raises(ConfigurationError) as caught:
        feed_url(f"ws://localhost:6677/?token={TOKEN}")
    assert TOKEN not in str(caught.value)


def test_a_token_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "TOKEN_LIMIT", 0.2)

    async def main() -> None:
        async with room(tmp_path, token_file=token_file(tmp_path)) as place:
            said = await place.say("one.")
            async with aclosing(follow(place.url(), after=0, token=TOKEN)) as records:
                assert await take(records, 1) == said
            for wrong in ("wrong", None):
                async with aclosing(follow(place.url(), after=0, token=wrong)) as records:
                    with pytest.raises(ConfigurationError, match="token"):
                        await take(records, 1)

    asyncio.run(main())


def test_a_certificate_at_hand_is_trusted_and_no_other(tmp_path: Path) -> None:
    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        async with room(tmp_path, certificate=certificate, key=key) as place:
            said = await place.say("one.")
            there = DaemonConnection(place.url(""), context=pinned_context(certificate))
            async with aclosing(follow(there, after=0)) as records:
                assert await take(records, 1) == said
            async with aclosing(follow(place.url(), after=0)) as records:
                with pytest.raises(ConfigurationError, match=r"certificate isn't trusted: .*SSL_CERT_FILE"):
                    await take(records, 1)

    asyncio.run(main())


@pytest.mark.parametrize(("with_certificate", "dialled", "meant"), [(True, "ws:", "wss:"), (False, "wss:", "ws:")])
def test_the_wrong_scheme_is_hinted_at(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, with_certificate: bool, dialled: str, meant: str
) -> None:
    caplog.set_level("INFO")

    async def main() -> None:
        certificate, key = make_certificate(tmp_path) if with_certificate else (None, None)
        async with room(tmp_path, certificate=certificate, key=key) as place:
            url = place.url().replace("wss:", "ws:").replace("ws:", dialled)
            reading = asyncio.create_task(take(follow(url, after=0), 1))
            await until(lambda: f"has an address that begins with {meant}" in caplog.text)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    asyncio.run(main())


def test_a_cursor_of_another_stream(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            said = await place.say("one.", "two.", "three.")
            async with aclosing(follow(place.url(), after=2, stream="0123456789ab")) as records:
                assert await take(records, 4) == [Gap(first=3, last=3, reason="stream"), *said]
            async with aclosing(follow(place.url(), after=2, stream=place.feed.stream)) as records:
                assert await take(records, 1) == said[2:]

    asyncio.run(main())


@contextmanager
def speaking(folder: Path, *texts: str, port: int = 0) -> Iterator[tuple[str, list[Line]]]:
    """The address of a delivery room on the event loop of another thread, and the lines said there."""
    opened: Future[tuple[str, list[Line]]] = Future()
    ended = asyncio.Event()

    async def main() -> None:
        async with room(folder, port=port) as place:
            opened.set_result((place.url(), await place.say(*texts)))
            await ended.wait()

    with asyncio.Runner() as runner, ThreadPoolExecutor(1) as thread:
        loop = runner.get_loop()
        running = thread.submit(runner.run, main())
        try:
            yield opened.result(WAIT)
        finally:
            loop.call_soon_threadsafe(ended.set)
            running.result(WAIT)


def test_without_async_and_over_a_restart(tmp_path: Path) -> None:
    with speaking(tmp_path, "one.", "two.") as (url, said):
        records = follow_sync(url, after=0)
        assert [next(records), next(records)] == said
    with closing(records), speaking(tmp_path, "three.", port=urlsplit(url).port or 0) as (_, said):
        assert next(records) == said[0]


def test_without_async_a_refusal_is_the_same(tmp_path: Path) -> None:
    with (
        speaking(tmp_path) as (url, _),
        closing(follow_sync(f"{url}/nowhere")) as records,
        pytest.raises(ConfigurationError, match="HTTP 404"),
    ):
        next(records)


def test_without_async_but_inside_of_it() -> None:
    async def main() -> None:
        with closing(follow_sync("localhost:1")) as records, pytest.raises(RuntimeError, match="use follow there"):
            next(records)

    asyncio.run(main())


def test_the_token_is_looked_for_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in a file, and a drive may hang: the caller's event loop must go on."""
    asked: list[threading.Thread] = []

    def look(url: str) -> None:
        asked.append(threading.current_thread())

    async def main() -> None:
        following = follow("ws://127.0.0.1:9")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await anext(following)
        await following.aclose()

    monkeypatch.setattr(client, "own_token_for", look)
    asyncio.run(main())
    assert len(asked) == 1
    assert asked[0] is not threading.main_thread()


def test_choices_are_followed_as_lines_are_and_their_numbers_remembered(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            [before] = await place.say("What do you say?")
            chosen = await place.feed.publish(choice("Yes.", "No.", chosen=2))
            assert isinstance(chosen, Choice)
            assert (chosen.seq, chosen.answer) == (before.seq + 1, "No.")
            async with aclosing(follow(place.url(), after=0)) as records:
                assert await take(records, 2) == [before, chosen]
            async with aclosing(follow(place.url(), after=chosen.seq)) as records:
                [after] = await place.say("Fine.")
                assert await take(records, 1) == [after]

    asyncio.run(main())
