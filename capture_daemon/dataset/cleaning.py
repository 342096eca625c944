"""Cleaning: each step marks the lines that it leaves out, and reports every change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from rapidfuzz import fuzz

from capture_daemon.dataset.names import NameMerges, merge_names
from capture_daemon.dataset.repeats import find_repeats
from capture_daemon.dataset.script import CleaningStep, ScriptLine, ScriptScene, all_lines
from capture_daemon.reading.text import Ending, ending, join_rows

ENOUGH, MOSTLY = 5, 0.9
"""Lines, and the share of them that must end as sentences do, from which a last line that doesn't is cut off."""
COMMAS = tuple(",、，､;；:：")
"""Marks of a pause that no line ends with."""
SOON = 1.5
"""Seconds between a line and what the moved region shows of it, at most."""
ALIKE = 85.0
"""How alike a row and its part are, in percent: a letter that is cut through is read as another one."""
SLACK = 0.5
"""How far, in heights of a row, the same text may stand from where it stood."""


def cut_off(lines: Sequence[ScriptLine]) -> set[int]:
    """The places of lines cut off by their recording's end, or by a region that was moved.

    Lines of one recording follow one another, in the order they were said.
    """
    found: set[int] = set()
    numbered = [
        (place, line)
        for place, line in enumerate(lines)
        if line.left_out is not CleaningStep.SCREEN_WORDS and not line.chosen
    ]
    for _, group in groupby(numbered, key=lambda one: one[1].recording):
        of_recording = list(group)
        *before, (last_place, last) = of_recording
        sentences = _end_as_sentences([line for _, line in before])
        if sentences and _has_no_end(last.text):
            found.add(last_place)
        for (place, line), (next_place, after) in pairwise(of_recording):
            if is_part(line, after, sentences=sentences):
                found.add(place)
            elif is_part(after, line, sentences=sentences):
                found.add(next_place)
    return found


def is_part(part: ScriptLine, whole: ScriptLine, *, sentences: bool) -> bool:
    """Whether `part` is what a region that cuts through the text showed of `whole`, said right before or after it.

    Its rows are parts of rows that follow one another there, and stand where those stand. A part that begins where the
    whole begins may as well be a line of its own; it is a part only in a game whose lines end as `sentences` do, if it
    doesn't.
    """
    if None not in (part.speaker, whole.speaker) and part.speaker != whole.speaker:
        return False
    first, second = sorted((part, whole), key=lambda line: line.started)
    if second.started - first.ended > SOON or len(part.box) != 4 or len(whole.box) != 4:
        return False
    if not part.rows or part.rows == whole.rows:
        return False
    may_begin_there = sentences and _has_no_end(part.text)
    return any(
        all(_is_within(row, there) for row, there in zip(part.rows, whole.rows[at:], strict=False))
        and _stands_there(part, whole, at, may_begin_there=may_begin_there)
        for at in range(len(whole.rows) - len(part.rows) + 1)
    )


def _is_within(row: str, whole: str) -> bool:
    return len(row) <= len(whole) and fuzz.partial_ratio(row, whole) >= ALIKE


def _has_no_end(text: str) -> bool:
    """Whether more must follow. A dash is an end: somebody is interrupted."""
    return ending(text) is Ending.OPEN or text.rstrip().endswith(COMMAS)


def _end_as_sentences(lines: Sequence[ScriptLine]) -> bool:
    return len(lines) >= ENOUGH and sum(not _has_no_end(line.text) for line in lines) >= MOSTLY * len(lines)


def _stands_there(part: ScriptLine, whole: ScriptLine, at: int, *, may_begin_there: bool) -> bool:
    """Whether the rows of `part` stand where those of `whole` do from row `at` on."""
    left, top, width, height = part.box
    whole_left, whole_top, whole_width, whole_height = whole.box
    row = whole_height / len(whole.rows)
    slack = SLACK * row
    if abs(top - (whole_top + at * row)) > slack or height > whole_height + slack:
        return False
    if abs(left - whole_left) <= slack:
        return at > 0 or may_begin_there
    return abs(left + width - (whole_left + whole_width)) <= slack


_MENUS = {
    "en": "auto skip save load menu log backlog history back rollback config prefs preferences settings options quit "
    "title hide q.save q.load qsave qload quicksave quickload",
    "ja": "戻る ヒストリー スキップ 既読スキップ オート セーブ ロード q.セーブ q.ロード クイックセーブ クイックロード "
    "メニュー ログ バックログ コンフィグ 設定 タイトル 次の選択肢",
    "zh": "回退 历史 快进 跳过 自动 保存 快存 快读 存档 读档 读取 设置 菜单 "
    "返回 标题 歷史 快進 自動 儲存 讀取 設置 選單 存檔 讀檔",
    "ko": "되감기 대사록 넘기기 스킵 자동 자동진행 저장 저장하기 "
    "불러오기 q.저장하기 q.불러오기 설정 환경설정 메뉴 로그",
}
"""Words in the quick menus of common engines, case-folded, by language."""
WORDS = frozenset(" ".join(_MENUS.values()).split())
_BETWEEN = r"[\s|/·・,]*"


