"""A status in words."""

from __future__ import annotations

from typing import Any

from capture_daemon.cli.status_text import status_text

OLD: dict[str, Any] = {
    "paused": False,
    "statuses": [{"what": "source", "state": "lost", "detail": "the display went away"}],
    "source": "screen:1",
    "lines": 0,
    "latest": 7,
}


def test_an_older_daemon_says_less() -> None:
    assert status_text(OLD) == [
        "source: lost, screen:1: the display went away",
        "lines: 0 since the start; the latest in the log is 7",
    ]


def test_delays_and_clients_but_for_this_one() -> None:
    delay = {"median": 0.612, "longest": 1.2, "last": 0.5, "lines": 37}
    rows = status_text(OLD | {"delay": delay, "clients": 3, "seconds_since_line": 12.3})
    assert rows[1:] == [
        "lines: 0 since the start, the last one 12 s ago; the latest in the log is 7",
        "delay: 0.61 s (median), 1.20 s (longest) of the last 37 lines",
        "clients: 2",
    ]


def test_what_is_no_number_is_left_out() -> None:
    rows = status_text(OLD | {"delay": {"median": "soon"}, "clients": "many", "seconds_since_line": []})
    assert rows[1:] == [
        "lines: 0 since the start; the latest in the log is 7",
        "delay: 0.00 s (median), 0.00 s (longest) of the last 0 lines",
    ]
