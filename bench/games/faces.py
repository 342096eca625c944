"""The fonts of random games, each with what it's for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from bench.drawing import fonts
from bench.drawing.fonts import Font, load

Manner = Literal["sans", "serif", "slab", "condensed", "mono", "hand", "pixel"]
LEAST_LETTER = 10.5
"""The least height of a small letter without a stem, in pixels."""
LEAST_SQUARE = 20
"""The least height of a Chinese, Japanese or Korean one."""
PLAIN: tuple[Manner, ...] = ("sans", "serif", "slab")
ODD: tuple[Manner, ...] = ("condensed", "mono", "hand", "pixel", "serif")


@dataclass(frozen=True, slots=True)
class Face:
    """A font for a language. `grid` is the size at which a pixel font's dots are whole pixels; 0 for others."""

    name: str
    manner: Manner
    font: Font
    bold: Font | None = None
    italic: Font | None = None
    grid: int = 0


def of(package: str, folder: str, *names: str, kind: str = "ttf") -> tuple[Font, ...]:
    """Fonts of one package that lie in one folder."""
    return tuple(Font(package, f"{folder}/{name}.{kind}") for name in names)


def family(name: str, manner: Manner, *found: Font, grid: int = 0) -> Face:
    """A face of a regular font and perhaps a bold and an italic one."""
    regular, bold, italic = (*found, None, None)[:3]
    return Face(name, manner, regular or fonts.DEJAVU_SANS, bold, italic, grid)


LIBERATION = ("fonts-liberation", "truetype/liberation")
URW = ("fonts-urw-base35", "opentype/urw-base35")
CROSEXTRA = "truetype/crosextra"
PC = ("fonts-pc-extra", "pc")

