from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from capture_daemon.config import models
from capture_daemon.daemon.extraction import Extraction, OutputFile
from capture_daemon.errors import ConfigurationError, LogHeldError, OutputExistsError
from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Entry
from tests.server.helpers import line


def publish(output: OutputFile, *texts: str) -> list[Entry]:
    async def main() -> list[Entry]:
        return [await (await output.write(line(text))) for text in texts]

    return asyncio.run(main())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_begun_with_its_first_line(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "lines.jsonl", overwrite=False)
    output.check()
    assert names(tmp_path) == []
    assert [record.seq for record in publish(output, "one", "two")] == [1, 2]
    output.close()
    assert names(tmp_path) == ["lines.jsonl"]


def test_a_recording_without_a_line_makes_an_empty_file(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "lines.jsonl", overwrite=False)
    output.check()
    asyncio.run(output.finish())
    output.close()
    assert (tmp_path / "lines.jsonl").read_bytes() == b""


def test_an_older_file_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("old\n", encoding="utf-8")
    with pytest.raises(OutputExistsError, match="--overwrite"):
        OutputFile(path, overwrite=False).check()
    output = OutputFile(path, overwrite=True)
    output.check()
    publish(output, "new")
    assert path.read_text(encoding="utf-8") == "old\n"
    asyncio.run(output.finish())
    output.close()
    assert '"text": "new"' in path.read_text(encoding="utf-8")
    assert names(tmp_path) == ["lines.jsonl"]


def test_an_older_file_stays_where_the_new_one_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("old\n", encoding="utf-8")
    output = OutputFile(path, overwrite=True)
    output.check()
    publish(output, "new")
    output.close()
    assert path.read_text(encoding="utf-8") == "old\n"
    assert names(tmp_path) == ["lines.jsonl"]


def test_a_daemons_log_is_not_written_over(tmp_path: Path) -> None:
    log = LineLog.open(tmp_path / "lines.jsonl")
    try:
        with pytest.raises(LogHeldError):
            OutputFile(tmp_path / "lines.jsonl", overwrite=True).check()
    finally:
        log.close()


def test_a_live_source_is_refused(tmp_path: Path) -> None:
    configuration = models.load(None, None, {"source.name": "window:Game"})

    async def main() -> None:
        with pytest.raises(ConfigurationError, match="capture-daemon run"):
            Extraction(configuration, OutputFile(tmp_path / "lines.jsonl", overwrite=False))

    asyncio.run(main())
