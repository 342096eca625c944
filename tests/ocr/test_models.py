import shutil
from pathlib import Path

import pytest

from capture_daemon.errors import ConfigurationError, ModelError
from capture_daemon.ocr import korean, models, packaged
from capture_daemon.ocr.languages import PACKAGED_MODEL


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Caches of the test's own, and no way to a model host."""
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path / "paddlex"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(models, "_HOSTS", ("host.invalid",))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def make_model(folder: Path, name: str = "any", *, onnx: bool = True) -> Path:
    folder.mkdir(parents=True)
    (folder / "inference.yml").write_text(f"Global:\n  model_name: {name}\n", encoding="utf-8")
    for file in ["inference.onnx"] if onnx else ["inference.json", "inference.pdiparams"]:
        (folder / file).write_bytes(b"model")
    return folder


def test_the_packaged_model_is_made_ready_once(own_folders: Path) -> None:
    first = models.find("auto")
    assert first.name == PACKAGED_MODEL
    assert first.folder.parent == own_folders / "cache" / "capture-daemon" / "models"
    written = (first.folder / "inference.yml").stat().st_mtime_ns
    assert models.find("en") == first
    assert (first.folder / "inference.yml").stat().st_mtime_ns == written
    assert [entry.name for entry in first.folder.parent.iterdir()] == [first.folder.name]


def test_a_prepared_folder_that_lost_its_file_is_made_again() -> None:
    folder = models.find("auto").folder
    (folder / "inference.onnx").unlink()
    assert models.find("auto").folder == folder
    assert (folder / "inference.onnx").is_file()


def test_the_configured_folder_comes_first_then_paddles_cache(own_folders: Path) -> None:
    cached = make_model(own_folders / "paddlex" / "official_models" / f"{PACKAGED_MODEL}_onnx")
    assert models.find("auto").folder == cached
    configured = make_model(own_folders / "mine" / PACKAGED_MODEL)
    assert models.find("auto", own_folders / "mine").folder == configured


def test_the_configured_folder_may_be_the_model_itself(own_folders: Path) -> None:
    folder = make_model(own_folders / "korean", "korean_PP-OCRv5_mobile_rec")
    assert models.find("ko", folder) == models.Model("korean_PP-OCRv5_mobile_rec", folder)


def test_korean_is_read_by_the_projects_own_model_unless_another_was_put_there(own_folders: Path) -> None:
    assert models.is_own("ko", None, "onnxruntime")
    assert models.is_own("korean", own_folders, "onnxruntime")
    assert models.is_own("auto", own_folders, "onnxruntime")
    assert not models.is_own("ko", None, "paddle")
    assert not models.is_own("en", None, "onnxruntime")
    folder = make_model(own_folders / "mine" / "korean_PP-OCRv5_mobile_rec_onnx", "korean_PP-OCRv5_mobile_rec")
    assert not models.is_own("ko", own_folders / "mine", "onnxruntime")
    assert not models.is_own("ko", folder, "onnxruntime")


def test_files_for_the_other_runtime_are_passed_over(own_folders: Path) -> None:
    cache = own_folders / "paddlex" / "official_models"
    folder = make_model(cache / "korean_PP-OCRv5_mobile_rec", onnx=False)
    assert models.find("ko", runtime="paddle").folder == folder
    with pytest.raises(ModelError):
        models.find("ko")


def test_a_missing_model_names_itself_the_places_and_the_remedies(own_folders: Path) -> None:
    with pytest.raises(ModelError) as caught:
        models.find("ko", own_folders / "mine")
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
        models.obtain("ko", None, "onnxruntime", told.append)
    assert told == ["korean_PP-OCRv5_mobile_rec"]


def test_fetching_what_is_here_downloads_nothing() -> None:
    assert models.fetch("ja").name == PACKAGED_MODEL


def test_an_unknown_language_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(ConfigurationError):
        models.find("klingon")


def test_a_damaged_packaged_model_is_named(own_folders: Path) -> None:
    file = own_folders / "damaged.onnx"
    file.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"damaged\.onnx: the model is damaged"):
        packaged.prepared_folder(packaged.Carried(PACKAGED_MODEL, file, "rapidocr-0"))
    assert not list((own_folders / "cache").rglob("*"))


def test_a_cache_that_cannot_be_written_is_named(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_folders / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(own_folders / "file"))
    with pytest.raises(ModelError, match=r"can't be prepared there.*XDG_CACHE_HOME"):
        models.find("auto")


def test_the_list_says_where_each_model_is(own_folders: Path) -> None:
    make_model(own_folders / "korean_PP-OCRv5_mobile_rec")
    listed = models.list_models(own_folders)
    assert next((row.model, row.where) for row in listed if row.language == "ko") == (korean.NAME, korean.FILE)
    rows = {(row.language, row.engine): row for row in listed}
    japanese = rows["ja", "onnxruntime"].where
    assert japanese is not None
    assert japanese.name == "PP-OCRv6_rec_small.onnx"
    assert rows["ko", "onnxruntime"].where == own_folders / "korean_PP-OCRv5_mobile_rec"
    assert rows["th", "onnxruntime"].where is None


def test_several_may_prepare_it_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made_first = models.find("auto").folder
    rename = Path.rename

    def too_late(self: Path, target: Path) -> Path:
        # Another process puts its folder there between the check and the move.
        shutil.copytree(self, target, symlinks=True)
        return rename(self, target)

    shutil.rmtree(made_first)
    monkeypatch.setattr(Path, "rename", too_late)
    assert (models.find("auto").folder / "inference.yml").is_file()
