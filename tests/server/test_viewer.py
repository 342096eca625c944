"""The page as it is served: one document, and what a browser may do with it. In a browser: tests/e2e/test_viewer.py."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

from capture_daemon.server import viewer

FOLDER = Path(viewer.__file__).parent
DOCUMENT = viewer.page().body.decode()
POLICY = viewer.page().headers["Content-Security-Policy"]


class Elements(HTMLParser):
    """Every element with its attributes, and the text of styles and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"style": [], "script": []}
        self._inside = ""
        self.feed(DOCUMENT)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self.texts:
            self.texts[self._inside].append(data)


ELEMENTS = Elements()


def test_it_is_a_page_of_html() -> None:
    page = viewer.page()
    assert (page.status, page.content_type) == (200, "text/html; charset=utf-8")
    assert DOCUMENT.startswith("<!doctype html>")


def test_the_policy_lets_in_this_style_and_this_script_alone() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    for tag in ("style", "script"):
        [text] = ELEMENTS.texts[tag]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == rules["frame-ancestors"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert "unsafe" not in POLICY
    assert not re.search(r"\*|https?:|wss?:", POLICY)


def test_every_file_beside_it_is_in_it() -> None:
    for file in FOLDER.glob("*.*"):
        if file.suffix in (".css", ".js"):
            assert file.read_text(encoding="utf-8") in DOCUMENT, file.name


def test_nothing_is_loaded_from_anywhere() -> None:
    for tag, attributes in ELEMENTS.all:
        for name in ("src", "href", "action", "srcset", "poster"):
            address = attributes.get(name) or "#"
            assert address.startswith(("#", "data:image/svg+xml,")), f"{tag} {name}={address}"
    outside = re.findall(r"https?://[^\s'\"]+|@import|url\(", DOCUMENT)
    assert outside == ["http://www.w3.org/2000/svg"]  # a name, in the icon, and no address


def test_no_script_and_no_style_in_attributes() -> None:
    for tag, attributes in ELEMENTS.all:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], tag


def test_text_never_becomes_markup() -> None:
    [script] = ELEMENTS.texts["script"]
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser"):
        assert way not in script


def test_every_element_that_the_script_asks_for_is_there_once() -> None:
    ids = [attributes["id"] for _, attributes in ELEMENTS.all if attributes.get("id")]
    assert len(ids) == len(set(ids))
    [script] = ELEMENTS.texts["script"]
    asked = re.findall(r'(?:byId|getElementById|#on)\("([\w-]+)"', script)
    assert len(asked) > 20
    assert set(asked) <= set(ids)


def test_everything_to_press_or_fill_in_has_a_name() -> None:
    labelled = {attributes["for"] for tag, attributes in ELEMENTS.all if tag == "label" and attributes.get("for")}
    for tag, attributes in ELEMENTS.all:
        if tag == "input" and attributes.get("type") not in ("radio", "checkbox", "number"):  # those stand in a label
            assert attributes.get("id") in labelled or attributes.get("aria-hidden") == "true", attributes
        if tag == "dialog":
            assert attributes.get("aria-labelledby")


def test_line_ends_are_those_that_the_hashes_are_of() -> None:
    assert b"\r" not in viewer.page().body
