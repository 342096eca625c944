"""What the page makes of what the feed says, in a real browser; the feed's lines come from the test."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Partial, Status
from tests.browser import Browser
from tests.e2e.showing import Showing, showing
from tests.server.helpers import line

LATER = "2026-11-22T15:20:12.000+00:00"
"""After `line` was said."""


def shown(page: Browser) -> list[str]:
    """The lines that are to be seen."""
    return page.texts("#lines .line:not([hidden]) .text")


def open_page(page: Browser, room: Showing, **options: Any) -> None:
    page.open(room.address, **options)
    page.until(lambda: page.find("#state").get_attribute("data-state") not in ("connecting", "away"))


@pytest.fixture
def page(chromium: Browser) -> Browser:
    return chromium


def test_lines_from_before_and_now(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("Hi there!", "How was class?")
        open_page(page, room)
        page.until(lambda: shown(page) == ["Hi there!", "How was class?"])
        room.say("Dull.", speaker=None, confidence=0.7123)
        page.until(lambda: shown(page) == ["Hi there!", "How was class?", "Dull."])
        assert page.texts("#lines .speaker") == ["Sylvie", "Sylvie"]
        assert page.texts(".confidence") == ["Confidence 99%", "Confidence 99%", "Confidence 71%"]
        assert page.find("#lines .line:last-child .confidence").get_attribute("class") == "confidence doubtful"
        assert page.find("#lines time").get_attribute("datetime") == line().time
        assert len(page.texts(".session")) == 1
        room.say("The next day …", session="2026-11-23T10:00:00.000+00:00")
        page.until(lambda: len(page.texts(".session")) == 2)
        assert page.complaints() == []


def test_text_with_markup_in_it_stays_text(page: Browser, tmp_path: Path) -> None:
    texts = ['<img src="x" onerror="document.title = 1">', "<script>document.title = 2</script>", "&lt;b&gt; & </li>"]
    with showing(tmp_path) as room:
        room.say(*texts[:2], speaker="<u>Mallory</u>")
        open_page(page, room)
        room.say(texts[2])
        page.until(lambda: shown(page) == texts)
        room.tell(Partial(speaker="<b>", text="<i>typed</i>", time=LATER, region="dialogue"))
        page.until(lambda: page.texts("#typing .text") == ["<i>typed</i>"])
        assert page.texts("#lines .speaker")[:2] == ["<u>Mallory</u>"] * 2
        assert page.run("return document.querySelectorAll('main :is(img, script, u, i, b)').length") == 0
        assert page.driver.title == "capture-daemon"
        page.press("#copy")
        page.until(lambda: page.find("#said").text == "Copied 3 lines")
        assert page.complaints() == []


def test_text_being_typed_until_its_line_comes(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        open_page(page, room)
        assert page.find("#empty").is_displayed()
        for text in ("Hi", "Hi the"):
            room.tell(Partial(speaker="Sylvie", text=text, time=line().time, region="dialogue"))
            page.until(lambda text=text: page.find("#typing-text").text == text)  # type: ignore[misc]
        assert page.find("#typing-speaker").text == "Sylvie"
        assert page.find("#typing .note").text == "typing"
        # What is typed is not for those who listen to the page: they hear the line, once.
        assert page.find("#typing").get_attribute("aria-live") == "off"
        room.say("Hi there!")
        page.until(lambda: shown(page) == ["Hi there!"])
        assert not page.find("#typing").is_displayed()
        # What was read while the line was said, and comes after it, is not being typed any more.
        for text, time in (("Hi there!", LATER), ("Hi the", line().time), ("And", LATER)):
            room.tell(Partial(speaker="Sylvie", text=text, time=time, region="dialogue"))
        page.until(lambda: page.find("#typing").is_displayed())
        assert page.find("#typing-text").text == "And"


def test_a_correction_takes_the_place_of_what_it_corrects(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        [early] = room.say("Well,")
        open_page(page, room)
        page.until(lambda: shown(page) == ["Well,"])
        room.say("Well, perhaps.", replaces=early.seq)
        page.until(lambda: shown(page) == ["Well, perhaps."])
        assert page.texts("#lines .note") == ["corrected"]


def test_what_is_missing_and_what_is_wrong_is_said(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("One.", "Two.", "Three.")
    path = tmp_path / "dialogue.jsonl"
    rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(rows[0] + b"x" * (len(rows[1]) - 1) + b"\n" + rows[2])
    with showing(tmp_path) as room:
        open_page(page, room)
        page.until(lambda: shown(page) == ["One.", "Three."])
        assert page.texts("#lines > li") != []
        assert page.texts(".gap") == ["Line 2 can't be read in the log"]
        room.tell(Status(what="source", state="lost", detail="the display went away"))
        page.until(lambda: page.find("#state-text").text == "Lost")
        assert page.find("#notice").text == "Source: the display went away"
        room.tell(Status(what="source", state="capturing"))
        page.until(lambda: page.find("#state-text").text == "Live")
        assert not page.find("#notice").is_displayed()


def test_a_lost_connection_is_made_again_and_nothing_is_missed(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("One.", "Two.")
        open_page(page, room)
        page.until(lambda: len(shown(page)) == 2)
        port = room.port
    page.until(lambda: page.find("#state-text").text == "Disconnected")
    assert "misses nothing" in page.find("#notice").text
    with closing(LineLog.open(tmp_path / "dialogue.jsonl")) as log:
        log.append(line("Three."))
    with showing(tmp_path, port=port) as room:
        page.until(lambda: shown(page) == ["One.", "Two.", "Three."])
        assert page.texts("#lines .line:last-child .text") == ["Three."]
        room.say("Four.")
        page.until(lambda: shown(page) == ["One.", "Two.", "Three.", "Four."])
        assert not page.find("#notice").is_displayed()


def test_a_long_log_is_read_back_bit_by_bit(page: Browser, tmp_path: Path) -> None:
    with closing(LineLog.open(tmp_path / "dialogue.jsonl")) as log:
        for number in range(1, 651):
            log.append(line(f"Line {number}."))
    with showing(tmp_path) as room:
        open_page(page, room)
        page.until(lambda: len(shown(page)) == 300)
        page.until(lambda: page.run("return scrollY + innerHeight >= document.documentElement.scrollHeight - 2"))
        for count in (600, 650):
            page.run("scrollTo(0, 0)")
            page.press("#earlier")
            page.until(lambda count=count: len(shown(page)) == count)  # type: ignore[misc]
        assert shown(page) == [f"Line {number}." for number in range(1, 651)]
        page.until(lambda: not page.find("#earlier").is_displayed())
        # Whoever has scrolled up to read is left where they are, and told what they have not seen.
        page.run("scrollTo(0, 0)")
        page.until(lambda: page.find("#newest").is_displayed())
        room.say("Line 651.")
        page.until(lambda: page.find("#newest").text == "1 new line")
        assert page.run("return scrollY") == 0
        page.press("#newest")
        page.until(lambda: not page.find("#newest").is_displayed())


def test_search_and_copy(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("Patience, please.", speaker="Juno")
        room.say("Sorry.", speaker="Pip")
        room.say("ＰＡＴＩＥＮＣＥ!", speaker=None)
        open_page(page, room)
        page.until(lambda: len(shown(page)) == 3)
        page.find("#search").send_keys("patience")
        page.until(lambda: shown(page) == ["Patience, please.", "ＰＡＴＩＥＮＣＥ!"])
        assert page.find("#found").text == "2 of 3 lines"
        assert page.run("return [...CSS.highlights.get('found')].map(String)") == ["Patience", "ＰＡＴＩＥＮＣＥ"]
        room.say("I said patience.", "Yes.", speaker="Juno")
        page.until(lambda: page.find("#found").text == "3 of 5 lines")
        page.press("#copy")
        page.until(lambda: page.find("#said").text == "Copied 3 lines")
        page.let_clipboard_be_read(room.address)
        assert page.clipboard() == "Juno: Patience, please.\nＰＡＴＩＥＮＣＥ!\nJuno: I said patience."
        page.find("#search").send_keys("\ue00c")  # Escape
        page.until(lambda: len(shown(page)) == 5)
        page.run("document.querySelectorAll('#lines .copy')[1].focus()")
        page.driver.switch_to.active_element.send_keys("\ue007")  # Enter
        page.until(lambda: page.clipboard() == "Sorry.")
        # Where the browser gives a page no clipboard, over plain HTTP from another machine, it goes the old way.
        page.run("self.kept = navigator.clipboard; Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        page.run("document.querySelectorAll('#lines .copy')[4].click()")
        page.until(lambda: page.clipboard("self.kept") == "Yes.")


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (700, True), (340, False)])
def test_it_fits_windows_of_every_width(page: Browser, tmp_path: Path, width: int, dark: bool) -> None:
    with showing(tmp_path) as room:
        room.say("A" * 200, "Hi there!", speaker="A name that goes on and on and on and on and on")
        open_page(page, room, width=width, dark=dark)
        page.until(lambda: len(shown(page)) == 2)
        assert page.run("return document.documentElement.scrollWidth <= innerWidth")
        paper, ink = page.run(
            "const style = getComputedStyle(document.documentElement);"
            "return [style.backgroundColor, style.color].map((colour) => +colour.match(/[0-9]+/))"
        )
        assert (paper < 60 and ink > 180) if dark else (ink < 60 and paper > 180)


def test_what_a_screen_reader_finds(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("Hi there!")
        open_page(page, room)
        page.until(lambda: len(shown(page)) == 1)
        nodes = page.command("Accessibility.getFullAXTree")["nodes"]
        found = [
            (node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]
        ]
        roles = {role for role, _ in found}
        assert {"banner", "main", "search", "log", "heading"} <= roles
        assert ("log", "Lines") in found
        assert ("searchbox", "Search the lines") in found
        buttons = {name for role, name in found if role == "button"}
        tools = {"Pause", "Regions", "Copy all", "Smaller text", "Larger text", "More"}
        assert buttons == {"State: Waiting", "Copy this line"} | tools
        # By Tab alone: the way past the header first, then everything in order, and it is to be seen where one is.
        page.find("body").send_keys("\ue004")
        assert page.run("return document.activeElement.className") == "skip"
        page.driver.switch_to.active_element.send_keys("\ue004")
        assert page.run("return document.activeElement.id") == "state"
        assert page.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_size_of_the_text_is_kept(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("Hi there!")
        open_page(page, room)
        measure = "return parseFloat(getComputedStyle(document.querySelector('#lines .text')).fontSize)"
        page.until(lambda: len(shown(page)) == 1)
        before = page.run(measure)
        page.press("#larger")
        larger = page.run(measure)
        assert larger > before
        page.driver.refresh()
        page.until(lambda: len(shown(page)) == 1)
        assert page.run(measure) == larger


def test_where_a_token_is_asked_for(page: Browser, tmp_path: Path) -> None:
    token = "0123456789abcdef"
    file = tmp_path / "token"
    file.write_text(token, encoding="ascii")
    file.chmod(0o600)
    with showing(tmp_path, token_file=file) as room:
        room.say("Hi there!")
        page.open(room.address)
        for wrong in (True, False):
            page.until(lambda: page.find("#token").is_displayed())
            assert shown(page) == []
            assert page.run("return document.activeElement.id") == "token-field"
            page.find("#token-field").send_keys("not-the-daemons-token" if wrong else token)
            page.press("#token .primary")
        page.until(lambda: shown(page) == ["Hi there!"])
        assert not page.find("#token").is_displayed()
        # Kept for this tab alone, unless told to remember it.
        page.driver.refresh()
        page.until(lambda: shown(page) == ["Hi there!"])
        page.open(room.address)
        page.until(lambda: page.find("#token").is_displayed())
        page.find("#token-keep").click()
        page.find("#token-field").send_keys(token, "\ue007")
        page.until(lambda: shown(page) == ["Hi there!"])
        page.open(room.address)
        page.until(lambda: shown(page) == ["Hi there!"])
        assert page.complaints() == []


@pytest.mark.parametrize("token", ["0123456789abcdef+/=", "0123456789abcdef%zz"])
def test_a_token_in_the_pages_own_address(page: Browser, tmp_path: Path, token: str) -> None:
    file = tmp_path / "token"
    file.write_text(token, encoding="ascii")
    file.chmod(0o600)
    with showing(tmp_path, token_file=file) as room:
        room.say("Hi there!")
        page.open(f"{room.address}#token={token}")
        page.until(lambda: shown(page) == ["Hi there!"])
        assert page.driver.current_url == room.address
