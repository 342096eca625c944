"""Fonts from npm, as files that hold their Hangul and their Latin letters together: the packages have them in parts.

python -m training.korean.gather FOLDER/node_modules
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

from training.korean.fonts import GATHERED

_WHOLE = ("galmuri/dist/Galmuri*.ttf", "@kfonts/neodgm/neodgm.woff")
"""Files that hold all characters; of Galmuri's those that are named after a size of the grid they are drawn on."""
_IN_PARTS = "@fontsource/*/files/*-korean-[47]00-normal.woff"
_NEEDLESS = ("GSUB", "GPOS", "GDEF", "vhea", "vmtx", "VORG", "BASE", "DSIG", "STAT", "fvar", "gvar", "HVAR", "MVAR")
"""Tables of which drawing makes no use, and that can't be merged."""


def gather(packages: Path, folder: Path = GATHERED) -> list[Path]:
    """Put the fonts of the packages installed in `packages` into `folder`; returns the files that were written.

    Raises FileNotFoundError where there are none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whole = [path for pattern in _WHOLE for path in sorted(packages.glob(pattern)) if "Bitmap" not in path.name]
    written = [Path(shutil.copy(path, folder / path.name)) for path in whole]
    for hangul in sorted(packages.glob(_IN_PARTS)):
        latin = hangul.with_name(hangul.name.replace("-korean-", "-latin-"))
        if latin.exists():
            target = folder / f"{hangul.name.removesuffix('-normal.woff').replace('-korean-', '-')}.ttf"
            _merge((latin, hangul), target)
            written.append(target)
    if not written:
        raise FileNotFoundError(f"{packages} holds none of the packages that training/korean/README.md names")
    return written


def _merge(parts: tuple[Path, ...], target: Path) -> None:
    plain = []
    for number, part in enumerate(parts):
        font = TTFont(part)
        font.flavor = None
        for table in _NEEDLESS:
            if table in font:
                del font[table]
        plain.append(target.with_suffix(f".{number}"))
        font.save(plain[-1])
    Merger().merge([str(path) for path in plain]).save(target)
    for path in plain:
        path.unlink()


if __name__ == "__main__":
    for path in gather(Path(sys.argv[1])):
        print(path)
