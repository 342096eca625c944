"""`capture-daemon demo` from beginning to end, and what it heard against what was shown."""

from __future__ import annotations

import json
import re
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.e2e.scoring import score
from tests.program import SAMPLE, Listener, Running


@pytest.mark.parametrize(("sample", "options"), [("sample", ()), ("sample-ko", ("--language", "ko"))])
def test_the_demo_says_every_line_in_time_and_ends_by_itself(
    tmp_path: Path, sample: str, options: tuple[str, ...]
) -> None:
    truth = [json.loads(text) for text in (SAMPLE / f"{sample}.truth.jsonl").read_text(encoding="utf-8").splitlines()]
    with ExitStack() as stack:
        with suppress(OSError):
            # The usual port is taken, perhaps by this machine's own daemon already: the demo takes another.
            stack.enter_context(socket.create_server(("127.0.0.1", 6677)))
        program = stack.enter_context(Running(tmp_path, "demo", *options))
        address = program.wait_until_ready()
        assert not address.endswith(":6677")
        listener = stack.enter_context(Listener(address))
        assert program.process.stdout is not None
        output = program.process.stdout.read()
        assert program.process.wait(30) == 0, program.errors
        assert listener.wait_until_closed() == 1001
        lines = listener.lines
    result = score(truth, [line.to_dict() for line in lines])
    assert result["recall"] >= 0.9, result
    assert result["precision"] >= 0.9, result
    assert result["speaker"] >= 0.9, result
    for line in lines:
        assert line.text in output
    [log] = re.findall(r"^the log is (.*)$", output, re.MULTILINE)
    logged = [json.loads(text) for text in Path(log).read_text(encoding="utf-8").splitlines()]
    assert [record["text"] for record in logged] == [line.text for line in lines]
    summary = output.splitlines()[-2]
    assert re.search(r"\d+ lines.* · \d+ OCR passes, [\d.]+ a row · processor [\d.]+ of a core · delay", summary)
