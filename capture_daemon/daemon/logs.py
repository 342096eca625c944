"""Log messages on standard error or in the journal, as text or JSON."""

from __future__ import annotations

import copy
import json
import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

from capture_daemon.common.output_streams import UnblockedStream, dropped_message
from capture_daemon.common.visible import visible

if TYPE_CHECKING:
    from capture_daemon.config.models import LogFormat

PROGRAM = "capture-daemon"
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG = 7


def set_up(level: str, form: LogFormat = "text") -> None:
    """Log to standard error: this program's messages from `level` on, only warnings from libraries."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = _formatter(form)
    handler.setFormatter(formatter)
    if isinstance(sys.stderr, UnblockedStream):
        sys.stderr.notice = _notice(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("capture_daemon").setLevel(level.upper())


def _notice(formatter: logging.Formatter) -> Callable[[int], str]:
    """Reports how many messages were dropped, in the format of all messages and at any level."""

    def notice(count: int) -> str:
        record = logging.LogRecord(__name__, logging.WARNING, __file__, 0, dropped_message(count), None, None)
        return f"{formatter.format(record)}\n"

    return notice


def _formatter(form: LogFormat) -> logging.Formatter:
    if is_journal(sys.stderr):
        # It knows the program and, by the priority, the level.
        return _Prioritised(_Json() if form == "json" else _Message())
    return _Json() if form == "json" else _Text()


def is_journal(stream: TextIO) -> bool:
    """Whether what is written to a stream goes to systemd's journal: it names its own by device and inode."""
    named = os.environ.get("JOURNAL_STREAM", "")
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return named == f"{found.st_dev}:{found.st_ino}"


def prefix(level: int, stream: TextIO) -> str:
    """The prefix that gives the journal a line's priority, `<3>` for an error; empty for any other stream."""
    return f"<{_priority(level)}>" if is_journal(stream) else ""


def _priority(level: int) -> int:
    return next((priority for least, priority in _PRIORITIES if level >= least), _DEBUG)


class _Message(logging.Formatter):
    """A message is one line, whatever a name or an answer in it holds; a traceback may follow."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class's name
        return visible(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record), keep="\n")


class _Text(_Message):
    def __init__(self) -> None:
        super().__init__(f"{PROGRAM}: %(levelname)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class's name
        # A copy: other handlers are given the same record.
        shown = copy.copy(record)
        shown.levelname = record.levelname.lower()
        return super().formatMessage(shown)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "thread": record.threadName,
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return visible(json.dumps(entry, ensure_ascii=False))


class _Prioritised(logging.Formatter):
    """Puts the priority before each line, as the journal takes every line for a message of its own."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self._formatter = formatter

    def format(self, record: logging.LogRecord) -> str:
        before = f"<{_priority(record.levelno)}>"
        return "\n".join(before + line for line in self._formatter.format(record).splitlines())
