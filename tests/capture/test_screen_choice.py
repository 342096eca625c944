"""The file that keeps what was chosen in a Wayland session."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from capture_daemon.capture import screen_choice
from capture_daemon.capture.screen_choice import ScreenChoice
from capture_daemon.config import models
from capture_daemon.errors import ConfigurationError

CHOICE = ScreenChoice("43c652e0-f195", window=True, fresh=True)
OTHER = ScreenChoice("77aa", window=False)


def test_a_choice_is_read_as_it_was_written_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "state" / "choice.json"
    assert screen_choice.read(file) is screen_choice.read(None) is None
    screen_choice.write(file, CHOICE)
    assert screen_choice.read(file) == CHOICE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert screen_choice.forget(file)
    assert not screen_choice.forget(file)


def test_a_newer_choice_of_somebody_else_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "choice.json"
    screen_choice.replace(file, None, CHOICE)
    screen_choice.replace(file, OTHER, None)
    screen_choice.replace(file, None, OTHER)
    assert screen_choice.read(file) == CHOICE
    before = screen_choice.stamp(file)
    screen_choice.replace(file, CHOICE, OTHER)
    assert screen_choice.read(file) == OTHER
    assert screen_choice.stamp(file) != before
    screen_choice.replace(file, OTHER, None)
    assert screen_choice.stamp(file) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"null",
        b"{}",
        b'["token"]',
        b"[" * 4000,
        b" " * 5000,
        b'{"token": "", "window": true, "fresh": true}',
        b'{"token": "1", "window": 1, "fresh": true}',
        b'{"token": "' + b"1" * 2000 + b'", "window": true, "fresh": true}',
    ],
)
def test_a_file_that_holds_something_else(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "choice.json"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"source\.screen_choice_file: .*choice\.json: ") as caught:
        screen_choice.read(file)
    assert "\n" not in str(caught.value)


def test_each_profile_has_a_choice_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "games").mkdir()
    (tmp_path / "games" / "novel.toml").touch()
    (tmp_path / "games" / "own.toml").write_text(f"[source]\nscreen_choice_file = '{tmp_path}/own.json'\n")
    file = tmp_path / "my.toml"
    file.touch()
    folder = tmp_path / "state" / "capture-daemon"
    assert models.load(file).source.screen_choice_file == folder / "screen-choice.json"
    assert models.load(file, "novel").source.screen_choice_file == folder / "screen-choices" / "novel.json"
    assert models.load(file, "own").source.screen_choice_file == tmp_path / "own.json"
