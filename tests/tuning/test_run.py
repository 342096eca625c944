"""The folder of a run: what is made ready, what is refused, what can go on. Nothing is trained here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from capture_daemon.errors import ConfigurationError, OutputExistsError
from capture_daemon.tuning.rows import TuningData, read_data
from capture_daemon.tuning.run import CHECKPOINTS, RUN, prepare_folder, read_run
from capture_daemon.tuning.settings import TuneSettings
from tests.needs import needs_module
from tests.tuning.data import exported

SETTINGS = TuneSettings(base="somebody/small", steps=4)


@pytest.fixture
def data(tmp_path: Path) -> TuningData:
    needs_module("rapidfuzz", extra="dataset")
    return read_data(exported(tmp_path))


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path, data: TuningData) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear Juno", encoding="utf-8")
    with pytest.raises(OutputExistsError, match="what no tuning made"):
        prepare_folder(data, SETTINGS, folder, overwrite=True, resume=False)


def test_an_earlier_run_goes_only_if_that_is_said(tmp_path: Path, data: TuningData) -> None:
    folder = tmp_path / "run"
    prepare_folder(data, SETTINGS, folder, overwrite=False, resume=False)
    (folder / "merged.gguf").touch()
    with pytest.raises(OutputExistsError, match="holds a tuned model"):
        prepare_folder(data, SETTINGS, folder, overwrite=False, resume=False)
    assert (folder / "merged.gguf").exists()
    prepare_folder(data, SETTINGS, folder, overwrite=True, resume=False)
    assert [path.name for path in folder.iterdir()] == [RUN]


def test_only_the_same_training_goes_on(tmp_path: Path, data: TuningData) -> None:
    folder = tmp_path / "run"
    with pytest.raises(ConfigurationError, match="no training to go on with"):
        prepare_folder(data, SETTINGS, folder, overwrite=False, resume=True)
    prepare_folder(data, SETTINGS, folder, overwrite=False, resume=False)
    with pytest.raises(ConfigurationError, match="before its first checkpoint"):
        prepare_folder(data, SETTINGS, folder, overwrite=False, resume=True)
    (folder / CHECKPOINTS / "checkpoint-2").mkdir(parents=True)
    prepare_folder(data, SETTINGS, folder, overwrite=False, resume=True)
    with pytest.raises(ConfigurationError, match="begun with steps 4, not 5"):
        prepare_folder(data, replace(SETTINGS, steps=5), folder, overwrite=False, resume=True)
    with pytest.raises(ConfigurationError, match="another data set"):
        prepare_folder(replace(data, digest="other"), SETTINGS, folder, overwrite=False, resume=True)


def test_only_a_finished_run_can_be_compared_and_only_with_its_data(tmp_path: Path, data: TuningData) -> None:
    folder = tmp_path / "run"
    with pytest.raises(ConfigurationError, match="not a folder that capture-daemon tune made"):
        read_run(folder)
    prepare_folder(data, SETTINGS, folder, overwrite=False, resume=False)
    with pytest.raises(ConfigurationError, match="isn't finished"):
        read_run(folder)
    told = json.loads((folder / RUN).read_text(encoding="utf-8"))
    told |= {"served": "merged", "data_folder": str(data.folder)}
    (folder / RUN).write_text(json.dumps(told), encoding="utf-8")
    assert read_run(folder) == (SETTINGS, data)
    (data.folder / "train.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="holds no answers"):
        read_run(folder)
