"""Speaker: names in the forms that games use inside the dialogue box. No name is better than a wrong one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from capture_daemon.common.hangul import has_hangul
from capture_daemon.common.letters import form_of, is_hiragana, is_katakana, kana_form_of, katakana_form_of

LONGEST_NAME = 24
"""Characters; games' name tags are shorter."""
FEW_CAPITALS = 3
"""Capitals from which a name is written in them alone; 2 to 4."""
LONGEST_HIRAGANA = 6
"""Characters of a name in hiragana alone, at most; 5 to 7."""
UNKNOWN = ("???", "？？？")
"""What games write for the name of somebody not introduced yet."""
_BRACKETED = re.compile(
    r"^\s*(?:【(?P<a>[^【】]{1,24})】|〔(?P<b>[^〔〕]{1,24})〕|\[(?!\s)(?P<c>[^\[\]]{1,24})(?<!\s)\]|［(?P<d>[^［］]{1,24})］"
    r"|<(?P<e>[^<>]{1,24})>|＜(?P<f>[^＜＞]{1,24})＞)\s*[:：]?\s*(?P<rest>.*)$",
    re.S,
)
"""A name in brackets. Captions write sounds with spaces inside: [ APPLAUSE ]."""
_ROUNDED = re.compile(r"^\s*[(（](?P<name>[^()（）]{1,24})[)）]\s*[:：]?\s*$")
_ROUND_BEFORE = re.compile(r"^（(?P<name>[^（）()]{1,10})[）)]\s*(?P<rest>\S.*)$", re.S)
_COLON = re.compile(r"^(?P<name>[^:：]{1,24}?)\s*(?P<colon>[:：])(?P<space>\s*)(?P<rest>\S.*)$", re.S)
_SOME_MARKS = re.compile(r"[?？]{2,4}|？")
"""??? before a colon, of which looks read one mark too few, or some as wide ones."""
_DASH = re.compile(r"^(?P<name>[^—–:：]{1,24}?)\s+(?:—|–|--?)\s+(?P<rest>\S.*)$", re.S)
_NOTED = re.compile(r"^(?P<name>[^\[\]:：—–]{1,24}?)\s*\[[^\[\]]{1,40}\]?\s*[—–:：-]*\s*(?P<rest>.*)$", re.S)
"""A name, what its words are in brackets, such as a check of a skill, and the text: `LOGIC [Easy: Success] – Text`."""
_PLAYER = "YOU"
"""What stands before a dash, in capitals, for the player's own words."""
_TITLE = re.compile(r"^(?:Dr|Mr|Mrs|Ms|St|Prof|Sr|Jr|Lt|Capt|Sgt|Rev|Fr)\. ?", re.IGNORECASE)
"""Titles, with a space behind them that narrow type may lose."""
_PROMPT = re.compile(r"^(?P<name>[^<>:：.!?]{1,24}?)>\s*(?P<rest>[^\s>].*)$", re.S)
"""A terminal's form: `NAME> text`."""
_MARKED = re.compile(r"^(?P<name>[^<>:：.!?]{1,24}?)\s?[>:：]$")
_GLUED = re.compile(r"^(?P<name>\?{3})(?P<rest>[A-Za-zÀ-ÿ¡¿].*)$", re.S)
"""A colon between ??? and the text is narrow, and easily overlooked; without one there would be a space."""
_DOUBLED = re.compile(r"([\[\]【】〔〕［］<>＜＞()（）])\1+")
"""A bracket that was read twice: what stands beside it, or a plate's edge, was read as another."""
_CHANGE = re.compile(r"\s[+\-−±]\s?\d")
"""A number that rises or falls, as games tell in brackets what an answer has changed."""
_QUOTED = re.compile(r"^(?P<name>[^「」『』\s:：。、！？…]{1,10}|[?？]{3})\s*(?P<rest>[「『].*)$", re.S)
_SEVERAL = 2
"""Names known from which colons behind others, without a space, are read as theirs; 2 to 3."""
CUT = 3
"""Characters of a Korean name at least of which the first syllable may have been cut off; 3 to 4: 호 may be another."""
BULLETS = frozenset("•*＊●◆■▪·・")
"""What games set each of a character's paragraphs off with."""
SPECKS = ",.，、·"
"""What specks behind a name are read as."""
_BARRED = str.maketrans("łŁøØđĐ", "lLoOdD")
_AFTER_NOUNS = frozenset("はがをにでへのもと")
_PARTICLES = frozenset("はがをにでへ")
"""What a sentence that quotes somebody goes on with before the quotation, and no name ends with."""
_QUOTES = frozenset({("「", "」"), ("『", "』")})
OPENING_QUOTES, CLOSING_QUOTES, LATIN_QUOTES = frozenset("「『"), frozenset("」』"), frozenset('“”„«»"')
_OPENING, _CLOSING = tuple("[({【"), tuple("])}】")
_NUMBERED = re.compile(r"(?:[\s\-#]?\d{1,3}|\s\d{1,3}[A-Z]|\s[A-Z])$")
_CODE = re.compile(r"\d{1,2}[A-Z]{1,2}")
"""A name such as 2B."""
_SQUARE = re.compile(r"^[■◆▪]\s*")
"""What a plate has before the name."""
_NOT_IN_A_NAME = re.compile(r"(?<=.)\[|[.,!?;\"“”()。、，；！？…「」『』<>|\d]|--|—")
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
"""Words that may stand before a colon but are not names."""
_NOT_NAMES = frozenset(_WORDS.split())
_BUTTONS = frozenset(
    (
        *("log", "skip", "auto", "save", "load", "menu", "config", "settings", "history", "options", "next", "close"),
        *("back", "ok", "continue", "cancel"),
    )
)
"""What stands on a box's buttons."""
EXCLAMATIONS = frozenset(
    ("stop", "help", "fire", "run", "hey", "oh", "ah", "god", "damn", "please", "sorry", "fine", "well")
)
"""Words in capitals that somebody shouts before a dash."""


