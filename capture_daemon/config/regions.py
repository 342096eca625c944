"""`[regions]` and `[[region]]`: where to look, as typed models."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, field_validator

from capture_daemon.config.table import Table
from capture_daemon.errors import RegionError
from capture_daemon.frames import DIALOGUE, SPEAKER, NamedRegion, Region, RegionKind, Regions

AUTOMATIC: Final = "auto"
"""Instead of a dialogue region: it is to be found."""
CHOICES = "choices"
"""What the region of menus in `[regions]` is called."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def _region(value: object) -> object:
    if isinstance(value, str):
        try:
            return Region.parse(value)
        except RegionError as error:
            raise ValueError(str(error)) from error
    if not isinstance(value, Region):
        raise ValueError('a region is written as text: "420,670,770,115" or "0.26,0.74,0.48,0.13"')
    return value


def _dialogue(value: object) -> object:
    return AUTOMATIC if value == AUTOMATIC else _region(value)


def _name(value: str) -> str:
    if not _NAME.fullmatch(value) or value == SPEAKER:
        raise ValueError(
            f"a name is up to 32 small letters, digits, - and _, and not {SPEAKER!r}, which is the dialogue's"
        )
    return value


DialogueValue = Annotated[Region | Literal["auto"], BeforeValidator(_dialogue)]
RegionValue = Annotated[Region, BeforeValidator(_region)]
RegionName = Annotated[str, AfterValidator(_name)]


class RegionsTable(Table):
    """`[regions]`: where the dialogue, the name and menus stand, and what to blank."""

    dialogue: DialogueValue | None = None
    speaker: RegionValue | None = None
    choices: RegionValue | None = None
    ignore: tuple[RegionValue, ...] = ()

    @field_validator("ignore", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    def regions(self) -> Regions | None:
        """The dialogue's regions, or None if no dialogue region is set, or it is to be found."""
        return Regions(self.dialogue, self.speaker, self.ignore) if isinstance(self.dialogue, Region) else None

    @property
    def automatic(self) -> bool:
        """Whether the regions are to be found."""
        return self.dialogue == AUTOMATIC


class RegionTable(Table):
    """One `[[region]]`: a region with a name, which is read on its own."""

    name: RegionName
    box: RegionValue
    kind: RegionKind = "text"
    speaker: RegionValue | None = None
    ignore: tuple[RegionValue, ...] = ()

    @field_validator("ignore", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    def region(self) -> NamedRegion:
        """The region as it is read."""
        return NamedRegion(self.name, self.box, self.kind, self.speaker, self.ignore)


def check_names(table: RegionsTable, more: Iterable[RegionTable]) -> None:
    """Raises ValueError if two regions have the same name, or a menu is called the dialogue."""
    known = {name for name, region in ((DIALOGUE, table.dialogue), (CHOICES, table.choices)) if region is not None}
    for one in more:
        if one.name in known:
            raise ValueError(f"there are two regions called {one.name}: give one of them another name")
        if one.name == DIALOGUE and one.kind != "text":
            raise ValueError(f"a region called {DIALOGUE} holds text: give the menus another name")
        known.add(one.name)


def main_of(table: RegionsTable, more: Iterable[RegionTable]) -> RegionTable | None:
    """Which `[[region]]` is the dialogue's: if `[regions]` has none, the one called so, or else the first with text."""
    if table.dialogue is not None:
        return None
    texts = [one for one in more if one.kind == "text"]
    return next((one for one in texts if one.name == DIALOGUE), texts[0] if texts else None)


def others_of(table: RegionsTable, more: Iterable[RegionTable]) -> tuple[NamedRegion, ...]:
    """The regions that are read beside the dialogue's, in the order in which they are written."""
    more = tuple(more)
    main = main_of(table, more)
    choices = () if table.choices is None else (NamedRegion(CHOICES, table.choices, "choices"),)
    return (*(one.region() for one in more if one is not main), *choices)


def all_of(table: RegionsTable, more: Iterable[RegionTable]) -> Regions | None:
    """All regions, or None if no dialogue region is set, or it is to be found."""
    more = tuple(more)
    main, others = main_of(table, more), others_of(table, more)
    if main is not None:
        return Regions(main.box, main.speaker or table.speaker, (*table.ignore, *main.ignore), main.name, others)
    if not isinstance(table.dialogue, Region):
        return None
    return Regions(table.dialogue, table.speaker, table.ignore, DIALOGUE, others)


def moved(
    table: RegionsTable, more: Iterable[RegionTable], regions: Regions
) -> tuple[RegionsTable, tuple[RegionTable, ...]]:
    """The tables as they would be written for other places of the same regions."""
    more = tuple(more)
    main, places = main_of(table, more), {other.name: other.place for other in regions.others}
    if main is None:
        changes: dict[str, object] = {"dialogue": regions.dialogue, "speaker": regions.speaker}
    else:
        places[main.name] = regions.dialogue
        more = tuple(one.model_copy(update={"speaker": regions.speaker}) if one is main else one for one in more)
        changes = {"speaker": regions.speaker}
    if all(one.name != CHOICES for one in more):
        changes["choices"] = places.get(CHOICES)
    speakers = {other.name: other.speaker for other in regions.others}
    return table.model_copy(update=changes), tuple(
        one.model_copy(update={"box": places.get(one.name, one.box), "speaker": speakers.get(one.name, one.speaker)})
        for one in more
    )


def written_at(name: str, table: RegionsTable, more: Iterable[RegionTable]) -> tuple[str, str]:
    """Where the place of a region is written: `regions`, or the name of its `[[region]]`, and the key there."""
    more = tuple(more)
    main = main_of(table, more)
    if main is not None and name == SPEAKER:
        return main.name, SPEAKER
    owner, _, part = name.partition(".")
    if part == SPEAKER:
        return owner, part
    if any(one.name == name for one in more):
        return name, "box"
    return "regions", name
