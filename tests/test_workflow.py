"""The workflow for a public forge, as far as that can be checked without one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def job() -> dict[str, Any]:
    # "on" is a truth value in YAML 1.1, which the parser speaks.
    workflow = yaml.safe_load(TEXT)
    assert set(workflow) == {"name", True, "permissions", "concurrency", "jobs"}
    found = workflow["jobs"]["tests"]
    assert isinstance(found, dict)
    return found


def test_every_system_and_python_is_tried() -> None:
    matrix = job()["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "windows", "macos"}
    named = [entry.rpartition(" ")[2] for entry in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", entry)]
    assert matrix["python"] == named


def test_it_installs_extras_that_there_are() -> None:
    commands = "\n".join(step.get("run", "") for step in job()["steps"])
    [extras] = re.findall(r'"\.\[([a-z,]+)\]"', commands)
    assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])
    for file in re.findall(r"--constraint (\S+)", commands):
        assert (ROOT / file).is_file()


def test_it_says_that_it_has_never_run() -> None:
    assert "never run" in yaml.safe_load(TEXT)["name"]
    assert "never run" in (ROOT / "README.md").read_text(encoding="utf-8")
