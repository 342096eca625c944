"""Adventures that ScummVM plays: low-resolution outlined letters over animation, each speaker in a colour, no box.

Nobody can ask these games what they say: their truths were written down by looking at the recordings. They play alike
every time but for a second or so.
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


def test(folder: Path, display: str, target: str, data: str, seconds: float, keys: dict[float, str]) -> None:
    """Try."""
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    ini = work / "scummvm.ini"
    ini.write_text("[scummvm]\nsubtitles=true\nspeech_mute=true\nfullscreen=false\nautosave_period=0\n")
    command = [program("scummvm") or "scummvm", f"--config={ini}", f"--path={FOLDER / data}", f"--savepath={work}", "--random-seed=1", "--no-filtering"]
    with screen(display, WIDTH, HEIGHT) as on:
        with recording(on, work / f"{target}.raw.mkv"), running([*command, target], {**on.environment, "HOME": str(work)}, work / f"{target}.log"):
            begun = time.time()
            for at, key in sorted(keys.items()):
                time.sleep(max(0, begun + at - time.time()))
                on.press(key)
            time.sleep(max(0, begun + seconds - time.time()))
