"""Rows of an export as turns, in every format for training."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.dataset.settings import Format
from capture_daemon.errors import ConfigurationError
from capture_daemon.tuning.rows import read_data
from tests.needs import needs_module
from tests.tuning.data import exported


@pytest.fixture(autouse=True)
def _extra() -> None:
    needs_module("rapidfuzz", extra="dataset")


@pytest.mark.parametrize("form", [Format.CHAT, Format.SHAREGPT, Format.ALPACA])
def test_each_answer_is_trained_once_whatever_the_format(tmp_path: Path, form: Format) -> None:
    data = read_data(exported(tmp_path, form))
    assert (data.answers, sum(row.answers for row in data.test)) == (4, 2)
    trained = [turn.text for row in (*data.train, *data.test) for turn in row.turns if turn.trained]
    assert len(set(trained)) == len(trained) == 6
    assert all(row.turns[0].role == "system" and row.turns[0].text == "You are Pip." for row in data.train)
    assert not data.persona.tuned


def test_what_a_model_wrote_is_not_trained(tmp_path: Path) -> None:
    folder = exported(tmp_path)
    file = folder / "train.jsonl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"role": "assistant",', '"role": "assistant", "weight": 0,', 1), encoding="utf-8")
    assert read_data(folder).answers == 3


def test_the_digest_changes_with_the_rows(tmp_path: Path) -> None:
    folder = exported(tmp_path)
    before = read_data(folder).digest
    file = folder / "train.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("Pip", "Pia"), encoding="utf-8")
    assert read_data(folder).digest != before


def test_a_folder_that_is_no_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not a folder"):
        read_data(tmp_path / "nowhere")
    with pytest.raises(ConfigurationError, match=r"report\.json: can't be read"):
        read_data(tmp_path)
    (tmp_path / "report.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="not the report of a data set"):
        read_data(tmp_path)


def test_lines_are_no_examples(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="lines as csv, not examples"):
        read_data(exported(tmp_path, Format.CSV))


def test_a_damaged_row_is_named(tmp_path: Path) -> None:
    folder = exported(tmp_path)
    file = folder / "train.jsonl"
    file.write_text(file.read_text(encoding="utf-8") + '{"messages": [{"role": "user"}]}\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"train\.jsonl: row 3 is no example of format chat"):
        read_data(folder)
