from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.bulk.job import (
    Job,
    JobOutcome,
    LogMessage,
    Message,
    Progress,
    fingerprint,
    from_json_line,
    settings_of,
    to_json_line,
)
from capture_daemon.config import models

OPTIONS = {
    "regions.dialogue": "1,2,30,40",
    "regions.ignore": ["5,6,7,8"],
    "ocr.models": "models",
    "reading.settle": 0.2,
}


def test_a_job_takes_its_configuration_along() -> None:
    configuration = models.load(None, None, OPTIONS)
    job = Job.from_json(Job("some video.mp4", "out/some video", settings_of(configuration), resume=True).to_json())
    there = job.configuration()
    assert job.name == "some video"
    assert there.source.name == "some video.mp4"
    assert there.regions == configuration.regions
    assert (there.ocr, there.reading) == (configuration.ocr, configuration.reading)
    assert there.ocr.models == Path("models")


@pytest.mark.parametrize(
    "message",
    [Progress("reading", 1.5, None), LogMessage("warning: ▼"), JobOutcome("failed", "it isn't there", "SourceError")],
)
def test_messages_come_back_as_they_were(message: Message) -> None:
    text = to_json_line(message)
    assert "\n" not in text
    assert from_json_line(text) == message


@pytest.mark.parametrize("text", ["", "[]", "1", '{"message": "Nothing"}', '{"message": "Progress", "other": 1}'])
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json_line(text)


def test_the_fingerprint_changes_with_what_changes_lines_only() -> None:
    def of(**changes: object) -> str:
        return fingerprint(
            settings_of(models.load(None, None, OPTIONS | {k.replace("__", "."): v for k, v in changes.items()}))
        )

    assert of() == of(ocr__threads=3, logging__level="debug", ocr__timeout=3.0)
    assert len({of(), of(regions__dialogue="1,2,30,41"), of(ocr__language="ja"), of(reading__settle=0.3)}) == 4
