from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.dataset.build import ExportOptions, build
from capture_daemon.dataset.loading import load_script
from capture_daemon.dataset.settings import Format
from capture_daemon.dataset.trainers import masking, trainer_files
from capture_daemon.dataset.writing import files
from tests.dataset.logs import log
from tests.dataset.test_writing import SCENES
from tests.needs import needs_module

SAMPLES = [form for form in Format if form.has_samples]
BOTH = ("train.jsonl", "test.jsonl")


def loaded(text: str) -> dict[str, Any]:
    needs_module("yaml", extra="dev")
    import yaml  # noqa: PLC0415 - the test is skipped without it

    made = yaml.safe_load(text)
    assert isinstance(made, dict)
    return made


def keys(value: Any) -> Iterator[str]:
    """Every key of a record, and of what is in it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


@pytest.mark.parametrize("form", SAMPLES)
@pytest.mark.parametrize("overlap", [False, True])
def test_the_columns_that_are_named_are_in_the_rows(tmp_path: Path, form: Format, overlap: bool) -> None:
    options = ExportOptions(persona="Sylvie", form=form, overlap=overlap)
    made = files(build(*load_script([log(tmp_path / "a.jsonl", SCENES)]), options))
    info = json.loads(made["dataset_info.json"])
    assert list(info) == ["train", "test"]
    for one in info.values():
        row = json.loads(made[one["file_name"]].splitlines()[0])
        assert {*one["columns"].values()} <= row.keys()
        if one["formatting"] == "sharegpt":
            (messages,) = (row[key] for key in one["columns"].values())
            tags = one["tags"]
            names = [message[tags["role_tag"]] for message in messages]
            assert names[:3] == [tags["system_tag"], tags["user_tag"], tags["assistant_tag"]]
            assert all(tags["content_tag"] in message for message in messages)
    if form is not Format.ALPACA:
        for one in (data := loaded(made["axolotl.yaml"].decode()))["datasets"] + data["test_datasets"]:
            row = json.loads(made[one["path"]].splitlines()[0])
            messages = row[one["field_messages"]]
            assert all(key in message for message in messages for key in one["message_property_mappings"].values())
            assert one.get("message_field_training") == ("weight" if "weight" in keys(row) else None)


@pytest.mark.parametrize("overlap", [False, True])
def test_an_answer_that_comes_again_is_masked(overlap: bool) -> None:
    made = trainer_files(Format.ALPACA, BOTH, overlap=overlap, weighted=overlap)
    told = loaded(made["llamafactory.yaml"])
    assert (told["dataset"], told["eval_dataset"], told["dataset_dir"]) == ("train", "test", ".")
    assert (told["mask_history"], told["train_on_prompt"]) == (overlap, False)
    (sentence,) = masking(Format.ALPACA, overlap=overlap, weighted=overlap)
    assert ("mask_history" in sentence) is overlap


def test_what_a_model_wrote_is_told() -> None:
    assert "`weight` 0" in " ".join(masking(Format.CHAT, overlap=False, weighted=True))
    assert "`weight`" not in " ".join(masking(Format.CHAT, overlap=False, weighted=False))


def test_without_a_test_part_none_is_named() -> None:
    made = trainer_files(Format.CHAT, ["train.jsonl"], overlap=False, weighted=False)
    assert list(json.loads(made["dataset_info.json"])) == ["train"]
    assert "eval_dataset" not in loaded(made["llamafactory.yaml"])
    assert "test_datasets" not in loaded(made["axolotl.yaml"])


def test_lines_and_nothing_have_no_trainer() -> None:
    assert trainer_files(Format.CSV, ["train.csv"], overlap=False, weighted=False) == {}
    assert trainer_files(Format.CHAT, [], overlap=False, weighted=False) == {}
