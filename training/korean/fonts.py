"""The fonts that rows are drawn with: Debian's Korean ones, npm's, those kept for testing, and what each can draw."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

from capture_daemon.common.hangul import SYLLABLES, is_common, syllable
from training.korean.alphabet import OTHERS

_OPEN = 1000
"""Faces at one size that are kept open: all of them take more than a gigabyte."""
_ROOT = Path("/usr/share/fonts")
GATHERED = Path(__file__).parent / "gathered"
"""Where `gather.py` puts fonts from npm."""
_TRAINED_ON = (
    "truetype/nanum/*.ttf",
    "truetype/baekmuk/*.ttf",
    "truetype/naver-d2coding/*.ttc",
    "truetype/woowa-bm/*.ttf",
    "opentype/noto/NotoSansCJK-*.ttc",
    "opentype/noto/NotoSerifCJK-*.ttc",
)
"""Debian's fonts under the Open Font License, and Baekmuk's under one like MIT's."""
GRIDS = {"Galmuri7": 8, "Galmuri9": 10, "Galmuri11": 12, "Galmuri14": 15, "neodgm": 16}
GRIDS |= {"GalmuriMono7": 8, "GalmuriMono9": 10, "GalmuriMono11": 12}
"""The size in pixels at which each pixel font is drawn dot for dot, by the beginning of its file's name."""
_LATIN = (
    "truetype/roboto/hinted/Roboto-Regular.ttf",
    "truetype/open-sans/OpenSans-Regular.ttf",
    "truetype/lato/Lato-Regular.ttf",
    "truetype/dejavu/DejaVuSans.ttf",
    "truetype/dejavu/DejaVuSerif.ttf",
    "truetype/dejavu/DejaVuSansMono.ttf",
    "truetype/liberation/LiberationSans-Regular.ttf",
    "truetype/liberation/LiberationSerif-Regular.ttf",
)
"""Faces of the Latin letters, digits and marks of games whose Korean face is another one, those that are installed."""
_NEVER = (
    "truetype/unfonts-core/*.ttf",
    "truetype/unfonts-extra/*.ttf",
    "truetype/lexi/*.ttf",
    "truetype/alee/*.ttf",
)
"""Fonts under other licences: they test every network, and train none."""
_LEFT_OUT = (
    *("YetHangul", "Jamo", "UnYetgul", "UnPenheulim", "UnPilgia", "EunjinNakseo", "BMEuljirooraeorae", "Dinaru"),
    *("UltraLight", "-Thin", "UnVada", "Guseul", "Bangwool", "UnShinmun"),
)
"""Old Hangul, and worn or scrawled type that no dialogue is set in."""
_PICTURES = ("BM",)
"""Families with small pictures in place of syllables that nobody writes."""
HELD_OUT = (
    *("NanumGothic", "NanumBarun", "NotoSerifCJK", "BMDOHYEON", "BMYEONSUNG", "NanumSquareRound", "hline"),
    *("neodgm", "poor-story", "hahmlet", "gugi"),
)
"""Beginnings of the names of fonts that a run for figures isn't shown: plain, serif, display, handwritten, pixels."""


def _found(patterns: tuple[str, ...]) -> list[Path]:
    paths = [path for pattern in patterns for path in sorted(_ROOT.glob(pattern))]
    if patterns is _TRAINED_ON:
        paths += sorted([*GATHERED.glob("*.ttf"), *GATHERED.glob("*.woff")])
    return [path for path in paths if not any(word in path.name for word in _LEFT_OUT)]


def grid(path: Path) -> int | None:
    """The size in pixels at which a pixel font is drawn dot for dot; None for other fonts."""
    return GRIDS.get(path.stem.partition("-")[0])


def _is_held_out(path: Path) -> bool:
    return path.name.startswith(HELD_OUT)


def for_training(*, every: bool = False) -> list[Path]:
    """The fonts to train with; with `every` the held-out ones, too, as for a release.

    Raises FileNotFoundError where none is installed.
    """
    paths = [path for path in _found(_TRAINED_ON) if every or not _is_held_out(path)]
    if not paths:
        raise FileNotFoundError("no font to train with: install the packages that training/korean/README.md names")
    return paths


def held_out() -> list[Path]:
    """The fonts that a run for figures isn't shown."""
    return [path for path in _found(_TRAINED_ON) if _is_held_out(path)]


def never_trained_on() -> list[Path]:
    """Fonts that no run is shown, for what their licences say or don't say."""
    return _found(_NEVER)


@cache
def latin() -> list[Path]:
    """The faces for Latin letters beside a Korean face; none where none is installed."""
    return [path for name in _LATIN if (path := _ROOT / name).exists()]


@lru_cache(_OPEN)
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """The font at `size` pixels."""
    # Noto's collections hold Japanese first, Korean second: they draw Hangul alike, but not Hanja and marks.
    face = 1 if "CJK-" in path.name else 0
    return ImageFont.truetype(str(path), size, index=face, layout_engine=ImageFont.Layout.BASIC)


@cache
def characters(path: Path) -> frozenset[str]:
    """What the font draws of what can be read: some have no glyph for a character, or an empty one."""
    drawn = font(path, 24)
    missing = bytes(drawn.getmask("\U0010fffd"))
    found = {" "}
    syllables = [syllable(number) for number in range(SYLLABLES)]
    if path.name.startswith(_PICTURES):
        syllables = list(filter(is_common, syllables))
    for character in (*OTHERS[2:], *syllables):
        glyph = bytes(drawn.getmask(character))
        if any(glyph) and glyph != missing:
            found.add(character)
    return frozenset(found)


def drawable(text: str, path: Path) -> str:
    """The text without what the font lacks."""
    return " ".join("".join(filter(characters(path).__contains__, text)).split())
