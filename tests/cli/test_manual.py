"""The manual page."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from capture_daemon import errors
from capture_daemon.cli import app
from capture_daemon.cli.manual import manual
from capture_daemon.cli.parser import every_command, parser
from tests.needs import needs


def rendered(tmp_path: Path) -> str:
    man = needs("man", package="man-db")
    file = tmp_path / "capture-daemon.1"
    file.write_text(manual(), encoding="utf-8")
    done = subprocess.run(
        [man, "--warnings", "--local-file", str(file)],
        env={"MANWIDTH": "300", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return re.sub(r".\x08", "", done.stdout)


def bare(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def test_it_says_every_word_of_the_help(tmp_path: Path) -> None:
    page = bare(rendered(tmp_path))
    for path, command in every_command(parser(app)):
        if path and not hasattr(command, "commands"):
            assert f"capture-daemon {' '.join(path)} [options]" in page
            assert bare(command.help) in page
        for parameter in command.params:
            if not hasattr(command, "commands"):
                assert bare(parameter.help) in page
            for flag in parameter.opts:
                assert parameter.param_type_name != "option" or flag in page


def test_every_exit_code_is_in_it(tmp_path: Path) -> None:
    listed = {int(code) for code in re.findall(r"^ +(\d+)  ", rendered(tmp_path), re.MULTILINE)}
    kinds = (kind for kind in vars(errors).values() if isinstance(kind, type))
    assert {kind.exit_code for kind in kinds if issubclass(kind, errors.CaptureDaemonError)} <= listed
