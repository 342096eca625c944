"""The command that adds packages, by how the program was installed."""

from __future__ import annotations

import importlib.metadata
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from capture_daemon.common import installing
from capture_daemon.common.installing import again, extra_command, package_command, requirements
from tests.needs import needs_package

posix = pytest.mark.skipif(sys.platform == "win32", reason="commands are quoted in another way there")
NEEDED = [
    "rapidocr==3.10.0",
    "tesserocr>=2.8; extra == 'tesseract'",
    f'xcffib>=1.10; (sys_platform == "{sys.platform}") and extra == "window"',
    'windows-capture>=2; (sys_platform == "another") and extra == "window"',
]


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "my-game"
    folder.mkdir()
    monkeypatch.setattr(sys, "prefix", str(folder))
    monkeypatch.setattr(sys, "executable", "/my env/bin/python")
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: NEEDED)
    return folder


@posix
def test_an_environment_has_pip_or_not(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extra_command("tesseract") == "'/my env/bin/python' -m pip install 'tesserocr>=2.8'"
    assert package_command("RapidOCR") == "'/my env/bin/python' -m pip install --force-reinstall rapidocr==3.10.0"
    monkeypatch.setattr(sys, "path", [])
    assert extra_command("window") == "uv pip install --python '/my env/bin/python' 'xcffib>=1.10'"


def test_the_look_for_pip_leaves_setuptools_as_it_was() -> None:
    needs_package("setuptools")
    # A look through every hook makes setuptools keep the old distutils, whose import warns (Python 3.11).
    code = (
        "from capture_daemon.common.installing import extra_command; extra_command('tesseract'); "
        "import setuptools, sys; print(sys.modules['distutils'].__file__)"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "setuptools" in done.stdout


@posix
def test_pipx_injects(prefix: Path) -> None:
    (prefix / "pipx_metadata.json").touch()
    assert extra_command("tesseract") == "pipx inject my-game 'tesserocr>=2.8'"
    assert package_command("rapidocr") == "pipx inject --force my-game rapidocr==3.10.0"


@posix
def test_uv_puts_it_into_its_tool(prefix: Path) -> None:
    (prefix / "uv-receipt.toml").touch()
    assert extra_command("tesseract") == "uv pip install --python '/my env/bin/python' 'tesserocr>=2.8'"
    assert package_command("av").endswith(" --reinstall --python '/my env/bin/python' av")


@posix
def test_a_checkout_that_is_not_installed_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", missing)
    root = Path(installing.__file__).resolve().parents[2]
    assert shlex.split(extra_command("llm"))[-2:] == ["--editable", f"{root}[llm]"]
    assert (root / "pyproject.toml").exists()


def test_what_is_at_fault_itself_comes_from_where_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    class Installed:
        text: str | None = '{"url": "file:///tmp/a.whl"}'

        def read_text(self, name: str) -> str | None:
            return self.text if name == "direct_url.json" else None

    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: Installed())
    assert again() == "install capture-daemon again, from file:///tmp/a.whl"
    for text in (None, "nonsense", "[]", "{}"):
        monkeypatch.setattr(Installed, "text", text)
        assert again() == "install capture-daemon again, from the same place as before"


def test_no_command_names_this_program() -> None:
    for extra in ("dataset", "llm", "paddle", "ray", "tesseract", "window"):
        assert requirements(extra), extra
        assert "capture-daemon" not in extra_command(extra).partition(" install ")[2].replace(sys.executable, "")
