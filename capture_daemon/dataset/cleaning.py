"""Cleaning: each step marks the lines that it leaves out, and reports every change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from capture_daemon.dataset.cut_off import cut_off
from capture_daemon.dataset.names import Names, merge_names
from capture_daemon.dataset.repeats import find_repeats
from capture_daemon.dataset.script import Scene, ScriptLine, Step, all_lines
from capture_daemon.reading.text import join_rows

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

    scenes: tuple[Scene, ...]
    names: Names
    rows: int
    repeated: frozenset[tuple[str, str]]


def clean(scenes: Sequence[Scene], cleaning: Cleaning, *, known_names: Sequence[str] = ()) -> Cleaned:
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
    script = _marked(script, Step.CONFIDENCE, lambda line: line.confidence < cleaning.min_confidence)
    script = _marked(script, Step.LENGTH, lambda line: _has_wrong_length(line, cleaning))
    if cleaning.cut_off:
        lines = list(all_lines(script))
        ids = {id(lines[place]) for place in cut_off(lines)}
        script = _marked(script, Step.CUT_OFF, lambda line: id(line) in ids)
    script, repeated = _without_repeats(script, cleaning)
    return Cleaned(scenes=tuple(script), names=names, rows=rows, repeated=repeated)


def _each(scenes: Sequence[Scene], change: Callable[[ScriptLine], ScriptLine]) -> list[Scene]:
    return [Scene(lines=tuple(map(change, scene.lines))) for scene in scenes]


def _marked(scenes: Sequence[Scene], step: Step, is_out: Callable[[ScriptLine], bool]) -> list[Scene]:
    return _each(scenes, lambda line: replace(line, left_out=step) if line.left_out is None and is_out(line) else line)


def _named(line: ScriptLine, names: Names) -> ScriptLine:
    name = names.by_spelling.get(line.speaker, line.speaker) if line.speaker is not None else None
    return line if name == line.speaker else replace(line, speaker=name)


def _without_screen_words(line: ScriptLine, words: ScreenWords) -> ScriptLine:
    spoken = line.speaker is not None or line.chosen
    rows = tuple(row for row in line.rows if not words.is_of_the_screen(row, spoken=spoken))
    if len(rows) == len(line.rows):
        return line
    return replace(line, rows=rows, text=join_rows(rows)) if rows else replace(line, left_out=Step.SCREEN_WORDS)


def _has_wrong_length(line: ScriptLine, cleaning: Cleaning) -> bool:
    return len(line.text) < cleaning.min_length or 0 < cleaning.max_length < len(line.text)


def _without_repeats(scenes: Sequence[Scene], cleaning: Cleaning) -> tuple[list[Scene], frozenset[tuple[str, str]]]:
    places = [(scene.key, line) for scene in scenes for line in scene.kept]
    repeats = find_repeats([line for _, line in places], cleaning.similarity)
    repeated = frozenset((places[earlier][0], places[later][0]) for later, earlier in repeats.items())
    if not cleaning.repeats:
        return list(scenes), repeated
    again = {id(places[later][1]) for later in repeats}
    return _marked(scenes, Step.REPEATS, lambda line: id(line) in again), repeated
