"""Menus and several regions on the page, in a real browser."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver.support.select import Select

from tests.browser import Browser
from tests.e2e.showing import showing
from tests.e2e.test_viewer_room import open_page, shown
from tests.server.helpers import choice


def test_menus_stand_among_the_lines_and_regions_are_chosen(chromium: Browser, tmp_path: Path) -> None:
    page = chromium
    with showing(tmp_path) as room:
        room.say("What do you say?")
        room.choose(choice("Yes.", "<b>No.</b>", chosen=2))
        open_page(page, room)
        page.until(lambda: shown(page) == ["What do you say?", "Yes.", "<b>No.</b>"])
        assert page.texts(".option.chosen .text") == ["<b>No.</b>"]
        room.say("Fine.")
        room.choose(choice("Wait.", "Go.", chosen=None))
        page.until(lambda: shown(page)[-2:] == ["Wait.", "Go."])
        assert len(page.texts(".option.chosen")) == 1
        page.find("#more").click()
        Select(page.find("#shown-region")).select_by_value("choices")
        page.until(lambda: shown(page) == ["Yes.", "<b>No.</b>", "Wait.", "Go."])
        assert page.complaints() == []
