"""Draw the sample clips that the package carries: a fox, an automaton and a letter to the moon.

    python -m bench.sample_clip [--output FOLDER] [NAME ...]

writes sample.mp4, sample.truth.jsonl (what `score.py` reads) and sample.toml (its regions), and sample-ko.mp4 and so on
for a short one in Korean. Everything in them is the project's own but the font, Noto Sans CJK (SIL Open Font License)
from the Debian package fonts-noto-cjk.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from bench.drawing import fonts, pictures
from bench.drawing.characters import SIZE as FIGURE_SIZE
from bench.drawing.characters import figure
from bench.drawing.encoding import encode
from bench.drawing.model import (
    Arrow,
    BoxStyle,
    Clear,
    Clip,
    Image,
    Mask,
    Menu,
    NameStyle,
    Pace,
    Picture,
    Say,
    Step,
    Style,
)
from bench.drawing.painting import Painter, blend
from bench.drawing.playing import Player, State
from capture_daemon.frames import Box, Size

FOLDER = Path(__file__).resolve().parents[1] / "capture_daemon" / "demo"
PLACES = {"fox": (90, 224), "automaton": (890, 220)}
SPEAKERS = {
    "Pip": "fox",
    "ピップ": "fox",
    "Juno": "automaton",
    "月亮": "moon",
    "핍": "fox",
    "주노": "automaton",
    "달": "moon",
}
MOON = (660, 120)

JAPANESE = fonts.NOTO_JAPANESE
CHINESE = fonts.NOTO_CHINESE

SCRIPT: tuple[Step, ...] = (
    Say("Eleven letters delivered, one to go, and the balloon had begun to hum."),
    Say("Are we there yet?", who="Pip"),
    Clear(0.6),
    Say("Are we there yet?", who="Pip"),
    Say("Patience, please. It's hard to steer by starlight.", who="Juno"),
    Say("Sorry.", who="Pip"),
    Say(
        "I've carried the post for 206 years, through hail, fog, and one very rude flock of geese, and in all that "
        "time I have been late exactly once. It was the geese's fault, and I would rather not discuss it.",
        who="Juno",
    ),
    Say("…", who="Pip"),
    Say("This last one has no stamp. It just says: “To the Moon.”", who="Pip"),
    Say("Then read it aloud, as loudly as you can.", who="Juno"),
    Menu(("Read the letter", "Open a window first"), 1.4, 0.9),
    Say("お月さまへ。いつも夜道を照らしてくれて、ありがとう。", who="ピップ", cps=15, font=JAPANESE, language="ja"),
    Say("うちの猫も、よろしくと言っています。", who="ピップ", cps=15, font=JAPANESE, language="ja"),
    Say("Now we wait.", who="Juno"),
    Say("不客气。请替我摸摸那只小猫。", who="月亮", cps=11, font=CHINESE, language="zh", hold=1.6),
    Say("!?", who="Pip"),
    Say("Twelve letters delivered, and every one of them on time.", who="Juno"),
)

KOREAN_SCRIPT: tuple[Step, ...] = (
    Say("마지막 편지에는 우표가 없었다."),
    Say("웬 편지야? 주소도 없잖아!", who="핍"),
    Say("“달에게”라고만 쓰여 있어. 그러니까 크게 읽어 줘.", who="주노"),
    Say("달님, 밤길을 밝혀 줘서 고마워요. ㅎㅎ", who="핍"),
    Say("천만에. 206년 만에 받은 편지란다.", who="달"),
    Say("열두 통 모두 늦지 않게 전했다. 구름에 꼈던 한 통도.", who="주노"),
)

SAMPLE = Clip(
    name="sample",
    about="a fox, an automaton and a letter to the moon",
    language="en",
    picture=lambda size, random: night_flight(size, random, ()),
    style=Style(
        font=JAPANESE,
        size=27,
        area=Box(170, 556, 930, 128),
        row_height=42,
        shadow=(2, 2),
        box=BoxStyle(Box(130, 540, 1020, 156), (18, 20, 48), 0.66, 18, (232, 214, 170)),
        arrow=Arrow("blink", "corner", size=18, corner=(1108, 662), colour=(255, 224, 150)),
        name=NameStyle("plate", font=fonts.NOTO_JAPANESE_BOLD, size=25, plate=Box(150, 492, 180, 44)),
    ),
    pace=Pace(cps=34, hold=(0.9, 1.3), gap=0.15, lead=1.0),
    script=SCRIPT,
    dialogue=Box(140, 546, 1000, 144),
    speaker=Box(150, 492, 180, 44),
    seed=6677,
    crf=27,
    preset="slower",
)

KOREAN_SAMPLE = replace(
    SAMPLE,
    name="sample-ko",
    language="ko",
    style=replace(
        SAMPLE.style,
        font=fonts.NOTO_KOREAN,
        name=NameStyle("plate", font=fonts.NOTO_KOREAN_BOLD, size=25, plate=Box(150, 492, 180, 44)),
    ),
    pace=Pace(cps=18, hold=(0.8, 1.0), gap=0.15, lead=0.5),
    script=KOREAN_SCRIPT,
    crf=34,
)
LARGEST = {SAMPLE.name: 2_000_000, KOREAN_SAMPLE.name: 300_000}
"""Bytes that each clip may weigh."""
SAMPLES = {clip.name: clip for clip in (SAMPLE, KOREAN_SAMPLE)}


def gondola(size: Size) -> tuple[Image, Mask]:
    """The balloon's rail and ropes, and their mask; between its posts one sees the land go by."""
    canvas = Pillow.new("RGBA", (size.width * 2, size.height * 2), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(canvas)
    for foot, head in ((80, 200), (1200, 1080)):
        drawing.line((foot * 2, 960, head * 2, 0), fill=(104, 78, 60, 255), width=12)
        for share in range(40):
            across, down = foot + (head - foot) * share / 40, 480 - 12 * share
            drawing.line((across * 2 - 6, down * 2 + 4, across * 2 + 6, down * 2 - 4), fill=(72, 52, 42, 255), width=3)
    for post in range(60, 1240, 116):
        drawing.rounded_rectangle((post * 2 - 12, 960, post * 2 + 12, size.height * 2), 8, fill=(110, 76, 52, 255))
    drawing.rounded_rectangle((24, 932, size.width * 2 - 24, 976), 22, fill=(170, 122, 80, 255))
    drawing.rounded_rectangle((24, 932, size.width * 2 - 24, 948), 10, fill=(196, 146, 100, 255))
    small = canvas.resize(size, Pillow.Resampling.BOX)
    return np.array(small.convert("RGB"), dtype=np.uint8), np.array(small.getchannel("A"), dtype=np.uint8)


def moon_and_stars(image: Image) -> None:
    """The moon without its face, and company for it, on a sky of any width."""
    for across, down, size in np.random.default_rng(5).random((90, 3)):
        place = (round(across * SAMPLE.size.width * 8), round(down * 330 * 8))
        cv2.circle(image, place, round(6 + 9 * size), (236, 232, 214), -1, cv2.LINE_AA, 3)
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)
    away = np.hypot(columns - MOON[0], rows - MOON[1])
    halo = np.clip(255 * 0.5 * np.exp(-(((away - 66) / 70) ** 2)), 0, 255).astype(np.uint8)
    disc = np.clip((67 - away) * 255, 0, 255).astype(np.uint8)
    whole = Box(0, 0, image.shape[1], image.shape[0])
    blend(image, whole, (220, 210, 190), halo)
    blend(image, whole, (250, 240, 208), disc)
    for across, down, radius in ((-26, -24, 11), (30, 30, 14), (-8, 40, 7), (34, -28, 6)):
        cv2.circle(image, (MOON[0] + across, MOON[1] + down), radius, (232, 218, 182), -1, cv2.LINE_AA)


