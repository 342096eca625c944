"""Spaces between words, by the gaps in the ink and how far apart the characters are."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise

from capture_daemon.common.hangul import is_syllable
from capture_daemon.common.letters import is_han, is_latin, is_wide
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow

ACROSS_SPACE, ACROSS_NOTHING = 0.72, 1.7
"""How far apart two letters with a space between them are at least: as a share of how far apart those are that have
one, or, where none was read, in usual distances of two letters."""
WIDE_SPACE, WIDE_ROOM = 1.2, 0.28
"""How far apart two Chinese or Japanese characters with a space between them are at least, in usual distances, and how
much of a row's height lies empty between them."""
KANA_SPACE, KANA_ROOM = 1.45, 0.8
"""The same where one of the two isn't Chinese, 1.4 to 1.55 and 0.65 to 0.95: kana have air of their own round them, and
over a picture some of their ink isn't seen. A space half as wide as a character is left out rather than guessed."""
MARK_SPACE, MARK_ROOM = 1.55, 1.2
"""The same behind a mark and before an opening bracket, 1.5 to 1.6 and 1.15 to 1.25: half of their square is empty.
Of 40,700 pairs of characters in ten fonts without a space none passes these limits; of 1,750 with a wide one 1,267 are
read, and all but one of the others pass."""
FULL_WIDTH = 1.7
"""In usual distances: how far apart the two are at least if the space has a character's width; 1.6 to 1.75."""
_LIKE_OTHERS = 0.75
"""How wide a gap is at least, in usual word gaps of its row, to be one by itself, however close the characters are: of
I and a letter the middles are no further apart than those of two wide letters."""
_INSIDE = 0.3
"""How far inside a gap, as a share of it, a character lies that has its ink there: places are off by a sixth of a row's
height, and half a letter is that much, too."""
_ROOM = 0.4
"""How wide a gap is at least in which a letter may have stood, in heights of the text; 0.35 to 0.5."""
_MOST_APART = 0.4
"""How many gaps there are at least, for each character, in type whose letters don't touch."""
_OF_THEIR_OWN, _FEWEST, _WIDE_SHARE = 2.0, 2, 0.15
"""How many times as wide as the widest gap within words the narrowest between words is, where no space was read, 1.7 to
2.5, how many such gaps there are at least, 2 to 3: a single one may be beside a 1, and how wide they are, in heights of
the text, 0.13 to 0.2."""
_LONG_WORD = 8
"""Letters from which a word may be two, 6 to 12."""
_SHARE_OF_USUAL, _LEAST_SHARE = 0.7, 0.1
"""How wide a word gap is at least, in usual ones of its row and in heights of the text. In narrow type with an outline
they are 0.12 of it."""
_LEAST_PIXELS = 3
"""The same in pixels, 2 to 4."""
_TINY, _ACROSS_TINY = 4, 0.95
"""Pixels of a usual word gap up to which smoothing makes gaps between letters as wide, 3 to 5, and how far apart two
letters are then to have one between them, in usual distances of those that have, 0.85 to 1: few are overlooked."""
_ALONE = 0.35
"""Of the text's height: how wide the only word gap of a row is at least, to be one however close the characters are."""
_NEARER, _NEARER_ALONE = 0.8, 0.5
"""By what share of the usual least distance they may be nearer, beside other word gaps and alone: I and c are
0.7 of what m and w are, and 0.55 to 0.65 of the distance at which there is a space between any two."""
_APART, _WIDER, _UNEVEN, _STEP = 0.32, 2.0, 0.1, 1.3
"""How wide the gap before a mark is that is set apart, in heights of the text and in the widest of the word's others:
before some serif type's ! it is 0.29 by itself. How uneven, as a share of them, the distances in the word are, and how
far the mark is in such distances where they aren't: typewriter faces are even to 0.05, with 1 or, over a space, 2."""
_DASHES, _LONG_VOWELS = frozenset("-‐‑–—"), frozenset("ー一")
_AFTER_DASH = 0.22
"""Of the text's height: how wide the gap after a dash is at least that is a space. Without one it's 0.1 to 0.15."""
_ACROSS_SYLLABLES = 1.18
"""How far apart two syllables of Hangul with a space between them are at least, in usual distances of two, 1.1 to 1.25:
some have much room beside them, such as 치, but all stand at an even pitch."""
_OWN, _OWN_OF_ONE = 2.2, 3.0
"""How many times as wide as any other gap of a row's only word the one before a capital or a digit is, to be a space;
1.8 to 2.6. The 1 stands apart in most fonts."""
_LEAST_OWN = 3
"""Pixels that such a gap has at least; 2 to 5."""
_SET_APART = frozenset("?!:;»？！：；")
"""What French sets apart from the word before, by a space."""
_CLOSING = frozenset(".,…)]}”’'\"%")
_OPENING = frozenset("([{«“‘'\"¿¡-")
_WIDE_CLOSING = frozenset("、。，．,.！？!?：；:;…‥・」』】）)]”’")
_NEVER_FIRST = _WIDE_CLOSING | frozenset("ー〜～")
"""What no word begins with."""
_WIDE_OPENING = frozenset("「『【（([“‘")
_SPACES = frozenset(" \u3000")