class ScreenWords:
    """Distinguishes rows of dialogue from rows of interface words."""

    def __init__(self, more: Iterable[str] = ()) -> None:
        """`more` are words on a game's own buttons."""
        words = sorted({*WORDS, *(word.strip().casefold() for word in more if word.strip())}, key=len, reverse=True)
        self._word = re.compile("|".join(map(re.escape, words)))
        self._row = re.compile(rf"{_BETWEEN}(?:(?:{self._word.pattern}){_BETWEEN})+")

    def is_of_the_screen(self, row: str, *, spoken: bool) -> bool:
        """Whether a row contains only interface words: at least two, or a single one if it has no speaker."""
        folded = row.casefold()
        return bool(self._row.fullmatch(folded)) and (not spoken or len(self._word.findall(folded)) > 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """What is left out. Lengths are in characters; `similarity` is how alike repeats are, in percent.

    A confidence or a shortest length of 0 leaves nothing out, and so does a longest one of 0.
    """

    min_confidence: float = 0.5
    screen_words: bool = True
    more_screen_words: tuple[str, ...] = ()
    min_length: int = 1
    max_length: int = 500
    cut_off: bool = True
    merge_names: bool = True
    renamed: Mapping[str, str] = field(default_factory=dict)
    repeats: bool = True
    similarity: float = 92.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The script after cleaning. `rows` is how many rows of screen words were taken out of lines that stay.

    `repeated` are pairs of scenes, by key, of which the later one repeats something of the earlier one; also where
    repeats stay.
    """

    scenes: tuple[ScriptScene, ...]
    names: NameMerges
    rows: int
    repeated: frozenset[tuple[str, str]]


def clean(scenes: Sequence[ScriptScene], cleaning: Cleaning, *, known_names: Sequence[str] = ()) -> Cleaned:
    """Mark what is left out and merge names; a `known` name is the one that its variants are called."""
    names = merge_names(
        Counter(line.speaker for line in all_lines(scenes) if line.speaker is not None),
        renamed=cleaning.renamed,
        known=known_names,
        merge=cleaning.merge_names,
    )
    script = _each(scenes, lambda line: _named(line, names))
    rows = 0
    if cleaning.screen_words:
        words = ScreenWords(cleaning.more_screen_words)
        before = sum(len(line.rows) for line in all_lines(script))
        script = _each(script, lambda line: _without_screen_words(line, words))
        rows = before - sum(len(line.rows) for line in all_lines(script))
    script = _marked(script, CleaningStep.CONFIDENCE, lambda line: line.confidence < cleaning.min_confidence)
    script = _marked(script, CleaningStep.LENGTH, lambda line: _has_wrong_length(line, cleaning))
    if cleaning.cut_off:
        lines = list(all_lines(script))
        ids = {id(lines[place]) for place in cut_off(lines)}
        script = _marked(script, CleaningStep.CUT_OFF, lambda line: id(line) in ids)
    script, repeated = _without_repeats(script, cleaning)
    return Cleaned(scenes=tuple(script), names=names, rows=rows, repeated=repeated)


def _each(scenes: Sequence[ScriptScene], change: Callable[[ScriptLine], ScriptLine]) -> list[ScriptScene]:
    return [ScriptScene(lines=tuple(map(change, scene.lines))) for scene in scenes]


def _marked(
    scenes: Sequence[ScriptScene], step: CleaningStep, is_out: Callable[[ScriptLine], bool]
) -> list[ScriptScene]:
    return _each(scenes, lambda line: replace(line, left_out=step) if line.left_out is None and is_out(line) else line)


def _named(line: ScriptLine, names: NameMerges) -> ScriptLine:
    name = names.by_spelling.get(line.speaker, line.speaker) if line.speaker is not None else None
    return line if name == line.speaker else replace(line, speaker=name)


def _without_screen_words(line: ScriptLine, words: ScreenWords) -> ScriptLine:
    spoken = line.speaker is not None or line.chosen
    rows = tuple(row for row in line.rows if not words.is_of_the_screen(row, spoken=spoken))
    if len(rows) == len(line.rows):
        return line
    return replace(line, rows=rows, text=join_rows(rows)) if rows else replace(line, left_out=CleaningStep.SCREEN_WORDS)


def _has_wrong_length(line: ScriptLine, cleaning: Cleaning) -> bool:
    return len(line.text) < cleaning.min_length or 0 < cleaning.max_length < len(line.text)


def _without_repeats(
    scenes: Sequence[ScriptScene], cleaning: Cleaning
) -> tuple[list[ScriptScene], frozenset[tuple[str, str]]]:
    places = [(scene.key, line) for scene in scenes for line in scene.kept]
    repeats = find_repeats([line for _, line in places], cleaning.similarity)
    repeated = frozenset((places[earlier][0], places[later][0]) for later, earlier in repeats.items())
    if not cleaning.repeats:
        return list(scenes), repeated
    again = {id(places[later][1]) for later in repeats}
    return _marked(scenes, CleaningStep.REPEATS, lambda line: id(line) in again), repeated
