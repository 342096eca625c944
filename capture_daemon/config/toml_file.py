"""Reading a configuration file that may be anything: a pipe, on a drive that hangs, gigabytes long, not TOML."""

from __future__ import annotations

import contextlib
import os
import select
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from capture_daemon.common import time_limit
from capture_daemon.errors import ConfigurationError

MOST_BYTES = 65_536
"""Size of a configuration file at most, 16,384 to 262,144: the longest in use have a tenth of it, and nonsense can
take a time that grows with the square of its length."""
MOST_DOTS = 2000
"""Dots of one line, 500 to 4,000: a list of 500 regions has as many, and keys nested by dots take a time that grows
with the square of their number."""
READ_LIMIT = 5.0
"""Seconds that reading one may take, 1 to 10: a disk that was asleep takes three, and somebody waits."""
Result = TypeVar("Result")


def read_text(file: Path) -> str:
    """The text of a configuration file; FileNotFoundError if there is none.

    Raises ConfigurationError if it can't be read, takes longer than `READ_LIMIT` or holds more than `MOST_BYTES`.
    """
    return _limited(file, lambda: _text(file))


def read_values(file: Path) -> dict[str, Any]:
    """What is written in a configuration file, parsed; raises as `read_text` does, and if it isn't valid TOML."""
    return _limited(file, lambda: _parsed(file, _text(file)))


def _limited(file: Path, job: Callable[[], Result]) -> Result:
    try:
        return time_limit.run(f"read {file}", READ_LIMIT, job)
    except TimeoutError:
        raise ConfigurationError(
            f"{file}: could not be read within {READ_LIMIT:g} s: check whether its drive responds, "
            "and that it is a file and no pipe without a writer"
        ) from None


def _text(file: Path) -> str:
    try:
        data = _bytes(file)
    except (FileNotFoundError, TimeoutError):
        raise
    except OSError as error:
        raise ConfigurationError(f"{file}: can't be read: {error.strerror}") from error
    except ValueError as error:
        # A null character in its name.
        raise ConfigurationError(f"{str(file)!r} is not the path of a file") from error
    if len(data) > MOST_BYTES:
        raise ConfigurationError(
            f"{file}: is larger than {MOST_BYTES // 1024} KiB, which no configuration is: name the right file"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: is not UTF-8 text") from error


def _bytes(file: Path) -> bytes:
    """The file's content, but no more than a bit beyond `MOST_BYTES`; TimeoutError if a pipe says nothing for long.

    Raises OSError, and ValueError for what is no path.
    """
    if not hasattr(select, "poll"):
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    # Opening a pipe must not wait for a writer: the thread might block for ever.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        poll, end, data = select.poll(), time.monotonic() + READ_LIMIT, b""
        poll.register(descriptor, select.POLLIN)
        while len(data) <= MOST_BYTES:
            if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
                raise TimeoutError
            with contextlib.suppress(BlockingIOError):
                if not (piece := os.read(descriptor, MOST_BYTES)):
                    break
                data += piece
    finally:
        os.close(descriptor)
    return data


def _parsed(file: Path, text: str) -> dict[str, Any]:
    if max(line.count(".") for line in text.split("\n")) > MOST_DOTS:
        raise ConfigurationError(f"{file}: holds a line with more than {MOST_DOTS} dots: break it in several lines")
    try:
        return tomllib.loads(text.replace("\r\n", "\n").replace("\r", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: is not valid TOML: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(
            f"{file}: nests arrays or tables too deeply: no key needs more than one level"
        ) from error
    except ValueError as error:
        # Python reads no number of more than some thousand digits.
        raise ConfigurationError(f"{file}: holds a number or a date that can't be read: {error}") from error
