"""Whether a configuration can be used for capturing, as far as that is known before anything is opened."""

from __future__ import annotations

from capture_daemon.config.models import Configuration, OcrTable
from capture_daemon.errors import ConfigurationError
from capture_daemon.frames import Regions
from capture_daemon.ocr.languages import model_for
from capture_daemon.ocr.traineddata import trained_for


def needed_regions(configuration: Configuration) -> Regions:
    """The regions; raises ConfigurationError, saying how to choose one, where there is no dialogue region."""
    regions = configuration.regions.regions()
    if regions is None:
        raise ConfigurationError(
            "no dialogue region is set: choose one on the picture that `capture-daemon snapshot -o frame.png` saves, "
            "then name it by --region or regions.dialogue; or let it be found: --region auto"
        )
    return regions


def check_language(table: OcrTable) -> None:
    """See that the language is known; raises ConfigurationError, and ModelError where Tesseract's files are missing."""
    if table.engine == "tesseract":
        trained_for(table.language)
    else:
        model_for(table.language)
