"""Setting up a game: answers the requests of the page at /setup, before anything is captured."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from capture_daemon.capture.source_list import ListedSource, SourceList, list_sources
from capture_daemon.capture.waiting import WaitingSource
from capture_daemon.config.games import ProfileFolder, check_name
from capture_daemon.config.new_profile import NewProfile, write_profile
from capture_daemon.config.source import ConfigSource
from capture_daemon.daemon.following import EVERYWHERE
from capture_daemon.daemon.remote_control import READ_LIMIT, RemoteControl
from capture_daemon.errors import ConfigurationError, SourceError
from capture_daemon.frames import Region, Regions, Size
from capture_daemon.linelog.log_thread import LogThread
from capture_daemon.ocr.languages import known_languages
from capture_daemon.pipeline.first_regions import known_by
from capture_daemon.pipeline.region_check import complaints_of
from capture_daemon.pipeline.region_finding import LiveSearch
from capture_daemon.pipeline.session import CaptureSession
from capture_daemon.pipeline.snapshot import texts_in
from capture_daemon.pipeline.validation import source_settings
from capture_daemon.reading.finding import FoundRegions
from capture_daemon.server.feed import Feed
from capture_daemon.tracing.recent_decisions import Recent

MOST_IGNORED = 20
"""Regions to blank that the page may name."""
LOOKS = 4
"""Looks at the picture after which all looks so far are evaluated together."""
_ENGINES = {"onnxruntime": "onnxruntime", "paddle": "paddle", "tesseract": "tesserocr"}
"""Each engine, and the module without which it isn't there."""

Use = Callable[[ConfigSource], Awaitable[None]]


