"""The options that commands share; each but `--config` and `--profile` is a key of the configuration as well."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capture_daemon.daemon import logs

if TYPE_CHECKING:
    from capture_daemon.config.models import Configuration
    from capture_daemon.config.source import ConfigSource
    from capture_daemon.server.connect import DaemonConnection


Completion = Callable[[typer.Context], list[str]]
"""Every value that an option may have; the parser keeps those that begin with what has been typed."""


def profiles(context: typer.Context) -> list[str]:
    """The profiles beside the configuration file that the command line names so far, or the user's own."""
    from capture_daemon.config.models import profile_path  # noqa: PLC0415 - pydantic is slow to import
    from capture_daemon.config.profiles import profile_names  # noqa: PLC0415

    return profile_names(profile_path(context.params.get("config"), "any"))


def languages(context: typer.Context) -> list[str]:
    """Every language's code."""
    from capture_daemon.ocr.languages import known_languages  # noqa: PLC0415

    return known_languages()


def one_of(*values: str) -> Completion:
    """Always the same values."""

    def same(context: typer.Context) -> list[str]:
        return list(values)

    return same


@dataclass(frozen=True, slots=True)
class SharedOption:
    """One option: its parameter's name, its type, its key in the configuration if it has one, and its help."""

    name: str
    type: Any
    key: str | None
    help: str
    metavar: str
    complete: Completion | None = None

    @property
    def flag(self) -> str:
        """The option as it is written."""
        return f"--{self.name.replace('_', '-')}"

    def parameter(self) -> inspect.Parameter:
        """The option as a parameter of a command."""
        # A path is taken as it is: the option parser's own kind looks at what is there, and a drive may hang.
        parser = Path if self.type is Path else None
        option = typer.Option(
            self.flag,
            metavar=self.metavar,
            help=self.help,
            show_default=False,
            parser=parser,
            autocompletion=self.complete,
        )
        return inspect.Parameter(
            self.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[self.type | None, option]
        )


_ALL = (
    SharedOption("config", Path, None, "Configuration file, instead of the user's own.", "FILE"),
    SharedOption(
        "profile",
        str,
        None,
        "A game's profile: games/NAME.toml beside the configuration file.",
        "NAME",
        profiles,
    ),
    SharedOption(
        "source",
        str,
        "source.name",
        "screen, wayland, window:TITLE, obs:NAME, device:N, a stream's address or a video.",
        "NAME",
    ),
    SharedOption(
        "region", str, "regions.dialogue", "Where the dialogue is, in pixels or fractions, or auto.", "X,Y,W,H"
    ),
    SharedOption("speaker_region", str, "regions.speaker", "Where the speaker's name is.", "X,Y,W,H"),
    SharedOption(
        "ignore_region", list[str], "regions.ignore", "What to blank; may be given more than once.", "X,Y,W,H"
    ),
    SharedOption(
        "menus",
        str,
        "reading.menus",
        "Search the frame for menus: live, always (recordings, too) or never.",
        "WHEN",
        one_of("live", "always", "never"),
    ),
    SharedOption(
        "language",
        str,
        "ocr.language",
        "auto, en, ja, zh, ko and others: see `models list`.",
        "CODE",
        languages,
    ),
    SharedOption(
        "engine",
        str,
        "ocr.engine",
        "onnxruntime, paddle or tesseract.",
        "NAME",
        one_of("onnxruntime", "paddle", "tesseract"),
    ),
    SharedOption("log", str, "log.path", "The log of lines.", "FILE"),
    SharedOption("host", str, "server.host", "Where to serve: localhost, or an address of this machine.", "ADDRESS"),
    SharedOption("port", int, "server.port", "The port to serve on; 0 takes a free one.", "NUMBER"),
    SharedOption("token_file", str, "server.token_file", "A file with the token that clients must show.", "FILE"),
    SharedOption("fps", float, "source.fps", "Frames per second of a screen, device or stream.", "NUMBER"),
    SharedOption(
        "log_level",
        str,
        "logging.level",
        "debug, info, warning or error, on standard error.",
        "LEVEL",
        one_of("debug", "info", "warning", "error"),
    ),
)
SHARED = {option.name: option for option in _ALL}
"""Every shared option by its parameter's name."""


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """What the shared options of one call say."""

    config: Path | None
    profile: str | None
    overrides: dict[str, Any]

    def config_source(self) -> ConfigSource:
        """Where the configuration comes from: the file, the profile and these options."""
        from capture_daemon.config.source import ConfigSource  # noqa: PLC0415 - pydantic is slow to import

        return ConfigSource(self.config, self.profile, self.overrides)

    def load(self, **overrides: Any) -> Configuration:
        """The configuration, with logging set up by it; `overrides`, `source__name` for `source.name`, come last.

        Raises ConfigurationError.
        """
        from capture_daemon.config import models  # noqa: PLC0415 - pydantic is slow to import

        last = {key.replace("__", "."): value for key, value in overrides.items()}
        configuration = models.load(self.config, self.profile, self.overrides | last)
        logs.set_up(configuration.logging.level, configuration.logging.format)
        return configuration

    def reach(self, url: str | None) -> DaemonConnection:
        """The daemon at `url`; without one, the one of this machine that runs with this configuration.

        Raises ConfigurationError.
        """
        from capture_daemon.server.connect import configured_connection, named_connection  # noqa: PLC0415 - TLS is slow to import

        server = self.load().server
        # A daemon elsewhere isn't shown the token of this machine's.
        return (
            configured_connection(server)
            if url is None
            else named_connection(url, self.overrides.get("server.token_file"))
        )


def with_options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command, whose first parameter is a `CommonOptions`, the shared options of these names."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def called(**values: Any) -> None:
            given = {name: values.pop(name) for name in names}
            # Typer gives an empty list, or None, for an option that can be repeated and wasn't given.
            overrides = {
                key: value for name, value in given.items() if (key := SHARED[name].key) and value not in (None, [])
            }
            command(CommonOptions(given.get("config"), given.get("profile"), overrides), **values)

        own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
        parameters = [
            *(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own),
            *(SHARED[name].parameter() for name in names),
        ]
        called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        called.__name__, called.__doc__ = command.__name__, command.__doc__
        return called

    return decorate
