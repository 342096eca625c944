"""Streams that wait for nobody, on real pipes."""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import pytest

from capture_daemon.common import output_streams
from capture_daemon.common.output_streams import MOST_CHARACTERS, MOST_MESSAGES, UnblockedStream

PIPE = 65_536
"""Bytes that a pipe holds, mostly."""


@contextmanager
def piped() -> Iterator[tuple[int, TextIO]]:
    """The descriptor that a pipe is read by, and a stream that writes to it."""
    reading, writing = os.pipe()
    try:
        with suppress(BrokenPipeError), os.fdopen(writing, "w", encoding="utf-8") as stream:
            yield reading, stream
    finally:
        with suppress(OSError):
            os.close(reading)


def of(stream: TextIO) -> UnblockedStream:
    return UnblockedStream(stream, lambda count: f"<{count} dropped>\n")


def read_until(descriptor: int, end: str) -> str:
    text = ""
    while not text.endswith(end):
        text += os.read(descriptor, PIPE).decode()
    return text


def test_what_is_written_arrives_whole_and_in_order() -> None:
    with piped() as (reading, stream):
        one = of(stream)
        one.write("first\nsecond, ")
        one.write("in two pieces\n")
        one.write("begun")
        one.flush()
        assert read_until(reading, "begun") == "first\nsecond, in two pieces\nbegun"
        one.finish(5)
        assert "write" not in " ".join(thread.name for thread in threading.enumerate())


def test_it_stands_for_the_stream_in_whose_place_it_is() -> None:
    with piped() as (_, stream):
        one = of(stream)
        assert (one.fileno(), one.encoding, one.isatty()) == (stream.fileno(), "utf-8", False)
        one.finish(5)


@pytest.mark.parametrize(("length", "most"), [(10, MOST_MESSAGES), (MOST_CHARACTERS // 4, 4)])
def test_what_nobody_reads_is_dropped_counted_and_told(length: int, most: int) -> None:
    with piped() as (reading, stream):
        one = of(stream)
        began = time.monotonic()
        # The first is written until the pipe is full, and hangs there.
        one.write("x" * (2 * PIPE) + "\n")
        while one._waiting:
            time.sleep(0.001)
        for number in range(most + 7):
            one.write(f"{number:<{length - 1}}\n")
        assert time.monotonic() - began < 5
        assert one.dropped == 7
        text = read_until(reading, "dropped>\n")
        numbers = [int(line) for line in text.splitlines()[1:-1]]
        assert numbers == list(range(most))
        assert text.endswith("\n<7 dropped>\n")
        one.write("as before\n")
        assert read_until(reading, "\n") == "as before\n"
        one.finish(5)
        assert one.dropped == 7


def test_the_number_is_told_before_what_comes_next() -> None:
    with piped() as (reading, stream):
        one = of(stream)
        one.write("x" * (2 * PIPE) + "\n")
        while one._waiting:
            time.sleep(0.001)
        for _ in range(MOST_MESSAGES + 3):
            one.write("a\n")
        text = os.read(reading, 2 * PIPE).decode()
        while len(one._waiting) > MOST_MESSAGES // 2:
            text += os.read(reading, 1000).decode()
        one.write("next\n")
        text += read_until(reading, "next\n")
        assert text.endswith("a\n<3 dropped>\nnext\n")
        one.finish(5)


def test_the_end_does_not_wait_for_a_reader() -> None:
    with piped() as (reading, stream):
        one = of(stream)
        one.write("x" * (2 * PIPE) + "\n")
        began = time.monotonic()
        one.finish(0.2)
        assert time.monotonic() - began < 2
        one.write("too late\n")
        # It may end between a look at it and a read.
        os.set_blocking(reading, False)
        while one._thread.is_alive():
            with contextlib.suppress(BlockingIOError):
                os.read(reading, PIPE)
        assert not one._waiting


def test_a_reader_that_has_gone_is_no_error() -> None:
    with piped() as (reading, stream):
        one = of(stream)
        os.close(reading)
        for _ in range(3):
            one.write("to nobody\n")
        one.finish(5)
        assert not one._thread.is_alive()
        assert not one._waiting


def test_a_stream_that_somebody_made_non_blocking() -> None:
    with piped() as (reading, stream):
        os.set_blocking(stream.fileno(), False)
        one = of(stream)
        one.write("x" * (3 * PIPE) + "end\n")
        assert len(read_until(reading, "end\n")) == 3 * PIPE + 4
        one.finish(5)


def test_the_programs_own_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    with piped() as (reading, stream):
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setattr("sys.stdout", io.StringIO())
        output_streams.unblock()
        try:
            import sys  # noqa: PLC0415 - as it is now

            assert isinstance(sys.stderr, UnblockedStream)
            assert isinstance(sys.stdout, io.StringIO)
            sys.stderr.write("told\n")
            assert output_streams.dropped() == 0
        finally:
            output_streams.restore()
        assert id(sys.stderr) == id(stream)
        assert os.read(reading, PIPE) == b"told\n"
        output_streams.restore()
