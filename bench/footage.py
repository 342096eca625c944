"""Footage to measure with: recordings of the real game, the hard clips, and what a reader has to be told of each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench import clips
from bench.shared import PLAY
from capture_daemon.config.models import Configuration, load
from capture_daemon.frames import Box

FOLDER = Path("bench/recordings")
CONFIGURATION = Path("config/capture-daemon.toml")
"""Every default: what is measured is not what somebody has set for themselves."""
DIALOGUE, SPEAKER = Box(420, 670, 770, 115), Box(395, 625, 400, 45)
"""Where The Question has its text and its names on a screen of 1600x900."""
GAME = Box(160, 90, 1280, 720)
"""Where its window stands there."""
SECONDS, TUTORIAL_SECONDS = 60, 150
ATTEMPTS = 2
"""How often a recording is made where nobody in it has a name, and names are judged."""
NAMES_ARE_JUDGED = ("en", "ja", "zh")
CPS = 40
"""Characters a second that the game types."""
_NOTO = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
LANGUAGES = {
    "en": ("", ""),
    "ja": ("japanese", _NOTO),
    "zh": ("schinese", _NOTO),
    "ko": ("korean", "/usr/share/fonts/truetype/nanum/NanumGothic.ttf"),
}
"""The game's own name of each language, and the font it needs for it."""
FONT_PACKAGES = {_NOTO: "fonts-noto-cjk", "/usr/share/fonts/truetype/nanum/NanumGothic.ttf": "fonts-nanum"}


@dataclass(frozen=True, slots=True)
class Footage:
    """A recording with its truth.

    `offset` is what brings media time onto the truth's clock, in seconds; `language` is the language that is spoken.
    """

    name: str
    video: Path
    truth: Path
    dialogue: str
    speaker: str | None
    language: str
    offset: float = 0.0
    engine: str = "onnxruntime"

    @property
    def read_as(self) -> str:
        """The language that is configured: the packaged model needs no telling."""
        return "ko" if self.language == "ko" else "auto"

    def through_tesseract(self) -> Footage:
        """The same, to be read by Tesseract."""
        return replace(self, name=f"{self.name}-tesseract", engine="tesseract")

    def options(self) -> list[str]:
        """What has to be told on the command line."""
        speaker = [] if self.speaker is None else ["--speaker-region", self.speaker]
        told = ["--config", str(CONFIGURATION), "--region", self.dialogue, *speaker]
        return [*told, "--language", self.read_as, "--engine", self.engine]

    def configuration(self) -> Configuration:
        """The same as a configuration."""
        told = {"source.name": str(self.video), "regions.dialogue": self.dialogue, "regions.speaker": self.speaker}
        return load(CONFIGURATION, overrides={**told, "ocr.language": self.read_as, "ocr.engine": self.engine})


def hard_clips(
    names: Sequence[str] = tuple(clips.BY_NAME), folder: Path = FOLDER
) -> tuple[list[Footage], dict[str, list[str]]]:
    """Draw hard clips, but for those drawn before; also the names left out and the Debian packages they want."""
    drawn, left_out = clips.draw_all(names, folder)
    return [_clip(name, folder) for name in drawn], left_out


def _clip(name: str, folder: Path) -> Footage:
    told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return Footage(
        name,
        folder / f"{name}.mkv",
        folder / f"{name}.truth.jsonl",
        told["dialogue"],
        told["speaker"],
        told["language"],
    )


def missing_font(language: str) -> str | None:
    """The Debian package with the font that the game needs for a language, where it is missing."""
    font = LANGUAGES[language][1]
    return FONT_PACKAGES[font] if font and not Path(font).exists() else None


def play_command(
    language: str, out: Path, display: str, seconds: float, player: Sequence[str] = (str(PLAY),)
) -> list[str]:
    """What plays the game by itself on a private X screen."""
    name, font = LANGUAGES[language]
    command = [sys.executable, *player, str(out), "--cps", str(CPS)]
    command += ["--seconds", f"{seconds:g}", "--display", display]
    return command + (["--language", name] if name else []) + (["--font", font] if font else [])