LATIN = (
    Face("DejaVu Sans", "sans", fonts.DEJAVU_SANS, fonts.DEJAVU_BOLD),
    Face("DejaVu Serif", "serif", fonts.DEJAVU_SERIF),
    family("Lato", "sans", *of("fonts-lato", "truetype/lato", "Lato-Regular", "Lato-Bold", "Lato-Italic")),
    Face("Lato Medium", "sans", fonts.LATO_MEDIUM, fonts.LATO_BOLD),
    family(
        "Liberation Sans",
        "sans",
        *of(*LIBERATION, *(f"LiberationSans-{kind}" for kind in ("Regular", "Bold", "Italic"))),
    ),
    family(
        "Liberation Serif",
        "serif",
        *of(*LIBERATION, *(f"LiberationSerif-{kind}" for kind in ("Regular", "Bold", "Italic"))),
    ),
    family("Liberation Sans Narrow", "condensed", *of(*LIBERATION, "LiberationSansNarrow-Bold")),
    family("Liberation Mono", "mono", *of(*LIBERATION, "LiberationMono-Regular", "LiberationMono-Bold")),
    family(
        "Open Sans",
        "sans",
        *of("fonts-open-sans", "truetype/open-sans", "OpenSans-Regular", "OpenSans-Bold", "OpenSans-Italic"),
    ),
    family(
        "Open Sans Semibold",
        "sans",
        *of("fonts-open-sans", "truetype/open-sans", "OpenSans-Semibold", "OpenSans-ExtraBold"),
    ),
    family("Open Sans Condensed", "condensed", *of("fonts-open-sans", "truetype/open-sans", "OpenSans-CondBold")),
    family(
        "Cantarell",
        "sans",
        *of("fonts-cantarell", "opentype/cantarell", "Cantarell-Regular", "Cantarell-Bold", kind="otf"),
    ),
    family(
        "Carlito",
        "sans",
        *of("fonts-crosextra-carlito", CROSEXTRA, "Carlito-Regular", "Carlito-Bold", "Carlito-Italic"),
    ),
    family(
        "Caladea",
        "serif",
        *of("fonts-crosextra-caladea", CROSEXTRA, "Caladea-Regular", "Caladea-Bold", "Caladea-Italic"),
    ),
    family("Palatino", "serif", *of(*URW, "P052-Roman", "P052-Bold", "P052-Italic", kind="otf")),
    family("Century", "serif", *of(*URW, "C059-Roman", "C059-Bold", "C059-Italic", kind="otf")),
    family("Bookman", "serif", *of(*URW, "URWBookman-Light", "URWBookman-Demi", kind="otf")),
    family("URW Gothic", "sans", *of(*URW, "URWGothic-Book", "URWGothic-Demi", kind="otf")),
    family("Nimbus Sans Bold", "sans", *of(*URW, "NimbusSans-Bold", kind="otf")),
    family("Nimbus Sans Narrow", "condensed", *of(*URW, "NimbusSansNarrow-Bold", kind="otf")),
    family(
        "EB Garamond",
        "serif",
        *of("fonts-ebgaramond", "opentype/ebgaramond", "EBGaramond12-Regular", kind="otf"),
    ),
    family(
        "Libertine",
        "serif",
        *of("fonts-linuxlibertine", "opentype/linux-libertine", "LinLibertine_R", "LinLibertine_RB", kind="otf"),
    ),
    family(
        "Biolinum",
        "sans",
        *of("fonts-linuxlibertine", "opentype/linux-libertine", "LinBiolinum_R", "LinBiolinum_RB", kind="otf"),
    ),
    family("Gentium", "serif", *of("fonts-sil-gentium-basic", "truetype/gentium-basic", "GenBkBasR", "GenBkBasB")),
    family(
        "Roboto Slab",
        "slab",
        *of("fonts-roboto-slab", "opentype/roboto/slab", "RobotoSlab-Regular", "RobotoSlab-Bold", kind="otf"),
    ),
    family(
        "Roboto Condensed",
        "condensed",
        *of("fonts-roboto-unhinted", "truetype/roboto/unhinted", "RobotoCondensed-Medium", "RobotoCondensed-Bold"),
    ),
    family(
        "Roboto",
        "sans",
        *of(
            "fonts-roboto-unhinted",
            "truetype/roboto/unhinted/RobotoTTF",
            "Roboto-Medium",
            "Roboto-Black",
            "Roboto-Italic",
        ),
    ),
    family("B612", "sans", *of("fonts-b612", "opentype/b612", "B612-Regular", "B612-Bold", kind="otf")),
    family(
        "Averia Serif",
        "serif",
        *of("fonts-averia-serif-gwf", "truetype/averia-gwf", "AveriaSerifGWF-Regular", "AveriaSerifGWF-Bold"),
    ),
    family(
        "Averia Sans",
        "sans",
        *of("fonts-averia-sans-gwf", "truetype/averia-gwf", "AveriaSansGWF-Regular", "AveriaSansGWF-Bold"),
    ),
    family("Dosis", "sans", *of("fonts-dosis", "opentype/dosis", "Dosis-Medium", "Dosis-Bold", kind="otf")),
    family("Jura", "sans", *of("fonts-jura", "opentype/jura", "Jura-SemiBold", "Jura-Bold", kind="otf")),
    family("Play", "sans", *of("fonts-play", "truetype/play", "Play-Regular", "Play-Bold")),
    family("Quicksand", "sans", *of("fonts-quicksand", "truetype/quicksand", "Quicksand-Medium", "Quicksand-Bold")),
    family(
        "Kaffeesatz",
        "condensed",
        *of(
            "fonts-yanone-kaffeesatz",
            "opentype/yanone-kaffeesatz",
            "YanoneKaffeesatz-Regular",
            "YanoneKaffeesatz-Bold",
            kind="otf",
        ),
    ),
    family(
        "Courier Prime",
        "mono",
        *of("fonts-courier-prime", "opentype/courier-prime", "Courier Prime", "Courier Prime Bold", kind="otf"),
    ),
    family(
        "Comic Neue",
        "hand",
        *of("fonts-comic-neue", "opentype/comic-neue", "ComicNeue-Regular", "ComicNeue-Bold", kind="otf"),
    ),
    family("Comic Neue Bold", "hand", *of("fonts-comic-neue", "opentype/comic-neue", "ComicNeue-Bold", kind="otf")),
    Face("Unifont", "pixel", fonts.UNIFONT, grid=16),
    family("VGA 8x16", "pixel", *of(*PC, "Px_ATI_8x16"), grid=16),
    family("EGA 8x14", "pixel", *of(*PC, "Px_PhoenixEGA_8x14"), grid=16),
    family("Compaq Thin", "pixel", *of(*PC, "Px_CompaqThin_8x16"), grid=16),
    family("Spleen", "pixel", *of("fonts-spleen", "opentype/spleen", "spleen-8x16", kind="otf"), grid=16),
)
JAPANESE = (
    Face("Noto Sans JP", "sans", fonts.NOTO_JAPANESE, fonts.NOTO_JAPANESE_BOLD),
    Face("Noto Sans JP Bold", "sans", fonts.NOTO_JAPANESE_BOLD),
    Face("Noto Serif JP", "serif", Font("fonts-noto-cjk", "opentype/noto/NotoSerifCJK-Bold.ttc", 0)),
    family("VL Gothic", "sans", *of("fonts-vlgothic", "truetype/vlgothic", "VL-PGothic-Regular")),
    family("IPA Gothic", "sans", *of("fonts-ipafont-gothic", "opentype/ipafont-gothic", "ipag")),
    family("IPA Mincho", "serif", *of("fonts-ipafont-mincho", "opentype/ipafont-mincho", "ipam")),
    family("Motoya Cedar", "sans", *of("fonts-motoya-l-cedar", "truetype/motoya-l-cedar", "MTLc3m")),
    family("Motoya Maruberi", "sans", *of("fonts-motoya-l-maruberi", "truetype/motoya-l-maruberi", "MTLmr3m")),
    family("Dot Gothic", "pixel", *of("fonts-dotgothic16", "truetype/dotgothic16", "DotGothic16-Regular"), grid=16),
    Face("Unifont JP", "pixel", Font("fonts-unifont", "opentype/unifont/unifont_jp.otf"), grid=16),
)
CHINESE = (
    Face("Noto Sans SC", "sans", fonts.NOTO_CHINESE, fonts.NOTO_CHINESE_BOLD),
    Face("Noto Sans SC Bold", "sans", fonts.NOTO_CHINESE_BOLD),
    Face("Noto Serif SC", "serif", Font("fonts-noto-cjk", "opentype/noto/NotoSerifCJK-Bold.ttc", 2)),
    family("UKai", "hand", *of("fonts-arphic-ukai", "truetype/arphic", "ukai", kind="ttc")),
    family("Micro Hei", "sans", *of("fonts-wqy-microhei", "truetype/wqy", "wqy-microhei", kind="ttc")),
    Face("Unifont", "pixel", fonts.UNIFONT, grid=16),
)
NANUM = ("fonts-nanum", "truetype/nanum")
KOREAN = (
    family("Nanum Gothic", "sans", *of(*NANUM, "NanumGothic", "NanumGothicBold")),
    family("Nanum Barun Gothic", "sans", *of(*NANUM, "NanumBarunGothic", "NanumBarunGothicBold")),
    family("Nanum Square", "sans", *of(*NANUM, "NanumSquareR", "NanumSquareB")),
    family("Nanum Square Round", "sans", *of(*NANUM, "NanumSquareRoundR", "NanumSquareRoundB")),
    family("Nanum Myeongjo", "serif", *of(*NANUM, "NanumMyeongjoBold")),
    family("Nanum Pen", "hand", *of("fonts-nanum-extra", "truetype/nanum", "NanumPen")),
    family("Nanum Brush", "hand", *of("fonts-nanum-extra", "truetype/nanum", "NanumBrush")),
    family("Nanum Barun Pen", "hand", *of("fonts-nanum-extra", "truetype/nanum", "NanumBarunpenR", "NanumBarunpenB")),
    Face("Noto Sans KR", "sans", Font("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc", 1)),
    Face("Unifont", "pixel", fonts.UNIFONT, grid=16),
)


