from __future__ import annotations

import asyncio
import io
import os

from rich.console import Console

from capture_daemon.llm.companion.plain import PlainFace
from tests.server.helpers import WAIT, line


def face(descriptor: int = 0, *, shows_lines: bool = True) -> tuple[PlainFace, io.StringIO, io.StringIO]:
    output, notes = io.StringIO(), io.StringIO()
    return (
        PlainFace("Pip", Console(file=output), Console(file=notes), shows_lines, descriptor),
        output,
        notes,
    )


def typed(written: bytes) -> list[str]:
    reading, writing = os.pipe()
    os.write(writing, written)
    os.close(writing)

    async def main() -> list[str]:
        async with asyncio.timeout(WAIT):
            return [text async for text in face(reading)[0].typed()]

    try:
        return asyncio.run(main())
    finally:
        os.close(reading)


def test_lines_are_read_to_the_end() -> None:
    assert typed("Hi!\nどう?\nlast".encode()) == ["Hi!", "どう?", "last"]
    assert typed(b"\xff\n") == ["\ufffd"]
    assert typed(b"") == []


def test_a_line_without_end_is_several() -> None:
    assert [len(text) for text in typed(b"x" * 40000)] == [20480, 19520]


def test_answers_grow_and_everything_else_goes_elsewhere() -> None:
    plain, output, notes = face()
    plain.heard(line("Hi [there]!"))
    plain.begin()
    plain.piece("Oh")
    assert output.getvalue() == "Pip: Oh"
    plain.piece(" no")
    plain.end(broken_off=True)
    plain.note("too busy")
    assert output.getvalue() == "Pip: Oh no —\n"
    assert notes.getvalue() == "Sylvie: Hi [there]!\ntoo busy\n"
    silent, _, notes = face(shows_lines=False)
    silent.heard(line("Hi"))
    assert notes.getvalue() == ""