def hides_spaces(characters: Sequence[Character], ink: BinarisedRow) -> bool:
    """Whether spaces may have been overlooked that the ink doesn't show: outlined letters run into one another."""
    text = text_of(characters)
    if not is_latin(text) or parts_letters(ink, len(characters)):
        return False
    return max(map(len, text.split()), default=0) >= _LONG_WORD


def parts_letters(ink: BinarisedRow, count: int) -> bool:
    """Whether most of a row's `count` characters are apart in the ink."""
    return len(ink.gaps) >= _MOST_APART * count


def with_spaces(characters: Sequence[Character], ink: BinarisedRow) -> list[Character]:
    """The characters with a space wherever the picture has a gap as wide as those between words, and none was read.

    Chinese and Japanese put none between words: there one is added only where there is more room than any two
    characters have between them.
    """
    result = list(characters)
    text = text_of(result)
    if len(result) < 3:
        return result
    result = _with_dash_apart(result, ink)
    if not is_latin(text):
        return _with_wide_spaces(result, ink)
    gaps = ink.gaps
    letters = [one for one in result if one.text.isalnum()]
    if any(end - start >= _ROOM * ink.text_height and _holds_one(start, end, letters) for start, end in gaps):
        # Ink that could not be told from the picture leaves gaps, too.
        return result
    spaces = [character.place for character in result if character.text == " "]
    taken = _gaps_of_spaces(spaces, gaps, ink.text_height)
    usual = statistics.median(gaps[number][1] - gaps[number][0] for number in taken) if taken else 0.0
    words = [] if taken else _word_gaps(gaps, len(result), ink.text_height)
    usual = statistics.median(words) if words else usual
    tiny = bool(taken) and usual <= _TINY
    apart = _least_distance(result) * (_ACROSS_TINY / ACROSS_SPACE if tiny else 1.0)
    syllables = _ACROSS_SYLLABLES * _usual_pitch(result)
    least = min(words) if words else _least_word_gap(gaps, taken, usual, len(result), ink.text_height)
    for number, (start, end) in sorted(enumerate(gaps), reverse=True):
        if number in taken or end - start < least:
            continue
        middle = (start + end) / 2
        after = sum(character.place < middle for character in result)
        if not 0 < after < len(result) or not _may_be_parted(result[after - 1].text, result[after].text):
            continue
        distance = result[after].place - result[after - 1].place
        if distance < syllables and is_syllable(result[after - 1].text) and is_syllable(result[after].text):
            continue
        wide = _LIKE_OTHERS * usual if usual else _ALONE * ink.text_height
        clear = end - start >= wide and not _holds_one(start, end, result) and result[after].text not in _SET_APART
        if distance >= apart or (clear and not tiny and distance >= (_NEARER if usual else _NEARER_ALONE) * apart):
            result.insert(after, Character(" ", middle, 1.0))
    if len(result) > len(characters) or spaces:
        return result
    return _with_second_word(_with_mark_apart(result, ink), ink)


def _with_second_word(characters: list[Character], ink: BinarisedRow) -> list[Character]:
    """A single word with the space before a capital or a digit within it, if the widest gap by far is there.

    Names are written so: Guard 2, Captain Voss. McCoy and K7 have no such gap.
    """
    first, last = characters[0].place, characters[-1].place
    inside = [(start, end) for start, end in ink.gaps if first < (start + end) / 2 < last]
    if any(one.text == " " for one in characters) or len(inside) < 2:
        return characters
    other, (start, end) = sorted(inside, key=lambda gap: gap[1] - gap[0])[-2:]
    after = sum(one.place < (start + end) / 2 for one in characters)
    if not 0 < after < len(characters):
        return characters
    left, right = characters[after - 1].text, characters[after].text
    own = _OWN_OF_ONE if right == "1" else _OWN
    if (
        (left.islower() or left == ".")
        and (right.isupper() or right.isdigit())
        and not (left == "." and right.isdigit())
        and end - start >= max(_LEAST_OWN, own * (other[1] - other[0]))
        and not _holds_one(start, end, characters)
    ):
        return [*characters[:after], Character(" ", (start + end) / 2, 1.0), *characters[after:]]
    return characters


