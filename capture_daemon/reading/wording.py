"""Wording: whether two readings are of one text, whether one goes on from the other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from capture_daemon.common.letters import form_of, kana_form_of
from capture_daemon.reading.marks import BEHIND
from capture_daemon.reading.text import Ending, ending

LETTER_TIP, SPECK_TIP = 1.2, 0.7
"""What a vote for a letter counts against none, 1.1 to 1.5, and one for a speck; 0.5 to 0.9."""
BEGINS_ALIKE = 0.8
"""Share of a text, and of the beginning of one that goes on from it, that is alike; 0.75 to 0.9."""
LONG_PART, PART_IN_WHOLE = 6, 0.9
"""Letters from which a part of a text may have gaps, 5 to 10: a few are in many texts; and the share of them that must
be in the whole, 0.85 to 1."""
SENTENCE_ENDS = frozenset(".!?。！？")
_FLOATING = frozenset("·•*°`´_~^¨‚")
_SPECKS = _FLOATING | frozenset(".:")
_FORMS = str.maketrans("¡!il1|0,:;", "IIIIIIO...")
"""Letters whose form is nearly another's: upside down, or but for a pixel."""
HALF_DRAWN = " .,·:'"
"""What the strokes of a letter that is half drawn are read as, behind those before it."""
_STRAIGHT = str.maketrans("’‘“”„‐‑–—―", '\'\'"""-----')


def letters(text: str) -> str:
    """A text without what readings of it differ in for no reason: spaces and the form of its characters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_STRAIGHT)


def same_words(one: str, other: str) -> bool:
    """Whether two readings differ in nothing but spaces and the form of their characters."""
    return letters(one) == letters(other)


def likeness(one: str, other: str) -> float:
    """The share of letters that two texts have in common, in order, 0 to 1; kana that look alike are the same."""
    first, second = (kana_form_of(letters(text)) for text in (one, other))
    if first == second:
        return 1.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def same_letters(one: str, other: str) -> bool:
    """Whether two texts are the same but for accents, and letters that look alike."""
    # In pixel type an exclamation mark is a t without its stroke.
    return _plain(one).replace("t", "I") == _plain(other).replace("t", "I")


def goes_on(before: str, after: str, share: float = BEGINS_ALIKE) -> bool:
    """Whether `after` may be `before` with more typed: it begins like it, but for a letter misread here and there.

    `share` is how much of the beginning must be alike.
    """
    short, long = _plain(before), _plain(after)
    if not short or len(long) < len(short):
        return False
    if len(short) <= 3:
        return long.startswith(short)
    return SequenceMatcher(None, short, long[: len(short)], autojunk=False).ratio() >= share


def without_signs(text: str) -> str:
    """A text without the arrows, specks and other signs before it, which recognisers see beside its first letter."""
    signs = (one in _FLOATING or unicodedata.category(one)[0] in "SZ" for one in text)
    return text[next((place for place, is_sign in enumerate(signs) if not is_sign), 0) :]


def goes_on_in_word(before: str, after: str) -> bool:
    """Whether `after` is `before` with more typed in the middle of a word, in a script with small letters: I, I'll."""
    more = after[len(before) :].lstrip("'’")
    return after.startswith(before) and before[-1:].isalpha() and more[:1].islower()


def goes_on_half_drawn(before: str, after: str) -> bool:
    """Whether `after` is `before` with more typed, but for what may be the first strokes of a letter at its end."""
    return goes_on_but_for_last(before, after) or goes_on(before.rstrip(HALF_DRAWN), after)


def has_end_more(before: str, after: str) -> bool:
    """Whether `after` is `before`, which has no end, with the mark that ends a sentence."""
    return after[:-1] == before and ending(before) is Ending.OPEN and after[-1:] in SENTENCE_ENDS


def goes_on_but_for_last(before: str, after: str) -> bool:
    """Whether `after` is `before` with more typed, but for its last letter: that may have been half drawn."""
    short, long = _plain(before), _plain(after)
    return len(long) > len(short) and long.startswith(short[:-1])


def is_filled_in(before: str, after: str) -> bool:
    """Whether `after` has nearly all letters of `before`, in order, and more between them."""
    short, long = letters(before), letters(after)
    if len(long) <= len(short):
        return False
    return _common(short, long) >= 0.8 * len(short)


def is_in(part: str, whole: str) -> bool:
    """Whether the letters of one text are in another, side by side; of a longer part nearly all, in order."""
    if part in whole or len(part) < LONG_PART:
        return part in whole
    return _common(part, whole) >= PART_IN_WHOLE * len(part)


