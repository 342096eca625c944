"""The wheel installed by uv and by pipx, on the oldest and the newest Python: it works, and so do its remedies."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import capture_daemon
from tests.needs import needs_module
from tests.program import ROOT, SAMPLE, SAMPLE_REGIONS

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="remedies are run")]
LIMIT = 500


def run(*command: str, environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False
    )


def interpreter(version: str) -> str:
    """A Python of that version on this machine, or a skip."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return getattr(sys, "_base_executable", sys.executable)
    kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    found = str(kept[-1]) if kept else shutil.which(f"python{version}")
    if found is None:
        pytest.skip(f"needs Python {version}")
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    needs_module("build", extra="dev")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=LIMIT)
    (file,) = folder.glob("*.whl")
    return str(file)


@pytest.mark.timeout(4 * LIMIT)
@pytest.mark.parametrize("version", ["3.11", "3.13"])
@pytest.mark.parametrize("tool", ["uv", "pipx"])
def test_it_works_and_so_do_its_remedies(tmp_path: Path, wheel: str, tool: str, version: str) -> None:
    programs = tmp_path / "bin"
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DISPLAY", "VIRTUAL_ENV")}
    environment = {
        **kept,
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "UV_TOOL_DIR": str(tmp_path / "uv"),
        "UV_TOOL_BIN_DIR": str(programs),
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(programs),
        "PIPX_MAN_DIR": str(tmp_path / "man"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    pins = str(ROOT / "constraints.txt")
    if shutil.which(tool, path=environment["PATH"]) is None:
        pytest.skip("needs the extra [dev]")
    commands = {
        "uv": ["uv", "tool", "install", "--python", interpreter(version), "--constraints", pins, wheel],
        "pipx": ["pipx", "install", "--python", interpreter(version), "--pip-args", f"--constraint {pins}", wheel],
    }
    done = run(*commands[tool], environment=environment, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    program = str(programs / "capture-daemon")

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run(program, *arguments, environment=environment, folder=tmp_path)

    assert call("--version").stdout == f"capture-daemon {capture_daemon.__version__}\n"
    assert f"Python {version}." in call("doctor", "--port", "0").stdout
    played = call("demo", "--port", "0", "--log", "demo.jsonl")
    assert played.returncode == 0, played.stderr
    assert "Are we there yet?" in played.stdout
    read = call("extract", str(SAMPLE / "sample.mp4"), *SAMPLE_REGIONS, "-o", "lines.jsonl")
    assert read.returncode == 0, read.stderr
    for form in ("srt", "txt", "csv"):
        made = call("export", "lines.jsonl", "--format", form, "-o", form)
        assert made.returncode == 0, made.stderr
        texts = [file.read_text(encoding="utf-8") for file in (tmp_path / form).rglob(f"*.{form}")]
        assert any("Are we there yet?" in text for text in texts)
    assert list(tmp_path.rglob("man/man1/capture-daemon.1"))
    missing = call("windows")
    remedy = re.search(r"xcffib.*install it by `(.+)`", missing.stderr)
    assert remedy is not None, missing.stderr
    done = run("sh", "-c", remedy[1], environment=environment, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    mended = call("windows")
    assert mended.returncode == 3
    assert "DISPLAY" in mended.stderr
