"""Names: which spellings are one name that was read wrong now and then.

Spellings are merged by what letters look like, not by how far apart they are: "Sy1vie" is Sylvie, Marie isn't Maria.
Names that are only close are reported, for the user to decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

_LOOK_ALIKE = str.maketrans("Ii1|0O58ロカニエハタトーヘベペ", "llllooSB口力二工八夕卜一へべぺ")
"""Characters that the same glyph may be read as, in every script and size of letter."""
_LOOK_ALIKE_PAIRS = (("rn", "m"), ("vv", "w"))
_MARKS = re.compile(r"[\s.,:;'’`´·・\-_~\"“”]+")
_NEARLY_ALIKE = {frozenset(pair) for pair in ("ec", "nh", "uv", "gq", "ft")}
"""Letters that are taken for one another now and then; not enough alone to make two names one."""
_LONG_ENOUGH = 5
_SELDOM, _OFTEN = 2, 10
"""A spelling one letter off is a misreading if it has at most this many lines, the other this many times more."""
_CLOSE = 8
"""Letters from which on names two letters apart are close, too."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A spelling that was taken for another name, and how many lines had it."""

    spelling: str
    name: str
    lines: int


@dataclass(frozen=True, slots=True)
class NameMerges:
    """The name for each spelling that has another one, what was merged, and pairs that are close but weren't."""

    by_spelling: Mapping[str, str] = field(default_factory=dict)
    merged: tuple[Merged, ...] = ()
    close: tuple[tuple[str, str], ...] = ()


def merge_names(
    spellings: Counter[str], *, renamed: Mapping[str, str], known: Collection[str] = (), merge: bool = True
) -> NameMerges:
    """What to call each spelling. `spellings` counts lines.

    `renamed` goes before everything else, and keeps a name that is renamed to itself; a `known` name is always the one
    that its variants are called. Without `merge` only `renamed` counts.
    """
    by_spelling = {spelling: renamed[spelling] for spelling in spellings if spelling in renamed}
    rest = {spelling: count for spelling, count in spellings.items() if spelling not in renamed}
    for name in set(renamed.values()) - _kept(renamed):
        rest.setdefault(name, 0)
    if merge:
        names = sorted(rest, key=lambda name: (name not in known, name not in renamed.values(), -rest[name], name))
        main: list[str] = []
        for name in names:
            same = next((other for other in main if _one_name(name, other, rest)), None)
            if same is None:
                main.append(name)
            else:
                by_spelling[name] = same
    merged = sorted(
        (
            Merged(spelling, name, spellings[spelling])
            for spelling, name in by_spelling.items()
            if spelling != name and spellings[spelling]
        ),
        key=lambda one: (one.name, one.spelling),
    )
    left = sorted({by_spelling.get(spelling, spelling) for spelling in spellings} - _kept(renamed))
    close = tuple((one, other) for place, one in enumerate(left) for other in left[place + 1 :] if _close(one, other))
    return NameMerges(by_spelling, tuple(merged), close)


def _kept(renamed: Mapping[str, str]) -> set[str]:
    return {spelling for spelling, name in renamed.items() if spelling == name}


def _one_name(name: str, other: str, counts: Mapping[str, int]) -> bool:
    if _folded(name) == _folded(other) or _seen(name) == _seen(other):
        return True
    rare = counts[name] <= _SELDOM and counts[name] * _OFTEN <= counts[other]
    return rare and min(len(name), len(other)) >= _LONG_ENOUGH and _misread(_folded(name), _folded(other))


def _folded(name: str) -> str:
    """A name whatever the width and size of its letters, without the marks that get lost."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold() or name


def _seen(name: str) -> str:
    """A name as it looks: letters that are read as one another are one. Accents of Latin letters get lost."""
    text = "".join(_without_accent(character) for character in unicodedata.normalize("NFKC", name))
    text = _MARKS.sub("", text.translate(_LOOK_ALIKE))
    for pair, one in _LOOK_ALIKE_PAIRS:
        text = text.replace(pair, one)
    return text or name


def _without_accent(character: str) -> str:
    plain = unicodedata.normalize("NFD", character)[0]
    return plain if plain.isascii() else character


def _misread(name: str, other: str) -> bool:
    """Whether one letter within is lost or too many, or is nearly alike; another last letter makes another name."""
    if any(character.isdigit() for character in name + other) or Levenshtein.distance(name, other) != 1:
        return False
    if len(name) == len(other):
        return next({one, same} for one, same in zip(name, other, strict=True) if one != same) in _NEARLY_ALIKE
    return name[0] == other[0] and name[-1] == other[-1]


def _close(one: str, other: str) -> bool:
    one, other = _folded(one), _folded(other)
    if any(character.isdigit() for character in one + other) or len(min(one, other, key=len)) < 3:
        return False
    return Levenshtein.distance(one, other) <= (2 if len(min(one, other, key=len)) >= _CLOSE else 1)
