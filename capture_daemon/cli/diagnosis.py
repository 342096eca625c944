"""What there is on this machine: display, devices, models, port, permissions; and a remedy for each fault."""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.util
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from capture_daemon.cli import desktop_diagnosis, output_diagnosis, picture_diagnosis, remote
from capture_daemon.cli.findings import Finding, FindingState
from capture_daemon.common.installing import extra_command, package_command
from capture_daemon.common.visible import visible
from capture_daemon.config.models import Configuration, ServerTable
from capture_daemon.errors import AddressError, CaptureDaemonError, ConfigurationError
from capture_daemon.server.connect import configured_connection

_UNTRIED = {
    "win32": ("Windows", "Windows Graphics Capture", "windows_capture"),
    "darwin": ("macOS", "ScreenCaptureKit", "ScreenCaptureKit"),
}
"""Each system that nobody has tried: its name, how it is captured, and the module that does it."""
_PACKAGES = ("onnxruntime", "rapidocr", "opencv-python-headless", "mss", "av", "websockets")
_OTHER_CV2 = ("opencv-contrib-python", "opencv-python")
"""They come with the extra [paddle], and with [window] on Windows; their files overwrite those of the headless one."""


def examine(configuration: Configuration, file: Path, error: ConfigurationError | None = None) -> Iterator[Finding]:
    """Everything, in the order in which it matters. `file` is the configuration file, which need not be there.

    `error` says why it can't be read, if so; then `configuration` is what to check the rest with.
    """
    yield _program()
    yield from _packages()
    yield _configuration(configuration, file) if error is None else Finding("configuration", "fault", str(error))
    yield from _regions(configuration)
    yield from untried()
    yield from desktop_diagnosis.examine(configuration)
    yield from _devices(configuration)
    yield from _models(configuration)
    answer = status_of(configuration.server)
    if answer is None:
        yield _port(configuration)
        yield from picture_diagnosis.examine(configuration)
    else:
        yield Finding("port", "good", f"port {configuration.server.port} is used by the daemon that runs")
        yield from examine_daemon(answer)
    yield _access(configuration)
    yield _log(configuration)
    yield from output_diagnosis.examine(configuration.output)


def untried(platform: str = sys.platform) -> Iterator[Finding]:
    """That capturing was never tried on this system, if so, and in which way it is done."""
    if platform not in _UNTRIED:
        return
    name, way, module = _UNTRIED[platform]
    there = importlib.util.find_spec(module) is not None
    how = f"windows and monitors by {way}" if there else "monitors by mss; windows need the extra [window]"
    yield Finding("system", "note", f"capturing was never tried on {name}: {how}", "please report how it goes")


def _program() -> Finding:
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return Finding("program", "good", f"capture-daemon {importlib.metadata.version('capture-daemon')}, {system}")


def _packages() -> Iterator[Finding]:
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding("packages", "fault", f"{name} is missing", package_command(name))
    yield Finding("packages", "good", ", ".join(f"{name} {version}" for name, version in versions.items()))
    yield from _opencv(versions.get("opencv-python-headless"))


def _opencv(headless: str | None) -> Iterator[Finding]:
    for other in _OTHER_CV2 if headless is not None else ():
        try:
            version = importlib.metadata.version(other)
        except importlib.metadata.PackageNotFoundError:
            continue
        if version != headless:
            yield Finding(
                "OpenCV",
                "fault",
                f"opencv-python-headless {headless} and {other} {version} have written over one another's files",
                f"install both at one version: {package_command('opencv-python-headless', other)}",
            )
    from capture_daemon.ocr.missing import explain_missing  # noqa: PLC0415

    try:
        import cv2  # noqa: PLC0415 - whether this works is the question
    except ImportError as error:
        yield Finding("OpenCV", "fault", str(explain_missing(error)))
    else:
        yield Finding("OpenCV", "good", f"cv2 {cv2.__version__} can be loaded")


def _configuration(configuration: Configuration, file: Path) -> Finding:
    read = f"{file}" if file.exists() else f"built-in defaults ({file} is not there)"
    return Finding("configuration", "good", f"{read}; source {configuration.source.name}")


def _regions(configuration: Configuration) -> Iterator[Finding]:
    regions = configuration.all_regions
    others = "".join(f", {one.name} {one.place}" for one in configuration.other_regions)
    if configuration.regions.automatic:
        yield Finding("regions", "good", f"dialogue auto{others}")
    elif regions is None:
        remedy = "choose one: `capture-daemon snapshot -o frame.png`, then --region or regions.dialogue; or take auto"
        yield Finding("regions", "note", "no dialogue region is set, which `run` needs", remedy)
    else:
        speaker = f", speaker {regions.speaker}" if regions.speaker else ""
        yield Finding("regions", "good", f"{regions.name} {regions.dialogue}{speaker}{others}")


