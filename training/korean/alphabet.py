"""What the Korean recogniser can read, and how text is written down for its loss."""

from __future__ import annotations

from typing import NamedTuple

from capture_daemon.common.hangul import FIRSTS, LASTS, VOWELS, is_syllable, parts

_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_MARKS = "“”‘’「」『』《》〈〉【】·・…‥—–~～〜♪♬♥♡★☆※→←↑↓●○◆◇■□°℃×÷±©₩€"
_WIDE = "！？、。，．：；（）％＋－"
_LETTERS = "ㄱㄲㄳㄴㄵㄶㄷㄸㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅃㅄㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
HANJA = (
    "校敎九國軍金南女年大東六萬母木門民白父北四山三生西先小水室十五王外月二人一日長弟中靑寸七土八學韓兄火"
    "家歌間江車工空口記氣旗男內農答道同洞冬動登來力老里林立每面名命文問物方百夫不事算上色夕姓世少所手數市時食"
    "植心安語然午右有育邑入自子字場前全電正祖足左主住重地紙直川千天草村秋春出便平下夏漢海花話活孝後休"
    "各角感强開京界計高苦古功公共科果光交球區郡近根今急級多短堂代對待圖度讀頭童等樂路綠例禮李理利明目聞米美朴反"
    "半班發放番別病服本部分死使社書石席線雪省成消速孫樹術習勝始式神身信新失愛野夜弱藥洋陽言業英永溫用勇運園遠油"
    "由銀飮音意衣醫者昨作章在才戰庭定題第朝族晝注集窓淸體親太通特表風合行幸現形號和黃會畫向訓"
    "魔劍龍鬼聖帝皇無武士仙刀血狂暗黑炎氷雷獸星影魂靈冥幻滅殺傷絶奇祕密宮城塔橋島港街店客員王妃將帥臣侍從"
)
"""The 300 characters taught first at school, and those that names of places and skills in games are made of."""
BLANK = ""
"""CTC's nothing, the first of OTHERS."""
OTHERS: list[str] = [BLANK, " ", *dict.fromkeys(_ASCII + _MARKS + _WIDE + _LETTERS + HANJA)]
"""Everything but syllables, in the order of the network's scores."""
_PLACE = {character: place for place, character in enumerate(OTHERS)}
SCORES = FIRSTS + VOWELS + LASTS + len(OTHERS)
"""Scores of one of the network's steps: first consonants, vowels, last consonants, others."""


class Code(NamedTuple):
    """A character as the network scores it: three parts and no other, or the other way round; -1 stands for none."""

    first: int
    vowel: int
    last: int
    other: int


def is_known(character: str) -> bool:
    """Whether it can be read at all."""
    return is_syllable(character) or character in _PLACE


def encoded(text: str) -> list[Code]:
    """Each character's code; raises KeyError for one that isn't known."""
    return [Code(*parts(one), -1) if is_syllable(one) else Code(-1, -1, -1, _PLACE[one]) for one in text]
