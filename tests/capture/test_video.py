"""Recordings: every frame, in order, at its time; what is damaged is said at the end."""

import asyncio
import gc
import itertools
import os
import time
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from capture_daemon.capture import SourceSettings
from capture_daemon.capture.whole_frames import EVERY
from capture_daemon.errors import RegionError, SourceDamagedError, SourceError
from capture_daemon.frames import Frame, Size
from tests.capture.clips import RATE, cut, grey_of, spoil, write_clip
from tests.capture.opened import grabbed, opened

RIGHT_HALF = "0.5,0.0,0.5,1.0"


def read(path: Path, region: str | None = RIGHT_HALF) -> list[Frame]:
    async def main() -> list[Frame]:
        async with opened(path, region) as video:
            return await video.rest()

    return asyncio.run(main())


def read_damaged(path: Path) -> tuple[list[Frame], str]:
    async def main() -> tuple[list[Frame], str]:
        frames: list[Frame] = []
        async with opened(path, RIGHT_HALF) as video:
            with pytest.raises(SourceDamagedError) as caught:
                await video.rest(frames)
            with pytest.raises(SourceDamagedError):
                await video.source.frames()
        return frames, str(caught.value)

    return asyncio.run(main())


def numbers_of(frames: list[Frame]) -> list[int]:
    """Which picture of eight each frame shows."""
    return [round((float(np.median(frame.pixels)) - luma_of(0)) / (luma_of(1) - luma_of(0))) for frame in frames]


def luma_of(number: int) -> float:
    """The luma of that picture in a video of limited range, as nearly all are."""
    return 16 + grey_of(number) * 219 / 255


