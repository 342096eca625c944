"""Cutting a case out of a recording: its pictures, losslessly, and everything read in them."""

from __future__ import annotations

import asyncio
import json
import shutil
from fractions import Fraction
from pathlib import Path

import av
from av.codec import codecs_available
from av.video.frame import VideoFrame

from capture_daemon.capture.planes import cut_out, size_of
from capture_daemon.capture.recording import Recording
from capture_daemon.common import private_files
from capture_daemon.config.models import Configuration
from capture_daemon.errors import ConfigurationError, OutputExistsError, SourceError
from capture_daemon.frames import MOST_PIXELS, Box, Regions, Size
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.pipeline.readers import reading_settings
from capture_daemon.tracing import trace_records
from capture_daemon.tracing.case import CASE, CLIP, LINES, LOOKS, TRUTH, Case, replay
from capture_daemon.tracing.ocr_answers import LastFrames, RecordingBackend
from capture_daemon.tracing.run import Piece, check_region, check_source, regions_of
from capture_daemon.tracing.trace_records import Record

_UNIT = Fraction(1, 1000)
_SMALL_FORMATS = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"}
"""Pixel formats that H.264 stores losslessly, in a fraction of FFV1's size, because it stores only changes."""


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Check that a case can be written to a folder. Raises ConfigurationError if it can't."""
    if folder.is_symlink():
        raise ConfigurationError(f"{folder}: is a symbolic link, which may point anywhere: name the folder itself")
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"{folder}: is a file: name a folder by --output")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / CASE).exists():
            raise ConfigurationError(f"{folder}: holds something else: name another folder by --output")
        if not overwrite:
            raise OutputExistsError(f"{folder}: holds a case already: name another folder, or give --overwrite")


async def cut_case(configuration: Configuration, piece: Piece, folder: Path, region: str | None = None) -> list[Record]:
    """Cut a piece of the configured recording into a folder; returns the lines reported in it.

    It is of the region of that name, or of the dialogue's.

    The case is read on its own, without what the reader learns from the recording before it. Raises the errors of
    opening the recording and loading the model, and ConfigurationError if the folder can't be written.
    """
    check_region(configuration, region)
    await check_source(configuration)
    worker = OcrWorker(configuration.ocr, lambda state, detail: None, batch_mode=True)
    await worker.start()
    try:
        regions = await regions_of(configuration, worker, region)
        begun = folder.with_name(f".{folder.name}.begun")
        try:
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir(mode=0o700, parents=True)
            lines = await _fill(begun, configuration, regions, piece, worker)
            await asyncio.to_thread(_put, begun, folder)
        except OSError as error:
            raise ConfigurationError(f"{folder}: can't be written: {error.strerror}: name another folder") from error
        finally:
            shutil.rmtree(begun, ignore_errors=True)
    finally:
        await worker.close()
    return lines


async def _fill(
    folder: Path, configuration: Configuration, regions: Regions, piece: Piece, worker: OcrWorker
) -> list[Record]:
    table = configuration.source
    size, needed, inside = await asyncio.to_thread(_cut, table.name, regions, piece, folder / CLIP, table.max_pixels)
    (folder / CLIP).chmod(private_files.FILE)
    settings = reading_settings(configuration, live=piece.live)
    case = Case(size, needed, inside, regions, settings, configuration.ocr.language, configuration.ocr.engine)
    scene = LastFrames()
    ocr = RecordingBackend(worker, scene)
    lines = await replay(case, folder, ocr, scene)
    # Read it in the other mode as well: the more looks are saved, the more changes to reading the case can test.
    await replay(case, folder, ocr, LastFrames(), early=not piece.live)
    trace_records.write(folder / CASE, json.dumps(case.record(), ensure_ascii=False, indent=1) + "\n")
    trace_records.write(folder / LOOKS, trace_records.as_jsonl(look.record() for look in ocr.looks))
    trace_records.write(folder / LINES, trace_records.as_jsonl(lines))
    return lines


def _put(made: Path, folder: Path) -> None:
    """Move a case into place, keeping an existing `truth.jsonl`."""
    if (folder / TRUTH).exists():
        shutil.copy(folder / TRUTH, made / TRUTH)
    if folder.exists():
        shutil.rmtree(folder)
    made.replace(folder)


def _cut(
    name: str, regions: Regions, piece: Piece, target: Path, max_pixels: int = MOST_PIXELS
) -> tuple[Size, Box, Box]:
    """Write the clip; returns the whole frame's size, the part of it needed, and that part's position in the clip."""
    with Recording(name, piece.start, max_pixels) as recording, av.open(str(target), "w") as made:
        stream: av.VideoStream | None = None
        size, needed, inside, first = Size(0, 0), Box(0, 0, 0, 0), Box(0, 0, 0, 0), 0.0
        for picture in recording.pictures():
            if picture.time < piece.start:
                continue
            if picture.time > piece.end:
                break
            if stream is None:
                size, first = size_of(picture.frame), picture.time
                needed = regions.resolve(size).needed
            elif size_of(picture.frame) != size:
                raise ConfigurationError(
                    f"{name}: its pictures are of another size from {picture.time:.1f} s on: let the case end before"
                )
            cut, inside = cut_out(picture.frame, needed)
            stream = stream or _stream_for(made, cut)
            cut.pts, cut.time_base = round((picture.time - first) / _UNIT), _UNIT
            made.mux(stream.encode(cut))
        if stream is None:
            raise SourceError(f"{name} has no picture between {piece.start:g} and {piece.end:g} s")
        made.mux(stream.encode())
    return size, needed, inside


def _stream_for(made: av.container.OutputContainer, cut: VideoFrame) -> av.VideoStream:
    kind, is_even = cut.format.name, cut.width % 2 == 0 and cut.height % 2 == 0
    if kind in _SMALL_FORMATS and is_even and "libx264" in codecs_available:
        options = {"qp": "0", "preset": "slow", "threads": "1", "g": "600"}
        stream = made.add_stream("libx264", rate=1000, options=options)
    else:
        stream = made.add_stream("ffv1", rate=1000)
    assert isinstance(stream, av.VideoStream)
    stream.width, stream.height, stream.pix_fmt, stream.time_base = cut.width, cut.height, kind, _UNIT
    stream.codec_context.time_base = _UNIT
    stream.codec_context.color_range, stream.codec_context.colorspace = cut.color_range, cut.colorspace
    return stream
