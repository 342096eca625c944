"""Speaker: names in the forms that games use inside the dialogue box. No name is better than a wrong one."""

from __future__ import annotations

import re

from capture_daemon.frames import Box

LONGEST_NAME = 24
"""Characters; games' name tags are shorter."""
UNKNOWN = ("???", "？？？")
"""What stands for the name of somebody not introduced yet."""
_BRACKETED = re.compile(r"^\s*(?:【(?P<square>[^【】]{1,24})】|〔(?P<round>[^〔〕]{1,24})〕)\s*(?P<rest>.*)$", re.S)
_COLON = re.compile(r"^(?P<name>[^:：]{1,24}?)\s*(?P<colon>[:：])(?P<space>\s*)(?P<rest>\S.*)$", re.S)
_TITLE = re.compile(r"^(?:Dr|Mr|Mrs|Ms|St|Prof|Sr|Jr|Lt|Capt|Sgt|Rev|Fr)\. ")
_NOT_IN_A_NAME = re.compile(r"[.,!?;\"“”()。、，；！？…「」『』\d]|--|—")
_WORDS = """
remember note notice warning caution attention listen look wait think rule rules question answer answers fact
reminder hint tip example first second third last finally result results conclusion problem reason translation
that one thing two things update status time date day place location objective mission quest task reward price
cost total name names title chapter part level score hp mp exp today tomorrow yesterday tonight now he she it
they we you i the a an this these those here there and but or so because if when what who where why how my
your his her our their p.s ps nb ok okay yes no meaning news advice plan option options choice choices
remarque rappel hinweis achtung merke nota atención recuerda
注意 提示 答案 问题 問題 结论 結論 目的 場所 时间 時間 日時 地点 例 注 备注 備考
任务 ヒント
"""
"""Words that stand before a colon and are nobody's name."""
_NOT_NAMES = frozenset(_WORDS.split())


def is_name(text: str) -> bool:
    """Whether a text has the form of a name: short, few words, no sentence punctuation, capitals where it can."""
    text = _TITLE.sub("", text.strip())
    if text in UNKNOWN:
        return True
    if not text or len(text) > LONGEST_NAME or _NOT_IN_A_NAME.search(text) or not any(c.isalpha() for c in text):
        return False
    words = text.split()
    if len(words) > 3 or text.casefold() in _NOT_NAMES or words[0].casefold() in _NOT_NAMES:
        return False
    cased = [word for word in words if word[0].upper() != word[0].lower()]
    return all(word[0].isupper() for word in cased)


def bracketed_name(text: str) -> str | None:
    """The name in a row that is nothing but `【Name】`, or None."""
    bracketed = _BRACKETED.match(text)
    if bracketed is None or bracketed.group("rest").strip():
        return None
    return str(bracketed.group("square") or bracketed.group("round")).strip()


def split_name(text: str) -> tuple[str | None, str]:
    """The name and the text of a line in one of the forms `【Name】text` and `Name: text`."""
    bracketed = _BRACKETED.match(text)
    if bracketed:
        name = bracketed.group("square") or bracketed.group("round")
        rest = bracketed.group("rest").strip()
        if rest:
            return name.strip(), rest
    colon = _COLON.match(text)
    if colon and is_name(colon.group("name")):
        wide = colon.group("colon") == "：" or any(ord(c) > 0x2E80 for c in colon.group("name"))
        # After a colon that is no name's, English goes on in lower case, or with a number.
        if wide or (
            colon.group("space") and not (colon.group("rest")[0].islower() or colon.group("rest")[0].isdigit())
        ):
            return colon.group("name").strip(), colon.group("rest").strip()
    return None, text


def is_name_row(text: str, boxes: tuple[Box, Box], letter: int, pitch: int | None, *, came_first: bool) -> bool:
    """Whether the first row of a line is its speaker's name, set apart from the rows under it.

    `boxes` are its own and the next row's, `letter` the height of the text's letters and `pitch` the distance of
    the tops of its other rows, if there are two, in pixels. `came_first` says that the row stood whole before the
    text began to be typed.
    """
    if not is_name(text):
        return False
    box, next_box = boxes
    indent = abs(box.left - next_box.left)
    distance = next_box.top - box.top
    apart = indent > 0.7 * letter
    farther = distance > 1.18 * pitch if pitch else distance > 2.3 * letter
    size = not 0.8 < box.height / max(1, next_box.height) < 1.25
    return (came_first and (apart or farther or size)) or (apart and farther)
