from pathlib import Path

import pytest

from capture_daemon.common.installing import extra_command
from capture_daemon.errors import ConfigurationError, ModelError
from capture_daemon.ocr import korean, model_files
from capture_daemon.ocr.languages import PACKAGED_MODEL


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, and no way to a model host; PaddleOCR is installed, as far as anybody asks."""
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path / "paddlex"))
    monkeypatch.setattr(model_files, "_HOSTS", ("host.invalid",))
    monkeypatch.setattr(model_files, "_can_download", lambda: True)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def make_model(folder: Path, name: str = "any", *, onnx: bool = True) -> Path:
    folder.mkdir(parents=True)
    (folder / "inference.yml").write_text(f"Global:\n  model_name: {name}\n", encoding="utf-8")
    for file in ["inference.onnx"] if onnx else ["inference.json", "inference.pdiparams"]:
        (folder / file).write_bytes(b"model")
    return folder


def test_the_packaged_model_is_used_where_it_lies(own_folders: Path) -> None:
    found = model_files.find("auto")
    assert found.name == PACKAGED_MODEL
    assert found.weights.name == "PP-OCRv6_rec_small.onnx"
    assert found.settings is None
    assert found.place == found.weights
    assert model_files.find("en") == found
    assert not list(own_folders.iterdir())


def test_the_configured_folder_comes_first_then_paddles_cache(own_folders: Path) -> None:
    cached = make_model(own_folders / "paddlex" / "official_models" / f"{PACKAGED_MODEL}_onnx")
    assert model_files.find("auto").place == cached
    configured = make_model(own_folders / "mine" / PACKAGED_MODEL)
    assert model_files.find("auto", own_folders / "mine").place == configured


def test_the_configured_folder_may_be_the_model_itself(own_folders: Path) -> None:
    folder = make_model(own_folders / "korean", "korean_PP-OCRv5_mobile_rec")
    weights, settings = folder / "inference.onnx", folder / "inference.yml"
    assert model_files.find("ko", folder) == model_files.Model("korean_PP-OCRv5_mobile_rec", weights, settings)


def test_korean_is_read_by_the_projects_own_model_unless_another_was_put_there(own_folders: Path) -> None:
    assert model_files.is_own("ko", None, "onnxruntime")
    assert model_files.is_own("korean", own_folders, "onnxruntime")
    assert model_files.is_own("auto", own_folders, "onnxruntime")
    assert not model_files.is_own("ko", None, "paddle")
    assert not model_files.is_own("en", None, "onnxruntime")
    folder = make_model(own_folders / "mine" / "korean_PP-OCRv5_mobile_rec_onnx", "korean_PP-OCRv5_mobile_rec")
    assert not model_files.is_own("ko", own_folders / "mine", "onnxruntime")
    assert not model_files.is_own("ko", folder, "onnxruntime")


def test_files_for_the_other_runtime_are_passed_over(own_folders: Path) -> None:
    cache = own_folders / "paddlex" / "official_models"
    folder = make_model(cache / "korean_PP-OCRv5_mobile_rec", onnx=False)
    assert model_files.find("ko", runtime="paddle").place == folder
    assert model_files.find("ko", runtime="paddle").weights.name == "inference.pdiparams"
    with pytest.raises(ModelError):
        model_files.find("ko")


def test_a_missing_model_names_itself_the_places_and_the_remedies(own_folders: Path) -> None:
    with pytest.raises(ModelError) as caught:
        model_files.find("ko", own_folders / "mine")
    message = str(caught.value)
    for part in (
        "korean_PP-OCRv5_mobile_rec",
        str(own_folders / "mine"),
        str(own_folders / "paddlex" / "official_models"),
        "`capture-daemon models fetch ko`",
        "`models` in [ocr]",
        'engine = "tesseract"',
    ):
        assert part in message
    assert "\n" not in message


def test_a_download_that_is_not_possible_says_so() -> None:
    told: list[str] = []
    with pytest.raises(ModelError, match="no model host can be reached"):
        model_files.obtain("ko", None, "onnxruntime", told.append)
    assert told == ["korean_PP-OCRv5_mobile_rec"]


def test_fetching_what_is_here_downloads_nothing() -> None:
    assert model_files.fetch("ja").name == PACKAGED_MODEL


def test_an_unknown_language_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(ConfigurationError):
        model_files.find("klingon")


def test_without_paddleocr_it_is_said_that_it_downloads_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "_can_download", lambda: False)
    told: list[str] = []
    with pytest.raises(ModelError) as caught:
        model_files.obtain("ru", None, "onnxruntime", told.append)
    message = str(caught.value)
    assert f"install PaddleOCR, which downloads models, by `{extra_command('paddle')}`, and run" in message
    assert "`capture-daemon models fetch ru`" in message
    assert "host" not in message
    assert not told


def test_the_list_says_where_each_model_is(own_folders: Path) -> None:
    make_model(own_folders / "korean_PP-OCRv5_mobile_rec")
    listed = model_files.list_models(own_folders)
    assert next((row.model, row.where) for row in listed if row.language == "ko") == (korean.NAME, korean.FILE)
    rows = {(row.language, row.engine): row for row in listed}
    japanese = rows["ja", "onnxruntime"].where
    assert japanese is not None
    assert japanese.name == "PP-OCRv6_rec_small.onnx"
    assert rows["ko", "onnxruntime"].where == own_folders / "korean_PP-OCRv5_mobile_rec"
    assert rows["th", "onnxruntime"].where is None
