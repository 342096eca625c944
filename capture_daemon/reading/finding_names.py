"""Names on a whole frame: short rows over the text that come again over others, in a place of their own."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from capture_daemon.reading.layout import on_one_level
from capture_daemon.reading.sightings import Writing, in_one_place, places, same_text
from capture_daemon.reading.speaker import LONGEST_NAME, UNKNOWN, bracketed_name, is_name
from capture_daemon.reading.text import Ending, ending

NAME_WIDTH = 0.6
"""Of the dialogue's widest row: what is wider is no name; 0.4 to 0.7."""
NAME_DISTANCE = 3.5
"""Heights of a row from a name's middle to the top of the text under it, at most; 2 to 5."""
NAME_FORM = 0.8
"""Share of what stands in a speaker's place that must have the form of a name; 0.7 to 0.95."""
WIDER = 1.3
"""Width, in that of the widest name, from which a row is none; 1.2 to 2."""
NAME_WITH_TEXT = 0.6
"""Share of a name's moments at which there is text under it; 0.5 to 0.9: names come a little before, and stay."""
NAME_CONFIDENCE = 0.6
"""From which what was read may be a name; 0.5 to 0.8."""
NAME_HEIGHTS = (0.5, 1.8)
"""Height of a name's row, in the text's."""
NAMED_LINES = 3
"""Lines that must have stood under names before their place is known; 3 to 6."""
ALONE = 0.7
"""Share of its moments at which such a place must have the screen for itself; 0.5 to 0.9: menus stand over dialogue."""
_IN_SENTENCES = ".,!?;:…。、，！？；：「」『』"


def names_over_text(main: Sequence[Writing], writings: Sequence[Writing]) -> list[Writing]:
    """The names that stand in a place of their own over the text; none if that isn't clear."""
    height = median(one.box.height for one in main)
    widest = max(one.box.width for one in main)
    near = [
        one
        for one in writings
        if one.text
        and one.confidence >= NAME_CONFIDENCE
        and one.box.width < NAME_WIDTH * widest
        and NAME_HEIGHTS[0] < one.box.height / height < NAME_HEIGHTS[1]
        and _text_under(one, main, height)
    ]
    best: list[Writing] = []
    for place in places(near):
        formed = [one for one in place if may_be_name(one.text)]
        if len(formed) < NAME_FORM * len(place) or any(_takes_their_place(one, formed) for one in main):
            continue
        formed += [one for one in main if one not in formed and any(in_one_place(one.box, name.box) for name in formed)]
        if _are_names(formed, main, height) and len(formed) > len(best):
            best = formed
    return best


def may_be_name(text: str) -> bool:
    """Whether a text has the form of a name, or would but for a letter misread."""
    if len(text) > LONGEST_NAME + 2:
        return False
    if is_name(text) or bracketed_name(text) is not None:
        return True
    if len(text) == len(UNKNOWN[0]) and len(set(text)) == 1:
        # Three question marks of a pixel font may be read as three sevens.
        return True
    letters = sum(one.isalpha() for one in text)
    return 2 * letters > len(text) and len(text.split()) <= 3 and not any(one in _IN_SENTENCES for one in text)


def _takes_their_place(row: Writing, names: Sequence[Writing]) -> bool:
    """Whether a row of the dialogue stands where names do at other times: then the place isn't theirs alone."""
    if may_be_name(row.text) or not any(on_one_level(row.box, name.box) for name in names):
        return False
    widest = max(name.box.width for name in names)
    return row.box.width > WIDER * widest or ending(row.text) is not Ending.OPEN


def _text_under(name: Writing, main: Sequence[Writing], height: float) -> list[Writing]:
    """The rows right under a name that stood there with it."""
    middle = name.box.top + name.box.height / 2
    return [
        one
        for one in main
        if one is not name
        and 0 < one.box.top - middle < NAME_DISTANCE * height
        and one.box.left < name.box.right + 4 * height
        and one.box.right > name.box.left
        and one.is_seen_with(name)
    ]


def _are_names(place: Sequence[Writing], main: Sequence[Writing], height: float) -> bool:
    """Whether what stands in a place are names: some come again over other texts, and not one over all of them."""
    under = [{one.first for one in _text_under(name, main, height)} for name in place]
    lines = sum(map(len, under))
    texts: list[str] = []
    for name in place:
        if not any(same_text(name.text, text) for text in texts):
            texts.append(name.text)
    if lines < NAMED_LINES or lines <= len(texts):
        return False
    moments = {moment for name in place for moment in name.moments}
    shown = {moment for one in main if one not in place for moment in one.moments}
    if len(moments & shown) < NAME_WITH_TEXT * len(moments):
        return False
    return len(texts) > 1 or (_comings(place) > 1 and len(moments & shown) < ALONE * len(shown))


def _comings(place: Sequence[Writing]) -> int:
    """How often something came to a place that was empty before."""
    count, last = 0, -1
    for one in sorted(place, key=lambda one: one.first):
        count += one.first > last
        last = max(last, one.last)
    return count