def _usual_pitch(characters: Sequence[Character]) -> float:
    """How far apart two syllables of Hangul in a word mostly are, in columns; 0 if there are none."""
    pairs = [pair for pair in pairwise(characters) if all(is_syllable(one.text) for one in pair)]
    return statistics.median(right.place - left.place for left, right in pairs) if pairs else 0.0


def _with_mark_apart(characters: list[Character], ink: BinarisedRow) -> list[Character]:
    """A single word and its mark with the space between them that French puts there, if the picture has it.

    Typewriter faces leave a gap beside narrow marks, too: there all characters are equally far apart.
    """
    marks = len(characters)
    while marks and characters[marks - 1].text in _SET_APART:
        marks -= 1
    word, gaps = characters[:marks], ink.gaps
    if len(word) < 3 or marks == len(characters) or not all(one.text.isalpha() for one in word):
        return characters
    steps = [right.place - left.place for left, right in pairwise(word)]
    number = next(
        (one for one, gap in enumerate(gaps) if word[-1].place < sum(gap) / 2 < characters[marks].place), None
    )
    if number is None:
        return characters
    step, even = statistics.mean(steps), statistics.pstdev(steps) < _UNEVEN * statistics.mean(steps)
    if even and characters[marks].place - word[-1].place < _STEP * step:
        return characters
    widths = [end - start for start, end in gaps]
    if widths[number] < max(_APART * ink.text_height, _WIDER * max(widths[:number], default=0)):
        return characters
    return [*word, Character(" ", sum(gaps[number]) / 2, 1.0), *characters[marks:]]


def _with_dash_apart(characters: list[Character], ink: BinarisedRow) -> list[Character]:
    """A space after the dash before somebody's words, if the picture has one there."""
    dash, first = characters[0], characters[1]
    if dash.text not in _DASHES or not first.text.isalpha() or first.text in _LONG_VOWELS:
        return characters
    between = [(start, end) for start, end in ink.gaps if dash.place < (start + end) / 2 < first.place]
    spaces = [character.place for character in characters if character.text == " "]
    taken = [ink.gaps[number] for number in _gaps_of_spaces(spaces, ink.gaps, ink.text_height)]
    usual = statistics.median(end - start for start, end in taken) if taken else float("inf")
    least = min(_AFTER_DASH * ink.text_height, _LIKE_OTHERS * usual)
    if len(between) != 1 or between[0][1] - between[0][0] < least:
        return characters
    return [dash, Character(" ", sum(between[0]) / 2, 1.0), *characters[1:]]


def _holds_one(start: int, end: int, characters: Sequence[Character]) -> bool:
    """Whether a character was read in the middle of a gap: its ink was not told from the picture."""
    edge = _INSIDE * (end - start)
    return any(start + edge < one.place < end - edge for one in characters if one.text != " ")


def _with_wide_spaces(characters: Sequence[Character], ink: BinarisedRow) -> list[Character]:
    """Chinese or Japanese with a space where the picture has room for one.

    Some write it where a comma would be, and games without kanji between words.
    """
    characters = _without_narrow_spaces(characters)
    pitch = statistics.median(right.place - left.place for left, right in pairwise(characters))
    result = [characters[0]]
    for left, right in pairwise(characters):
        apart = right.place - left.place
        space, room = _least_of_wide_space(left.text, right.text)
        if space * pitch <= apart and not {left.text, right.text} & _SPACES and right.text not in _NEVER_FIRST:
            gaps = [end - start for start, end in ink.gaps if left.place < (start + end) / 2 < right.place]
            if max(gaps, default=0) >= room * ink.text_height:
                wide = "\u3000" if apart >= FULL_WIDTH * pitch else " "
                result.append(Character(wide, (left.place + right.place) / 2, 1.0))
        result.append(right)
    return result


