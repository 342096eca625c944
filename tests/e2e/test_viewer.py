"""The page of a real daemon, in a real browser, while a game is played on a real X server."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains

from tests.browser import Browser
from tests.e2e.game import DIALOGUE, ELSEWHERE, SPEAKER, Game
from tests.program import Running

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there"),
    pytest.mark.timeout(300),  # on a machine that has much else to do, for OCR has a low priority
]

PATIENCE = 120.0
"""Seconds for what needs OCR."""
CONFIGURATION = f"""# My own game.

[regions]
# Where the text stands.
dialogue = "{",".join(map(str, DIALOGUE))}"
speaker = "{",".join(map(str, SPEAKER))}"  # and the name
"""


class Play:
    """A game, the daemon that reads it, and the page."""

    def __init__(self, folder: Path, game: Game, page: Browser) -> None:
        self.folder = folder
        self.game = game
        self.page = page
        self.configuration = folder / "capture-daemon.toml"
        self.configuration.write_text(CONFIGURATION, encoding="utf-8")
        self._port = "0"
        self._held = ExitStack()
        self._program: Running | None = None

    def start(self) -> None:
        """Start the daemon, at the second time on the same port, with the same log."""
        run = ["run", "--config", str(self.configuration), "--port", self._port, "--log", "dialogue.jsonl"]
        self._program = self._held.enter_context(Running(self.folder, *run, DISPLAY=self.game.display))
        address = self._program.wait_until_ready()
        self._port = address.rpartition(":")[2]

    def kill(self) -> None:
        """Kill the daemon, as a crash would."""
        assert self._program is not None
        self._program.process.kill()
        self._program.process.wait(10)

    def close(self) -> None:
        self._held.close()

    def open_page(self, **options: Any) -> None:
        """Open the page, and wait until the daemon reads."""
        self.page.open(f"http://localhost:{self._port}/", **options)
        self.wait_until("Live")

    def wait_until(self, state: str) -> None:
        self.page.until(lambda: self.page.find("#state-text").text == state, PATIENCE)

    @property
    def shown(self) -> list[str]:
        return self.page.texts("#lines .text")

    @property
    def logged(self) -> list[dict[str, Any]]:
        rows = (self.folder / "dialogue.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(row) for row in rows]

    def say(self, text: str, **options: Any) -> None:
        """Have the game say a line, and wait until the page shows it."""
        self.game.type(text, **options)
        self.page.until(lambda: self.shown[-1:] == [text], PATIENCE)

    def region(self, name: str) -> str:
        """A region as the configuration has it."""
        region = tomllib.loads(self.configuration.read_text(encoding="utf-8"))["regions"][name]
        assert isinstance(region, str)
        return region


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Play]:
    with Game() as game:
        playing = Play(tmp_path_factory.mktemp("play"), game, chromium)
        try:
            playing.start()
            playing.open_page()
            yield playing
        finally:
            playing.close()


def test_lines_appear_as_they_are_said_and_typing_shows(play: Play) -> None:
    page = play.page
    page.run(
        "self.typed = [];"
        "new MutationObserver(() => typed.push(document.getElementById('typing-text').textContent))"
        ".observe(document.getElementById('typing-text'), {childList: true})"
    )
    text, between = "Patience, please. It is hard to steer by starlight alone.", "But there is a moon."
    play.say(text, speaker="Juno")
    for _ in range(5):
        # Where OCR has to wait for other programs, a line may be done before any of it was read.
        if any(page.run("return typed")):
            break
        play.game.clear()
        play.say(between)
        play.say(text, speaker="Juno")
    assert page.texts("#lines .line:last-child .speaker") == ["Juno"]
    assert page.find("#lines .line:last-child time").get_attribute("datetime") == play.logged[-1]["time"]
    confidence = page.texts("#lines .line:last-child .confidence")
    assert confidence == [f"Confidence {play.logged[-1]['confidence']:.0%}"]
    typed = [words for words in page.run("return typed") if words]
    assert typed
    # The last of a text may be all of it: it is read before it is known to be complete.
    assert any(len(words) < len(text) for words in typed)
    assert all(words[:8] in {text[:8], between[:8]} for words in typed if len(words) > 8), typed
    assert page.complaints() == []


def test_text_with_markup_in_it_stays_text(play: Play) -> None:
    play.game.type("Is this <b>bold</b> or <i>not</i>?")
    play.page.until(lambda: "bold" in "".join(play.shown[-1:]), PATIENCE)
    assert play.shown[-1] == play.logged[-1]["text"]
    assert "<b>" in play.shown[-1]
    assert play.page.run("return document.querySelectorAll('#lines :is(b, i)').length") == 0


def test_a_daemon_that_was_killed_and_comes_back_is_followed_on(play: Play) -> None:
    play.say("Before the crash.")
    play.kill()
    play.wait_until("Disconnected")
    play.game.clear()
    play.start()
    play.wait_until("Live")
    play.say("After the crash.")
    assert play.shown == [record["text"] for record in play.logged]
    numbers = play.page.run("return [...document.querySelectorAll('#lines .line')].map((line) => +line.dataset.seq)")
    assert numbers == list(range(1, len(numbers) + 1))


def test_pause_and_resume(play: Play) -> None:
    page = play.page
    play.say("Hold on.")
    page.press("#pause")
    play.wait_until("Paused")
    assert page.find("#pause-text").text == "Resume"
    play.game.type("Nobody hears this.")
    page.press("#state")
    page.until(lambda: "screen:1" in page.find("#about-list").text)
    page.press("#state")
    play.game.clear()
    page.press("#pause")
    play.wait_until("Live")
    play.say("Go on.")
    assert "Nobody hears this." not in play.shown


def test_the_picker_moves_the_region_reads_there_and_saves(play: Play) -> None:
    page = play.page
    play.game.type("Over here now.", place=ELSEWHERE)
    page.press("#pick")
    page.until(lambda: page.find(".box[data-name=dialogue]").is_displayed())
    assert [int(page.find(f"#number-{name}").get_attribute("value") or 0) for name in ("left", "top")] == [140, 546]
    scale = page.find(".box[data-name=dialogue]").rect["width"] / DIALOGUE[2]
    moved = [round((ELSEWHERE[axis] - DIALOGUE[axis]) * scale) for axis in (0, 1)]
    ActionChains(page.driver).drag_and_drop_by_offset(page.find(".box[data-name=dialogue]"), *moved).perform()
    page.until(lambda: page.texts("#read .read-row") == ["Over here now."], PATIENCE)
    assert play.region("dialogue") == ",".join(map(str, DIALOGUE)), "not saved yet"
    # Letter by letter: arrows move, Shift and arrows resize, Ctrl makes it ten.
    before = [int(page.find(f"#number-{name}").get_attribute("value") or 0) for name in ("left", "top", "width")]
    box = page.find(".box[data-name=dialogue]")
    for keys in ("\ue014", "\ue009\ue013\ue009", "\ue008\ue012\ue008"):  # right; Ctrl and up; Shift and left
        box.send_keys(keys)
    after = [int(page.find(f"#number-{name}").get_attribute("value") or 0) for name in ("left", "top", "width")]
    assert after == [before[0] + 1, before[1] - 10, before[2] - 1]
    page.until(lambda: page.texts("#read .read-row") == ["Over here now."], PATIENCE)
    page.press("#save")
    page.until(lambda: not page.find("#picker").is_displayed())
    assert all("." in number for number in play.region("dialogue").split(","))
    kept = play.configuration.read_text(encoding="utf-8")
    assert "# My own game." in kept
    assert "# Where the text stands." in kept
    play.say("And it goes on here.", place=ELSEWHERE)
