"""Rows of Korean as one text: whether a row that is broken off goes on in the next one without a space.

Some games break Korean between words, others wherever the box is full. Pure: from texts and how much room there was.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from capture_daemon.common.hangul import is_syllable, parts

ROOM = 1.35
"""How much room a row has left, in syllables, for the next one surely to have fitted, 1.2 to 1.8: where it
was broken there all the same, it was broken between words."""
NARROW = 0.45
"""How wide a letter, mark or space is, in syllables; 0.3 to 0.6."""
RAGGED = 0.2
"""Share of a game's breaks that have so much room from which it breaks between words only; 0.1 to 0.3."""
FEW = 2
"""Breaks after which a game that left no such room is one that breaks anywhere; 2 to 5."""
REMEMBERED = 4000
"""Words that are kept of what was said; 1,000 to 10,000."""

_UNBROKEN = re.compile(r"[^\s가-힣]+")
"""What begins a row and isn't broken, such as a Latin word with the bracket before it."""
_OPENING = frozenset("([{（［〔")
_BETWEEN = re.compile(r"[^가-힣]+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_AFTER_VOWEL = _set("는 를 가 와 로 라고 라는 예요 네요 랑 나")
_AFTER_CONSONANT = _set("은 을 이 과 으로 이라고 이라는 이에요 이랑 이나 이야 입니다 이었다 이었어 아")
_AFTER_BOTH = _set(
    "도 만 의 에 에서 에게 한테 께 까지 부터 처럼 보다 마다 조차 밖에 마저 에는 에도 에서는 에서도 에게는 으로는 들 "
    "들은 들이 들을 들의 들도 다 요 죠 지 지만 지는 지도 고 며 면 면서 니 니까 는데 은데 네 군 구나 거든 잖아 "
    "잖아요 습니다 습니까 어 어요 었어 었다 았어 았다 겠어 겠다 하고 하는 하면 하지 하지만 하게 하기 한 할 함 해 "
    "해서 해야 해요 했어 했다 했던 했는데 합니다 했습니다 된 될 되는 되어 됐어 돼 됩니다 적인 적으로 적이 씩 쯤 "
    "께서 님 씨 던 도록 다고 다는 단다 란다 는다 는다고 라면 자고 냐고 기 기를 기는 기도 게요 고요 려고 려면 더니 "
    "든지 거나 자마자 듯이 십시오 세요 시오 라도"
)
_PARTICLES = _AFTER_VOWEL | _AFTER_CONSONANT | _AFTER_BOTH
_WORDS = _set(
    "이 그 저 이런 그런 저런 이렇게 그렇게 저렇게 나는 내가 나를 나도 너는 네가 너를 우리 우리는 우리가 그는 그녀는 "
    "그녀가 그녀를 하지만 그리고 그래서 그런데 그러나 그럼 그래 네 아니 아니요 뭐 무슨 어떤 어떻게 왜 언제 어디 "
    "누가 누구 더 가장 아주 너무 정말 진짜 잘 못 안 다시 또 다른 모든 것 것은 것을 것이 것도 것입니다 거야 거예요 "
    "수 수가 수는 때 때문에 있는 있다 있어 있어요 있습니다 있을 있었다 있었어 없는 없다 없어 없습니다 없이 같은 "
    "같아 같아요 같이 위해 통해 대해 대한 위한 한 두 세 첫 두번째 사람 사람이 사람은 지금 오늘 내일 여기 거기 저기 "
    "이제 아직 벌써 이미 함께 먼저 않은 않을 않는 않아 않아요 않았다 않습니다 싶은 싶어 싶어요 싶다 주는 줄 하는 "
    "하고 할 합니다 해야 할까 될 되는"
)
"""Words that stand by themselves and are common in any text."""
_DEPENDENT = _set(
    "수 수가 수는 수도 수밖에 것 것은 것을 것이 것도 것입니다 거 거야 거예요 거지 거죠 겁니다 건 때 때는 때마다 "
    "때까지 때문 때문에 줄 줄은 뿐 뿐만 데 데다가 만큼 적 적이 듯 바 동안 뻔"
)
"""Nouns that follow a verb's form in ㄴ or ㄹ, and never without a space."""
_ADVERBIAL, _AUXILIARY = re.compile("(야|게|도록)$"), re.compile("[하한할함합해했되된될됩돼됐]")
"""The ends of verbs that another one follows, never without a space, and how that one begins."""
_ENDING_DE = re.compile("데[,.?!…~]")
"""데 with a mark behind it is an ending, by itself a noun."""
_ALONE = "및"
"""A word that nothing is put to."""
_BEGINNINGS = ("했", "합니", "습니", "입니", "이었", "잖아", "더라", "구나")
"""How what is put to a stem or a noun begins."""
_PAST = frozenset("있갔왔봤났썼샀탔컸줬됐")
"""Syllables in ㅆ that are words' beginnings; all others end a verb."""
_NIEUN, _RIEUL, _SSANG_SIOT = 4, 8, 20
"""These, as last consonants."""


@dataclass(slots=True)
class Breaks:
    """What is known of a game's breaks, and the words it used.

    `ragged` counts breaks at which there was room for more, `full` those at which there was none.
    """

    ragged: int = 0
    full: int = 0
    _words: OrderedDict[str, None] = field(default_factory=OrderedDict)

    @property
    def between_words(self) -> bool:
        """Whether the game breaks rows between words only."""
        return self.ragged > 0 and self.ragged >= RAGGED * (self.ragged + self.full)

    @property
    def anywhere(self) -> bool:
        """Whether the game breaks rows wherever the box is full."""
        return self.full >= FEW and not self.between_words

    def learn(self, rows: Sequence[str], room: Iterable[float]) -> None:
        """Rows were said, with so much room as `rooms` says: their breaks are counted and their words remembered."""
        for row, left in zip(rows[1:], room, strict=True):
            if left >= _needed(row):
                self.ragged += 1
            else:
                self.full += 1
        for row in rows:
            words = row.split()
            # The first and the last may be pieces.
            for word in words[1:-1]:
                bare = _BETWEEN.sub("", word)
                if len(bare) > 1:
                    self._words[bare] = None
                    self._words.move_to_end(bare)
        while len(self._words) > REMEMBERED:
            self._words.popitem(last=False)

    def knows(self, word: str) -> bool:
        """Whether the word was said before, or is a common one."""
        return word in self._words or word in _WORDS

    def begins_known(self, text: str) -> bool:
        """Whether a word that was said before begins the text, and leaves nothing but a particle or an ending."""
        return any(
            text[:end] in self._words and (end == len(text) or _is_tail(text[:end], text[end:]))
            for end in range(2, len(text) + 1)
        )


def width_of(text: str) -> float:
    """About how wide the text is, in syllables."""
    return sum(1.0 if is_syllable(character) else NARROW for character in text)


def rooms(rows: Sequence[str], widths: Sequence[float], widest: float) -> list[float]:
    """How much room each row but the last has left, in syllables as wide as its own.

    Args:
        rows: The rows' texts, from top to bottom.
        widths: Their widths in pixels.
        widest: How wide a row can be, in pixels.

    """
    return [(widest - wide) * width_of(row) / max(wide, 1.0) for row, wide in zip(rows[:-1], widths[:-1], strict=True)]


def joined(rows: Sequence[str], room: Sequence[float], breaks: Breaks) -> str:
    """The rows as one text; `room` says of each but the last how many more syllables it had room for."""
    text = rows[0]
    for row, left in zip(rows[1:], room, strict=True):
        text += ("" if _goes_on(text, row, left, breaks) else " ") + row
    return text


def _goes_on(before: str, after: str, room: float, breaks: Breaks) -> bool:
    """Whether a word goes on from one row to the next."""
    if before and after and is_syllable(before[-1]) and after[0] in _OPENING:
        # What is explained in brackets follows its word without a space.
        return room < _needed(after) and not breaks.between_words
    if not before or not after or not is_syllable(before[-1]) or not is_syllable(after[0]):
        # Only syllables are written without a space between words broken in two.
        return bool(before and after) and _is_closing(before, after)
    if room >= ROOM or breaks.between_words:
        return False
    grammar = _by_grammar(before, after)
    if grammar is not None:
        return grammar
    left, right = _last_word(before), _first_word(after)
    return _score(left, right, breaks) > (0.0 if not breaks.anywhere else -1.0)


def _by_grammar(before: str, after: str) -> bool | None:
    """Whether a word goes on where the language leaves no choice; None if it leaves one."""
    left, right = _last_word(before), _first_word(after)
    if (_ADVERBIAL.search(left) and _AUXILIARY.match(right)) or _ALONE in (left, right):
        return False
    if _ENDING_DE.match(after) and parts(left[-1])[2] == _NIEUN:
        return True
    rest = before[: -len(left)]
    if rest and not rest[-1].isspace() and left in _PARTICLES:
        # A particle of a Latin word, or of brackets, which only another one follows.
        return right in _PARTICLES and _is_tail(left, right)
    return None


def _needed(after: str) -> float:
    """How much room before a row shows that it would have fitted, had the game broken words."""
    begins = _UNBROKEN.match(after)
    if begins is None:
        return ROOM
    alone = begins.end() == 1 and after[0] in _OPENING
    return width_of(begins[0]) + (ROOM if alone else ROOM - 1)


def _is_closing(before: str, after: str) -> bool:
    """Whether the second row begins with what closes the first one, or with a particle after a mark or a Latin word."""
    if after[0] in ".,!?…~)]}”’」』》〉" and before[-1] not in " ":
        return True
    if is_syllable(before[-1]) or before[-1] in ".,!?…~:;":
        return False
    return _first_word(after) in _PARTICLES


def _score(left: str, right: str, breaks: Breaks) -> float:
    """How much likelier one word is than two; 0 if nothing is known."""
    if right in _DEPENDENT and is_syllable(left[-1]) and parts(left[-1])[2] in (_NIEUN, _RIEUL):
        return -3.0
    score = 0.0
    if breaks.knows(left + right) or breaks.begins_known(left + right):
        score += 3.0
    if _is_tail(left, right):
        score += 2.0
    elif len(right) == 1:
        score += 1.0 if right not in _WORDS else -0.5
    if breaks.knows(right) and len(right) > 1:
        score -= 1.5
    if breaks.knows(left):
        score -= 1.5
    elif _ends_word(left):
        score -= 1.0
    return score


def _is_tail(left: str, right: str) -> bool:
    """Whether `right` is a particle or an ending that fits what stands before it."""
    if right in _AFTER_BOTH or right.startswith(_BEGINNINGS):
        return True
    if parts(right[0])[2] == _SSANG_SIOT and right[0] not in _PAST:
        return True
    closed = parts(left[-1])[2] > 0 if is_syllable(left[-1]) else True
    return right in (_AFTER_CONSONANT if closed else _AFTER_VOWEL)


def _ends_word(left: str) -> bool:
    """Whether a word ends with a particle or an ending, so that nothing need follow."""
    return any(len(left) > size and _is_tail(left[:-size], left[-size:]) for size in (1, 2, 3))


def _last_word(row: str) -> str:
    return _BETWEEN.split(row)[-1] or row[-1]


def _first_word(row: str) -> str:
    return _BETWEEN.split(row)[0] or row[0]
