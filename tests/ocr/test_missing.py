import pytest

from capture_daemon.common.installing import again, extra_command, package_command
from capture_daemon.ocr.missing import explain_missing


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            ImportError("libGL.so.1: cannot open shared object file: No such file or directory"),
            "cv2 needs libGL.so.1: cannot open shared object file: No such file or directory: "
            "on Debian, install it by `apt-get install libgl1`",
        ),
        (
            ModuleNotFoundError("No module named 'tesserocr'", name="tesserocr"),
            'engine = "tesseract" needs tesserocr: install it by `' + extra_command("tesseract") + "`",
        ),
        (
            ModuleNotFoundError("No module named 'paddle'", name="paddle"),
            'engine = "paddle" needs paddlepaddle: install it by `' + extra_command("paddle") + "`",
        ),
        (
            ModuleNotFoundError("No module named 'yaml'", name="yaml"),
            "the OCR engine can't be imported: No module named 'yaml': install pyyaml again by `"
            + package_command("pyyaml")
            + "`",
        ),
        (
            ModuleNotFoundError("No module named 'shapely'", name="shapely"),
            f"the OCR engine can't be imported: No module named 'shapely': {again()}",
        ),
    ],
)
def test_an_import_that_fails_is_one_plain_sentence(error: ImportError, message: str) -> None:
    assert str(explain_missing(error)) == message
