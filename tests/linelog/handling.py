"""Logs for tests in which somebody else handles the files."""

from __future__ import annotations

import json
from pathlib import Path

from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Entry, Gap
from tests.server.helpers import line


def mark_of(log: Path) -> Path:
    return log.with_name(log.name + ".mark")


def begun(path: Path, *texts: str) -> LineLog:
    log = LineLog.open(path)
    for text in texts:
        log.append(line(text))
    return log


def begun_and_closed(path: Path, *said: str) -> str:
    log = begun(path, *said)
    log.close()
    return log.stream


def texts(path: Path) -> list[str]:
    """The texts in a file, every line of which must be a record."""
    assert path.read_bytes().endswith(b"\n")
    return [json.loads(text)["text"] for text in path.read_bytes().splitlines()]


def numbers(log: LineLog, after: int = 0) -> list[int | Gap]:
    return [record.seq if isinstance(record, Entry) else record for record in log.read(after)]
