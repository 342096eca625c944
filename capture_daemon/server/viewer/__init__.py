"""The page that the daemon serves at `/`: one HTML document with its style and script in it.

A browser lets this page load and run nothing but what is named here: its Content-Security-Policy carries the hashes of
the one style and the one script, which are put together from the files beside this module.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from http import HTTPStatus
from importlib import resources

from capture_daemon.server.pages import Page

_STYLE, _SCRIPT = "<style></style>", '<script type="module"></script>'
_STYLES = ("viewer.css", "layout.css", "setup.css")
_SCRIPTS = (
    "layout.js",
    "access.js",
    "feed.js",
    "control.js",
    "colours.js",
    "pictures.js",
    "transcript.js",
    "saving.js",
    "boxes.js",
    "picker.js",
    "viewer.js",
    "menu.js",
    "setup.js",
)
"""In this order: each uses those before it, and the last one starts."""


@cache
def page() -> Page:
    """The viewer; the same each time, without anything of a line or of a token in it."""
    document, style = _read("index.html"), "\n".join(_read(name) for name in _STYLES)
    script = "\n".join(_read(name) for name in _SCRIPTS)
    # Not by `replace` in a row: the style and the script might hold what is looked for.
    before, _, rest = document.partition(_STYLE)
    between, _, after = rest.partition(_SCRIPT)
    body = f'{before}<style>{style}</style>{between}<script type="module">{script}</script>{after}'
    return Page(
        HTTPStatus.OK, "text/html; charset=utf-8", body.encode(), {**_HEADERS, **_policy(style=style, script=script)}
    )


_HEADERS = {
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _policy(style: str, script: str) -> dict[str, str]:
    """The Content-Security-Policy: nothing from elsewhere, talk with this server only, and no markup out of text."""
    rules = {
        "default-src": "'none'",
        "script-src": _hash(script),
        "style-src": _hash(style),
        "img-src": "blob: data:",  # the captured frame; the icon, which is part of the page
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return {"Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in rules.items())}


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _read(name: str) -> str:
    """A file's text, its line ends as browsers count them: one character, however it was checked out."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
