"""The face in a terminal, on a terminal of the test's."""

from __future__ import annotations

import asyncio
import io

import pytest

pytest.importorskip("prompt_toolkit", reason="needs the extra [llm]")

from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from capture_daemon.llm.companion.terminal import TerminalFace
from tests.server.helpers import WAIT, line, until


def test_what_is_said_grows_above_what_is_typed() -> None:
    shown = io.StringIO()

    async def main() -> list[str]:
        with create_pipe_input() as keys:
            output = Vt100_Output(shown, lambda: Size(rows=24, columns=30))
            with create_app_session(input=keys, output=output):
                face = TerminalFace("Pip", shows_lines=True)
                said: list[str] = []

                async def type_along() -> None:
                    async for text in face.typed():
                        said.append(text)  # noqa: PERF401 - looked at while it grows

                typing = asyncio.create_task(type_along())
                keys.send_text("half a quest")
                await until(lambda: "half a quest" in shown.getvalue())
                face.begin()
                for word in ("Eleven ", "letters ", "delivered, ", "one ", "to ", "go."):
                    face.piece(word)
                await until(lambda: "one to go." in shown.getvalue())
                assert "Pip: Eleven letters" in shown.getvalue()
                face.end(broken_off=False)
                face.heard(line("Are we there yet?"))
                face.note("too busy")
                await until(lambda: "too busy" in shown.getvalue())
                keys.send_text("ion\r")
                await until(lambda: said == ["half a question"])
                keys.send_text("\x04")
                await asyncio.wait_for(typing, WAIT)
                return said

    assert asyncio.run(main()) == ["half a question"]
    assert "Sylvie: Are we there yet?" in shown.getvalue()
    assert "Eleven letters delivered, one to go." in shown.getvalue()
