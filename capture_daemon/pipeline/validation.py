"""Checks that a configuration is usable for capturing before anything is opened, and the settings of its source."""

from __future__ import annotations

from dataclasses import replace

from capture_daemon.capture import SourceSettings
from capture_daemon.config.models import Configuration, OcrTable, SourceTable
from capture_daemon.errors import ConfigurationError
from capture_daemon.frames import Regions
from capture_daemon.ocr.languages import model_for
from capture_daemon.ocr.traineddata import trained_for
from capture_daemon.pipeline.region_finding import everywhere


def source_settings(
    table: SourceTable, *, realtime: bool = False, every: int = 1, start: float = 0.0, whole_frames: bool = False
) -> SourceSettings:
    """How to open the configured source.

    Args:
        table: The `[source]` table.
        realtime: Play a recording at its own pace.
        every: Look at every Nth frame of a recording.
        start: Where to start a recording, in seconds.
        whole_frames: Whether some frames bring the whole picture along.

    """
    return SourceSettings(
        table.fps,
        table.width,
        table.height,
        table.pixel_format,
        realtime,
        every=every,
        start=start,
        max_pixels=table.max_pixels,
        obs_address=table.obs_address,
        obs_password_file=table.obs_password_file,
        screen_choice_file=table.screen_choice_file,
        whole_frames=whole_frames,
    )


def needed_regions(configuration: Configuration) -> Regions:
    """The regions; raises ConfigurationError, which says how to choose one, if no dialogue region is set."""
    regions = configuration.all_regions
    if regions is None:
        raise ConfigurationError(
            "no dialogue region is set: choose one on the picture that `capture-daemon snapshot -o frame.png` saves, "
            "then name it by --region or regions.dialogue; or let it be found: --region auto"
        )
    return regions


def next_regions(before: Configuration, configuration: Configuration, regions: Regions) -> Regions:
    """The regions of a configuration that takes the place of `before`, with which `regions` are in use.

    On another source they may have to be found first; until then they are everywhere. Raises ConfigurationError if no
    dialogue region is set.
    """
    if not configuration.regions.automatic:
        return needed_regions(configuration)
    if configuration.source.name != before.source.name:
        return everywhere(configuration)
    if not before.regions.automatic:
        raise ConfigurationError('regions.dialogue can become "auto" only at the next start')
    return replace(regions, others=configuration.other_regions)


def check_language(table: OcrTable) -> None:
    """Check that the language is known; raises ConfigurationError, or ModelError if Tesseract's files are missing."""
    if table.engine == "tesseract":
        trained_for(table.language)
    else:
        model_for(table.language)
