from __future__ import annotations

import threading
import time

import pytest

from capture_daemon.common import time_limit


def test_what_a_job_returns_or_raises() -> None:
    assert time_limit.run("well", 5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        time_limit.run("well", 5, lambda: 1 / 0)
    assert not [thread for thread in threading.enumerate() if "well" in thread.name]


def test_what_hangs_is_left_behind_and_no_more_than_a_few_threads_do() -> None:
    go_on = threading.Event()
    try:
        for _ in range(time_limit.MOST_HANGING):
            with pytest.raises(TimeoutError):
                time_limit.run("hangs", 0.02, go_on.wait)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            time_limit.run("hangs", 60, go_on.wait)
        assert time.monotonic() - began < 5
        hanging = [thread for thread in threading.enumerate() if "hangs" in thread.name]
        assert len(hanging) == time_limit.MOST_HANGING
        assert time_limit.run("something else", 5, lambda: 7) == 7
    finally:
        go_on.set()
    for thread in hanging:
        thread.join(5)
    assert time_limit.run("hangs", 5, lambda: 7) == 7
