"""The readers of a run: one for each region, as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from capture_daemon.config.models import Configuration
from capture_daemon.config.regions import CHOICES
from capture_daemon.frames import NamedRegion, Regions
from capture_daemon.ocr.languages import canonical
from capture_daemon.reading.choices import ChoiceReader
from capture_daemon.reading.menu_finder import MenuFinder
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.reading.several import RegionReader, SeveralReaders
from capture_daemon.reading.trace import Note, ignore


def reader_of(
    regions: Regions,
    settings: ReadingSettings,
    known_names: Mapping[str, Collection[str]] | None = None,
    note: Note = ignore,
) -> SeveralReaders:
    """What reads all regions. `known_names` are of speakers who have been heard before, by region.

    `note` is given every decision about the dialogue's region.
    """
    names = known_names or {}
    dialogue = Reader(regions, settings, names.get(regions.name, ()), note)
    finder = None
    if settings.menus and finds_menus(regions):
        finder = MenuFinder(regions, settings, lambda: "".join(text.text for _, text in dialogue.standing_rows))
    return SeveralReaders(
        [
            (regions.name, dialogue),
            *((other.name, _beside(regions, other, settings, names.get(other.name, ()))) for other in regions.others),
        ],
        None if finder is None else (CHOICES, finder),
        in_order=not settings.early,
    )


def finds_menus(regions: Regions) -> bool:
    """Whether to search for menus: no region holds any, and none has the name that found menus get."""
    return all(other.kind != "choices" and other.name != CHOICES for other in regions.others)


def _beside(
    regions: Regions, other: NamedRegion, settings: ReadingSettings, known_names: Collection[str]
) -> RegionReader:
    own = regions.of(other)
    return ChoiceReader(own, settings) if other.kind == "choices" else Reader(own, settings, known_names)


def reading_settings(configuration: Configuration, *, live: bool) -> ReadingSettings:
    """The reading settings of a configuration."""
    table = configuration.reading
    language = canonical(configuration.ocr.language)
    return ReadingSettings(table.min_confidence, table.settle, table.max_age, early=live, language=language)


def may_find_menus(menus: str, *, live: bool) -> bool:
    """Whether `reading.menus` allows it: for a recording that takes about as long again as its lines."""
    return menus == "always" or (menus == "live" and live)


def wants_whole_frames(configuration: Configuration, regions: Regions) -> bool:
    """Whether menus are to be found, or pictures of the whole frame are kept."""
    log = configuration.log
    pictures = log.pictures != "none" and log.picture_part == "frame"
    return pictures or (configuration.reading.menus != "never" and finds_menus(regions))
