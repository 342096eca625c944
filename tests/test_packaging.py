"""What is installed, and the wheel."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import capture_daemon
from capture_daemon.cli.manual import manual
from tests.needs import needs_module

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = dict(
    line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if "==" in line
)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> list[str]:
    extras = PROJECT["optional-dependencies"]
    return [*PROJECT["dependencies"], *(requirement for extra in extras.values() for requirement in extra)]


def test_every_cv2_has_one_version() -> None:
    needs_module("paddleocr", extra="paddle")
    versions = {
        name: distribution.version
        for distribution in metadata.distributions()
        if (name := distribution.metadata["Name"]) and normal(name).startswith("opencv-")
    }
    assert {"opencv-contrib-python", "opencv-python-headless"} <= set(map(normal, versions))
    assert len(set(versions.values())) == 1, versions
    extra = PROJECT["optional-dependencies"]["paddle"]
    pinned = {requirement for requirement in extra if requirement.startswith("opencv")}
    assert pinned == {f"{name}=={version}" for name, version in versions.items()}


def test_the_program_itself_needs_one_cv2_and_nothing_of_paddle() -> None:
    names = {re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in PROJECT["dependencies"]}
    assert {name for name in names if name.startswith("opencv")} == {"opencv-python-headless"}
    assert not {name for name in names if name.startswith("paddle")}


def test_what_is_installed_fits_together() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout


def test_every_requirement_has_an_exact_version() -> None:
    pinned = set(map(normal, PINNED))
    for requirement in requirements():
        assert normal(re.split(r"[^A-Za-z0-9_.-]", requirement)[0].split("==")[0]) in pinned, requirement


def needed(requirements: list[str], known: set[str]) -> set[str]:
    """`known` with the packages that are required without an extra on this machine, and those that they require."""
    for one in map(Requirement, requirements):
        name = normal(one.name)
        if name not in known and (one.marker is None or one.marker.evaluate({"extra": ""})):
            known.add(name)
            needed(metadata.requires(name) or [], known)
    return known


def written_size(name: str) -> int:
    """The bytes of a package's files, without what Python makes of them at their first use."""
    places = [Path(str(file.locate())) for file in metadata.files(name) or [] if file.suffix != ".pyc"]
    return sum(place.stat().st_size for place in places if place.is_file())


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.machine() != "x86_64", reason="packages differ in size elsewhere"
)
def test_the_readme_says_how_many_packages_and_how_much(readme: str) -> None:
    said = re.search(r"these are (\d+) packages besides the program, and (\d+) MB", readme)
    assert said is not None
    try:
        packages = needed(PROJECT["dependencies"], set())
    except metadata.PackageNotFoundError as error:
        pytest.skip(f"{error.name} is not installed: make test installs what pyproject.toml names")
    size = sum(map(written_size, packages)) / 1e6
    assert len(packages) <= 1.1 * int(said[1]), sorted(packages)
    assert size <= 1.1 * int(said[2])
    # Nor may it promise more than there is.
    assert len(packages) >= 0.9 * int(said[1])
    assert size >= 0.9 * int(said[2])


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8").replace("\n", " ")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    needs_module("build", extra="dev")
    needs_module("hatchling", extra="dev")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stderr
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def test_the_wheel_holds_what_the_program_needs(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for sample in ("sample", "sample-ko"):
        for kind in ("mp4", "truth.jsonl", "toml"):
            assert f"capture_daemon/demo/{sample}.{kind}" in names
    assert "capture_daemon/ocr/korean.onnx" in names
    assert {"capture_daemon/py.typed", "capture_daemon/capture-daemon.service"} <= names
    viewer = ROOT / "capture_daemon" / "server" / "viewer"
    assert {str(file.relative_to(ROOT)) for file in viewer.glob("*.*")} <= names
    modules = {str(file.relative_to(ROOT)) for file in (ROOT / "capture_daemon").rglob("*.py")}
    assert modules <= names
    assert not any(name.startswith(("tests/", "bench/", "training/")) for name in names)
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_wheel_holds_the_manual_page(wheel: zipfile.ZipFile) -> None:
    (page,) = (name for name in wheel.namelist() if name.endswith(".data/data/share/man/man1/capture-daemon.1"))
    assert wheel.read(page).decode() == manual()


def test_the_wheel_names_its_version_command_and_types(wheel: zipfile.ZipFile) -> None:
    (about,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    told = metadata.PathDistribution(zipfile.Path(wheel, about.removesuffix("METADATA")))
    assert told.version == capture_daemon.__version__
    assert {entry.name for entry in told.entry_points} == {"capture-daemon", "extract-game-text"}
    assert set(told.metadata.get_all("Provides-Extra") or []) == {
        "dataset",
        "dev",
        "llm",
        "ray",
        "paddle",
        "tesseract",
        "tune",
        "wayland",
        "window",
    }


def test_the_sample_clip_is_small() -> None:
    assert (ROOT / "capture_daemon" / "demo" / "sample.mp4").stat().st_size <= 2_000_000


def test_the_program_runs_outside_its_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "capture_daemon", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert done.stdout.strip() == f"capture-daemon {capture_daemon.__version__}", done.stderr


def test_nothing_is_reported_to_anybody(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path)}
    # Either of these would keep ONNX Runtime silent by itself.
    environment.pop("CI", None)
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    program = "import capture_daemon, onnxruntime"
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_public_names_are_those_of_the_client_and_imported_when_used() -> None:
    code = (
        "import sys, capture_daemon\n"
        "assert 'websockets' not in sys.modules\n"
        "from capture_daemon import *\n"
        "from capture_daemon import client\n"
        "assert follow is client.follow and Line is client.Line\n"
        "assert set(capture_daemon.__all__) <= set(client.__all__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert not done.returncode, done.stderr
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        getattr(capture_daemon, "nothing_of_that_name")  # noqa: B009 - mypy knows that it isn't there