def record_game(languages: Sequence[str], tell: Callable[[str], None], folder: Path = FOLDER) -> list[Footage]:
    """Record the real game in each language, one after another; a recording made before is kept."""
    return [_recorded(language, folder / f"game-{language}", tell) for language in languages]


def _recorded(language: str, out: Path, tell: Callable[[str], None]) -> Footage:
    record, truth = out / "record.json", out / "truth.jsonl"
    attempts = 0
    needs_names = language in NAMES_ARE_JUDGED
    while not record.exists() or (needs_names and attempts < ATTEMPTS and not _names_somebody(truth)):
        tell(f"recording the game in {language}, {SECONDS} s")
        attempts += 1
        record.unlink(missing_ok=True)
        command = [*play_command(language, out, free_display(), SECONDS), "--record"]
        subprocess.run(command, check=True, timeout=SECONDS + 120, stdout=subprocess.DEVNULL)
    offset = json.loads(record.read_text(encoding="utf-8"))["t0"]
    return Footage(f"game-{language}", out / "play.mkv", truth, str(DIALOGUE), str(SPEAKER), language, offset)


def record_tutorial(language: str, tell: Callable[[str], None], folder: Path = FOLDER) -> Footage:
    """Record Ren'Py's tutorial in a language; a recording made before is kept."""
    out = folder / f"tutorial-{language}"
    record = out / "record.json"
    if not record.exists():
        tell(f"recording the tutorial in {language}, {TUTORIAL_SECONDS} s")
        player = ("-m", "bench.tutorial")
        command = [*play_command(language, out, free_display(), TUTORIAL_SECONDS, player), "--record"]
        subprocess.run(command, check=True, timeout=TUTORIAL_SECONDS + 120, stdout=subprocess.DEVNULL)
    offset = json.loads(record.read_text(encoding="utf-8"))["t0"]
    truth = out / "truth.jsonl"
    return Footage(f"tutorial-{language}", out / "play.mkv", truth, str(DIALOGUE), str(SPEAKER), language, offset)


def _names_somebody(truth: Path) -> bool:
    """Whether anybody who has a name says something: the game, which chooses by chance, may end before."""
    lines = truth.read_text(encoding="utf-8").splitlines()
    return any(record.get("who") for record in map(json.loads, lines) if record["kind"] == "slow_done")


def free_display() -> str:
    """The number of an X display that nobody has."""
    for number in range(90, 200):
        if not Path(f"/tmp/.X11-unix/X{number}").exists() and not Path(f"/tmp/.X{number}-lock").exists():
            return f":{number}"
    raise RuntimeError("no X display from :90 to :199 is free")


def cut_to_game(footage: Footage) -> Footage:
    """The same recording cut to the game's window: 720p."""
    video = footage.video.with_name("720p.mkv")
    if not video.exists():
        crop = f"crop={GAME.width}:{GAME.height}:{GAME.left}:{GAME.top}"
        encoding = ["-vf", crop, "-c:v", "libx264", "-preset", "veryfast", "-crf", "20"]
        _ffmpeg(footage.video, video, *encoding)
    dialogue, speaker = (str(box.shifted(-GAME.left, -GAME.top)) for box in (DIALOGUE, SPEAKER))
    return replace(footage, name=f"{footage.name}-720p", video=video, dialogue=dialogue, speaker=speaker)


def _ffmpeg(source: Path, target: Path, *options: str) -> None:
    begun = target.with_suffix(f".begun{target.suffix}")
    command = ["ffmpeg", "-y", "-nostdin", "-loglevel", "error", "-i", str(source), *options, str(begun)]
    subprocess.run(command, check=True, timeout=300)
    begun.replace(target)