def _least_of_wide_space(left: str, right: str) -> tuple[float, float]:
    """How far apart two characters with a space between them are at least, and how much room is between them."""
    if is_han(left) and is_han(right):
        return WIDE_SPACE, WIDE_ROOM
    if left in _WIDE_CLOSING or right in _WIDE_OPENING:
        return MARK_SPACE, MARK_ROOM
    return KANA_SPACE, KANA_ROOM


def _without_narrow_spaces(characters: Sequence[Character]) -> list[Character]:
    """The characters without spaces read between two kanji that are no further apart than others are.

    A stroke of 引 stands aside.
    """
    steps = [right.place - left.place for left, right in pairwise(characters) if " " not in (left.text, right.text)]
    pitch = statistics.median(steps) if steps else 0.0
    result: list[Character] = []
    for place, one in enumerate(characters):
        if one.text == " " and 0 < place < len(characters) - 1:
            left, right = characters[place - 1], characters[place + 1]
            if is_han(left.text) and is_han(right.text) and right.place - left.place < WIDE_SPACE * pitch:
                continue
        result.append(one)
    return result


def _least_distance(characters: Sequence[Character]) -> float:
    """How far apart two letters must be for a space between them, in columns."""
    across = [
        right.place - left.place
        for left, space, right in zip(characters, characters[1:], characters[2:], strict=False)
        if space.text == " "
    ]
    if across:
        return ACROSS_SPACE * statistics.median(across)
    return ACROSS_NOTHING * statistics.median(right.place - left.place for left, right in pairwise(characters))


def _may_be_parted(left: str, right: str) -> bool:
    """Whether a space between the two would be one between words."""
    if " " in (left, right) or is_wide(left) or is_wide(right):
        return False
    # The 1 stands apart in most fonts.
    if right in _SET_APART and not left.isalnum():
        return False
    return right not in _CLOSING and left not in _OPENING and not (left.isdigit() and right.isdigit())


def _gaps_of_spaces(spaces: Sequence[float], gaps: Sequence[tuple[int, int]], height: float) -> set[int]:
    """Which gaps hold the spaces that were read, by their places: the nearest wide one, no gap twice."""
    pairs = []
    for space, place in enumerate(spaces):
        for number, (start, end) in enumerate(gaps):
            distance = abs((start + end) / 2 - place)
            if distance <= 0.7 * height and end - start >= 0.1 * height:
                # A gap that is wider is the likelier one to have been read as a space.
                pairs.append((distance - (end - start), space, number))
    taken: dict[int, int] = {}
    for _, space, number in sorted(pairs):
        if space not in taken and number not in taken.values():
            taken[space] = number
    return set(taken.values())


def _word_gaps(gaps: Sequence[tuple[int, int]], count: int, height: float) -> list[int]:
    """How wide the gaps between words are where none was read, if they are of a kind of their own; or none.

    In type that is set tight all gaps within words are narrow, and those between words much wider, with none between.
    """
    widths = sorted(end - start for start, end in gaps)
    if len(widths) < _MOST_APART * count:
        return []
    wider = [(right / max(left, 1), place) for place, (left, right) in enumerate(pairwise(widths), start=1)]
    most, place = max(wider, default=(0.0, 0))
    words = widths[place:]
    own = most >= _OF_THEIR_OWN and _FEWEST <= len(words) < place and words[0] >= _WIDE_SHARE * height
    return words if own else []


def _least_word_gap(gaps: Sequence[tuple[int, int]], taken: set[int], usual: float, count: int, height: float) -> float:
    """How wide a gap must be to be one between words, in pixels.

    `usual` is how wide those are that were read, and `count` how many characters the row has.
    """
    others = [end - start for number, (start, end) in enumerate(gaps) if number not in taken]
    letters = statistics.median(others) if others else 0
    if not taken:
        return float(max(0.2 * height, 2.2 * letters, _LEAST_PIXELS))
    if len(others) >= _MOST_APART * count:
        # Most letters are apart: what is no space is mostly between letters.
        return float(max(_SHARE_OF_USUAL * usual, 2.0 * letters, _LEAST_PIXELS, _LEAST_SHARE * height))
    # Words stand equally far apart, so a gap like those that were read as spaces is one more, and not one of letters.
    least = _SHARE_OF_USUAL * usual
    between = [width for width in others if width < least]
    return float(max(least, 2.0 * statistics.median(between) if between else 0, _LEAST_PIXELS, _LEAST_SHARE * height))
