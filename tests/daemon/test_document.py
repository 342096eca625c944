"""docs/service.md against the program."""

from __future__ import annotations

import json
import re
from pathlib import Path

from capture_daemon.daemon.metrics import Metrics
from capture_daemon.daemon.web import health
from capture_daemon.records import Status, StatusSubject

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "service.md").read_text(encoding="utf-8")


def test_every_metric_is_listed() -> None:
    told = {
        name
        for name in re.findall(r"^# TYPE (capture_daemon_\w+) ", Metrics("1").text().decode(), re.MULTILINE)
        if not name.endswith("_created")
    }
    listed = {
        name
        for row in re.findall(r"^\| `capture_daemon.*$", DOCUMENT, re.MULTILINE)
        for name in re.findall(r"`(capture_daemon_\w+)`", row)
    }
    # The daemon adds those of the server and the feed.
    elsewhere = {f"capture_daemon_{name}" for name in ("clients", "lines_waiting", "clients_dropped_total")}
    elsewhere |= {
        f"capture_daemon_{name}"
        for name in ("log_bytes", "log_damaged_lines_total", "lines_dropped_total", "messages_dropped_total")
    }
    assert told | elsewhere == listed


def test_the_answer_shown_is_what_is_answered() -> None:
    shown = json.loads(re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)[0])
    parts: dict[StatusSubject, str] = shown["states"]
    statuses = [Status(what=what, state="degraded" if what == "log" else "capturing") for what in parts]
    page = health(statuses, version=shown["version"], silence=shown["seconds_since_line"])
    assert json.loads(page.body) == shown
