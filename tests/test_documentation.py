"""The pages against the project: links, commands, keys, targets and examples."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from capture_daemon.cli import app
from capture_daemon.config.models import Configuration

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "bench").glob("*.md")])
TABLES = "|".join(Configuration.model_fields)


@pytest.fixture(params=PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def page(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """What a page's headings can be linked by."""
    headings = re.findall(r"^#+ (.*)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def shown_commands(text: str) -> Iterator[list[str]]:
    """Every command line of the program in a text, in blocks and between backticks, up to where a shell takes over."""
    inline = re.findall(r"`(capture-daemon [^`]*)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL).replace("\n", " "))
    blocks = re.findall(r"^ *(capture-daemon .*)$", text, re.MULTILINE)
    for line in [*inline, *blocks]:
        command = re.split(r" [|>#] ", line)[0].removesuffix(" …")
        yield shlex.split(command)[1:]


def check(arguments: list[str]) -> None:
    """Fail where the program doesn't know a command or an option."""
    command: Any = typer.main.get_command(app)
    rest = list(arguments)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        assert rest[0] in {*command.commands, "COMMAND"}, f"no command {rest[0]}"
        if rest[0] == "COMMAND":
            return
        command = command.commands[rest.pop(0)]
    known = {flag for parameter in command.params for flag in getattr(parameter, "opts", [])} | {"--help", "-h"}
    for word in rest:
        flag = word.partition("=")[0]
        assert not flag.startswith("-") or flag in known, f"{' '.join(arguments)}: no option {flag}"


def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", text_of(page)):
        assert "://" not in target, f"{target}: a page that isn't the project's"
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_commands_are_the_programs(page: Path) -> None:
    for arguments in shown_commands(text_of(page)):
        check(arguments)


def test_keys_are_keys_of_the_configuration(page: Path) -> None:
    for table, key in re.findall(rf"`({TABLES})\.([a-z_]+)`", text_of(page)):
        if key != "py":
            assert key in type(getattr(Configuration(), table)).model_fields, f"{table}.{key}"


def test_examples_of_configuration_can_be_read(page: Path) -> None:
    for block in re.findall(r"^ *```toml\n(.*?)```", text_of(page), re.MULTILINE | re.DOTALL):
        Configuration.model_validate(tomllib.loads(block))


def test_targets_of_make_are_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = re.findall(r"`make ([a-z]+)`|^ {4}make ([a-z]+)", text_of(page), re.MULTILINE)
    assert {one or other for one, other in shown} <= targets


def test_the_readme_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\(([^)#]+)", text_of(ROOT / "README.md")))
    for page in (ROOT / "docs").glob("*.md"):
        assert f"docs/{page.name}" in linked


def test_the_readme_names_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["paddle"]]
    for extra in ("tesseract", "dataset", "llm", "ray", "tune", "wayland", "window"):
        needed += project["optional-dependencies"][extra]
    for requirement in needed:
        name = re.split(r"[^A-Za-z0-9-]", requirement)[0]
        assert f"`{name}`" in text_of(ROOT / "README.md"), name


def test_modules_that_the_architecture_names_are_there() -> None:
    text = text_of(ROOT / "docs" / "architecture.md")
    package = ROOT / "capture_daemon"
    there = {file.name for file in package.rglob("*.py")}
    for name in re.findall(r"`([\w/]+\.py)`", text):
        assert (ROOT / name).exists() or (package / name).exists() or name in there, name
    for folder in package.iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert f"`{folder.name}/`" in text, folder.name


def test_no_page_names_a_registry() -> None:
    hosts = ("pypi." + "org", "files.python" + "hosted", "deb.debian." + "org")
    files = [*PAGES, ROOT / "Makefile", ROOT / ".ci" / "run", ROOT / "constraints.txt", ROOT / "pyproject.toml"]
    for file in files:
        assert not any(host in text_of(file) for host in hosts), file
