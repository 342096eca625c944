"""Text to draw: made-up rows that look like Korean game dialogue, so that no game's script is in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from capture_daemon.common.hangul import SYLLABLES, is_common, syllable
from training.korean.alphabet import HANJA, is_known

KOREAN_WORDS = Path("/usr/share/hunspell/ko.dic")
ENGLISH_WORDS = Path("/usr/share/hunspell/en_US.dic")
COMMON = [one for one in map(syllable, range(SYLLABLES)) if is_common(one)]
ALL = [syllable(number) for number in range(SYLLABLES)]
_LONGEST_WORD = 5


def _words(text: str) -> list[str]:
    return text.split()


_PARTICLES = _words(
    "은 는 이 가 을 를 에 에서 에게 한테 와 과 랑 이랑 도 만 의 로 으로 부터 까지 처럼 보다 마다 조차 밖에 이나 나 "
    "든지 라도 야 아 님 씨 군 들 들이 들은 들을 하고 이라고 라고 이란 란 께 께서 에는 에도 에서는 으로는 만은 "
    "까지도 이야말로 대로 만큼 뿐"
)
_ENDINGS = _words(
    "다 요 네 지 죠 까 니 냐 어 아 해 했어 했다 했지 했네 했는데 하는 하고 하며 하면 하지만 해서 해요 합니다 "
    "했습니다 합니까 할게 할까 하자 하는군 하는구나 였어 였다 이었다 이야 이에요 예요 입니다 인가 인데 인지 일까 "
    "거든 거든요 잖아 잖아요 군요 구나 는걸 는데 는데요 던데 더라 더라고 려고 려면 니까 면서 도록 듯이 자마자 았어 "
    "었어 았다 었다 았지 었는데 겠어 겠다 겠지 겠네요 겠습니다 을게 을까 을래 봤어 봐요 줘 줬어 버렸어 싶어 싶었어 "
    "있어 있다 있었다 있잖아 없어 없다 없는데 않아 않았어 않는다 못해 됐어 됐다 돼 돼요 되는 될까 졌어 꼈어 꼈다 "
    "녔어 녔다 땠어 땠다 뺐어 뺐다 쨌든 갔어 왔어 났다 샀어 탔어 랐어 렸다 쳤어 켰어 폈어 몄어 꿨어 뒀어 웠어 "
    "뀌었어 뛰었다 썼어 떴어 컸어 겼어 셨어요 십니까 세요 시죠 십시오 거라 어라 지 마 는 거야 을 거예요"
)
_SPOKEN = _words(
    "뭐 뭔가 뭘 웬 웬일 왜 어째서 어쨌든 괜찮아 괜찮은 않을 읽을 읽는 앉아 앉는 잃은 핥는 핥아 쌓인 맑은 밝은 닮은 "
    "젊은 굶은 옮긴 삶 앎 값 몫 넋 많은 많이 끊어 꿇어 뚫린 싫어 옳지 앓는 훑어 짧은 넓은 밟지 떫은 읊는 흙 닭 칡 "
    "까닭 기슭 여덟 꺾어 꺽다리 낀 낄 끼어 뀐 쉿 흥 흠 음 응 엥 헉 헐 와 우와 아아 으음 으윽 크윽 쳇 칫 앗 엇 헤헤 "
    "히히 후후 크크 나 너 저 제 내 네 걔 얘 쟤 그 이 저기 여기 거기 누구 우리 당신 자네 그대 녀석 놈 아저씨 아가씨 "
    "언니 오빠 누나 형 선배 후배 선생님 마녀 용사 왕국 기사 대장 촌장 마을 던전 검 방패 마법 주문 정말 진짜 아마 "
    "혹시 설마 역시 벌써 아직 이미 다시 또 더 좀 잘 못 안 꼭 딱 쭉 푹 쑥 쾅 쿵 쨍 뻥 펑 휙 훅 쓱 싹 쫙 톡 툭 뚝 "
    "딸깍 덜컹 삐걱 끼익 번쩍 두근 꿀꺽 훌쩍 깜짝 움찔 슬쩍 살짝 활짝 흠칫 그래 그런데 하지만 그리고 그러니까 그럼 "
    "그렇지만 때문에 것 거 게 걸 건 수 줄 데 뿐 채"
)
_LAUGHS = _words("ㅋ ㅎ ㅠ ㅜ ㄱ ㄴ ㄷ ㅇ ㅉ ㅂ ㅅ ㅏ ㅓ ㅡ")
_NAMES = _words(
    "HP MP EXP LV NPC OK NO DNA AI TV PC USB VIP BGM CG DLC RPG NPC ESC Boss Game Over Start Save Load "
    "Menu Miss Combo Level Stage Quest Item Shop Python Windows Linux Steam Google YouTube Android Chrome "
    "Shift Ctrl Enter Alt Tab Space"
)
_PHRASES = _words(
    "~수~있~ ~수~없~ ~것~같~ ~게~아니~ ~줄~알~ ~수밖에~없~ ~지~않~ ~고~싶~ 한~번~ 두~개~ 세~명~ 몇~번~ 이~때~ 그~중~ "
    "저~안~ 할~수~있~ 볼~수~없~ 한~적~없~ 그럴~리~없~ 안~돼~ 못~해~ 더~잘~ 좀~더~ 또~한~ 그~뒤~ 맨~위~ 이~쪽~ 왜~안~"
)
"""Grammar in words of one syllable, between which spaces are easily lost; ~ stands for a space."""
_PHRASE_ENDINGS = _words("어 어요 다 는데 을까 지 네 었어 었다 고 으면 어서 음 을 을게")
_QUOTED = ('""', '""', '""', "''", "''", "''", "“”", "‘’", "[]", "()", "<>", "{}", "``")
_ESCAPES = ('\\"', '\\"', '\\"', "\\'", "\\n", "\\\\", "\\t", "\\{0}", '\\"{0}\\"', "C:\\{0}", "{0}\\{1}")
_CODE = _words(
    "{0}.{2} {0}.{2} .{2} .{2}, .{2}, {0}/{1}.{2} {0}() {0}({1}) {0}_{1} {0}={3} [{0}] {{{0}}} <{0}> {0}: @{0} #{0} "
    "${3} %{0} {0}[{3}] {0}-{1} {0}+{1} {0}_{3} --{0} {0}; {0}*{3} {0}|{1} {0}&{1} ^{0} `{0}` {0}.{1}() /{0}"
)
"""Forms of code and its names: two words, the end of a file's name, a digit."""
_LONE = "lllIIiijLJEeaAbBxXyYnNoOtTrfkKsSvVzZmMdDcCgGhHpPqQuUwWRF1"
"""Letters that stand by themselves, the narrow ones more often."""
_ENDS_OF_ADDRESSES = _words("org com net kr io co.kr py png txt rpy exe jp jpg webp ogg json")
_END_MARKS = (
    _words(". . . . . ? ? ? ! ! ! ... ... … ~ !! ?! !? .. , …? ...! ♪ - ~! — …… ...? !!! ? ♥ ！ ？ 。") + [""] * 5
)
_INNER_MARKS = _words(", , , , , , ... … . . ! ? ~ : ; - · /")
_QUOTES = _words("\"\" “” '' ‘’ 「」 『』 () [] 《》 〈〉 ** 【】 <> （）")
_OPENINGS = _words("\" “ 「 『 ... … - ( ' ‘ * ※ ♪ ★ → ● [")
_SHARES = (37, 10, 22, 6.5, 2.5, 2.5, 4.5, 5, 3, 3.5, 2, 1.5)
"""Of a hundred words: from the dictionary, spoken, of common syllables, of any, laughs, Hanja, numbers, Latin, grammar
in short words, code, letters by themselves, Hangul with something in brackets behind it."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_NARROW = "iljtfr1I!|.,:;'"
_NUMBERS = _words(
    "{0} {0} {0:,} {1:.1f} {1:.2f} +{2} -{2} x{2} {2}% {2}:{3:02} {2}월 {2}일 {2}/{3} {0}원 {2}개 {2}. Lv.{2} HP+{2} "
    "No.{2} v{2}.{3}.{4} {2}~{3} {0}G F{2} {2}명 {2}-{3} #{2} ({2}) [{2}] {2}번 {0:,}G ${2} {2}년 {2},{3}"
)
"""Forms of a number, of a hundredth of it, and of three small ones."""
_SYMBOLS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’·・…‥—–～〜♪♬♥♡★☆※→←↑↓●○◆◇■□°℃×÷±©₩€！？、。，．：；（）％＋－"


@cache
def korean_words() -> tuple[str, ...]:
    """Words in Hangul of Debian's hunspell-ko; raises OSError where it isn't installed."""
    lines = KOREAN_WORDS.read_text(encoding="utf-8").splitlines()[1:]
    words = {unicodedata.normalize("NFC", line.split("/")[0]) for line in lines}
    return tuple(sorted(word for word in words if re.fullmatch("[가-힣]{1,7}", word)))


@cache
def english_words() -> tuple[str, ...]:
    """Words of Debian's hunspell-en-us; raises OSError where it isn't installed."""
    lines = ENGLISH_WORDS.read_text(encoding="utf-8", errors="ignore").splitlines()[1:]
    words = {line.split("/")[0] for line in lines}
    return tuple(sorted(word for word in words if re.fullmatch("[A-Za-z']{1,9}", word)))


class Writer:
    """Makes up rows of dialogue from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def row(self, longest: int = 16) -> str:
        """A row of 1 to `longest` characters, all of which are known."""
        choose = self._random
        kind = choose.random()
        if kind < 0.05:
            text = self._english_row(longest + 6)
        elif kind < 0.065:
            text = "".join(choose.choices(_SYMBOLS + _LETTERS, k=choose.randint(1, 8)))
        else:
            text = self._korean_row(longest)
        return "".join(filter(is_known, text)).strip()[: longest + 6].rstrip()

    def _korean_row(self, longest: int) -> str:
        choose = self._random
        longest = min(longest, choose.choice((4, 8, 12, longest, longest, longest, longest)))
        words: list[str] = []
        left = longest
        while True:
            word = self._word()
            if choose.random() < 0.07:
                quotes = choose.choice(_QUOTES)
                word = quotes[0] + word + quotes[1]
            if choose.random() < 0.15:
                word += choose.choice(_INNER_MARKS)
            if len(word) > left or (words and choose.random() < 0.08):
                break
            words.append(word)
            left -= len(word) + 1
        text = " ".join(words) if words else self._word()[: max(1, longest - 2)]
        if choose.random() < 0.7:
            text = text.rstrip(",") + choose.choice(_END_MARKS)
        if choose.random() < 0.06:
            text += choose.choice("”\"'’」』)]》")
        if choose.random() < 0.06:
            text = choose.choice(_OPENINGS) + text
        if choose.random() < 0.03:
            text += choose.choice(("", " ")) + choose.choice("◆●■○□◇")
        return text

    def _word(self) -> str:
        choose = self._random
        made: tuple[Callable[[], str], ...] = (self._inflected, self._spoken, self._syllables, self._rare)
        made += (self._laugh, self._hanja, self._number)
        made += (self._latin, self._phrase, self._code, self._letter, self._bracketed)
        [make] = choose.choices(made, weights=_SHARES)
        return make()

    def _inflected(self) -> str:
        choose = self._random
        word = choose.choice(korean_words())[:_LONGEST_WORD]
        tail = choose.random()
        return word + (choose.choice(_PARTICLES) if tail < 0.4 else choose.choice(_ENDINGS) if tail < 0.75 else "")

    def _spoken(self) -> str:
        return self._random.choice(_SPOKEN)

    def _syllables(self) -> str:
        return "".join(self._random.choices(COMMON, k=self._random.choice((1, 2, 2, 3, 3, 4))))

    def _rare(self) -> str:
        return "".join(self._random.choices(ALL, k=self._random.choice((1, 2, 3))))

    def _laugh(self) -> str:
        return self._random.choice(_LAUGHS) * self._random.choice((1, 2, 2, 3, 4))

    def _hanja(self) -> str:
        choose = self._random
        hanja = "".join(choose.choices(HANJA, k=choose.choice((1, 1, 2, 3))))
        return "".join(choose.choices(COMMON, k=len(hanja))) + f"({hanja})" if choose.random() < 0.7 else hanja

    def _number(self) -> str:
        choose = self._random
        number = choose.randrange(10 ** choose.randint(1, 6))
        form = choose.choice(_NUMBERS)
        return form.format(number, number / 100, choose.randrange(100), choose.randrange(60), choose.randrange(10))

    def _latin(self) -> str:
        choose = self._random
        kind = choose.random()
        if kind < 0.15:
            return choose.choice(_NAMES)
        if kind < 0.6:
            word = choose.choice(english_words())
            word = choose.choice((word, word, word.capitalize(), word.upper()))
            if choose.random() < 0.25:
                return word + "." + choose.choice(_ENDS_OF_ADDRESSES)
            return word + choose.choice(_PARTICLES) if choose.random() < 0.4 else word
        if kind < 0.75:
            return "".join(choose.choices(_NARROW + "iIl1", k=choose.randint(2, 6)))
        return "".join(choose.choices(_LETTERS, k=choose.randint(1, 6)))

    def _phrase(self) -> str:
        choose = self._random
        phrase = choose.choice(_PHRASES).replace("~", " ").strip()
        return phrase + choose.choice(_PHRASE_ENDINGS) if phrase[-1] in "있없같니알않싶" else phrase

    def _code(self) -> str:
        choose = self._random
        names = [choose.choice(english_words()).lower() for _ in range(2)]
        names = [choose.choice((name, name, name.capitalize(), name[:3])) for name in names]
        kind = choose.random()
        if kind < 0.35:
            inside = choose.choice((names[0], names[0], " ".join(names), choose.choice(_LONE), self._syllables()))
            quotes = choose.choice(_QUOTED)
            word = quotes[0] + inside + quotes[1]
        else:
            form = choose.choice(_ESCAPES if kind < 0.55 else _CODE)
            word = form.format(*names, choose.choice(_ENDS_OF_ADDRESSES), choose.randrange(10))
        return word + choose.choice(_PARTICLES) if choose.random() < 0.6 and word[-1] != "," else word

    def _letter(self) -> str:
        choose = self._random
        letter = choose.choice(_LONE)
        return letter + choose.choice(_PARTICLES) if choose.random() < 0.6 else letter

    def _bracketed(self) -> str:
        choose = self._random
        inside = choose.choice((self._syllables, self._inflected, self._latin, self._number))()
        word = choose.choice((self._syllables, self._inflected))()
        return f"{word}({inside})" + (choose.choice(_PARTICLES) if choose.random() < 0.5 else "")

    def _english_row(self, longest: int) -> str:
        choose = self._random
        text = choose.choice(english_words()).capitalize()
        while len(text) < longest:
            text += choose.choice((" ", " ", " ", " ", " ", ", ", ". ", "-")) + choose.choice(english_words())
        return text[:longest] + choose.choice((".", ".", "?", "!", "...", ",", ""))