def is_name(text: str) -> bool:
    """Whether a text has the form of a name: short, few words, no sentence punctuation, a capital where it can.

    "Old man", "Guard 2", "K-7", "The Innkeeper" and "d'Artagnan" have it.
    """
    text = _TITLE.sub("", text.strip())
    if text in UNKNOWN or _CODE.fullmatch(text):
        return True
    if text[:1] in BULLETS or _COLON.match(text):
        return False
    bare = _NUMBERED.sub("", text)
    if not bare or len(text) > LONGEST_NAME or _NOT_IN_A_NAME.search(bare) or not any(c.isalpha() for c in bare):
        return False
    words = bare.split()
    if (
        len(words) > 4
        or begins_sentence(bare)
        or all(word.casefold() in _BUTTONS for word in words)
        or bare.casefold() in _NOT_NAMES
        or (words[0].casefold() in _NOT_NAMES - {"the", "first"})
    ):
        return False
    first = words[0]
    if first[0].upper() == first[0].lower() or first[0].isupper():
        return True
    return re.match(r"\w{1,3}['’][A-ZÀ-Þ]", first) is not None


def begins_sentence(text: str) -> bool:
    """Whether a text is the beginning of a sentence: katakana with a particle, or longer than names in hiragana are.

    So it is if more follows, apart, on a word with a particle, as games without kanji set them.
    """
    if any(len(word) > 1 and word[-1] in _PARTICLES for word in text.split()[:-1]):
        return True
    if len(text) > LONGEST_HIRAGANA and all(is_hiragana(one) or one in " ー" for one in text):
        return True
    return len(text) > 2 and text[-1] in _AFTER_NOUNS and is_katakana(text[-2])


def is_button(text: str) -> bool:
    """Whether a text is what stands on one of a box's buttons."""
    return text.strip().casefold() in _BUTTONS


def is_titled(text: str) -> bool:
    """Whether a text has the form of a name and what somebody is: "Florin, Apothecary". Sentences begin so, too."""
    name, comma, title = text.partition(", ")
    return bool(comma) and is_name(name) and is_name(title.removeprefix("the ")) and name.casefold() not in EXCLAMATIONS


def says_unknown(text: str) -> bool:
    """Whether a text is nothing but question marks, as stand for a name, in one of the forms of a name."""
    bare = bracketed_name(text) or text.strip().rstrip(" :：")
    return re.fullmatch(r"[?？]{3,4}", bare.replace(" ", "")) is not None


def as_name(text: str) -> str:
    """The name in what was read where a name stands.

    ??? is read as 777 and ??, too, and nobody is called so; a plate's edge is read as a bracket that none closes. Among
    katakana alone, what looks like one is one.
    """
    text = _SQUARE.sub("", text)
    if text[:1] in _OPENING and _CLOSING[_OPENING.index(text[0])] not in text and len(text) > 1:
        text = text[1:].lstrip()
    if text[-1:] in _CLOSING and _OPENING[_CLOSING.index(text[-1])] not in text and len(text) > 1:
        text = text[:-1].rstrip()
    katakana = katakana_form_of(text)
    if any(map(is_katakana, text)) and all(is_katakana(one) or one in " ・" for one in katakana):
        text = katakana
    return UNKNOWN[0] if re.fullmatch(r"[7?？]{3,4}|[?？]{2}", text.replace(" ", "")) else text


def _with_all_marks(name: str) -> str:
    """A name, ??? with as many marks as that has."""
    return UNKNOWN["？" in name] if _SOME_MARKS.fullmatch(name) else name


def as_known(name: str, known: Collection[str]) -> str:
    """A name as it is `known`, with its first letter large, all its accents, and katakana for what looks like it.

    O and o, S and s, differ in height alone, small accents are overlooked, small kana taken for large ones, and a first
    syllable of Korean is cut off over a picture.
    """
    # Names are kept in a set, whose order is another in each run.
    alike = [one for one in sorted(known) if kana_form_of(one) == kana_form_of(name)]
    small = max(alike, key=_count_of_small, default=name)
    if _count_of_small(small) > _count_of_small(name):
        return small
    if name in known:
        return name
    large = name[:1].upper() + name[1:]
    if large in known:
        return large
    alike = [one for one in known if _plain(one) == _plain(name) == name or one == katakana_form_of(name)]
    if has_hangul(name) and len(name) >= CUT:
        alike += [one for one in known if one[1:] == name]
    return min(alike, default=name)


