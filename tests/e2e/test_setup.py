"""Setting up a game in a real browser: the real program, a real window, and what is read of it in the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains

from tests.browser import Browser
from tests.e2e.showing import showing
from tests.e2e.test_picker import Steered
from tests.needs import needs_module
from tests.program import Running
from tests.x11_desktop import WHITE, GameWindow, X11Desktop

TALK = (
    "The ship leaves at dawn.",
    "Nobody told the captain.",
    "He sleeps below, you know.",
    "Then let him sleep on.",
    "I would rather wake him.",
    "You always say that.",
)
LARGE = ("-fg", "black", "-fa", "DejaVu Sans Mono", "-fs", "22")
LIMIT = 150.0
"""Seconds that a busy machine may take to read something."""
PARTS = ("#setup-sources", "#setup-stage", "#setup-read", "#setup-language", "#setup-save", "#setup-start")

PRESS_AGAIN = """
const send = WebSocket.prototype.send;
window.tried = 0;
WebSocket.prototype.send = function (text) {
  if (String(text).includes('"try"')) window.tried++;
  return send.call(this, text);
};
for (let time = 0; time < 9; time++) document.getElementById("setup-read-again").click();
"""


@contextmanager
def talking(game: GameWindow) -> Iterator[None]:
    """The game says one thing after another, in the fifth of its eight rows."""
    over = threading.Event()

    def talk() -> None:
        number = 0
        while not over.wait(0.8):
            game.write(f"\x1b[5;3H{TALK[number % len(TALK)]}")
            number += 1

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def drag(page: Browser, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag by mouse from one place of the picture to another, in fractions of it."""
    shown = page.run("return document.getElementById('setup-stage').getBoundingClientRect().toJSON()")
    actions = ActionChains(page.driver, duration=50)
    pointer = actions.w3c_actions.pointer_action
    for number, (x, y) in enumerate((start, end)):
        pointer.move_to_location(round(shown["left"] + x * shown["width"]), round(shown["top"] + y * shown["height"]))  # type: ignore[no-untyped-call]
        (pointer.pointer_up if number else pointer.pointer_down)()  # type: ignore[no-untyped-call]
    actions.perform()


@pytest.mark.timeout(600)
def test_a_game_is_set_up_and_captured(chromium: Browser, tmp_path: Path) -> None:
    needs_module("tesserocr", extra="tesseract")
    page = chromium
    options = ["--no-browser", "--port", "0", "--engine", "tesseract", "--language", "en"]
    with X11Desktop() as desktop, Running(tmp_path, "setup", *options, DISPLAY=desktop.server.display) as running:
        address = running.wait_for(r"set up a game at (\S+/setup)\n")[1]
        page.open(address)
        page.until(lambda: page.texts(".source span") == ["Screen 1, 800x600"])
        assert "switch it on in OBS" in page.texts(".missing")[-1]
        assert not page.find("#setup-save").is_enabled()
        game = desktop.open("The Post of the North", WHITE, "Novel", "34x8+20+20", LARGE)
        with talking(game):
            page.press("#setup-list")
            page.until(lambda: page.texts(".source span")[0] == "The Post of the North")
            page.find(".source input").click()
            # What `auto` finds is drawn as a suggestion, and taken.
            page.until(lambda: page.find("#setup-found-dialogue").is_displayed(), LIMIT)
            page.press("#setup-take")
            page.until(lambda: page.texts("#setup-read .read-row"), LIMIT)
            assert page.texts("#setup-read .read-row")[0] in TALK
            assert not page.find("#setup-suggestion").is_displayed()
            # However often it is pressed, one is read at a time.
            page.run(PRESS_AGAIN)
            page.until(lambda: page.texts("#setup-read .read-row"), LIMIT)
            assert page.run("return window.tried") == 1
            suggested = page.find(".box[data-name=dialogue]").get_attribute("aria-label")
            # Another box takes its place, and one is drawn to be left out.
            drag(page, (0.02, 0.3), (0.98, 0.75))
            page.until(lambda: page.texts("#setup-read .read-row"), LIMIT)
            assert page.find(".box[data-name=dialogue]").get_attribute("aria-label") != suggested
            page.run("document.querySelector('input[name=setup-region][value=ignore]').click()")
            drag(page, (0.9, 0.8), (0.97, 0.95))
            page.until(lambda: page.find(".box[data-name=ignore-1]").is_displayed())
            for width, height in ((1200, 800), (390, 844)):
                page.command(
                    "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
                )
                for selector in PARTS:
                    place = page.find(selector).rect
                    assert place["x"] >= 0
                    assert place["x"] + place["width"] <= width
            assert page.find("#setup-name").get_attribute("value") == "the-post-of-the-north"
            assert not page.find("#setup-start").is_enabled()
            page.press("#setup-save")
            page.until(lambda: "Saved as" in page.find("#setup-said").text)
            page.press("#setup-start")
            page.until(lambda: page.texts("#lines .text"), LIMIT)
            assert set(page.texts("#lines .text")) <= set(TALK)
        assert page.driver.current_url == address.removesuffix("setup")
        assert page.complaints() == []
        assert running.stop()[0] == 0
        game.close()
    text = (tmp_path / ".config" / "capture-daemon" / "games" / "the-post-of-the-north.toml").read_text(
        encoding="utf-8"
    )
    assert text.startswith('match = {title = "The Post of the North", class = "Novel"}\n\n[regions]\ndialogue = "0.0')
    assert "ignore = [" in text
    assert "[ocr]" not in text


def test_a_daemon_that_runs_already_sets_up_nothing(chromium: Browser, tmp_path: Path) -> None:

    with showing(tmp_path, controls=Steered()) as room:
        chromium.open(f"{room.address}setup")
        chromium.until(
            lambda: (
                chromium.find("#setup-said").text
                == "games are set up where the daemon was started by `capture-daemon setup`"
            )
        )
        assert chromium.complaints() == []
