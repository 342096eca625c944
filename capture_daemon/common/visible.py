"""Text from elsewhere, as it may be shown: what would steer a terminal, or turn the text around, is made visible."""

from __future__ import annotations

import re

# Control characters (C0, DEL, C1), line and paragraph separators, half surrogate pairs, and what sets the direction of
# writing: by these a text can move the cursor, set a terminal's title, or look like another.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def visible(text: str, keep: str = "") -> str:
    r"""The text with each such character as JSON would write it, an escape as `\u001b`; those in `keep` stay.

    A line of JSON stays a line of JSON that says the same.
    """

    def shown(match: re.Match[str]) -> str:
        character = match[0]
        return character if character in keep else _SHORT.get(character) or f"\\u{ord(character):04x}"

    return _STEERING.sub(shown, text)


def one_line(text: str) -> str:
    """The text with every run of white space, line ends among it, as one space, and the rest visible."""
    return visible(" ".join(text.split()))