def _common(one: str, other: str) -> int:
    """How many letters two texts have in common, in order."""
    return sum(block.size for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())


def has_other_letters(before: str, after: str) -> bool:
    """Whether a character of one text is another one in the other; what is only missing or more doesn't count."""
    matcher = SequenceMatcher(None, _plain(before), _plain(after), autojunk=False)
    return any(kind == "replace" for kind, *_ in matcher.get_opcodes())


def has_more_before(before: str, after: str) -> bool:
    """Whether `after` is `before` with more in front of its last letters: text isn't typed from its end."""
    matcher = SequenceMatcher(None, short := _plain(before), _plain(after), autojunk=False)
    changes = [(kind, start) for kind, start, *_ in matcher.get_opcodes() if kind != "equal"]
    return bool(changes) and all(kind == "insert" and start < len(short) for kind, start in changes)


def differ_in_last(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but their last letter."""
    first, second = _plain(one), _plain(other)
    return first != second and first[:-1] == second[:-1]


def is_but_for_marks(marked: str, plain: str) -> bool:
    """Whether one text is the other with dots or marks behind it, such as games show while they wait."""
    long, short = _plain(marked), _plain(plain)
    more = long[len(short) :]
    if more == "." and ending(plain) is not Ending.FINAL:
        # The text's own full stop, or one of an ellipsis, was overlooked.
        return False
    return bool(short and more) and long.startswith(short) and all(one in BEHIND for one in more)


def without_specks(text: str) -> str:
    """A text's letters and marks, without what passes before it."""
    return "".join(one for one in letters(text) if one not in _FLOATING).lstrip(".:")


def shared_end(one: str, other: str) -> int:
    """How many letters two texts have in common at their ends."""
    first, second = letters(one), letters(other)
    shared = 0
    while shared < min(len(first), len(second)) and first[-1 - shared] == second[-1 - shared]:
        shared += 1
    return shared


def majority_text(pivot: str, others: Sequence[tuple[str, float]], weight: float) -> str:
    """A text, letter by letter as most of several readings have it.

    `pivot` is one of them, with its `weight`; `others` are the rest, each with its own. What most have between two of
    its letters is put there. What passes before a text hides letters, and adds specks: that tips the balance.
    """
    votes: list[dict[str, float]] = [{letter: weight} for letter in pivot]
    between: list[dict[str, float]] = [{"": weight} for _ in range(len(pivot) + 1)]
    for other, its in others:
        added = [""] * (len(pivot) + 1)
        for kind, start, end, first, last in SequenceMatcher(None, pivot, other, autojunk=False).get_opcodes():
            there = other[first:last]
            if kind == "insert":
                added[start] += there
                continue
            for place in range(start, end):
                letter = there[place - start : place - start + 1]
                votes[place][letter] = votes[place].get(letter, 0.0) + its
            added[end] += there[end - start :]
        for place, more in enumerate(added):
            between[place][more] = between[place].get(more, 0.0) + its
    text = ""
    for place, put in enumerate(between):
        text += _winner(put)
        text += _winner(votes[place]) if place < len(pivot) else ""
    return text


def _winner(votes: dict[str, float]) -> str:
    """What has most votes, the first of equals."""
    return max(votes, key=lambda one: votes[one] * _tip(one))


def _tip(letters_: str) -> float:
    if any(one.isalnum() for one in letters_):
        return LETTER_TIP
    return SPECK_TIP if any(one in _SPECKS for one in letters_) else 1.0


def _plain(text: str) -> str:
    """The letters without accents, and as larger ones of their form: in those readings of one text may differ."""
    plain = ""
    for part in unicodedata.normalize("NFD", kana_form_of(letters(text))):
        if not (unicodedata.category(part) == "Mn" and plain[-1:].isalpha()):
            plain += part
    return form_of(plain).translate(_FORMS)


def differing_columns(before: list[tuple[str, float]], after: str) -> list[float]:
    """The places of those of `before`'s characters, given with their places, that `after` has otherwise.

    Where `after` has more in the middle of them, that is the last one's: it can't stand where it did.
    """
    text, after = kana_form_of("".join(character for character, _ in before)), kana_form_of(after)
    if len(text) != len(before):
        return []
    places: list[float] = []
    for kind, start, end, first, last in SequenceMatcher(None, text, after, autojunk=False).get_opcodes():
        if kind == "replace":
            places.extend(place for character, place in before[start:end] if not character.isspace())
        elif kind == "insert" and 0 < start < len(before) and after[first:last].isalnum():
            # What follows has made room.
            places.append(before[-1][1])
    return places
