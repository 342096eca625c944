from __future__ import annotations

import os
from pathlib import Path

import pytest

from capture_daemon.errors import ConfigurationError
from capture_daemon.server.tokens import Token, read_token
from tests.server.helpers import TOKEN, token_file


def test_what_matches() -> None:
    token = Token(TOKEN)
    assert token.matches(TOKEN)
    for wrong in ("", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper(), "\ud800", "ü" * 16):
        assert not token.matches(wrong)


def test_a_token_tells_nobody_what_it_is() -> None:
    token = Token(TOKEN)
    assert TOKEN not in f"{token!r} {vars(token)}"


def test_white_space_around_it_does_not_matter(tmp_path: Path) -> None:
    assert read_token(token_file(tmp_path, f"\n  {TOKEN}\r\n")) == TOKEN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "16 to 1024 characters, but this one has 0"),
        ("short", "16 to 1024 characters, but this one has 5"),
        ("x" * 1025, "16 to 1024 characters"),
        ("two words of enough letters", "without a space"),
        ("zwölf Boxkämpfer", "without a space"),
        ("sixteen-and\x00more", "without a space"),
    ],
)
def test_tokens_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    file = token_file(tmp_path, text)
    with pytest.raises(ConfigurationError, match=said) as caught:
        read_token(file)
    assert str(caught.value).startswith(f"server.token_file: {file}: ")
    assert text.strip() == "" or text not in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="needs permissions")
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = token_file(tmp_path)
    file.chmod(mode)
    with pytest.raises(ConfigurationError, match="others may read or write it: chmod 600"):
        read_token(file)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, said in ((tmp_path, "is not a file"), (tmp_path / "missing", "there is no such file")):
        with pytest.raises(ConfigurationError, match=rf"server\.token_file: .*: {said}"):
            read_token(path)
