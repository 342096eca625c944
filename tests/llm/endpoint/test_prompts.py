from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.endpoint.prompts import Prompt, read_prompt

ALLOWED = frozenset({"name", "lines"})


def test_names_are_filled_in_and_values_are_left_alone() -> None:
    prompt = Prompt("You are $name. $$5\n", ALLOWED, "here")
    assert prompt.fill(name="$lines {x}", lines="") == "You are $lines {x}. $5"


@pytest.mark.parametrize(
    ("text", "told"),
    [("$nmae", r"own\.txt: \$nmae is unknown: it can be \$lines, \$name"), ("5 $ more", r"own\.txt: has a \$ that")],
)
def test_what_cannot_be_filled_in(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "own.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        read_prompt(tmp_path, "capture_daemon.llm.companion", "own.txt", ALLOWED)


def test_a_folder_and_a_file_that_are_not_to_be_had(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is no folder with prompts"):
        read_prompt(tmp_path / "none", "capture_daemon.llm.companion", "own.txt", ALLOWED)
    (tmp_path / "own.txt").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="is not UTF-8"):
        read_prompt(tmp_path, "capture_daemon.llm.companion", "own.txt", ALLOWED)