def test_a_frame_now_and_then_brings_the_whole_picture_along(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4")

    async def main() -> list[Frame]:
        async with opened(path, RIGHT_HALF, SourceSettings(whole_frames=True)) as video:
            return await video.rest()

    frames = asyncio.run(main())
    wholes = [frame.whole for frame in frames if frame.whole is not None]
    assert frames[0].whole is not None
    gaps = [after.time - before.time for before, after in itertools.pairwise(wholes)]
    assert gaps
    assert all(EVERY <= gap < EVERY + 1.1 / RATE for gap in gaps)
    for frame in frames:
        if frame.whole is not None:
            assert np.array_equal(frame.whole.crop(frame.box), frame.pixels)


def test_every_frame_in_order_with_its_time(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", range(100))

    async def main() -> None:
        async with opened(path, "160,60,100,50") as video:
            assert (video.source.live, video.size) == (False, Size(320, 240))
            assert video.source.duration == pytest.approx(100 / RATE, abs=0.05)
            frames = await video.rest()
            assert await video.source.frames() == []
        box = grabbed(video.size, "160,60,100,50")
        assert numbers_of(frames) == [number % 8 for number in range(100)]
        assert [frame.time for frame in frames] == pytest.approx([number / RATE for number in range(100)])
        assert [frame.sequence for frame in frames] == list(range(1, 101))
        assert {(frame.box, frame.size, frame.pixels.shape) for frame in frames} == {
            (box, Size(320, 240), (box.height, box.width))
        }
        assert video.statuses == [("capturing", None)]

    asyncio.run(main())


def test_batches_are_of_32_at_most(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", range(100))

    async def main() -> None:
        async with opened(path) as video:
            sizes = []
            while batch := await video.source.frames():
                sizes.append(len(batch))
        assert sizes == [1, 32, 32, 32, 3]

    asyncio.run(main())


def test_pixels_and_colour_stay_what_they_were(tmp_path: Path) -> None:
    frames = read(write_clip(tmp_path / "clip.mp4", range(40)), None)
    gc.collect()
    for number, frame in enumerate(frames):
        assert frame.colour is not None
        assert np.median(frame.pixels[:, 160:]) == pytest.approx(luma_of(number), abs=2)
        assert np.median(frame.colour()[:, 160:]) == pytest.approx(grey_of(number), abs=2)
        assert frame.colour().shape == (240, 320, 3)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "full_range"),
    [
        ("clip.mkv", "libx264", "yuv444p", False),
        ("clip.mp4", "libx264", "yuv420p10le", True),
        ("clip.mkv", "ffv1", "gray", True),
        ("clip.mkv", "ffv1", "bgr0", True),
        ("clip.avi", "mjpeg", "yuvj420p", True),
        ("clip.avi", "rawvideo", "bgr24", True),
        ("clip.avi", "rawvideo", "yuyv422", True),
        ("clip.mkv", "libvpx-vp9", "yuv420p", False),
        ("clip.mov", "prores_ks", "yuv422p10le", True),
    ],
)
def test_every_pixel_format(tmp_path: Path, name: str, codec: str, pixel_format: str, full_range: bool) -> None:
    path = write_clip(tmp_path / name, range(9), codec=codec, pixel_format=pixel_format, options={})
    frames = read(path)
    medians = [float(np.median(frame.pixels)) for frame in frames]
    assert len(frames) == 9
    steps = np.diff(medians)[:7]
    assert steps == pytest.approx([20 if full_range else 20 * 219 / 255] * 7, abs=2)


def test_an_odd_size_and_an_odd_region(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv", range(8), size=(321, 241), codec="ffv1")
    frames = read(path, "199,201,122,40")
    box = grabbed(Size(321, 241), "199,201,122,40")
    assert numbers_of(frames) == list(range(8))
    for number, frame in enumerate(frames):
        assert frame.colour is not None
        assert frame.colour().shape == (box.height, box.width, 3)
        assert np.abs(frame.colour().astype(int) - grey_of(number)).max() < 4


def test_the_colour_is_that_of_the_region(tmp_path: Path) -> None:
    path = tmp_path / "colours.mkv"
    picture = np.random.default_rng(4).integers(0, 255, (12, 16, 3), dtype=np.uint8).repeat(20, 0).repeat(20, 1)
    with av.open(str(path), "w") as container:
        video = container.add_stream("ffv1", rate=RATE)
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(video.encode())
    (whole,), (part,) = read(path, None), read(path, "101,51,160,100")
    assert whole.colour is not None
    assert part.colour is not None
    assert np.abs(whole.colour()[10:-10:20, 10:-10:20].astype(int) - picture[10:-10:20, 10:-10:20]).max() < 12
    inside = (slice(part.box.top, part.box.bottom), slice(part.box.left, part.box.right))
    assert part.box == grabbed(Size(320, 240), "101,51,160,100")
    assert np.array_equal(part.pixels, whole.pixels[inside])
    # Chroma is smoothed across edges, with nothing outside the part to smooth it with.
    assert np.abs(part.colour().astype(int) - whole.colour()[inside]).mean() < 1


def test_time_begins_with_the_recording_not_with_its_timestamps(tmp_path: Path) -> None:
    frames = read(write_clip(tmp_path / "clip.ts", range(10), start=300))
    assert [frame.time for frame in frames] == pytest.approx([number / RATE for number in range(10)], abs=0.002)


def test_a_variable_frame_rate_keeps_its_times(tmp_path: Path) -> None:
    frames = read(write_clip(tmp_path / "clip.mkv", range(10), every=5))
    assert [frame.time for frame in frames] == pytest.approx([5 * number / RATE for number in range(10)], abs=0.002)


def test_a_bare_stream_without_timestamps_is_counted(tmp_path: Path) -> None:
    frames = read(write_clip(tmp_path / "clip.h264", range(10)))
    assert [frame.time for frame in frames] == pytest.approx([number / RATE for number in range(10)])


def test_recordings_joined_end_to_end_go_on_in_time(tmp_path: Path) -> None:
    part = write_clip(tmp_path / "clip.ts", range(60)).read_bytes()
    path = tmp_path / "joined.ts"
    path.write_bytes(part + part)
    # The joint itself can't be told from a packet that was lost there.
    times = [frame.time for frame in read_damaged(path)[0]]
    assert len(times) >= 115
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    assert times[-1] == pytest.approx(4, abs=0.2)


def test_a_turned_recording_is_shown_as_a_player_does(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", range(5))
    turned = tmp_path / "turned.mp4"
    # A quarter turn in the display matrix of the track header, which nothing else in the file resembles.
    upright = bytes.fromhex("00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000")
    quarter = bytes.fromhex("00000000 00010000 00000000 ffff0000 00000000 00000000 00f00000 00000000 40000000")
    content = path.read_bytes()
    where = content.index(upright, content.index(b"tkhd"))
    turned.write_bytes(content[:where] + quarter + content[where + len(upright) :])

    # Turned with the clock, the plain right half comes to lie at the bottom.
    frames = read(turned, "0.0,0.5,1.0,0.5")
    assert {frame.size for frame in frames} == {Size(240, 320)}
    assert numbers_of(frames) == [0, 1, 2, 3, 4]
    box = grabbed(Size(240, 320), "0.0,0.5,1.0,0.5")
    assert frames[0].box == box
    assert frames[0].colour is not None
    assert frames[0].colour().shape == (box.height, box.width, 3)
    lower = 160 - box.top
    assert frames[0].pixels[lower:].std() < 5
    assert frames[0].colour()[lower:].std() < 5


def test_a_change_of_size_moves_regions_in_fractions(tmp_path: Path) -> None:
    path = tmp_path / "both.ts"
    write_clip(tmp_path / "one.ts", range(8))
    write_clip(tmp_path / "two.ts", range(8), size=(640, 360), start=8)
    path.write_bytes((tmp_path / "one.ts").read_bytes() + (tmp_path / "two.ts").read_bytes())
    frames = read(path)
    assert [frame.size for frame in frames] == [Size(320, 240)] * 8 + [Size(640, 360)] * 8
    assert frames[-1].box == grabbed(Size(640, 360), "0.5,0,0.5,1")
    assert numbers_of(frames) == list(range(8)) * 2


def test_a_change_of_size_that_leaves_a_region_outside(tmp_path: Path) -> None:
    path = tmp_path / "both.ts"
    write_clip(tmp_path / "one.ts", range(8))
    write_clip(tmp_path / "two.ts", range(8), size=(160, 120), start=8)
    path.write_bytes((tmp_path / "one.ts").read_bytes() + (tmp_path / "two.ts").read_bytes())

    async def main() -> None:
        frames: list[Frame] = []
        async with opened(path, "200,150,100,50") as video:
            with pytest.raises(RegionError, match="outside the frame, which is 160x120"):
                await video.rest(frames)
        assert len(frames) == 8

    asyncio.run(main())


def test_a_region_outside_the_frame(tmp_path: Path) -> None:
    with pytest.raises(RegionError, match="outside the frame, which is 320x240"):
        read(write_clip(tmp_path / "clip.mp4", range(3)), "300,200,100,100")


def test_real_time_hands_out_each_frame_when_its_time_has_come(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", range(30))

    async def main() -> None:
        async with opened(path, RIGHT_HALF, SourceSettings(realtime=True)) as video:
            began, frames = time.monotonic(), []
            while batch := await video.source.frames():
                assert len(batch) == 1
                assert time.monotonic() - began > batch[0].time - 0.1
                frames += batch
            took = time.monotonic() - began
        assert len(frames) == 30
        assert 0.9 < took < 3

    asyncio.run(main())


def test_real_time_drops_nothing_where_the_reader_is_late(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", range(20))

    async def main() -> None:
        async with opened(path, RIGHT_HALF, SourceSettings(realtime=True)) as video:
            await asyncio.sleep(1)
            assert numbers_of(await video.rest()) == [number % 8 for number in range(20)]

    asyncio.run(main())


def test_closing_in_the_middle_ends_the_thread(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", range(200))

    async def main() -> None:
        async with opened(path) as video:
            assert len(await video.source.frames()) == 1
            began = time.monotonic()
        assert time.monotonic() - began < 1
        assert await video.source.frames() == []

    asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "options", "says_how_long"),
    [
        ("clip.mp4", {"movflags": "faststart"}, True),
        ("clip.mkv", {}, True),
        ("clip.flv", {}, True),
        ("clip.ts", {}, False),
    ],
)
def test_a_recording_that_was_cut_off(tmp_path: Path, name: str, options: dict[str, str], says_how_long: bool) -> None:
    codec = "flv1" if name == "clip.flv" else "libx264"
    whole = write_clip(tmp_path / name, range(120), codec=codec, container_options=options)
    assert len(read(whole)) == 120
    frames, message = read_damaged(cut(whole, 0.55))
    assert numbers_of(frames) == [number % 8 for number in range(len(frames))]
    assert 40 < len(frames) < 90
    if says_how_long:
        assert "is cut off: it ends at 0:0" in message


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_sound_that_goes_on_after_the_picture_is_no_damage(tmp_path: Path, name: str) -> None:
    assert len(read(write_clip(tmp_path / name, range(40), audio=5.0))) == 40


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_garbage_in_the_middle_is_passed_over(tmp_path: Path, name: str) -> None:
    whole = write_clip(tmp_path / name, range(120))
    frames, message = read_damaged(spoil(whole, 0.5, 30_000))
    assert "is damaged in" in message
    assert message.endswith("copy it again if a whole copy is somewhere, and read it anew")
    assert 80 < len(frames) < 120
    assert frames[-1].time == pytest.approx(119 / RATE, abs=0.05)
    times = [frame.time for frame in frames]
    assert times == sorted(times)


def test_a_file_that_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("once upon a time …\n" * 500)
    (tmp_path / "notes.txt").write_text("once upon a time\n" * 500)
    (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(3).bytes(5000))
    os.mkfifo(tmp_path / "pipe.mp4")
    unfinished = cut(write_clip(tmp_path / "clip.mp4", range(60)), 0.5)
    for name, message in {
        "missing.mp4": r"there is no file .*missing\.mp4: a source is screen, .* or the path of a video",
        "empty.mp4": r"empty\.mp4 is empty",
        "text.mp4": r"text\.mp4 is text, not a video",
        "notes.txt": r"notes\.txt is text, not a video",
        "pipe.mp4": r"pipe\.mp4 is a pipe or a device, not a video",
        "a\0b.mp4": "is not the path of a file",
        "noise.mp4": r"noise\.mp4 is not a video that can be read",
        unfinished.name: r"is not a video that can be read, or lacks its index",
        "": "is a folder, not a video",
    }.items():
        with pytest.raises(SourceError, match=message) as caught:
            read(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", range(3))
    path.chmod(0)
    try:
        path.open("rb").close()
    except PermissionError:
        with pytest.raises(SourceError, match=r"clip\.mp4 can't be read: permission denied"):
            read(path)
    else:
        pytest.skip("this user may read everything")


def test_a_file_without_a_video_stream(tmp_path: Path) -> None:
    path = tmp_path / "sound.m4a"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=48_000)
        silence = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp")
        silence.sample_rate = 48_000
        container.mux(sound.encode(silence))
        container.mux(sound.encode())
    with pytest.raises(SourceError, match=r"sound\.m4a has no video stream: found only audio"):
        read(path)


def test_a_file_without_one_good_picture(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.ts", range(4), options={"g": "60"})
    with pytest.raises(SourceError, match=r"clip\.ts (holds no picture .*: copy it again|has no video|is not a video)"):
        read(spoil(path, 0.04, path.stat().st_size))