class SetupControl(RemoteControl):
    """Controls a capture session that is paused until a game is set up; implements the server's `SetupControls`."""

    def __init__(  # noqa: PLR0913, PLR0917 - those of its base, and how a configuration is used
        self,
        capture: CaptureSession,
        feed: Feed,
        version: str,
        config_source: ConfigSource | None,
        recent: Recent,
        numbers: Callable[[], dict[str, Any]],
        *,
        use: Use,
    ) -> None:
        super().__init__(capture, feed, version, config_source, recent, numbers)
        self._base = replace(config_source or ConfigSource(), profile=None)
        self._use = use
        self._folder = ProfileFolder(self._base.path)
        self._there = SourceList((), {})
        self._chosen: ListedSource | None = None
        self._ocr: dict[str, str] = {}
        self._search: LiveSearch | None = None
        self._looks = 0
        self._found: FoundRegions | None = None
        self._at_work = asyncio.Lock()
        self._looking = asyncio.Lock()

    async def setup(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a request; `what` is one of those below. Raises CaptureDaemonError, whose text is for the user."""
        what = request.get("what")
        requests = {
            "sources": self._sources,
            "choose": self._choose,
            "suggest": self._suggest,
            "try": self._try,
            "save": self._save,
            "start": self._start,
        }
        if not isinstance(what, str) or what not in requests:
            raise ConfigurationError(f"unknown setup request: what may be {', '.join(requests)}")
        return await requests[what](request)

    async def _sources(self, request: dict[str, Any]) -> dict[str, Any]:
        """What could be captured, with the languages, engines and profiles there are."""
        configuration = self._capture.configuration
        settings = source_settings(configuration.source)
        profiles = await _in_thread(self._folder.look)
        self._there = await _in_thread(lambda: list_sources(settings))
        return {
            "sources": [{"name": one.name, "kind": one.kind, "label": one.label} for one in self._there.sources],
            "missing": self._there.missing,
            "languages": known_languages(),
            "engines": [name for name, module in _ENGINES.items() if importlib.util.find_spec(module)],
            "language": configuration.ocr.language,
            "engine": configuration.ocr.engine,
            "profiles": list(profiles.names),
        }

    async def _choose(self, request: dict[str, Any]) -> dict[str, Any]:
        """Show a source that was listed, read with a language and an engine."""
        name, language, engine = (_text(request, key) for key in ("source", "language", "engine"))
        chosen = self._there.find(name)
        if chosen is None:
            raise SourceError(f"{name} is not among the sources listed: list them again")
        ocr = {"ocr.language": language, "ocr.engine": engine}
        async with self._at_work:
            overrides = {**self._base.overrides, **ocr, "source.name": name, "regions.dialogue": EVERYWHERE}
            await self._use(replace(self._base, overrides=overrides))
            # Saved are those alone that the configuration doesn't say anyway.
            default = self._base.load().ocr
            self._ocr = {
                key: value
                for key, value, usual in (
                    ("language", language, default.language),
                    ("engine", engine, default.engine),
                )
                if value != usual
            }
            self._chosen, self._found, self._looks = chosen, None, 0
            self._search = LiveSearch(self._capture.source, self._capture)
        size = self._capture.source.size
        return {"source": name, "label": chosen.label, "size": None if size is None else list(size)}

    async def _suggest(self, request: dict[str, Any]) -> dict[str, Any]:
        """Look at the picture once for where dialogue stands; what is known of that so far, in pixels."""
        search = self._search
        if search is not None and not self._looking.locked():
            async with self._looking:
                await search.look()
                self._looks += 1
                if self._looks % LOOKS == 0 and (found := await search.found()) is not None and search is self._search:
                    self._found = found
        found = self._found if search is self._search else None
        boxes = {"dialogue": found.dialogue, "speaker": found.speaker} if found else {"dialogue": None, "speaker": None}
        return {name: None if box is None else list(box) for name, box in boxes.items()}

    async def _try(self, request: dict[str, Any]) -> dict[str, Any]:
        """What is read in regions now, and why one can't work."""
        self._needed()
        regions = _regions(request)
        picture = await self._capture.source.whole()
        boxes = regions.resolve(Size(picture.shape[1], picture.shape[0]))
        places = {"dialogue": boxes.dialogue} | ({"speaker": boxes.speaker} if boxes.speaker else {})
        rows: dict[str, list[str]] = {}
        warnings: list[str] = []
        try:
            async with asyncio.timeout(READ_LIMIT):
                for name, place in places.items():
                    rows[name] = await texts_in(picture, place, self._capture, regions.ignore)
                    complaints = await complaints_of(name, boxes, picture, self._capture)
                    warnings += [str(complaint) for complaint in complaints]
        except TimeoutError:
            raise SourceError(f"nothing could be read within {READ_LIMIT:g} s: is this machine very busy?") from None
        return {"rows": rows, "warnings": warnings}

    async def _save(self, request: dict[str, Any]) -> dict[str, Any]:
        """Write the profile of a name."""
        chosen, name, overwrite = self._needed(), _text(request, "name"), request.get("overwrite") is True
        title, class_name = (None, None) if chosen.window is None else known_by(chosen.window)
        source = chosen.name if chosen.window is None else None
        profile = NewProfile(_regions(request), title, class_name, source, **self._ocr)
        path = self._base.path
        file = await _in_thread(lambda: write_profile(path, name, profile, overwrite=overwrite))
        return {"file": str(file)}

    async def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        """Capture by a profile from now on, as `run` does."""
        name = _text(request, "name")
        check_name(name)
        async with self._at_work:
            await self._use(replace(self._base, profile=name))
            self._chosen = self._search = None
        self._capture.resume()
        return {"source": self._capture.source.name}

    def _needed(self) -> ListedSource:
        if self._chosen is None or isinstance(self._capture.source, WaitingSource):
            raise SourceError("no source is chosen yet: choose one")
        return self._chosen


def _text(request: dict[str, Any], key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{key} is missing, or is no text")
    return value


def _regions(request: dict[str, Any]) -> Regions:
    """The regions of a request, written as in the configuration."""
    dialogue, speaker, ignore = (request.get(key) for key in ("dialogue", "speaker", "ignore"))
    ignored = ignore if isinstance(ignore, list) else []
    if not isinstance(dialogue, str) or not dialogue:
        raise ConfigurationError("no dialogue region is drawn yet: draw a box round the place of the text")
    if len(ignored) > MOST_IGNORED or not all(isinstance(one, str) for one in ignored):
        raise ConfigurationError(f"ignore is a list of {MOST_IGNORED} regions at most")
    return Regions(
        Region.parse(dialogue),
        Region.parse(speaker) if isinstance(speaker, str) and speaker else None,
        tuple(Region.parse(one) for one in ignored),
    )


async def _in_thread(job: Callable[[], Any]) -> Any:
    """What `job` returns, done in a thread that doesn't keep the program from ending where it hangs."""
    thread = LogThread("set up")
    done = thread.run(job)
    thread.end()
    return await done
