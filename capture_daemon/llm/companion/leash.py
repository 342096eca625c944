"""Where an answer is cut off: after enough sentences, and where it begins to repeat itself. Pure."""

from __future__ import annotations

import re

SENTENCES = 4
_END = re.compile(r"[.!?…]+[\"'”’)\]*]*(?=\s)|[。！？]+[」』”）]*")
_WORD = re.compile(r"\S+")
_LONGEST_LOOP = 12
_LOOPS = 3
"""How many words a repeated phrase has at most, and how many repetitions in a row make it a loop."""
_HELD = 240
"""Characters that are held back at most, while a sentence reads like an earlier one."""
_SHORTEST = 8
"""Letters of a sentence that may not be said twice; shorter ones are said again for a reason."""


class Leash:
    """Takes an answer piece by piece, and gives what may be shown of it."""

    def __init__(self, sentences: int = SENTENCES, stops: tuple[str, ...] = ()) -> None:
        """`sentences` is how many there may be, 0 for any number; at the first of `stops` it ends, too."""
        self.is_over = False
        """Whether nothing more will be shown."""
        self._most = sentences
        self._stops = stops
        self._text = ""
        self._shown = 0

    def take(self, piece: str) -> str:
        """More of the answer in, what may be shown out."""
        if self.is_over:
            return ""
        self._text += piece
        return self._show(self._until())

    def rest(self) -> str:
        """What was held back, once the answer has ended."""
        if self.is_over:
            return ""
        self._text += " "
        end = self._until(at_end=True)
        return self._show(end).rstrip()

    def _show(self, end: int) -> str:
        begin, self._shown = self._shown, max(self._shown, end)
        return self._text[begin : self._shown]

    def _until(self, *, at_end: bool = False) -> int:
        """How far the text may be shown; sets `is_over` where it is cut off there."""
        said: set[str] = set()
        begin = 0
        stop = min((place for one in self._stops if (place := self._text.find(one)) >= 0), default=None)
        text = self._text if stop is None else self._text[:stop]
        for count, match in enumerate(_END.finditer(text), start=1):
            sentence = _plain(text[begin : match.end()])
            if sentence in said and len(sentence) >= _SHORTEST:
                return self._cut(begin)
            said.add(sentence)
            begin = match.end()
            if count == self._most:
                return self._cut(begin)
        if (end := _loop(text) or stop) is not None:
            return self._cut(end)
        if at_end:
            return len(text)
        growing = _plain(text[begin:])
        if len(text) - begin < _HELD and any(one.startswith(growing) for one in said if len(one) >= _SHORTEST):
            return begin
        return len(text) - self._begun_stop(text)

    def _begun_stop(self, text: str) -> int:
        """How many characters at the end may become a stop string."""
        return max(
            (size for one in self._stops for size in range(1, len(one)) if text.endswith(one[:size])),
            default=0,
        )

    def _cut(self, end: int) -> int:
        self.is_over = True
        return end


def _plain(sentence: str) -> str:
    return "".join(one for one in sentence.casefold() if one.isalnum())


def _loop(text: str) -> int | None:
    """Where the words begin to repeat that stand at the end several times in a row."""
    words = list(_WORD.finditer(text))
    spoken = [_plain(word[0]) for word in words]
    for size in range(1, min(_LONGEST_LOOP, len(words) // _LOOPS) + 1):
        last = spoken[-size:]
        times = 1
        while spoken[-size * (times + 1) : -size * times] == last:
            times += 1
        if times >= _LOOPS:
            return words[-size * (times - 1)].start()
    return None
