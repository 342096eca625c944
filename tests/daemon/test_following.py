"""Following known games: which is chosen, and the real program with real windows."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.capture.window_list import WindowList
from capture_daemon.capture.window_name import Window
from capture_daemon.config.games import KnownGame
from capture_daemon.config.match import MatchTable
from capture_daemon.daemon.following import choose
from tests.needs import needs_module
from tests.program import Running
from tests.x11_desktop import WHITE, GameWindow, X11Desktop

LIMIT = 200.0


def game(profile: str, title: str | None = None, class_name: str | None = None) -> KnownGame:
    return KnownGame(profile, MatchTable.model_validate({"title": title, "class": class_name}))


def window(number: int, title: str, class_name: str = "") -> Window:
    return Window(number, title, "", class_name, None)


MOON, SUN = game("moon", "Moon"), game("sun", "Sun", "renpy")
MOONS, SUNS, MAIL = window(1, "Moon – chapter 2", "moon"), window(2, "Sun", "renpy"), window(3, "Mail")


@pytest.mark.parametrize(
    ("windows", "focused", "current", "before", "chosen"),
    [
        ([], None, None, [], None),
        ([MAIL], 3, "moon", [3], None),
        ([MOONS, MAIL], 3, None, [], "moon"),
        ([MOONS, SUNS, MAIL], 1, None, [], "moon"),
        ([MOONS, SUNS, MAIL], 3, None, [1, 2, 3], "sun"),
        ([MOONS, SUNS, MAIL], 3, "moon", [1, 2, 3], "moon"),
        ([MOONS, SUNS, MAIL], 3, "moon", [1, 3], "sun"),
        ([MOONS, SUNS, MAIL], 2, "moon", [1, 2, 3], "sun"),
        ([MOONS, MAIL], 3, "sun", [1, 3], "moon"),
        ([MOONS, window(4, "Sun", "firefox")], 4, None, [], "moon"),
    ],
)
def test_the_game_that_is_played(
    windows: list[Window], focused: int | None, current: str | None, before: list[int], chosen: str | None
) -> None:
    found = choose([MOON, SUN], WindowList(tuple(windows), focused), current, before)
    assert (found.profile if found else None) == chosen


def test_the_profile_that_says_most_about_a_window() -> None:
    there = WindowList((window(1, "Moon II", "renpy"),), None)
    games = [game("any", None, "renpy"), game("short", "Moon"), game("long", "Moon II"), game("both", "Moon", "renpy")]
    for most in ("both", "long", "short", "any"):
        found = choose(games, there, None, [])
        assert found is not None
        assert found.profile == most
        games = [one for one in games if one.profile != most]


def play(desktop: X11Desktop, title: str, class_name: str) -> GameWindow:
    large = ["-fg", "black", "-fa", "DejaVu Sans Mono", "-fs", "22"]
    return desktop.open(title, WHITE, class_name, "34x6+20+20", large)


def said(log: Path, text: str) -> dict[str, Any]:
    """The record of a line once it is in the log."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        for record in map(json.loads, lines):
            if record.get("text") == text:
                assert isinstance(record, dict)
                return record
        time.sleep(0.1)
    raise AssertionError(f"{text!r} was not said: {lines}")


@pytest.mark.timeout(600)
def test_run_follows_the_game_that_is_opened(tmp_path: Path) -> None:
    needs_module("tesserocr", extra="tesseract")
    games = tmp_path / ".config" / "capture-daemon" / "games"
    games.mkdir(parents=True)
    region = '[regions]\ndialogue = "0.0,0.0,1.0,0.5"\n'
    (games / "moon.toml").write_text(f'match = {{title = "Moon"}}\n{region}', encoding="utf-8")
    (games / "sun.toml").write_text(f'match = {{title = "Sun", class = "Renpy"}}\n{region}', encoding="utf-8")
    log = tmp_path / "lines.jsonl"
    options = ["--engine", "tesseract", "--language", "en", "--port", "0", "--log", str(log)]
    with X11Desktop() as desktop, Running(tmp_path, "run", *options, DISPLAY=desktop.server.display) as running:
        running.wait_for(r"no known game has a window: there are profiles for moon, sun\n")
        running.wait_for("listening on ws://")
        other = play(desktop, "Sun", "Browser")
        moon = play(desktop, "The Moon, part one", "Moongame")
        running.wait_for(limit=LIMIT, pattern=r"following moon: window:title=Moon\n")
        moon.write("The night is long.")
        first = said(log, "The night is long.")
        # A profile that is changed is applied; one that can't be read goes on as it was.
        (games / "moon.toml").write_text('match = {title = "Moon"}\n[regions]\ndialogue = "1,2"\n', encoding="utf-8")
        running.wait_for(limit=LIMIT, pattern=r"moon: can't be followed: .*regions\.dialogue")
        (games / "moon.toml").write_text("match = {\n", encoding="utf-8")
        running.wait_for(limit=LIMIT, pattern=r"moon\.toml: is not valid TOML: .*: the profile is left out until")
        moved = region.replace("0.5", "0.6")
        (games / "moon.toml").write_text(f'match = {{title = "Moon"}}\n{moved}', encoding="utf-8")
        running.wait_for(limit=LIMIT, pattern=r"the configuration is applied: regions\n")
        assert "was closed" not in running.errors
        sun = play(desktop, "Sun", "Renpy")
        running.wait_for(limit=LIMIT, pattern=r"following sun: window:class=Renpy,title=Sun\n")
        sun.write("The day has come.")
        second = said(log, "The day has come.")
        assert (first["source"], second["source"]) == ("window:title=Moon", "window:class=Renpy,title=Sun")
        assert first["session"] < second["session"]
        (games / "mars.toml").write_text(f'match = {{title = "Mars"}}\n{region}', encoding="utf-8")
        for one in (sun, moon):
            one.close()
        running.wait_for(
            limit=LIMIT, pattern=r"(sun|moon) was closed\n(.*\n)*.*there are profiles for mars, moon, sun\n"
        )
        mars = play(desktop, "Mars", "Mars")
        running.wait_for(limit=LIMIT, pattern=r"following mars: window:title=Mars\n")
        assert running.stop()[0] == 0
        for one in (mars, other):
            one.close()
