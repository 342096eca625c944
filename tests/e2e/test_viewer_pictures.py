"""The picture of a line on the page, and the hint where no line comes."""

from __future__ import annotations

import base64
from http import HTTPStatus
from pathlib import Path

import cv2
import numpy as np
import pytest

from capture_daemon.records import Status
from capture_daemon.server.pages import Page, text_page
from tests.browser import Browser
from tests.e2e import showing as showing_module
from tests.e2e.showing import ViewerOnly, showing
from tests.server.helpers import TOKEN, token_file

HINT = (
    "no line in the first 60 s: the dialogue region holds no text, but there is some at 52,60,300,24: "
    "move the region on the page, or run with --region auto"
)


class WithPictures(ViewerOnly):
    """The page, and the picture of line 1."""

    async def picture(self, seq: int, stream: str | None) -> Page:
        if seq != 1:
            return text_page(HTTPStatus.NOT_FOUND, f"the picture of line {seq} is not kept, or no longer", {})
        _, data = cv2.imencode(".jpg", np.full((90, 160, 3), (200, 120, 30), np.uint8))
        return Page(HTTPStatus.OK, "image/jpeg", data.tobytes())


@pytest.fixture
def with_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing_module, "ViewerOnly", WithPictures)


def save(page: Browser, file: Path) -> None:
    file.write_bytes(base64.b64decode(page.command("Page.captureScreenshot")["data"]))


def test_a_line_shows_its_picture_and_says_where_it_is_gone(
    chromium: Browser, tmp_path: Path, with_pictures: None
) -> None:
    with showing(tmp_path, token_file=token_file(tmp_path)) as room:
        chromium.open(f"{room.address}#token={TOKEN}")
        for number, text in enumerate(("Hi there!", "How was class?"), 1):
            room.say(text, picture="dialogue.pictures")
            chromium.until(lambda number=number: len(chromium.texts("#lines .text")) == number)  # type: ignore[misc]
        room.say("This one has none.")
        chromium.until(lambda: len(chromium.texts("#lines .text")) == 3)
        assert len(chromium.driver.find_elements("css selector", "#lines .picture")) == 2
        chromium.driver.execute_script("document.querySelector('#lines .picture').click()")
        chromium.until(lambda: chromium.find("#line-picture").is_displayed())
        width = chromium.driver.execute_script("return document.getElementById('line-picture-image').naturalWidth")
        assert width == 160
        assert chromium.find("#line-picture-text").text == "Hi there!"
        save(chromium, tmp_path / "picture.png")
        chromium.find("#line-picture button").click()
        chromium.until(lambda: not chromium.find("#line-picture").is_displayed())
        chromium.driver.execute_script("document.querySelectorAll('#lines .picture')[1].click()")
        chromium.until(lambda: "not kept, or no longer" in chromium.find("#said").text)


def test_the_hint_is_a_banner_until_a_line_comes(chromium: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:
        room.tell(Status(what="source", state="capturing"))
        chromium.open(room.address)
        chromium.until(lambda: chromium.find("#state-text").text == "Live")
        assert chromium.find("#notice-text").text == ""
        room.tell(Status(what="source", state="capturing", detail=HINT))
        chromium.until(lambda: chromium.find("#notice-text").text == HINT[0].upper() + HINT[1:])
        assert chromium.find("#state-text").text == "Live"
        save(chromium, tmp_path / "hint.png")
        room.tell(Status(what="source", state="capturing"))
        chromium.until(lambda: chromium.find("#notice-text").text == "")
