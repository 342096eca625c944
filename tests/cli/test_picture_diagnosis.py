"""What `doctor` sees without a daemon."""

from __future__ import annotations

import pytest

from capture_daemon.cli.picture_diagnosis import examine
from capture_daemon.config.models import Configuration
from tests.stage import REGION, write
from tests.x_server import XServer


def configured(source: str, region: str | None = REGION) -> Configuration:
    return Configuration.model_validate({"source": {"name": source}, "regions": {"dialogue": region} if region else {}})


def test_text_in_the_region_is_good_and_text_elsewhere_is_named(x_server: XServer) -> None:
    write(x_server, "Hello there, traveller.")
    [seen] = examine(configured("screen:1"))
    assert (seen.state, seen.found) == ("good", "text stands in the dialogue region")
    [seen] = examine(configured("screen:1", "10,10,100,40"))
    assert seen.state == "note"
    assert seen.found.startswith("the dialogue region holds no text, but there is some at ")
    assert "Hello" not in seen.found


def test_a_source_that_is_not_there_is_a_note() -> None:
    [seen] = examine(configured("device:97"))
    assert seen.state == "note"
    assert "device:97" in seen.found


@pytest.mark.parametrize(("source", "region"), [("clip.mkv", REGION), ("screen:1", None)])
def test_recordings_and_sources_without_a_region_are_not_looked_at(source: str, region: str | None) -> None:
    assert list(examine(configured(source, region))) == []
