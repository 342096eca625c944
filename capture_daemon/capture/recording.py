"""A video file opened with PyAV: its pictures in order, each with its media time, and what was found damaged."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from capture_daemon.capture.limits import check_size, decoding, refused_size
from capture_daemon.errors import SourceError
from capture_daemon.frames import MOST_PIXELS, Size

MAX_DECODING_THREADS = 4
READ_ATTEMPTS = 16
"""Read errors one after another, without a packet between them, after which the rest is given up."""
CUT_OFF_TOLERANCE = 1.0
"""Seconds that may be missing at the end, against what the container says, before it counts as cut off."""
FORMATS_WITH_DURATION = {"mov", "matroska", "webm", "flv", "asf"}
"""Containers that say beforehand how long they are; for others libavformat judges from what is there."""


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A decoded frame and its media time: seconds from the start of the recording, as a player shows it."""

    frame: VideoFrame
    time: float


class Recording:
    """A video file, open for reading once from beginning to end, by one thread.

    `duration` is what its container says, in seconds, or None. `damage` says what was found wrong so far, or None; it
    is complete once `pictures` has ended.
    """

    def __init__(self, name: str, start: float = 0.0, max_pixels: int = MOST_PIXELS) -> None:
        """Open the file at the path `name`; raises SourceError saying what was found there instead of a video.

        With `start`, in seconds, pictures begin with the last one before it that can be decoded by itself. Pictures of
        more than `max_pixels` are refused when it is opened, and passed over as damaged where they come later.
        """
        self._name = name
        self._container = _open(name, max_pixels)
        try:
            self._stream = _video_stream(name, list(self._container.streams))
            self._check_size(max_pixels)
        except SourceError:
            self._container.close()
            raise
        # One thread decodes 720p fastest where another process needs a core; more only cost there.
        threads = min(MAX_DECODING_THREADS, max(1, (os.cpu_count() or 1) - 1))
        self._stream.codec_context.thread_count = threads
        self._stream.thread_type = "AUTO" if threads > 1 else "NONE"
        self._stream.codec_context.options = decoding(max_pixels)
        duration = self._container.duration
        self.duration = duration / av.time_base if duration and duration > 0 else None
        self._clock = MediaClock(self._stream, self._container.start_time)
        self._units = {stream.index: stream.time_base for stream in self._container.streams}
        self._reached = 0.0
        self.faults = 0
        """Packets and pictures so far that couldn't be used."""
        self._first_fault = 0.0
        if start > 0:
            self._go_to(start)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._container.close()

    @property
    def damage(self) -> str | None:
        """What was found wrong: packets or pictures that couldn't be used, or an end that is missing."""
        found = []
        if self.faults:
            places = "1 place" if self.faults == 1 else f"{self.faults} places"
            found.append(f"is damaged in {places}, first near {_minutes(self._first_fault)}")
        cut_off = self._is_cut_off()
        if cut_off:
            found.append(f"is cut off: it ends at {_minutes(self._reached)} of {_minutes(self.duration or 0.0)}")
        lost = "the rest" if cut_off else "a whole copy"
        advice = f": copy it again if {lost} is somewhere, and read it anew"
        return f"{self._name}: {' and '.join(found)}; what could be read was used{advice}" if found else None

    def pictures(self) -> Generator[DecodedPicture, None, None]:
        """Decode every picture in order; those that are damaged are left out, and counted.

        Raises SourceError if there is not a single good one.
        """
        found = False
        damaged: set[int] = set()
        for packet in self._packets():
            if packet.is_corrupt and packet.pts is not None:
                damaged.add(packet.pts)
            try:
                frames: list[VideoFrame] = packet.decode()
            except av.FFmpegError:
                self._fault()
                continue
            for frame in frames:
                if frame.is_corrupt or frame.pts in damaged:
                    damaged.discard(frame.pts or 0)
                    # What comes before the first whole picture belongs to one that the recording began too late for.
                    if found:
                        self._fault()
                    continue
                found = True
                yield DecodedPicture(frame, self._clock.time_of(frame.pts))
        if not found:
            raise SourceError(
                f"{self._name} holds no picture that can be decoded ({self._stream.codec_context.name}): "
                "it may be cut off or damaged: copy it again, or record it anew"
            )

    def _check_size(self, max_pixels: int) -> None:
        context = self._stream.codec_context
        size: Size | None = Size(context.width, context.height)
        if not context.width:
            # The decoder refused them already, or doesn't know.
            size = refused_size(self._container.name, max_pixels)
        if size is not None:
            check_size(self._name, size, max_pixels)

    def _go_to(self, start: float) -> None:
        unit = self._stream.time_base or Fraction(1, av.time_base)
        # A container that can't be searched is read from its beginning: early is never wrong.
        with contextlib.suppress(av.FFmpegError):
            self._container.seek(int((start + self._clock.zero) / unit), stream=self._stream)

    def _packets(self) -> Iterator[av.Packet[VideoStream]]:
        """The video's packets, past read errors where reading can go on after them."""
        attempts = 0
        while attempts < READ_ATTEMPTS:
            try:
                for packet in self._container.demux():
                    attempts = 0
                    self._note_end(packet)
                    if packet.stream_index == self._stream.index:
                        # PyAV has one type for the packets of all streams.
                        yield packet  # type: ignore[misc]
            except av.FFmpegError:
                attempts += 1
                self._fault()
            else:
                return

    def _note_end(self, packet: av.Packet[Stream]) -> None:
        unit = self._units[packet.stream_index]
        if packet.pts is not None and unit is not None:
            end = (packet.pts + (packet.duration or 0)) * unit.numerator / unit.denominator
            self._reached = max(self._reached, end - self._clock.zero)

    def _fault(self) -> None:
        if not self.faults:
            self._first_fault = self._clock.latest
        self.faults += 1

    def _is_cut_off(self) -> bool:
        if self.duration is None or FORMATS_WITH_DURATION.isdisjoint(self._container.format.name.split(",")):
            return False
        return self.duration - self._reached > CUT_OFF_TOLERANCE