ENGLISH_ONLY = ("VGA 8x16", "EGA 8x14", "Compaq Thin")
"""Faces that lack letters with accents."""
WITHOUT_DOTS = ("VGA 8x16", "EGA 8x14", "Compaq Thin")
"""Faces in which three full stops stand for dots that are one character."""


def faces(language: str) -> tuple[Face, ...]:
    """The fonts a language is written in."""
    if language in ("ja", "zh", "ko"):
        return {"ja": JAPANESE, "zh": CHINESE, "ko": KOREAN}[language]
    return LATIN if language == "en" else tuple(face for face in LATIN if face.name not in ENGLISH_ONLY)


@cache
def ink_of(font: Font, size: int, sample: str) -> tuple[int, int]:
    """Where the ink of a sample begins and ends below the point from which its row is drawn, in pixels."""
    _, top, _, bottom = load(font, size).getbbox(sample)
    return int(top), int(bottom)


def sample_of(language: str) -> str:
    """Letters as tall and as deep as a language's go."""
    return {"ja": "国があ", "zh": "国我", "ko": "한를꽃"}.get(language, "ÁHgjp")


def least_size(font: Font, language: str, height: int) -> int:
    """The smallest size at which a person reads it comfortably on a screen of that height."""
    asian = language in ("ja", "zh", "ko")
    top, bottom = ink_of(font, 200, sample_of(language) if asian else "x")
    return math.ceil(
        max(*((LEAST_SQUARE, height / 46) if asian else (LEAST_LETTER, height / 84))) * 200 / (bottom - top)
    )
