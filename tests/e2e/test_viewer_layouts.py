"""The page beside and over a game, on a phone, and its menu, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.records import Partial
from tests.browser import Browser
from tests.e2e.showing import Showing, showing
from tests.server.helpers import choice

VISIBLE = """
return [...document.querySelectorAll('#lines .line')]
  .filter((line) => line.checkVisibility()).map((line) => line.querySelector('.text').textContent)
"""


@pytest.fixture
def page(chromium: Browser) -> Browser:
    return chromium


def open_page(page: Browser, room: Showing, path: str, lines: int, **options: Any) -> None:
    page.open(room.address + path, **options)
    page.until(lambda: len(page.texts("#lines .text")) == lines)


def saved(page: Browser, folder: Path, kind: str) -> str:
    """What the menu saves in that format."""
    page.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    page.press("#more")
    page.press(f"[data-format={kind}]")
    file = folder / f"dialogue.{kind}"
    page.until(file.exists)  # the browser gives a file its name when all of it is there
    return file.read_text(encoding="utf-8")


def test_the_overlay_shows_the_last_lines_on_nothing(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("One.", "Two.", "Three.")
        open_page(page, room, "overlay?lines=2&size=64&align=left", 2)
        room.say("Four.")
        page.until(lambda: page.run(VISIBLE) == ["Three.", "Four."])
        style = page.run(
            "const text = getComputedStyle(document.querySelector('#lines li:last-child .text'));"
            "const groundOf = (element) => getComputedStyle(element).backgroundColor;"
            "return [text.fontSize, text.textAlign, groundOf(document.documentElement), groundOf(document.body)]"
        )
        assert style == ["64px", "left", "rgba(0, 0, 0, 0)", "rgba(0, 0, 0, 0)"]
        assert not page.find("#top").is_displayed()
        assert page.complaints() == []


def test_options_that_make_no_sense_do_no_harm(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("One.", "Two.")
        open_page(page, room, "overlay?lines=-7&size=huge&align=up&lines=x", 1)
        size = "return getComputedStyle(document.querySelector('#lines .text')).fontSize"
        assert (page.run(VISIBLE), page.run(size)) == (["Two."], "40px")


@pytest.mark.parametrize(
    ("size", "shown"), [("1e9", "200px"), ("-1e9", "8px"), ("20px", "40px"), ("", "40px"), ("+2.4e1", "24px")]
)
def test_sizes(page: Browser, tmp_path: Path, size: str, shown: str) -> None:
    with showing(tmp_path) as room:
        room.say("One.")
        open_page(page, room, f"overlay/?size={size}", 1)
        assert page.run("return getComputedStyle(document.querySelector('#lines .text')).fontSize") == shown


@pytest.mark.parametrize("path", ["overlay?", "?compact&"])
@pytest.mark.parametrize("size", [8, 200])
def test_menus_and_regions_are_of_the_letters_size(page: Browser, tmp_path: Path, path: str, size: int) -> None:
    over = path.startswith("overlay")
    with showing(tmp_path) as room:
        room.say("A note.", region="notes")
        room.choose(choice("Yes.", "No.", chosen=2))
        open_page(page, room, f"{path}size={size}", 3)
        for sign in (0, 1):
            style = page.run(
                "const style = getComputedStyle(document.querySelectorAll('.option')[arguments[0]], '::before');"
                "return [style.fontSize, style.webkitTextStrokeWidth, style.webkitTextStrokeColor, style.paintOrder]",
                sign,
            )
            outline = [f"{0.14 * size:g}px", "rgb(0, 0, 0)", "stroke"] if over else ["0px", style[2], "normal"]
            assert style == [f"{size}px", *outline]
        region = page.find("#lines .region")
        assert region.is_displayed() is not over
        assert float(region.value_of_css_property("font-size").removesuffix("px")) == pytest.approx(0.72 * size)


@pytest.mark.parametrize("path", ["overlay?lines=2&", "?compact&lines=2&"])
@pytest.mark.parametrize("regions", ["region=dialogue&region=choices", "region=dialogue,%20choices"])
def test_only_the_regions_asked_for_are_shown(page: Browser, tmp_path: Path, path: str, regions: str) -> None:
    typing = (
        "return document.getElementById('typing').checkVisibility() && document.getElementById('typing-text').innerText"
    )
    with showing(tmp_path) as room:
        room.say("One.", "Two.", speaker=None)
        room.say(*(f"Note {number}." for number in range(9)), region="notes", speaker=None)
        open_page(page, room, path + regions, 11)
        assert page.run(VISIBLE) == ["One.", "Two."]
        room.tell(Partial(speaker=None, text="Thr", time="2026-11-22T15:20:12.000+00:00", region="dialogue"))
        page.until(lambda: page.run(typing) == "Thr")
        room.tell(Partial(speaker=None, text="Note", time="2026-11-22T15:20:13.000+00:00", region="notes"))
        room.say("Note 9.", region="notes", speaker=None)
        page.until(lambda: len(page.texts("#lines .text")) == 12)
        assert page.run(typing) == "Thr"
        room.say("Three.", speaker=None)
        page.until(lambda: page.run(VISIBLE) == ["Two.", "Three."])
        assert not page.run(typing)
        room.choose(choice("Yes.", chosen=1))
        page.until(lambda: "Yes." in page.run(VISIBLE))
        assert page.run(VISIBLE) == ["Three.", "Yes."]
        assert page.complaints() == []


def test_the_compact_page_shows_the_lines_alone(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("One.", "Two.")
        open_page(page, room, "?compact", 2, width=320, height=300)
        assert page.run(VISIBLE) == ["One.", "Two."]
        assert not page.find("header").is_displayed()
        assert page.run("return document.documentElement.scrollWidth <= innerWidth")


def test_a_token_in_the_address_leaves_the_options_there(page: Browser, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("0123456789abcdef", encoding="ascii")
    file.chmod(0o600)
    with showing(tmp_path, token_file=file) as room:
        room.say("One.")
        open_page(page, room, "overlay?lines=1#token=0123456789abcdef", 1)
        assert page.driver.current_url == f"{room.address}overlay?lines=1"


def test_a_phone_has_one_row_of_header(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("One.", "Two.")
        open_page(page, room, "", 2, width=375, height=700)
        assert page.find("header").size["height"] <= 60
        assert page.run("return document.documentElement.scrollWidth <= innerWidth")
        page.press("#find")
        page.find("#search").send_keys("two")
        page.until(lambda: page.run(VISIBLE) == ["Two."])
        page.press("#more")
        page.press("#menu #larger")


def test_times_and_confidences_stand_in_columns(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("One.", time="2026-11-22T23:59:59.000+00:00", confidence=1.0)
        room.say("Two.", time="2026-11-22T01:01:01.000+00:00", confidence=0.05)
        open_page(page, room, "", 2)
        for part in (".time", ".words", ".confidence"):
            edges = page.run(
                "return [...document.querySelectorAll('#lines ' + arguments[0])].map((one) => {"
                "const box = one.getBoundingClientRect(); return [box.left, box.height]})",
                part,
            )
            assert edges[0] == pytest.approx(edges[1], abs=1), part  # figures may differ by a part of a pixel


def test_a_line_is_one_text_node(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("Hi there! How was class?", rows=["Hi there!", "How was class?"])
        open_page(page, room, "", 1)
        page.find("#search").send_keys("was")  # what is found is marked without touching the text
        nodes = page.run(
            "const text = document.querySelector('#lines .text');"
            "getSelection().selectAllChildren(text);"
            "return [...text.childNodes].map((node) => [node.nodeType, node.data]).concat([String(getSelection())])"
        )
        assert nodes == [[3, "Hi there! How was class?"], "Hi there! How was class?"]


def test_lines_are_saved(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        made = room.say("Hi there!", media_started=1.5, media_time=2.0)
        made += room.say("<b>No --> way.", media_started=4.25, media_time=5.0, speaker=None)
        open_page(page, room, "", 2)
        assert saved(page, tmp_path, "txt") == "Sylvie: Hi there!\n<b>No --> way.\n"
        assert [json.loads(row) for row in saved(page, tmp_path, "jsonl").splitlines()] == [
            one.to_dict() for one in made
        ]
        subtitles = saved(page, tmp_path, "srt")
        assert subtitles.startswith(
            "1\n00:00:01,500 --> 00:00:04,250\nSylvie: Hi there!\n\n2\n00:00:04,250 --> 00:00:10,250"
        )
        assert "<b>" not in subtitles
        assert subtitles.count("-->") == 2
        assert page.complaints() == []


def test_saved_subtitles_are_in_order_and_end_only_at_a_line_of_their_region(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("Well?", media_started=15.8, media_time=16.3, speaker=None)
        room.say("Saved.", media_started=14.767, media_time=14.767, speaker=None, region="system")
        room.say("Yes.", "No.", media_started=18.0, media_time=18.5, speaker=None)
        open_page(page, room, "", 4)
        assert [cue.split("\n") for cue in saved(page, tmp_path, "srt").strip().split("\n\n")] == [
            ["1", "00:00:14,767 --> 00:00:20,767", "Saved."],
            ["2", "00:00:15,800 --> 00:00:18,000", "Well?"],
            ["3", "00:00:18,000 --> 00:00:24,000", "Yes."],
            ["4", "00:00:18,000 --> 00:00:24,000", "No."],
        ]


def test_a_jump_to_a_time_reads_back(page: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.say("Long ago.", time="2026-11-20T12:00:00.000+00:00")
        room.say(*[f"Line {number}." for number in range(700)])
        open_page(page, room, "", 300)
        page.press("#more")
        page.run("document.getElementById('jump-time').value = '2026-11-19T12:00'")
        page.press("#jump button")
        page.until(lambda: page.texts("#lines .sought .text") == ["Long ago."])
        assert page.run("return document.querySelector('.sought').getBoundingClientRect().top >= 0")
        assert page.complaints() == []


def test_colours_are_kept_and_differ(page: Browser, tmp_path: Path) -> None:
    names = ["Ann", "Ben", "Cid", "Dora", "Eve", "Finn"]
    colours = (
        "return [...document.querySelectorAll('#lines .speaker')].map((one) => one.style.getPropertyValue('--hue'))"
    )
    with showing(tmp_path) as room:
        for name in names:
            room.say("Hello.", speaker=name)
        open_page(page, room, "", len(names))
        first = page.run(colours)
        assert len(set(first)) == len(names)
        for name in reversed(names):
            room.say("The next day.", speaker=name, session="2026-11-23T10:00:00.000+00:00")
        open_page(page, room, "", 2 * len(names))
        assert page.run(colours) == first + first[::-1]
