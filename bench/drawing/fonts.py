"""Fonts of Debian packages, by short names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FONT_ROOT = Path("/usr/share/fonts")


@dataclass(frozen=True, slots=True)
class Font:
    """A font file, the Debian package that brings it, and for a collection which of its faces."""

    package: str
    path: str
    index: int = 0

    @property
    def file(self) -> Path:
        """Where the package puts it."""
        return FONT_ROOT / self.path

    @property
    def present(self) -> bool:
        """Whether it is installed."""
        return self.file.exists()


DEJAVU_SANS = Font("fonts-dejavu-core", "truetype/dejavu/DejaVuSans.ttf")
DEJAVU_BOLD = Font("fonts-dejavu-core", "truetype/dejavu/DejaVuSans-Bold.ttf")
DEJAVU_SERIF = Font("fonts-dejavu-core", "truetype/dejavu/DejaVuSerif.ttf")
COMIC = Font("fonts-comic-neue", "opentype/comic-neue/ComicNeue-Bold.otf")
LATO = Font("fonts-lato", "truetype/lato/Lato-Regular.ttf")
LATO_BOLD = Font("fonts-lato", "truetype/lato/Lato-Bold.ttf")
LATO_MEDIUM = Font("fonts-lato", "truetype/lato/Lato-Medium.ttf")
PALATINO = Font("fonts-urw-base35", "opentype/urw-base35/P052-Roman.otf")
PALATINO_ITALIC = Font("fonts-urw-base35", "opentype/urw-base35/P052-Italic.otf")
CENTURY = Font("fonts-urw-base35", "opentype/urw-base35/C059-Roman.otf")
GOTHIC = Font("fonts-urw-base35", "opentype/urw-base35/URWGothic-Demi.otf")
BOOKMAN = Font("fonts-urw-base35", "opentype/urw-base35/URWBookman-Demi.otf")
NIMBUS_BOLD = Font("fonts-urw-base35", "opentype/urw-base35/NimbusSans-Bold.otf")
UNIFONT = Font("fonts-unifont", "opentype/unifont/unifont.otf")
NOTO_JAPANESE = Font("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc", 0)
NOTO_JAPANESE_BOLD = Font("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Bold.ttc", 0)
NOTO_KOREAN = Font("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc", 1)
NOTO_KOREAN_BOLD = Font("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Bold.ttc", 1)
NOTO_CHINESE = Font("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc", 2)
NOTO_CHINESE_BOLD = Font("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Bold.ttc", 2)
NANUM = Font("fonts-nanum", "truetype/nanum/NanumGothic.ttf")
NANUM_BOLD = Font("fonts-nanum", "truetype/nanum/NanumBarunGothicBold.ttf")


@lru_cache(maxsize=64)
def load(font: Font, size: int) -> ImageFont.FreeTypeFont:
    """The font at `size` pixels, laid out plainly so that a glyph's place doesn't hang on the libraries installed.

    Raises OSError where the file is missing.
    """
    return ImageFont.truetype(str(font.file), size, index=font.index, layout_engine=ImageFont.Layout.BASIC)
