"""Handing over from a thread to the event loop."""

import asyncio
import threading

import pytest

from capture_daemon.capture.queues import Backlog, Mailbox


def test_in_a_mailbox_the_newest_wins() -> None:
    async def main() -> None:
        mailbox: Mailbox[int] = Mailbox(asyncio.get_running_loop())
        for number in range(5):
            mailbox.put(number)
        assert await mailbox.first() == 4
        assert await mailbox.take() == 4
        threading.Timer(0.05, mailbox.put, [5]).start()
        assert await mailbox.take() == 5

    asyncio.run(main())


def test_a_backlog_waits_for_its_reader_and_loses_nothing() -> None:
    async def main() -> None:
        backlog: Backlog[int] = Backlog(asyncio.get_running_loop(), capacity=2)
        most = 0

        def write() -> None:
            nonlocal most
            for number in range(1, 200):
                backlog.put(number)
                most = max(most, len(backlog._items))
            backlog.end()

        writer = threading.Thread(target=write)
        writer.start()
        taken = []
        while (item := await backlog.take()) is not None:
            taken.append(item)
        writer.join()
        assert taken == list(range(1, 200))
        assert most <= 2

    asyncio.run(main())


def test_the_error_comes_after_what_was_put_before_it() -> None:
    async def main() -> None:
        backlog: Backlog[int] = Backlog(asyncio.get_running_loop(), capacity=2)
        backlog.put(1)
        backlog.end(ValueError("broken"))
        assert await backlog.take() == 1
        for _ in range(2):
            with pytest.raises(ValueError, match="broken"):
                await backlog.take()

    asyncio.run(main())


def test_discarding_frees_a_writer_that_waits() -> None:
    async def main() -> None:
        backlog: Backlog[int] = Backlog(asyncio.get_running_loop(), capacity=1)
        backlog.put(1)
        answers: list[bool] = []
        writer = threading.Thread(target=lambda: answers.append(backlog.put(2)))
        writer.start()
        backlog.discard()
        writer.join(5)
        assert answers == [False]
        assert await backlog.take() is None

    asyncio.run(main())


def test_a_mailbox_whose_loop_is_gone_takes_no_harm() -> None:
    async def main() -> Mailbox[int]:
        return Mailbox(asyncio.get_running_loop())

    mailbox = asyncio.run(main())
    mailbox.put(1)
    mailbox.end()
