"""How large a frame may be: a small file can hold pictures that take gigabytes once they are decoded."""

from __future__ import annotations

import logging
import re
import threading

import av
import av.logging

from capture_daemon.errors import FrameTooLargeError
from capture_daemon.frames import Size

_REFUSED = re.compile(r"[Pp]icture size (\d+)x(\d+) exceeds specified max pixel count")
_telling = threading.Lock()


def check_size(name: str, size: Size, most: int) -> None:
    """Check that frames of that size may be taken from `name`; raises FrameTooLargeError, which names the size."""
    if size.width * size.height > most:
        raise FrameTooLargeError(
            f"{name} has frames of {size}, {size.width * size.height} pixels, and source.max_pixels allows {most}: "
            "choose another, or set that higher where there is memory for dozens of them"
        )


def refused_size(address: str, most: int) -> Size | None:
    """The size for which the decoder refused the pictures of a file when it was opened; None if it didn't."""
    # The decoder says it only in its messages, which are for all threads and therefore switched on for this alone.
    logger = logging.getLogger("libav")
    with _telling:
        before, skipping = av.logging.get_level(), av.logging.get_skip_repeated()
        disabled, logger.disabled = logger.disabled, True
        av.logging.set_level(av.logging.ERROR)
        av.logging.set_skip_repeated(False)
        try:
            with av.logging.Capture() as messages, av.open(address, metadata_errors="replace", options=decoding(most)):
                pass
        except av.FFmpegError:
            pass
        finally:
            av.logging.set_level(before)
            av.logging.set_skip_repeated(skipping)
            logger.disabled = disabled
    found = [match for _, _, text in messages if (match := _REFUSED.search(text))]
    return Size(int(found[0][1]), int(found[0][2])) if found else None


def decoding(most: int) -> dict[str, str]:
    """Options with which a decoder refuses larger pictures before it allocates memory for them."""
    return {"max_pixels": str(most)}
