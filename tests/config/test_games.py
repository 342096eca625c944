from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.config import models
from capture_daemon.config.games import ProfileFolder, check_name, is_following_wanted
from capture_daemon.config.source import ConfigSource
from capture_daemon.errors import ConfigurationError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "games").mkdir()
    path = tmp_path / "capture-daemon.toml"
    path.touch()
    return path


def write(file: Path, name: str, text: str) -> Path:
    profile = models.profile_path(file, name)
    profile.write_text(text, encoding="utf-8")
    return profile


def test_known_games_are_those_whose_profile_names_a_window(file: Path) -> None:
    write(file, "both", 'match = {title = "A, or B", class = "renpy"}')
    write(file, "class", '[match]\nclass = "game.exe"')
    write(file, "title", 'match = {title = "月の話"}')
    write(file, "none", '[regions]\ndialogue = "1,2,3,4"')
    known = ProfileFolder(file).look()
    assert known.names == ("both", "class", "none", "title")
    assert {game.profile: game.source for game in known.games} == {
        "both": "window:class=renpy,title=A, or B",
        "class": "window:class=game.exe",
        "title": "window:title=月の話",
    }
    assert known.faults == ()


def test_files_that_cannot_be_read_are_faults_and_the_others_are_known(file: Path) -> None:
    write(file, "good", 'match = {title = "Good"}')
    write(file, "broken", "match = {")
    write(file, "wrong", 'match = {titel = "Wrong"}')
    write(file, "number", "match = {title = 3}")
    known = ProfileFolder(file).look()
    assert [game.profile for game in known.games] == ["good"]
    assert ["broken.toml" in known.faults[0], "number.toml" in known.faults[1], "wrong.toml" in known.faults[2]] == (
        [True] * 3
    )
    assert 'match = {title = "…", class = "…"}' in known.faults[1]


def test_changes_of_the_folder_are_seen(file: Path) -> None:
    folder = ProfileFolder(file)
    assert folder.look().games == ()
    profile = write(file, "one", 'match = {title = "One"}')
    assert [game.source for game in folder.look().games] == ["window:title=One"]
    write(file, "one", 'match = {title = "Another"}')
    assert [game.source for game in folder.look().games] == ["window:title=Another"]
    profile.unlink()
    assert folder.look().games == ()
    assert ProfileFolder(file.parent / "no" / "such.toml").look().names == ()


def test_a_profiles_window_is_its_source_unless_it_names_one(file: Path) -> None:
    file.write_text('[source]\nname = "screen:2"\nfps = 10.0\n', encoding="utf-8")
    write(file, "window", 'match = {title = "Mine"}')
    write(file, "card", 'match = {title = "Mine"}\n[source]\nname = "device:0"\n')
    write(file, "fps", 'match = {class = "Mine"}\n[source]\nfps = 20.0\n')
    assert models.load(file, "window").source.name == "window:title=Mine"
    assert models.load(file, "card").source.name == "device:0"
    assert models.load(file, "fps").source.name == "window:class=Mine"
    assert models.load(file, "fps").source.fps == 20
    assert models.load(file, "window", {"source.name": "screen"}).source.name == "screen"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('match = {titel = "x"}', r"unknown key match\.titel: it may be one of title, class$"),
        ('match = {title = " "}', r"match\.title: .*in one line"),
        ('match = {class = "a\\nb"}', r"match\.class: .*in one line"),
        ("match = {title = 3}", r"match\.title: .*but it is 3"),
        ('match = "Game"', r"match: .*but it is 'Game'"),
        (f'match = {{title = "{"x" * 1001}"}}', r"match\.title: .*1000"),
    ],
)
def test_a_match_that_cannot_be_used(file: Path, text: str, told: str) -> None:
    profile = write(file, "bad", text)
    with pytest.raises(ConfigurationError, match=told) as caught:
        models.load(file, "bad")
    assert str(caught.value).startswith(str(profile))


def test_a_match_belongs_into_a_profile(file: Path) -> None:
    file.write_text('match = {title = "x"}', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"match: it names one game's window: write it in a profile"):
        models.load(file)


def test_known_games_are_followed_where_nothing_else_was_chosen(file: Path) -> None:
    assert not is_following_wanted(ConfigSource(file))
    write(file, "known", 'match = {title = "Known"}')
    assert is_following_wanted(ConfigSource(file))
    assert not is_following_wanted(ConfigSource(file, "known"))
    assert not is_following_wanted(ConfigSource(file, None, {"source.name": "screen:1"}))
    assert not is_following_wanted(ConfigSource(file, None, {"regions.dialogue": "auto"}))
    file.write_text('[regions]\ndialogue = "1,2,3,4"', encoding="utf-8")
    assert not is_following_wanted(ConfigSource(file))
    assert is_following_wanted(ConfigSource(file, None, {"source.name": "game"}))
    with pytest.raises(ConfigurationError, match="leave out either"):
        is_following_wanted(ConfigSource(file, "known", {"source.name": "game"}))


@pytest.mark.parametrize("name", ["my-game", "The Question", "月の話 2", "a.b_c", "Who's it?"[:-1]])
def test_names_of_profiles(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name", ["", ".hidden", "a/b", "../a", "a\\b", "a\0", "x" * 61, " a", "a ", "a.", "a\nb", "-a"]
)
def test_names_that_no_profile_can_have(name: str) -> None:
    with pytest.raises(ConfigurationError, match="a profile can't be called"):
        check_name(name)
