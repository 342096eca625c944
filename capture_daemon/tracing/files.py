"""Writing traces: what was on screen is private, so a file that holds it is its owner's alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from capture_daemon.common import private_files
from capture_daemon.errors import ConfigurationError, OutputExistsError
from capture_daemon.tracing.records import Record

ENDINGS = (".html", ".jsonl")


def check_trace(file: Path, *, overwrite: bool) -> bool:
    """Whether a page is to be written, by the file's name; raises ConfigurationError where nothing can be."""
    if file.suffix.lower() not in ENDINGS:
        raise ConfigurationError(f"{file}: the name must end in {' or '.join(ENDINGS)}: give another by --output")
    check(file, overwrite=overwrite)
    return file.suffix.lower() == ENDINGS[0]


def check(file: Path, *, overwrite: bool) -> None:
    """See that a file can be written; raises ConfigurationError, of which OutputExistsError is one."""
    if not file.parent.is_dir():
        raise ConfigurationError(f"{file}: there is no folder {file.parent}: choose another file with --output")
    if file.exists() and not overwrite:
        raise OutputExistsError(f"{file}: is there already: choose another with --output, or give --overwrite")


def as_jsonl(records: Iterable[Record]) -> str:
    """One object a line."""
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def write(file: Path, text: str) -> None:
    """Write a file that only its owner may read; raises ConfigurationError where it can't be."""
    try:
        private_files.write(file, text.encode())
    except OSError as error:
        raise ConfigurationError(
            f"{file}: can't be written: {error.strerror}: choose another file with --output"
        ) from error
