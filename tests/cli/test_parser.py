"""What the option parser shows and complains of, as the real program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import call


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--regoin", "auto"], "no such option: --regoin: did you mean --region? see capture-daemon run --help"),
        (
            ["ctl", "status", "--ulr=x"],
            "no such option: --ulr: did you mean --url? see capture-daemon ctl status --help",
        ),
        (["extract", "--xyzzy"], "no such option: --xyzzy: see capture-daemon extract --help"),
        (["extract"], "missing argument 'VIDEO…': see capture-daemon extract --help"),
        (["extrct"], "no such command: extrct: did you mean extract? see capture-daemon --help"),
        (["ctl", "stauts"], "no such command: stauts: did you mean status? see capture-daemon ctl --help"),
        (["help"], "no such command: help: did you mean --help? see capture-daemon --help"),
        (["export", "x", "--persona"], "option '--persona' requires an argument: see capture-daemon export --help"),
        (["ctl", "status", "--url"], "option '--url' requires an argument: see capture-daemon ctl status --help"),
        (
            ["--profile", "a", "run"],
            "no such option: --profile: give it behind the command, as in `capture-daemon run --profile`: "
            "see capture-daemon --help",
        ),
        (["run", "--fps", "abc"], "invalid value for '--fps': a number is needed: see capture-daemon run --help"),
        (["run", "--port", "x"], "invalid value for '--port': a whole number is needed: see capture-daemon run --help"),
        (
            ["export", "x", "-o", "o", "--format", "vtt"],
            "invalid value for '--format': 'vtt' is not one of 'chat', 'sharegpt', 'alpaca', 'csv', 'srt', 'txt': "
            "see capture-daemon export --help",
        ),
        (["xyzzy"], "no such command: xyzzy: see capture-daemon --help"),
    ],
)
def test_what_is_wrong_is_said_with_the_nearest_and_where_the_help_is(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    outcome = call(tmp_path, *arguments)
    assert outcome.code == 2
    assert outcome.error == f"capture-daemon: error: {said}"


@pytest.mark.parametrize("command", [[], ["run"], ["extract"], ["ctl", "status"]])
def test_an_option_without_a_value_shows_none(tmp_path: Path, command: list[str]) -> None:
    shown = call(tmp_path, *command, "--help").output
    assert "--help" in shown
    assert "bool" not in shown
