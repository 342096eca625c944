"""Artwork and photographs of Debian packages: backgrounds, characters, portraits and small figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow

from bench.drawing.model import Image
from bench.drawing.pictures import noise, tinted

WESNOTH = "usr/share/games/wesnoth/1.16"
CORE = f"{WESNOTH}/data/core/images"
RISE = f"{WESNOTH}/data/campaigns/The_Rise_Of_Wesnoth/images/story"
GUARD = f"{WESNOTH}/data/campaigns/The_South_Guard/images/story"
QUESTION = "usr/share/games/renpy/the_question/game/images"
DEMO = "usr/share/games/renpy/demo/game/images"
NATURE = "usr/share/backgrounds/mate/nature"
WALLS = "usr/share/backgrounds"


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture file and the Debian package that brings it."""

    package: str
    path: str

    @property
    def file(self) -> Path:
        """Where the package puts it."""
        return Path("/") / self.path

    @property
    def present(self) -> bool:
        """Whether it is installed."""
        return self.file.exists()


def pieces(package: str, folder: str, names: str, kind: str = "") -> tuple[Piece, ...]:
    """Files of one package in one folder; names are divided by bars."""
    return tuple(Piece(package, f"{folder}/{name.strip()}{kind}") for name in names.split("|"))


PAINTED = (
    *pieces(
        "wesnoth-1.16-data",
        f"{CORE}/story",
        "grim-altar|landscape-battlefield|landscape-bridge|landscape-bridge_sun|landscape-castle|landscape-coast"
        "|landscape-hills-01|landscape-hills-02|landscape-mountains-01|landscape-mountains-03|landscape-mountains-04"
        "|landscape-mountains-05|landscape-plain|swamp-01|swamp-02|swamp-03",
        ".jpg",
    ),
    *pieces(
        "wesnoth-1.16-trow",
        RISE,
        "trow_intro_01|trow_intro_02|trow_intro_03|trow_intro_04|trow_intro_05|trow_intro_06|trow_intro_07"
        "|trow_intro_08|trow_intro_09|trow_story_01-A_Summer_of_Storms|trow_story_02-The_Fall"
        "|trow_story_03-A_Harrowing_Escape|trow_story_04-Fall_of_Eldaric|trow_story_04a-The_Swamp_of_Esten"
        "|trow_story_04b-The_Midlands|trow_story_06-Temple_in_the_Deep|trow_story_13-Peoples_in_Decline"
        "|trow_story_15-A_New_Land",
        ".jpg",
    ),
    *pieces("wesnoth-1.16-tsg", GUARD, "fall|summer|winter", ".jpg"),
)
DRAWN = (
    *pieces("renpy-thequestion", QUESTION, "bg club|bg lecturehall|bg meadow|bg uni", ".jpg"),
    *pieces("renpy-demo", DEMO, "bg cave|bg washington|bg whitehouse", ".jpg"),
    *pieces("renpy-demo", DEMO, "concert1", ".png"),
)
PHOTOGRAPHS = (
    *pieces(
        "mate-backgrounds",
        NATURE,
        "Blinds|Dune|FreshFlower|Garden|GreenMeadow|LadyBird|RainDrops|Storm|TwoWings|YellowFlower|Aqua",
        ".jpg",
    ),
    *pieces(
        "lomiri-wallpapers-16.04",
        WALLS,
        "Bridge_by_Sander_Klootwijk|Dragonfly_by_Bolly|Picture_1A_by_freespace|Wine_by_Jakkub_Mede"
        "|aitzgorri_by_Aitzol_Berasategi|free_by_Peter_Nerlich|friends_by_Aitzol_Berasategi"
        "|greentock_by_Peter_Nerlich|life_by_Aitzol_Berasategi|picosdeeuropa_by_Aitzol_Berasategi"
        "|seeding_by_Clements_Engelhardt|sunset_by_Aitzol_Berasategi",
        ".jpg",
    ),
    *pieces("renpy-demo", DEMO, "bg washington|bg whitehouse", ".jpg"),
)
SYLVIE = tuple(
    pieces(
        "renpy-thequestion",
        QUESTION,
        "|".join(f"sylvie {dress} {mood}" for mood in ("normal", "smile", "giggle", "surprised")),
        ".png",
    )
    for dress in ("blue", "green")
)
CHARACTERS = (
    *SYLVIE,
    pieces("renpy-demo", DEMO, "eileen happy|eileen vhappy|eileen concerned", ".png"),
    pieces("renpy-demo", DEMO, "lucy happy|lucy mad", ".png"),
)
PORTRAITS = (
    *pieces(
        "wesnoth-1.16-data",
        f"{CORE}/portraits/humans",
        "assassin|bandit|bowman|cavalier|dark-adept|duelist|fencer|footpad|general|huntsman|knight|lieutenant|mage"
        "|mage-arch|mage-light+female|mage-red|mage-white+female|marshal|necromancer|outlaw+female|paladin|peasant"
        "|ranger|royal-guard|sergeant|thief+female|trapper|woodsman",
        ".png",
    ),
    *pieces("wesnoth-1.16-data", f"{CORE}/portraits/elves", "captain|druid|hero|lady|lord|shyde|sorceress", ".png"),
    *pieces("wesnoth-1.16-data", f"{CORE}/portraits/dwarves", "explorer|guard|lord|runemaster|scout", ".png"),
    *pieces("wesnoth-1.16-data", f"{CORE}/portraits/merfolk", "fighter|initiate|priestess|triton", ".png"),
)
FIGURES = (
    *pieces("wesnoth-1.16-data", f"{CORE}/units/human-peasants", "peasant|woodsman|ruffian", ".png"),
    *pieces("wesnoth-1.16-data", f"{CORE}/units/human-magi", "mage|white-mage|red-mage|elder-mage", ".png"),
    *pieces("wesnoth-1.16-data", f"{CORE}/units/human-outlaws", "thief|bandit|footpad", ".png"),
    *pieces("wesnoth-1.16-data", f"{CORE}/units/human-loyalists", "spearman|swordsman|fencer|bowman", ".png"),
    *pieces("wesnoth-1.16-data", f"{CORE}/units/elves-wood", "fighter|archer|shaman", ".png"),
)


