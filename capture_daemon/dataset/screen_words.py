"""Words of the screen: what buttons and menus say, read along with the dialogue."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
"""What the quick menus of common engines say, in the size of letters that `str.casefold` gives."""
WORDS = frozenset(" ".join(_MENUS.values()).split())
_BETWEEN = r"[\s|/·・,]*"


class ScreenWords:
    """Tells rows of dialogue from rows of the screen."""

    def __init__(self, more: Iterable[str] = ()) -> None:
        """`more` words that a game's own buttons have."""
        words = sorted({*WORDS, *(word.strip().casefold() for word in more if word.strip())}, key=len, reverse=True)
        self._word = re.compile("|".join(map(re.escape, words)))
        self._row = re.compile(rf"{_BETWEEN}(?:(?:{self._word.pattern}){_BETWEEN})+")

    def is_of_the_screen(self, row: str, *, spoken: bool) -> bool:
        """Whether a row holds nothing but such words: one, where nobody says it, or two and more."""
        folded = row.casefold()
        return bool(self._row.fullmatch(folded)) and (not spoken or len(self._word.findall(folded)) > 1)
