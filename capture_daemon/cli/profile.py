"""`capture-daemon profile`: the games that are known here."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from capture_daemon.cli.options import CommonOptions, with_options

if TYPE_CHECKING:
    from pathlib import Path

    from capture_daemon.capture.window_name import Window

profile = typer.Typer(
    help="The profiles of games: list, show, make and edit them.", no_args_is_help=True, rich_markup_mode="markdown"
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The profile's name.")]
_NEW = ("config", "source", "region", "speaker_region", "ignore_region", "menus", "language", "engine", "log_level")
_EDITORS = ("nano", "vim", "vi", "notepad")


@profile.command("list")
@with_options("config")
def list_profiles(common: CommonOptions) -> None:
    """List the profiles, their games' windows, and which of these are open."""
    from capture_daemon.capture.source_list import list_windows  # noqa: PLC0415
    from capture_daemon.capture.window_name import Wanted  # noqa: PLC0415
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.config.games import ProfileFolder  # noqa: PLC0415
    from capture_daemon.errors import SourceError  # noqa: PLC0415

    folder = ProfileFolder(common.config)
    there = folder.look()
    output = console()
    games = {game.profile: game for game in there.games}
    try:
        windows = list_windows().windows if games else ()
    except SourceError:
        windows = ()
    for name in there.names:
        game = games.get(name)
        if game is None:
            output.print(name)
            continue
        is_open = Wanted.parse(game.source.removeprefix("window:")).matches(windows)
        output.print(f"{name}  {game.source}{'  open' if is_open else ''}")
    for fault in there.faults:
        console(errors=True).print(f"warning: {fault}")
    if not there.names:
        output.print(f"there is no profile in {folder.folder}: make one by `capture-daemon profile new NAME`")


@profile.command("show")
@with_options("config")
def show(common: CommonOptions, name: Name) -> None:
    """Print a profile, and where its file is; exit with 2 if it can't be used."""
    from capture_daemon.config import toml_file  # noqa: PLC0415
    from capture_daemon.config.new_profile import config_source_of  # noqa: PLC0415

    config_source = config_source_of(common.config, name)
    file = _existing(config_source.file)
    typer.echo(f"# {file}")
    typer.echo(toml_file.read_text(file).rstrip("\n"))
    config_source.load()


@profile.command("new")
@with_options(*_NEW)
def new(
    common: CommonOptions,
    name: Name,
    window: Annotated[
        str | None,
        typer.Option("--window", metavar="TITLE", help="The game's window: a title, class=CLASS or pid=NUMBER."),
    ] = None,
    wait: Annotated[
        float, typer.Option("--wait", min=1, max=3600, metavar="SECONDS", help="How long dialogue is looked for (60).")
    ] = 60.0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite a profile of that name.")] = False,
) -> None:
    """Make a profile from a game's window: its regions, unless they are named, are found while you play."""
    from capture_daemon.config.games import check_name  # noqa: PLC0415
    from capture_daemon.config.models import profile_path  # noqa: PLC0415
    from capture_daemon.config.new_profile import NewProfile, write_profile  # noqa: PLC0415
    from capture_daemon.errors import ConfigurationError, OutputExistsError  # noqa: PLC0415
    from capture_daemon.pipeline.first_regions import first_regions, known_by  # noqa: PLC0415

    check_name(name)
    # Before the user plays for a minute.
    if not overwrite and (file := profile_path(common.config, name)).exists():
        raise OutputExistsError(f"{file}: already exists: take another name, or overwrite it by --overwrite")
    source = common.overrides.get("source.name")
    if source is not None and window is not None:
        raise ConfigurationError("--window and --source both say what is captured: leave out either")
    chosen = None if source is not None else _window(window)
    # A region of the configuration file is another game's.
    region = common.overrides.get("regions.dialogue", "auto")
    name_of_source = source if chosen is None else f"window:id={chosen.number}"
    configuration = common.load(source__name=name_of_source, regions__dialogue=region)
    if configuration.regions.automatic:
        typer.echo("looking for the dialogue: play on for a few lines", err=True)
    import asyncio  # noqa: PLC0415 - `--help` must not wait for it

    regions = asyncio.run(first_regions(configuration, wait))
    made = NewProfile(
        regions,
        *((None, None) if chosen is None else known_by(chosen)),
        source,
        common.overrides.get("ocr.language"),
        common.overrides.get("ocr.engine"),
    )
    file = write_profile(common.config, name, made, overwrite=overwrite)
    typer.echo(f"{file}:\n\n{made.text()}")
    if configuration.regions.automatic and regions.speaker is None:
        typer.echo("No names were seen: if the game shows who speaks, make it anew with --overwrite where it does.")
    if made.title is not None:
        typer.echo("Where the game changes its window's title, shorten match.title to the part that stays.")
    typer.echo(f"Play: capture-daemon run --profile {shlex.quote(name)}")


@profile.command("edit")
@with_options("config")
def edit(common: CommonOptions, name: Name) -> None:
    """Open a profile in the editor that VISUAL or EDITOR names, then check it."""
    from capture_daemon.config.new_profile import config_source_of  # noqa: PLC0415
    from capture_daemon.errors import ConfigurationError  # noqa: PLC0415

    config_source = config_source_of(common.config, name)
    file = _existing(config_source.file)
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    try:
        editor = shlex.split(named) if named else [next(found for one in _EDITORS if (found := shutil.which(one)))]
        code = subprocess.run([*editor, str(file)], check=False).returncode
    except StopIteration:
        raise ConfigurationError(f"no editor was found: name one by EDITOR, or open {file} yourself") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the editor {named!r} can't be started ({error}): set VISUAL or EDITOR") from error
    if code:
        raise ConfigurationError(f"the editor {editor[0]} ended with {code}: {file} may be as it was")
    config_source.load()
    typer.echo(f"{file}: can be used")


def _existing(file: Path) -> Path:
    from capture_daemon.config.profiles import missing_profile  # noqa: PLC0415
    from capture_daemon.errors import ConfigurationError  # noqa: PLC0415

    if not file.exists():
        raise ConfigurationError(missing_profile(file))
    return file


def _window(wanted: str | None) -> Window:
    """The window that is meant; on a terminal, without a name, the one that is chosen from a list."""
    from capture_daemon.capture.source_list import list_windows  # noqa: PLC0415
    from capture_daemon.capture.window_name import Wanted  # noqa: PLC0415
    from capture_daemon.common.visible import one_line  # noqa: PLC0415
    from capture_daemon.errors import ConfigurationError  # noqa: PLC0415

    there = list_windows()
    if wanted is not None:
        return Wanted.parse(wanted).choose(there.windows, there.focused)
    if not there.windows:
        raise ConfigurationError("no program has a window on this display: start the game, or name a --source")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigurationError("no window is named: take --window TITLE, as `capture-daemon windows` lists them")
    for number, window in enumerate(there.windows, 1):
        typer.echo(f"{number:3}  {one_line(str(window))}")
    count = len(there.windows)
    chosen: int = typer.prompt(f"Which is the game's, 1 to {count}", type=int)
    if not 1 <= chosen <= count:
        raise ConfigurationError(f"there is no window {chosen}: choose 1 to {count}")
    return there.windows[chosen - 1]