def _devices(configuration: Configuration) -> Iterator[Finding]:
    needed = configuration.source.name.startswith("device:")
    if not sys.platform.startswith("linux"):
        yield Finding("devices", "note", "can't be listed on this system", "try --source device:0")
        return
    devices = sorted(Path("/dev").glob("video*"))
    if not devices:
        state: FindingState = "fault" if needed else "note"
        yield Finding(
            "devices", state, "no /dev/video*", "plug in the capture card and load its driver, if you use one"
        )
    for device in devices:
        if os.access(device, os.R_OK | os.W_OK):
            yield Finding("devices", "good", f"{device} can be used")
        else:
            remedy = f"add yourself to the group of {device}, mostly `video`, and log in again"
            yield Finding("devices", "fault" if needed else "note", f"{device} may not be used", remedy)


def _models(configuration: Configuration) -> Iterator[Finding]:
    table = configuration.ocr
    what = f"engine {table.engine}, language {table.language}"
    from capture_daemon.ocr.packaged import detector_file  # noqa: PLC0415

    try:
        detector = detector_file().stem
        if table.engine == "tesseract":
            from capture_daemon.ocr.traineddata import trained_for  # noqa: PLC0415

            folder, names = trained_for(table.language)
            found = f"{', '.join(names)} in {folder}"
        else:
            from capture_daemon.ocr import model_files  # noqa: PLC0415

            model = model_files.find(table.language, table.models, table.engine)
            found = f"{model.name} in {model.place}"
    except CaptureDaemonError as error:
        yield Finding("models", "fault", f"{what}: {error}")
        return
    missing = {"tesseract": "tesserocr", "paddle": "paddle"}.get(table.engine)
    if missing is not None and importlib.util.find_spec(missing) is None:
        yield Finding("models", "fault", f"{what}: {missing} is missing", extra_command(table.engine))
        return
    yield Finding("models", "good", f"{what}: {found}; detector {detector}")


def _port(configuration: Configuration) -> Finding:
    from capture_daemon.server.listen import listening_sockets  # noqa: PLC0415

    server = configuration.server
    try:
        sockets = listening_sockets(server.host, server.port, others_let_in=server.token_file is not None)
    except AddressError as error:
        return Finding("port", "fault", str(error))
    addresses = ", ".join(f"{name[0]} port {name[1]}" for name in (listener.getsockname() for listener in sockets))
    for listener in sockets:
        listener.close()
    return Finding("port", "good", f"{addresses} can be used")


def _access(configuration: Configuration) -> Finding:
    from capture_daemon.server.tls import server_context  # noqa: PLC0415
    from capture_daemon.server.tokens import read_token  # noqa: PLC0415

    server = configuration.server
    try:
        if server.token_file is not None:
            read_token(server.token_file)
        server_context(server.certificate, server.key)
    except ConfigurationError as error:
        return Finding("access", "fault", str(error))
    if server.token_file is None:
        return Finding("access", "good", "without a token, by programs of this machine")
    if server.certificate is None:
        return Finding("access", "note", f"with the token in {server.token_file}, which passes in the clear")
    return Finding("access", "good", f"with the token in {server.token_file}, over TLS")


def _log(configuration: Configuration) -> Finding:
    path = configuration.log.path.expanduser().absolute()
    remedy = "give permission, or choose another log with --log or log.path"
    try:
        if path.is_symlink():
            return Finding("log", "fault", f"{path} is a symbolic link", "name the file itself with --log or log.path")
        if path.exists():
            if not path.is_file():
                return Finding("log", "fault", f"{path} is not a file", remedy)
            with path.open("ab"):
                return Finding("log", "good", f"{path}, {path.stat().st_size:,} bytes")
        folder = next(folder for folder in path.parents if folder.exists())
        with tempfile.TemporaryFile(dir=folder):
            return Finding("log", "good", f"{path} can be made")
    except OSError as error:
        return Finding("log", "fault", f"{path} can't be written: {error.strerror}", remedy)


LIMIT = 5.0
"""Seconds for the daemon to answer, 2 to 10: it does within milliseconds, and somebody waits."""
_WORKS = ("capturing", "paused")


def status_of(server: ServerTable) -> dict[str, Any] | None:
    """The answer of the daemon at the configured address to `status`; None if none answers."""
    if server.port == 0:
        return None
    try:
        connection = configured_connection(server)
        [answer] = asyncio.run(_asked(connection))
    except (CaptureDaemonError, TimeoutError, ValueError):
        # What is wrong with the port, the token or the certificate is reported where these are looked at.
        return None
    return answer


async def _asked(connection: Any) -> list[dict[str, Any]]:
    async with asyncio.timeout(LIMIT):
        return await remote.ask(connection, {"do": "status"})


def examine_daemon(answer: Mapping[str, Any]) -> Iterator[Finding]:
    """What the answer of a running daemon to `status` says, above all why no line comes."""
    lines = answer.get("lines", 0)
    silence = answer.get("seconds_since_line")
    last = f", the last one {silence:.0f} s ago" if isinstance(silence, int | float) else ""
    yield Finding("daemon", "good", visible(f"runs, captures {answer.get('source')}, lines so far: {lines}{last}"))
    for status in answer.get("statuses", ()):
        state, detail = status.get("state"), status.get("detail")
        if state in _WORKS and not (detail and status.get("what") == "source"):
            continue
        # A source that is captured has something to say only where no line comes.
        found = detail if state in _WORKS else f"{status.get('what')} is {state}: {detail or 'it gives no reason'}"
        yield Finding("daemon", "note", visible(str(found)))