def missing(wanted: tuple[Piece, ...]) -> list[str]:
    """The Debian packages that would bring what isn't there."""
    return sorted({piece.package for piece in wanted if not piece.present})


@lru_cache(maxsize=12)
def picture(piece: Piece, width: int, height: int) -> Image:
    """A picture that covers that many pixels, cut to them; smooth noise where its package isn't installed."""
    if not piece.present:
        random = np.random.default_rng(len(piece.path))
        dark, light = (tuple(int(value) for value in random.integers(low, low + 100, 3)) for low in (10, 120))
        return tinted(
            noise(width, height, width / 6, random, 5), (dark[0], dark[1], dark[2]), (light[0], light[1], light[2])
        )
    with Pillow.open(piece.file) as opened:
        opened.draft("RGB", (width, height))
        found = np.asarray(opened.convert("RGB"))
    tall, wide = found.shape[:2]
    scale = max(width / wide, height / tall)
    cut_wide, cut_tall = min(wide, round(width / scale)), min(tall, round(height / scale))
    left, top = (wide - cut_wide) // 2, (tall - cut_tall) // 2
    part = found[top : top + cut_tall, left : left + cut_wide]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(part, (width, height), interpolation=way), dtype=np.uint8)


@lru_cache(maxsize=32)
def cutout(piece: Piece, height: int, *, flipped: bool = False, dots: bool = False) -> Image | None:
    """A figure of that height with its coverage as a fourth channel; None where its package isn't installed."""
    if not piece.present:
        return None
    with Pillow.open(piece.file) as opened:
        found = opened.convert("RGBA")
    box = found.getchannel("A").getbbox()
    found = found.crop(box) if box else found
    width = max(1, round(found.width * height / found.height))
    way = Pillow.Resampling.NEAREST if dots else Pillow.Resampling.LANCZOS
    sized = np.asarray(found.resize((width, height), way), dtype=np.uint8)
    return np.ascontiguousarray(sized[:, ::-1] if flipped else sized)
