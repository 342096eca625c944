"""The region picker in a real browser: by mouse, finger and keyboard. What is set is heard by the test."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium.webdriver import ActionChains

from capture_daemon.errors import RegionError
from capture_daemon.frames import Region, Size
from capture_daemon.records import Status
from capture_daemon.server.control_interface import FramePicture, PictureRequest
from tests.browser import Browser
from tests.e2e.showing import Showing, showing

SIZE = Size(800, 400)
DIALOGUE, SPEAKER = [100, 280, 600, 100], [100, 240, 120, 30]
NUMBERS = ("left", "top", "width", "height")


class Steered:
    """Keeps what it is told, and reads in each box where it is."""

    def __init__(self) -> None:
        self.regions: dict[str, list[int] | None] = {"dialogue": DIALOGUE, "speaker": None}
        self.told: list[tuple[str, list[int] | None, bool]] = []
        self.is_paused = False

    async def pause(self) -> None:
        self.is_paused = True

    async def resume(self) -> None:
        self.is_paused = False

    def status(self) -> dict[str, Any]:
        return {"paused": self.is_paused, "statuses": [], "lines": 0, "latest": 0, "source": "screen:1"}

    async def frame(self) -> Steered:
        return self

    def picture(self, wanted: PictureRequest) -> FramePicture:
        made = io.BytesIO()
        Image.new("RGB", SIZE, (40, 60, 90)).save(made, "PNG")
        return FramePicture(made.getvalue(), SIZE, [0, 0, *SIZE], dict(self.regions))

    async def set_region(self, name: str, box: str, save: bool) -> dict[str, Any]:
        place = list(Region.parse(box).resolve(SIZE)) if box else None
        if place is not None and place[2] > 700:
            raise RegionError("the region is too wide for this test")
        self.regions[name] = place
        self.told.append((name, place, save))
        rows = [f"{name} <i>at</i> {place[0]},{place[1]}"] if place else []
        warnings = ["the dialogue region cuts through text"] if place and place[3] < 50 and name == "dialogue" else []
        return {"region": name, "box": place, "rows": rows, "warnings": warnings, "saved": save}

    def trace(self) -> list[dict[str, Any]]:
        return []


class Picking:
    """The open picker, and who hears what it says."""

    def __init__(self, page: Browser, steered: Steered, room: Showing) -> None:
        self.page = page
        self.steered = steered
        self.room = room

    def open(self, **options: Any) -> None:
        self.page.open(self.room.address, **options)
        self.reopen()

    def reopen(self) -> None:
        self.page.press("#pick")
        self.page.until(lambda: self.page.find(".box[data-name=dialogue]").is_displayed())

    @property
    def numbers(self) -> list[int]:
        return [int(self.page.find(f"#number-{name}").get_attribute("value") or -1) for name in NUMBERS]

    @property
    def read(self) -> list[str]:
        return self.page.texts("#read .read-row")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a pixel of the frame is in the window."""
        shown = self.page.run("return document.getElementById('stage').getBoundingClientRect().toJSON()")
        return shown["left"] + x * shown["width"] / SIZE.width, shown["top"] + y * shown["height"] / SIZE.height

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag by mouse from one pixel of the frame to another."""
        actions = ActionChains(self.page.driver, duration=50)
        pointer: Any = actions.w3c_actions.pointer_action
        pointer.move_to_location(*map(round, self.at(*start)))
        pointer.pointer_down()
        pointer.move_to_location(*map(round, self.at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)))
        pointer.move_to_location(*map(round, self.at(*end)))
        pointer.pointer_up()
        actions.perform()

    def touch(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag by finger."""
        for kind, places in (("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])):
            points = [dict(zip("xy", self.at(*place), strict=True)) for place in places]
            self.page.command("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    def wait_until_told(self, name: str, box: list[int] | None, save: bool) -> None:
        """Wait until the last thing told is this, give or take the width of a pixel of the window."""

        def is_told() -> bool:
            told = self.steered.told[-1:]
            return bool(told) and told[0][::2] == (name, save) and is_near(told[0][1], box)

        try:
            self.page.until(is_told)
        except AssertionError as error:
            raise AssertionError(f"{(name, box, save)} was not told, but {self.steered.told}") from error


def is_near(one: list[int] | None, other: list[int] | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(abs(this - that) <= 2 for this, that in zip(one, other, strict=True))


@pytest.fixture
def picking(chromium: Browser, tmp_path: Path) -> Iterator[Picking]:
    steered = Steered()
    with showing(tmp_path, controls=steered) as room:
        room.tell(Status(what="source", state="capturing"))
        picking = Picking(chromium, steered, room)
        picking.open()
        yield picking
        assert chromium.complaints() == []


def test_a_box_is_moved_stretched_and_drawn_by_mouse(picking: Picking) -> None:
    assert picking.numbers == DIALOGUE
    picking.drag((400, 330), (420, 300))
    picking.wait_until_told("dialogue", [120, 250, 600, 100], False)
    picking.page.until(lambda: picking.read == [f"dialogue <i>at</i> {picking.numbers[0]},{picking.numbers[1]}"])
    picking.drag((720, 350), (700, 390))
    picking.wait_until_told("dialogue", [120, 250, 580, 140], False)
    picking.drag((30, 20), (530, 90))
    picking.wait_until_told("dialogue", [30, 20, 500, 70], False)
    # It stays in the picture.
    picking.drag((280, 55), (5, 5))
    picking.wait_until_told("dialogue", [0, 0, 500, 70], False)
    assert is_near(picking.numbers, [0, 0, 500, 70])
    assert not any(save for *_, save in picking.steered.told)


def test_by_finger(picking: Picking) -> None:
    picking.touch((400, 330), (390, 300))
    picking.wait_until_told("dialogue", [90, 250, 600, 100], False)
    picking.touch((50, 30), (450, 130))
    picking.wait_until_told("dialogue", [50, 30, 400, 100], False)


def test_by_keyboard_alone(picking: Picking) -> None:
    page = picking.page
    page.find(".box[data-name=dialogue]").send_keys("\ue012", "\ue009\ue013\ue009", "\ue008\ue014\ue008")
    box = [99, 270, 601, 100]
    picking.wait_until_told("dialogue", box, False)
    assert picking.numbers == box
    assert page.find(".box[data-name=dialogue]").get_attribute("aria-label") == (
        "Dialogue: left 99, top 270, 601 wide, 100 high"
    )
    page.find("#number-height").send_keys("\ue009a\ue009", "80", "\ue004")
    picking.wait_until_told("dialogue", [99, 270, 601, 80], False)
    page.find("#save").send_keys("\ue007")
    picking.wait_until_told("dialogue", [99, 270, 601, 80], True)
    page.until(lambda: not page.find("#picker").is_displayed())
    assert page.run("return document.activeElement.id") == "pick"


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_put_back_leaves_everything_as_it_was(picking: Picking, way: str) -> None:
    picking.drag((400, 330), (420, 300))
    picking.wait_until_told("dialogue", [120, 250, 600, 100], False)
    picking.page.find("#picker input[value=speaker]").click()
    picking.page.press("#add-box")
    picking.page.until(lambda: picking.steered.regions["speaker"] is not None)
    if way == "button":
        picking.page.press("#put-back")
    else:
        picking.page.find("#number-left").send_keys("\ue00c")
    picking.page.until(lambda: not picking.page.find("#picker").is_displayed())
    assert picking.steered.regions == {"dialogue": DIALOGUE, "speaker": None}
    assert not any(save for *_, save in picking.steered.told)


def test_a_box_for_names_is_added_and_removed(picking: Picking) -> None:
    page = picking.page
    picking.steered.regions["speaker"] = SPEAKER
    page.press("#keep")
    page.until(lambda: not page.find("#picker").is_displayed())
    picking.reopen()
    picking.drag((160, 255), (180, 235))
    picking.wait_until_told("speaker", [120, 220, 120, 30], False)
    page.until(
        lambda: page.texts("#read .read-row")[:1] == [f"speaker <i>at</i> {picking.numbers[0]},{picking.numbers[1]}"]
    )
    page.press("#remove-box")
    picking.wait_until_told("speaker", None, False)
    page.until(lambda: page.find("#no-box").is_displayed())
    picking.drag((300, 100), (400, 130))
    picking.wait_until_told("speaker", [300, 100, 100, 30], False)
    page.press("#save")
    picking.wait_until_told("speaker", [300, 100, 100, 30], True)
    assert ("dialogue", DIALOGUE, True) in picking.steered.told


def test_a_further_regions_names_get_a_box_by_its_own(picking: Picking) -> None:
    page = picking.page
    picking.steered.regions |= {"radio": [200, 60, 400, 60], "radio.speaker": None}
    page.press("#keep")
    page.until(lambda: not page.find("#picker").is_displayed())
    picking.reopen()
    assert page.texts("#which-box label:not([hidden]) span") == ["Dialogue", "Speaker", "radio", "radio: speaker"]
    page.find("#picker input[value='radio.speaker']").click()
    page.until(lambda: "Names have no place" in page.find("#no-box-text").text)
    page.press("#add-box")
    picking.wait_until_told("radio.speaker", [200, 32, 160, 24], False)
    page.press("#remove-box")
    picking.wait_until_told("radio.speaker", None, False)
    picking.drag((210, 20), (330, 50))
    picking.wait_until_told("radio.speaker", [210, 20, 120, 30], False)
    page.press("#save")
    picking.wait_until_told("radio.speaker", [210, 20, 120, 30], True)


def test_what_the_daemon_refuses_is_said(picking: Picking) -> None:
    picking.page.find("#number-left").send_keys("\ue009a\ue009", "0", "\ue004")
    picking.wait_until_told("dialogue", [0, 280, 600, 100], False)
    picking.page.find("#number-width").send_keys("\ue009a\ue009", "750", "\ue004")
    picking.page.until(lambda: picking.page.find("#read").text == "the region is too wide for this test")
    picking.drag((400, 330), (400, 300))
    picking.page.until(lambda: "too wide" in picking.page.find("#read").text)
    picking.page.press("#put-back")
    picking.page.until(lambda: picking.steered.regions["dialogue"] == DIALOGUE)


def test_what_is_wrong_with_a_box_is_said_under_what_is_read_in_it(picking: Picking) -> None:
    picking.page.find("#number-height").send_keys("\ue009a\ue009", "40", "\ue004")
    picking.page.until(lambda: picking.page.texts("#read .read-warning") == ["the dialogue region cuts through text"])
    assert picking.page.texts("#read .read-row") == ["dialogue <i>at</i> 100,280"]
    picking.page.press("#put-back")
    picking.page.until(lambda: picking.steered.regions["dialogue"] == DIALOGUE)


@pytest.mark.parametrize(("width", "height"), [(1600, 900), (390, 760)])
def test_it_fits_windows_of_every_size(picking: Picking, width: int, height: int) -> None:
    picking.open(width=width, height=height)
    for selector in ("#picture", "#save", "#read", ".box[data-name=dialogue]"):
        place = picking.page.find(selector).rect
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= width
        assert place["y"] + place["height"] <= height
    picking.drag((400, 330), (400, 300))
    picking.wait_until_told("dialogue", [100, 250, 600, 100], False)


def test_what_can_not_be_done_is_said_on_the_page(chromium: Browser, tmp_path: Path) -> None:
    with showing(tmp_path) as room:  # without anybody to steer
        room.tell(Status(what="source", state="capturing"))
        chromium.open(room.address)
        chromium.press("#pause")
        chromium.until(lambda: chromium.find("#said").text == "Can't pause: the daemon can't be reached")