HILLS = pictures.landscape(
    (((34, 42, 92), (64, 72, 128)), ((24, 34, 70), (48, 66, 104)), ((14, 22, 46), (34, 52, 74))),
    ((14, 18, 54), (120, 96, 140)),
    (0.0, 0.5, 1.0, 2.0),
    moon_and_stars,
)


def night_flight(size: Size, random: np.random.Generator, states: Sequence[State]) -> Picture:
    """The view from the balloon; who speaks, by `states`, is in the light, and so is the moon."""
    hills = HILLS(size, random)
    rail, rail_mask = gondola(size)
    whole = Box(0, 0, *size)

    def speaker(number: int) -> str | None:
        plate = states[number].plate if number < len(states) else None
        return SPEAKERS.get(plate) if plate else None

    def face(image: Image, awake: bool) -> None:
        across, down = MOON
        ink = (150, 120, 100)
        for side in (-22, 22):
            if awake:
                cv2.ellipse(image, (across + side, down - 4), (6, 9), 0, 0, 360, (70, 56, 60), -1, cv2.LINE_AA)
            else:
                cv2.ellipse(image, (across + side, down - 2), (9, 6), 0, 20, 160, ink, 2, cv2.LINE_AA)
        cv2.ellipse(image, (across, down + 14), (14, 9), 0, 20, 160, (70, 56, 60) if awake else ink, 2, cv2.LINE_AA)

    def draw(number: int) -> Image:
        image = hills(number)
        speaking = speaker(number)
        face(image, speaking == "moon")
        for place, (name, (left, down)) in enumerate(PLACES.items()):
            shut = (number + 37 * place) % (104 + 23 * place) < 5
            colour, mask = figure(name, shut=shut, lit=speaking in (name, None, "moon"))
            sway = round(3 * math.sin(number / 30 * 1.4 + place * 2))
            blend(image, Box(left, down + sway, *FIGURE_SIZE), colour, mask)
        blend(image, whole, rail, rail_mask)
        return image

    return draw


