"""Which model is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.errors import ConfigurationError
from capture_daemon.tuning.base_model import BaseModel, find_base


def test_a_gguf_a_folder_and_a_name_on_the_hub(tmp_path: Path) -> None:
    (tmp_path / "small.gguf").touch()
    (tmp_path / "config.json").touch()
    assert find_base(str(tmp_path / "small.gguf")) == BaseModel(str(tmp_path), "small.gguf")
    assert find_base(str(tmp_path)) == BaseModel(str(tmp_path))
    hub = find_base("somebody/Small-Instruct")
    assert hub == BaseModel("somebody/Small-Instruct")
    assert (hub.name, hub.setting) == ("somebody/Small-Instruct", "somebody/Small-Instruct")


def test_a_model_is_found_again_from_another_folder_and_named_without_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("config.json", "small.gguf"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    for name, called in ((".", tmp_path.name), ("small.gguf", "small.gguf")):
        found = find_base(name)
        assert found.name == called
        assert find_base(found.setting) == found
        assert Path(found.setting).is_absolute()


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    for name, said in (
        (tmp_path, r"holds no config\.json"),
        (tmp_path / "none.gguf", "does not exist"),
        (tmp_path / "notes.txt", "is no model"),
        ("./nowhere", "is no model"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            find_base(str(name))