class MediaClock:
    """Media time of a stream's pictures: never running backwards, whatever the timestamps do.

    `zero` is the container's start in seconds, where a player's clock shows 0; `latest` is the last time it gave.
    """

    def __init__(self, stream: VideoStream, container_start: int | None) -> None:
        rate = stream.average_rate or stream.guessed_rate
        if stream.start_time is None and stream.guessed_rate:
            # A bare stream without timestamps: the average rate is a default there, the guessed one is the codec's.
            rate = stream.guessed_rate
        self._step = float(1 / rate) if rate else 1 / 30
        self._unit = stream.time_base or Fraction(1, av.time_base)
        if container_start is not None:
            self.zero = container_start / av.time_base
        else:
            self.zero = float((stream.start_time or 0) * self._unit)
        self._shift = 0.0
        self._begun = False
        self.latest = 0.0

    def time_of(self, timestamp: int | None) -> float:
        """The media time of the next picture, in seconds, from its timestamp in the stream's unit, if it has one."""
        if timestamp is None:
            time = self.latest + self._step if self._begun else 0.0
        else:
            time = timestamp * self._unit.numerator / self._unit.denominator - self.zero + self._shift
            if self._begun and time < self.latest - 1:
                # The timestamps began anew, as in recordings that were joined end to end.
                self._shift += self.latest + self._step - time
                time = self.latest + self._step
        self.latest = max(time, self.latest)
        self._begun = True
        return self.latest


_UNREADABLE = "is not a video that can be read, or lacks its index"
_BROKEN_OFF = "if it was broken off while it was copied, copy it again; while it was recorded, record as MKV next time"
"""What to do about a file that ends before its index, which an MP4 has at its end."""


def _open(name: str, max_pixels: int) -> av.container.InputContainer:
    try:
        path = Path(name).expanduser()
        if path.is_dir():
            raise SourceError(f"{name} is a folder, not a video: name one of the files in it")
        if path.exists() and not path.is_file():
            raise SourceError(f"{name} is a pipe or a device, not a video")
        with path.open("rb") as file:
            beginning = file.read(4096)
    except FileNotFoundError as error:
        raise SourceError(
            f"there is no file {name}: a source is screen, screen:N, wayland, window:TITLE, game, obs, obs:NAME, "
            "device:N, a tcp, udp, http or rtsp address, or the path of a video"
        ) from error
    except OSError as error:
        raise SourceError(f"{name} can't be read: {(error.strerror or 'unknown reason').lower()}") from error
    except (ValueError, RuntimeError) as error:
        # A null character, or the home of a user that there is none of.
        raise SourceError(f"{name!r} is not the path of a file") from error
    if not beginning:
        raise SourceError(f"{name} is empty: there is no video in it")
    try:
        container = av.open(f"file:{path}", metadata_errors="replace", options=decoding(max_pixels))
    except av.FFmpegError as error:
        found = "is text, not a video" if _is_text(beginning) else _UNREADABLE
        reason = (error.strerror or "unknown reason").lower()
        advice = "" if found != _UNREADABLE else f": {_BROKEN_OFF}"
        raise SourceError(f"{name} {found} ({reason}){advice}") from error
    if container.format.name == "tty":
        container.close()
        raise SourceError(f"{name} is text, not a video")
    return container


def _video_stream(name: str, streams: list[Stream]) -> VideoStream:
    kinds = []
    for stream in streams:
        if isinstance(stream, VideoStream) and not stream.disposition & Disposition.attached_pic:
            if stream.codec_context is None:
                raise SourceError(f"{name} is in a video format that can't be decoded: convert it with ffmpeg")
            return stream
        kinds.append("a cover picture" if stream.type == "video" else stream.type)
    raise SourceError(f"{name} has no video stream: found only {', '.join(kinds) or 'an empty container'}")


def _is_text(beginning: bytes) -> bool:
    try:
        text = beginning.decode()
    except UnicodeDecodeError as error:
        # The end of the sample may have cut a character in two.
        text = beginning[: error.start].decode() if error.start > len(beginning) - 4 else "\0"
    return "\0" not in text


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