def draw_sample(folder: Path, suffix: str = ".mp4", clip: Clip = SAMPLE) -> Path:
    """Draw a clip, its truth and its regions into a folder; returns the clip's path.

    Raises ValueError where it comes out heavier than the package may carry.
    """
    player = Player(clip)
    player.play()
    painter = Painter(clip)
    painter.picture = night_flight(clip.size, np.random.default_rng(clip.seed), player.states)
    video = folder / f"{clip.name}{suffix}"
    frames = (painter.paint(number, state) for number, state in enumerate(player.states))
    encode(video, frames, clip)
    truth = "".join(json.dumps(said.record(), ensure_ascii=False) + "\n" for said in player.truth)
    (folder / f"{clip.name}.truth.jsonl").write_text(truth, encoding="utf-8")
    (folder / f"{clip.name}.toml").write_text(
        f"# Where the text stands in {clip.name}.mp4\n\n"
        f'[regions]\ndialogue = "{clip.dialogue}"\nspeaker = "{clip.speaker}"\n',
        encoding="utf-8",
    )
    weight, most = video.stat().st_size, LARGEST[clip.name]
    if weight > most:
        raise ValueError(f"{video} weighs {weight} bytes, more than {most}: raise its crf")
    return video


def main(arguments: list[str] | None = None) -> int:
    """Draw them where the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.sample_clip", description="Draw the sample clips.")
    parser.add_argument("names", nargs="*", choices=list(SAMPLES), metavar="NAME")
    parser.add_argument("--output", type=Path, default=FOLDER, metavar="FOLDER")
    options = parser.parse_args(arguments)
    clips = [SAMPLES[name] for name in options.names or SAMPLES]
    missing = sorted({font.package for clip in clips for font in clip.fonts if not font.present})
    if missing:
        print(f"the sample clips need Debian package {', '.join(missing)}", file=sys.stderr)
        return 2
    for clip in clips:
        video = draw_sample(options.output, clip=clip)
        print(f"{video}: {video.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
