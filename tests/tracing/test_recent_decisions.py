from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from capture_daemon.daemon.remote_control import RemoteControl
from capture_daemon.errors import ConfigurationError
from capture_daemon.frames import Box
from capture_daemon.reading.trace import Decision
from capture_daemon.tracing import recent_decisions
from capture_daemon.tracing.recent_decisions import Recent
from tests.server.helpers import line

CAME = Decision(7.0, "follow", "row 1", "came", "read 0.98", box=Box(1, 2, 3, 4))


def remote_control(kept: Recent) -> RemoteControl:
    nobody = cast(Any, None)
    capture = cast(Any, SimpleNamespace(source=SimpleNamespace(live=False)))
    return RemoteControl(capture, nobody, "0.1.0", None, kept)


def test_decisions_and_lines_in_the_order_they_came() -> None:
    kept = Recent(on=True)
    kept.note(CAME)
    kept.said(line("Ahoy!"))
    decision, said = remote_control(kept).trace()
    assert (decision["type"], decision["box"], decision["verdict"]) == ("decision", [1, 2, 3, 4], "came")
    assert (said["type"], said["text"]) == ("line", line("Ahoy!").text)


def test_a_live_sources_times_become_the_time_of_day() -> None:
    kept = Recent(on=True)
    kept.note(replace(CAME, time=time.monotonic() - 2))
    [decision] = kept.records(live=True)
    assert decision["time"] == pytest.approx(time.time() - 2, abs=0.1)


def test_nothing_is_kept_unless_asked_for() -> None:
    kept = Recent(on=False)
    kept.note(CAME)
    with pytest.raises(ConfigurationError, match=r"set reading\.trace = true"):
        remote_control(kept).trace()
    kept.switch(on=True)
    assert remote_control(kept).trace() == []
    kept.note(CAME)
    kept.switch(on=False)
    assert kept.records(live=False) == []


def test_what_is_older_than_half_a_minute_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    kept = Recent(on=True)
    kept.note(CAME)
    now += recent_decisions.SECONDS + 1
    assert kept.records(live=False) == []
