from pathlib import Path

from bench import large_log
from capture_daemon.linelog.log import LineLog


def test_a_log_in_parts_is_opened_at_its_end(tmp_path: Path) -> None:
    opened = large_log.measure(tmp_path, files=3, size=2_000_000)
    assert opened.lines > 3000
    assert opened.opening < 5
    assert opened.megabytes < 5


def test_what_is_written_is_a_log(tmp_path: Path) -> None:
    large_log.write(tmp_path / "dialogue.jsonl", 2, 600_000)
    log = LineLog.open(tmp_path / "dialogue.jsonl")
    numbers = [getattr(record, "seq", None) for record in log.read(0)]
    assert numbers == list(range(1, log.latest + 1))
    log.close()
