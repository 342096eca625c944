"""Adventures that ScummVM plays: low-resolution outlined letters over animation, each speaker in a colour, no box.

These games don't say what they show: their truths were written down by looking at recordings, times included. They play
alike every time but for a second or so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.real.screen import SCREEN_NEEDS, need, program, recording, running, screen
from bench.real.truth import by_eye, describe
from capture_daemon.frames import Box

FOLDER = Path("/usr/share/scummvm")
WIDTH, HEIGHT = 1280, 720
_SETTINGS = "[scummvm]\nsubtitles=true\nspeech_mute=true\nfullscreen=false\nautosave_period=0\nconfirm_exit=false\n"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is recorded of a game: from `skip` seconds after its start, for `seconds`; what is pressed, and when."""

    name: str
    target: str
    data: str
    package: str
    skip: float
    seconds: float
    picture: Box
    presses: tuple[tuple[float, str], ...] = ()


SCENES = (Scene("drascula", "drascula", "drascula/en", "drascula", 24, 212, Box(320, 160, 640, 400)),)


def record(folder: Path, display: str, names: list[str], tell: Callable[[str], None]) -> None:
    """Record scenes into a folder, all of them unless some are named."""
    scenes = [scene for scene in SCENES if not names or scene.name in names]
    packages = {str(FOLDER / scene.data): scene.package for scene in scenes}
    need({**SCREEN_NEEDS, "scummvm": "scummvm", **packages})
    for scene in scenes:
        tell(f"{scene.name}: {scene.skip + scene.seconds:.0f} s")
        record_scene(scene, folder, display)


def record_scene(scene: Scene, folder: Path, display: str) -> None:
    """Record one scene."""
    work = folder / "work"
    home, raw = work / f"{scene.name}-home", work / f"{scene.name}.raw.mkv"
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "scummvm.ini"
    settings.write_text(_SETTINGS, encoding="utf-8")
    command = [program("scummvm") or "scummvm", f"--config={settings}", f"--path={FOLDER / scene.data}"]
    command += [f"--savepath={home}", "--random-seed=1", "--no-filtering", scene.target]
    with screen(display, WIDTH, HEIGHT) as on, recording(on, raw) as made:
        begun = time.time()
        with running(command, {**on.environment, "HOME": str(home)}, work / f"{scene.name}.log") as game:
            # Nothing tells how far the game is: keys are pressed, and it ends, at the scene's own times.
            for at, key in scene.presses:
                time.sleep(max(0.0, begun + at - time.time()))
                on.press(key)
            time.sleep(max(0.0, begun + scene.skip + scene.seconds + 1 - time.time()))
            if game.poll() is not None:
                raise RuntimeError(f"the game ended: see {work / f'{scene.name}.log'}")
    video = folder / f"{scene.name}.mkv"
    made.cut(video, begun + scene.skip, begun + scene.skip + scene.seconds)
    describe(video, by_eye(scene.name), scene.picture, f"{scene.target} by ScummVM 2.7: written down by eye")
    raw.unlink()
