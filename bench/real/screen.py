"""A private X screen: what runs on it, what is pressed there, and its recording."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FPS = 25
_PATH = "/usr/games:/usr/bin:/bin"


class MissingPackagesError(Exception):
    """Debian packages that aren't installed; `str` names them."""


def need(things: Mapping[str, str]) -> None:
    """Make sure that programs (by name) and files (by absolute path) are there, given the Debian package of each."""
    missing = sorted({package for thing, package in things.items() if not _present(thing)})
    if missing:
        raise MissingPackagesError(" ".join(missing))


def _present(thing: str) -> bool:
    return Path(thing).exists() if thing.startswith("/") else program(thing) is not None


def program(name: str) -> str | None:
    """Where a program is; games are often not on the path."""
    return shutil.which(name) or shutil.which(name, path=_PATH)


SCREEN_NEEDS = {"Xvfb": "xvfb", "xdotool": "xdotool", "ffmpeg": "ffmpeg"}


@dataclass(frozen=True, slots=True)
class Screen:
    """An X screen that nobody else sees."""

    display: str
    width: int
    height: int

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to be shown there, without sound."""
        told = {"DISPLAY": self.display, "SDL_AUDIODRIVER": "dummy", "LIBGL_ALWAYS_SOFTWARE": "1", "LC_ALL": "C.UTF-8"}
        return {**os.environ, **told, "SDL_VIDEO_WINDOW_POS": "0,0", "LANGUAGE": "en"}

    def press(self, *keys: str) -> float:
        """Press keys; returns the wall clock of it."""
        return self._do("key", *keys)

    def click(self, x: int, y: int, button: int = 1) -> float:
        """Move there and click."""
        self.move(x, y)
        time.sleep(0.1)  # games see where the pointer is once a frame
        return self._do("click", str(button))

    def move(self, x: int, y: int) -> float:
        """Move the pointer."""
        return self._do("mousemove", str(x), str(y))

    def _do(self, *arguments: str) -> float:
        subprocess.run(["xdotool", *arguments], env=self.environment, check=True, timeout=20)
        return time.time()


@contextmanager
def screen(display: str, width: int, height: int) -> Iterator[Screen]:
    """A private X screen, gone afterwards."""
    command = ["Xvfb", display, "-screen", "0", f"{width}x{height}x24", "-noreset", "-nolisten", "tcp"]
    with running(command, dict(os.environ)) as server:
        socket = Path(f"/tmp/.X11-unix/X{display.removeprefix(':')}")
        wait_until(lambda: socket.exists() or server.poll() is not None, 15)
        if server.poll() is not None:
            raise RuntimeError(f"the X screen {display} did not start")
        time.sleep(0.5)  # its socket is there before it answers
        yield Screen(display, width, height)


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], log: Path | None = None, folder: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is ended at the end, if it doesn't by itself; what it says goes to `log`."""
    with (log or Path(os.devnull)).open("wb") as said:
        process = subprocess.Popen(
            list(command), env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        try:
            yield process
        finally:
            end(process, signal.SIGTERM)


def end(process: subprocess.Popen[bytes], by: signal.Signals) -> None:
    """End a program by a signal, by force if it doesn't listen."""
    if process.poll() is not None:
        return
    process.send_signal(by)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(met: Callable[[], bool], seconds: float, step: float = 0.05) -> bool:
    """Wait until something is so; whether it came so in time."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)  # what is waited for happens outside this program
    return True


@dataclass(slots=True)
class Recording:
    """A raw recording; `began` is the wall clock of its first frame, known once it has ended."""

    video: Path
    began: float = 0.0

    def cut(self, target: Path, start: float, end: float, crf: int = 23) -> None:
        """Encode from one wall-clock time to another, as people's recordings are."""
        begun = target.with_suffix(f".begun{target.suffix}")
        span = ["-ss", f"{start - self.began:.3f}", "-t", f"{end - start:.3f}"]
        encoding = ["-vf", f"fps={FPS}", "-c:v", "libx264", "-preset", "veryfast", "-crf", str(crf)]
        command = ["nice", "-n", "5", "ffmpeg", "-y", "-nostdin", "-loglevel", "error", "-i", str(self.video)]
        subprocess.run([*command, *span, *encoding, "-pix_fmt", "yuv420p", str(begun)], check=True, timeout=900)
        begun.replace(target)


@contextmanager
def recording(on: Screen, video: Path) -> Iterator[Recording]:
    """Record a screen while the block runs."""
    log = video.with_suffix(".ffmpeg.log")
    grab = ["-f", "x11grab", "-draw_mouse", "0", "-framerate", str(FPS), "-video_size", f"{on.width}x{on.height}"]
    encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p"]
    command = ["nice", "-n", "5", "ffmpeg", "-y", "-nostdin", "-nostats", *grab, "-i", on.display, *encoding]
    made = Recording(video)
    with running([*command, str(video)], on.environment, log) as ffmpeg:
        if not wait_until(lambda: _first_frame(log) is not None or ffmpeg.poll() is not None, 20):
            raise RuntimeError(f"the recording did not start: see {log}")
        try:
            yield made
        finally:
            end(ffmpeg, signal.SIGINT)
    first = _first_frame(log)
    if first is None:
        raise RuntimeError(f"the recording has no start: see {log}")
    made.began = first


def _first_frame(log: Path) -> float | None:
    """The wall clock of the first frame, as ffmpeg has it."""
    found = re.search(r"start: (\d+\.\d+)", log.read_text(encoding="utf-8", errors="replace"))
    return None if found is None else float(found[1])