def _count_of_small(name: str) -> int:
    """How many small kana a name has."""
    return sum(kana_form_of(one) != katakana_form_of(one) for one in name)


def begins_with_name(text: str) -> bool:
    """Whether a text begins with a name in one of the forms of `Name: text`, or is as much of it."""
    marked = _MARKED.match(text)
    return split_name(text)[0] is not None or (marked is not None and is_name(marked.group("name")))


def _plain(name: str) -> str:
    """A name without accents."""
    letters = unicodedata.normalize("NFKD", name.translate(_BARRED))
    return "".join(one for one in letters if not unicodedata.combining(one))


def bracketed_name(text: str) -> str | None:
    """The name in a row that is nothing but `【Name】`, or None. Looks read some square brackets as round ones."""
    text = _DOUBLED.sub(r"\1", text)
    bracketed = _BRACKETED.match(text)
    if bracketed is None:
        rounded = _ROUNDED.match(text)
        return rounded.group("name") if rounded is not None and is_name(rounded.group("name")) else None
    if bracketed.group("rest").strip() or _CHANGE.search(text):
        return None
    return _name_of(bracketed)


def _name_of(bracketed: re.Match[str]) -> str:
    return next(str(found) for key, found in bracketed.groupdict().items() if key != "rest" and found).strip()


def is_quoted(first: str, last: str) -> bool:
    """Whether rows, of which the first and the last are given, are all between the quotation marks of somebody's words.

    Those of Chinese and Japanese: other languages put a whole line between theirs seldom.
    """
    return (first[:1], last[-1:]) in _QUOTES


def dashed_name(text: str) -> tuple[str, str] | None:
    """What would be the name and the text of a line in the form `Name - text`, or None; sentences begin so, too."""
    dash = _DASH.match(text)
    name = in_capitals(dash.group("name").strip()) if dash is not None else ""
    if dash is None or not (is_name(name) or name == _PLAYER):
        return None
    return name, dash.group("rest").strip()


def noted_name(text: str) -> tuple[str, str] | None:
    """The name, in capitals, and the text of a line in the form `NAME [Note] – text`, or None."""
    noted = _NOTED.match(text)
    name = in_capitals(noted.group("name").strip()) if noted is not None else ""
    if noted is None or not (name.isupper() and (is_name(name) or name == _PLAYER)):
        return None
    return name, noted.group("rest").strip()


def in_capitals(name: str) -> str:
    """A name in capitals, those of its letters among them that look alike small and large."""
    capitals = form_of(name)
    return capitals if capitals.isupper() and sum(one.isupper() for one in name) >= FEW_CAPITALS else name


def rounded_name(text: str) -> tuple[str, str] | None:
    """What would be the name and the text of a line in the form `（Name）text`, or None; sounds are told so, too."""
    rounded = _ROUND_BEFORE.match(text)
    if rounded is None or not is_name(rounded.group("name")):
        return None
    return rounded.group("name").strip(), rounded.group("rest").strip()


def split_name(text: str, known: Collection[str] = ()) -> tuple[str | None, str]:
    """The name and the text of a line in one of the forms `【Name】text` and `Name: text`.

    One of the `known` names needs no space behind its colon, nor any where several are known: in some type that is
    narrow.
    """
    bracketed = _BRACKETED.match(text)
    if bracketed:
        name = _name_of(bracketed)
        rest = bracketed.group("rest").strip()
        if rest:
            return name, rest
    quoted = _QUOTED.match(text)
    if quoted and is_name(quoted.group("name")) and quoted.group("name")[-1] not in _PARTICLES:
        return as_name(quoted.group("name")), quoted.group("rest")
    prompt, glued = _PROMPT.match(text), _GLUED.match(text) if known else None
    bare = prompt if prompt and is_name(prompt.group("name")) else glued
    if bare:
        return bare.group("name"), bare.group("rest")
    colon = _COLON.match(text)
    if colon and ((name := _with_all_marks(as_known(colon.group("name"), known))) in known or name in UNKNOWN):
        return name, colon.group("rest").strip()
    if colon and is_name(colon.group("name")):
        wide = colon.group("colon") == "：" or any(ord(c) > 0x2E80 for c in colon.group("name"))
        spaced = bool(colon.group("space")) or text[colon.start("colon") - 1].isspace()
        # After a colon that is no name's, English goes on in lower case, or with a number.
        if wide or (
            (spaced or len(known) >= _SEVERAL)
            and not (colon.group("rest")[0].islower() or colon.group("rest")[0].isdigit())
        ):
            return colon.group("name").strip(), colon.group("rest").strip()
    return None, text
