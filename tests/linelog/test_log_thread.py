from __future__ import annotations

import asyncio
import threading

import pytest

from capture_daemon.linelog.log_thread import LogThread, run_within
from tests.server.helpers import WAIT, until


def names() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_jobs_are_done_one_after_another_off_the_loop() -> None:
    async def main() -> None:
        thread = LogThread("jobs")
        assert "jobs" not in names()
        numbers = iter(range(5))
        done = [thread.run(lambda: (next(numbers), threading.current_thread().name)) for _ in range(5)]
        assert await asyncio.gather(*done) == [(number, "jobs") for number in range(5)]
        assert thread.close(WAIT)
        assert "jobs" not in names()

    asyncio.run(main())


def test_what_a_job_raises_reaches_whoever_waits() -> None:
    async def main() -> None:
        thread = LogThread("jobs")
        with pytest.raises(ZeroDivisionError):
            await thread.run(lambda: 1 // 0)
        assert await thread.run(lambda: 1) == 1
        with pytest.raises(ZeroDivisionError):
            await run_within(WAIT, lambda: 1 // 0, "job")
        assert thread.close(WAIT)

    asyncio.run(main())


def test_a_job_that_hangs_is_left_behind() -> None:
    goes = threading.Event()

    async def main() -> None:
        assert not await run_within(0.05, goes.wait, "hung job")
        assert await run_within(WAIT, lambda: None, "job")

    asyncio.run(main())
    assert "hung job" in names()
    goes.set()  # the loop is closed by now, which must not show
    asyncio.run(until(lambda: "hung job" not in names()))
