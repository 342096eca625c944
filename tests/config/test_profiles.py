from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.config import models
from capture_daemon.config.profiles import MOST_LISTED, missing_profile
from capture_daemon.errors import ConfigurationError


def profiles(folder: Path, *names: str) -> Path:
    """A configuration file with these profiles beside it."""
    (folder / "games").mkdir()
    for name in names:
        (folder / "games" / f"{name}.toml").touch()
    file = folder / "capture-daemon.toml"
    file.touch()
    return file


def test_the_nearest_profile_is_suggested(tmp_path: Path) -> None:
    file = profiles(tmp_path, "the-question", "katawa")
    with pytest.raises(ConfigurationError, match="there is no such file: did you mean --profile the-question"):
        models.load(file, "the-qestion")


def test_all_profiles_are_listed_where_none_is_near(tmp_path: Path) -> None:
    file = profiles(tmp_path, "the-question", "katawa")
    with pytest.raises(ConfigurationError, match=r"nosuch\.toml: .*: the profiles are katawa, the-question$"):
        models.load(file, "nosuch")


def test_a_folder_without_profiles_says_so(tmp_path: Path) -> None:
    assert missing_profile(tmp_path / "games" / "one.toml").endswith("no other profile in that folder")


def test_a_long_list_is_cut(tmp_path: Path) -> None:
    profiles(tmp_path, *[f"{number:03}" for number in range(MOST_LISTED + 5)])
    assert missing_profile(tmp_path / "games" / "x.toml").endswith("019 and 5 more")


def test_a_name_with_spaces_is_suggested_in_quotes(tmp_path: Path) -> None:
    (tmp_path / "my game.toml").touch()
    assert missing_profile(tmp_path / "my gam.toml").endswith("did you mean --profile 'my game'?")
