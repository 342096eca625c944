"""`capture-daemon profile`: bad input, and real windows on an X11 desktop of the tests' own."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from capture_daemon import cli
from capture_daemon.config import models
from capture_daemon.frames import Size
from tests.needs import needs_module
from tests.x11_desktop import WHITE, GameWindow, X11Desktop

TALK = (
    "The ship leaves at dawn.",
    "Nobody told the captain.",
    "He sleeps below, you know.",
    "Then let him sleep on.",
    "I would rather wake him.",
    "You always say that.",
)


class Calling:
    """Calls the program in this process, with a home of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.output = self.errors = ""

    def __call__(self, *arguments: str) -> int:
        code = cli.call(["profile", *arguments])
        self.output, self.errors = self._capsys.readouterr()
        return code


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calling:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    return Calling(capsys)


@pytest.fixture
def games(tmp_path: Path) -> Path:
    folder = tmp_path / ".config" / "capture-daemon" / "games"
    folder.mkdir(parents=True)
    return folder


def test_without_profiles(call: Calling) -> None:
    assert call("list") == 0
    assert "make one by `capture-daemon profile new NAME`" in call.output


def test_list_and_show(call: Calling, games: Path) -> None:
    (games / "one.toml").write_text('match = {title = "One"} # mine\n', encoding="utf-8")
    (games / "two.toml").write_text('[regions]\ndialogue = "1,2,3"\n', encoding="utf-8")
    (games / "three.toml").write_text("match = 3\n", encoding="utf-8")
    assert call("list") == 0
    assert call.output == "one  window:title=One\nthree\ntwo\n"
    assert "warning: " in call.errors
    assert "three.toml: match: is written match = {title" in call.errors
    assert call("show", "one") == 0
    assert call.output == f'# {games / "one.toml"}\nmatch = {{title = "One"}} # mine\n'
    assert call("show", "two") == 2
    assert "two.toml: regions.dialogue" in call.errors


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["show", "non"], 2, "non.toml: there is no such file: did you mean --profile one?"),
        (["show", "../x"], 2, "a profile can't be called '../x'"),
        (["edit", "nothere"], 2, "nothere.toml: there is no such file"),
        (["new", "a/b", "--window", "x"], 2, "a profile can't be called 'a/b'"),
        (["new", "one", "--window", "x"], 2, "one.toml: already exists"),
        (["new", "two", "--window", "x", "--source", "screen"], 2, "leave out either"),
        (["new", "two", "--window", "x"], 3, "windows can't be captured: found no X server"),
        (["new", "two", "--source", "nothere.mp4", "--region", "1,2,3,4"], 3, "nothere.mp4 is nothing to play on"),
        (["new", "two", "--source", "game"], 3, "game is nothing to play on"),
        (["new", "two", "--source", "device:77"], 3, "device:77"),
        (["new", "two", "--source", "screen", "--region", "1,2,3"], 2, "'1,2,3'"),
        (["new", "two", "--source", "screen", "--wait", "0"], 2, "--wait"),
        (["new", "two", "--source", "screen", "--language", "klingon"], 2, "klingon"),
    ],
)
def test_bad_input(call: Calling, games: Path, arguments: list[str], code: int, told: str) -> None:
    (games / "one.toml").touch()
    assert call(*arguments) == code
    assert told in call.errors
    assert "Traceback" not in call.errors
    assert [file.name for file in games.iterdir()] == ["one.toml"]


def test_edit_checks_what_was_saved(call: Calling, games: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = games / "one.toml"
    file.write_text('match = {title = "One"}\n', encoding="utf-8")
    for editor, code, told in (
        ("sed -i s/One/Two/", 0, f"{file}: can be used\n"),
        ("sed -i s/title/titel/", 2, "unknown key match.titel: it may be one of title, class"),
        ("/no/such/editor", 2, "the editor '/no/such/editor' can't be started"),
        ("'unbalanced", 2, "can't be started (No closing quotation)"),
        ("false", 2, "the editor false ended with 1"),
    ):
        monkeypatch.setenv("EDITOR", editor)
        assert call("edit", "one") == code
        assert told in call.output + call.errors
    assert file.read_text(encoding="utf-8") == 'match = {titel = "Two"}\n'


def test_new_from_a_window(call: Calling, games: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with X11Desktop() as desktop:
        game = desktop.open("Game", WHITE, "Novel")
        desktop.rename(game, "A Game – ゲーム")
        monkeypatch.setenv("DISPLAY", desktop.server.display)
        assert call("new", "nov", "--window", "a game", "--region", "0,50,100,40", "--language", "ja") == 0
        width, height = desktop.size(game)
        text = (games / "nov.toml").read_text(encoding="utf-8")
        assert text.startswith('match = {title = "A Game – ゲーム", class = "Novel"}\n')
        regions = models.load(None, "nov").regions.regions()
        assert regions is not None
        assert tuple(regions.dialogue.resolve(Size(width, height))) == (0, 50, 100, 40)
        assert regions.dialogue.fractions
        assert 'language = "ja"' in text
        assert call("list") == 0
        assert call.output == "nov  window:class=Novel,title=A Game – ゲーム  open\n"
        assert call("new", "x", "--window", "a game", "--region", "0,50,10000,40") == 2
        assert "reaches outside the frame" in call.errors
        assert call("new", "x", "--window", "mail") == 3
        assert "there is no window 'mail': there are 'A Game" in call.errors
        assert call("new", "x") == 2
        assert "no window is named: take --window TITLE" in call.errors
        assert call("new", "x", "--window", "a game", "--wait", "1", "--engine", "tesseract") == 2
        assert "no dialogue was found in window:id=" in call.errors
        assert [file.name for file in games.iterdir()] == ["nov.toml"]
        # A title with what a line can't hold is no help in finding the window: its class is.
        desktop.xdotool("set_window", "--name", "a\tb", str(game.number))
        assert call("new", "odd", "--window", "class=Novel", "--region", "0,50,100,40") == 0
        assert (games / "odd.toml").read_text(encoding="utf-8").startswith('match = {class = "Novel"}\n')
        assert "match.title" not in call.output
        game.close()


@pytest.mark.timeout(600)
def test_new_finds_the_dialogue_while_somebody_plays(
    call: Calling, games: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_module("tesserocr", extra="tesseract")
    over = threading.Event()

    def play(game: GameWindow) -> None:
        number = 0
        while not over.wait(0.8):
            game.write(f"\x1b[5;3H{TALK[number % len(TALK)]}")
            number += 1

    with X11Desktop() as desktop:
        monkeypatch.setenv("DISPLAY", desktop.server.display)
        large = ["-fg", "black", "-fa", "DejaVu Sans Mono", "-fs", "22"]
        game = desktop.open("Found", WHITE, "Novel", "34x8+20+20", large)
        playing = threading.Thread(target=play, args=(game,))
        playing.start()
        try:
            assert (
                call("new", "found", "--window", "Found", "--engine", "tesseract", "--language", "en", "--wait", "400")
                == 0
            )
            assert "No names were seen: if the game shows who speaks, make it anew" in call.output
        finally:
            over.set()
            playing.join()
        game.close()
    configuration = models.load(None, "found")
    regions = configuration.regions.regions()
    assert regions is not None
    assert (configuration.ocr.language, configuration.ocr.engine) == ("en", "tesseract")
    # The fifth of eight rows.
    assert regions.dialogue.fractions
    assert regions.dialogue.top < 4.5 / 8 < regions.dialogue.top + regions.dialogue.height
    assert (tmp_path / ".config" / "capture-daemon" / "games" / "found.toml").exists()
