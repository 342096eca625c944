"""The naive way, to measure against: OCR every fifth whole frame with all of PaddleOCR, keep what is over 0.8.

    python -m bench.naive CLIP [--seconds N] [--output FILE.jsonl]

It uses the same models as the daemon's default, those that the wheel of rapidocr carries. Every text that passes is
kept, again and again while it stands, for that is what this way does; a name, a menu and a street sign are kept too.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import onnxruntime
from numpy.typing import NDArray

EVERY = 5
"""One frame in so many is read."""
CONFIDENCE = 0.8
"""Texts must be over it."""
DETECTION, RECOGNITION = "PP-OCRv6_small_det", "PP-OCRv6_small_rec"


@dataclass(frozen=True, slots=True)
class Text:
    """One text found in one frame, with the frame's media time in seconds; `score.py` reads it as a captured line."""

    media_time: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Result:
    """What the naive way found in the first `media_seconds` of a clip, and what it cost.

    `seconds` is the wall clock from the first frame decoded to the last text; loading the models isn't counted.
    `passes` are whole frames read, `rows` the texts recognised in them, over or under CONFIDENCE.
    """

    texts: list[Text]
    media_seconds: float
    seconds: float
    processor_seconds: float
    passes: int
    rows: int

    @property
    def times_real_time(self) -> float:
        """Seconds of video for a second of work."""
        return self.media_seconds / self.seconds if self.seconds else 0.0


def carried_models() -> tuple[Path, Path]:
    """The detector and the recogniser in the installed rapidocr; raises FileNotFoundError where they aren't."""
    spec = importlib.util.find_spec("rapidocr")
    for location in (spec.submodule_search_locations or []) if spec else []:
        models = Path(location) / "models"
        found = models / "PP-OCRv6_det_small.onnx", models / "PP-OCRv6_rec_small.onnx"
        if all(file.is_file() for file in found):
            return found
    raise FileNotFoundError("the naive way needs the models that rapidocr carries: install rapidocr==3.10.0")


def prepare_models(folder: Path) -> tuple[Path, Path]:
    """Make the folders that PaddleOCR wants under `folder`: each with a model and what goes before and after it."""
    detector, recogniser = carried_models()
    session = onnxruntime.InferenceSession(str(recogniser), providers=["CPUExecutionProvider"])
    alphabet = session.get_modelmeta().custom_metadata_map["character"].removesuffix("\n").split("\n")
    decode = {"DecodeImage": {"img_mode": "BGR", "channel_first": False}}
    normalise = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "scale": "1./255.", "order": "hwc"}
    detection = {
        "Global": {"model_name": DETECTION},
        "PreProcess": {
            "transform_ops": [
                decode,
                {"DetResizeForTest": {"resize_long": 960}},
                {"NormalizeImage": normalise},
                {"ToCHWImage": None},
            ]
        },
        "PostProcess": {"name": "DBPostProcess", "thresh": 0.3, "box_thresh": 0.6, "unclip_ratio": 1.5},
    }
    recognition = {
        "Global": {"model_name": RECOGNITION},
        "PreProcess": {"transform_ops": [decode, {"RecResizeImg": {"image_shape": [3, 48, 320]}}]},
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": alphabet},
    }
    made = []
    for name, model, description in ((DETECTION, detector, detection), (RECOGNITION, recogniser, recognition)):
        place = folder / name
        place.mkdir(parents=True)
        (place / "inference.onnx").write_bytes(model.read_bytes())
        # JSON is YAML too.
        (place / "inference.yml").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
        made.append(place)
    return made[0], made[1]


def load(folder: Path) -> Any:
    """The whole pipeline of PaddleOCR, without what straightens pages; raises FileNotFoundError where it is missing."""
    if importlib.util.find_spec("paddleocr") is None:
        raise FileNotFoundError("the naive way needs PaddleOCR: install it by `pip install -e '.[paddle]'`")
    # Without it paddlex asks hosts for models when it is imported.
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    from paddleocr import PaddleOCR  # noqa: PLC0415

    detector, recogniser = prepare_models(folder)
    return PaddleOCR(
        text_detection_model_name=DETECTION,
        text_detection_model_dir=str(detector),
        text_recognition_model_name=RECOGNITION,
        text_recognition_model_dir=str(recogniser),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        engine="onnxruntime",
    )


def frames(clip: Path, seconds: float | None) -> Iterator[tuple[float, NDArray[np.uint8] | None]]:
    """The media time of every frame of the first `seconds`, and the pixels (blue, green, red) of those to be read."""
    with av.open(str(clip)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            media_time = float(frame.time or 0.0)
            if seconds is not None and media_time >= seconds:
                return
            wanted = number % EVERY == 0
            yield media_time, frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False) if wanted else None


def read_clip(clip: Path, seconds: float | None = None) -> Result:
    """Read the first `seconds` of a clip the naive way; all of it where None."""
    texts: list[Text] = []
    passes = rows = 0
    last = 0.0
    with tempfile.TemporaryDirectory() as folder:
        pipeline = load(Path(folder))
        begun, spent = time.perf_counter(), time.process_time()
        for media_time, pixels in frames(clip, seconds):
            last = media_time
            if pixels is None:
                continue
            passes += 1
            for page in pipeline.predict(pixels):
                rows += len(page["rec_texts"])
                texts += [
                    Text(media_time, str(text), float(score))
                    for text, score in zip(page["rec_texts"], page["rec_scores"], strict=True)
                    if score > CONFIDENCE
                ]
        ended, spent_then = time.perf_counter(), time.process_time()
        pipeline.close()
    return Result(texts, last, ended - begun, spent_then - spent, passes, rows)


def main(arguments: list[str] | None = None) -> int:
    """Read a clip, print what it cost, and write what was found where `--output` says; 2 where it can't be read."""
    parser = argparse.ArgumentParser(prog="python -m bench.naive", description="OCR every 5th whole frame of a clip.")
    parser.add_argument("clip", type=Path)
    parser.add_argument("--seconds", type=float, default=None, help="only the first so many seconds")
    parser.add_argument("--output", type=Path, default=None, metavar="FILE", help="the texts, as JSONL")
    options = parser.parse_args(arguments)
    try:
        result = read_clip(options.clip, options.seconds)
    except (OSError, av.FFmpegError) as error:
        print(f"naive: {error}", file=sys.stderr)
        return 2
    if options.output:
        lines = (json.dumps(asdict(text), ensure_ascii=False) + "\n" for text in result.texts)
        options.output.write_text("".join(lines), encoding="utf-8")
    print(
        f"{len(result.texts)} texts in {result.media_seconds:.1f} s of video: {result.seconds:.1f} s, "
        f"{result.times_real_time:.2f} times real time, {result.passes} frames and {result.rows} rows read"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
