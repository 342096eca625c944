"""What the daemon and its OCR worker say to each other over the worker's pipes.

A message is two lengths (four bytes each, little-endian), a JSON object of the first length and raw bytes of the
second. The daemon sends `{"height", "width", "light_on_dark"}` with the row's pixels; the worker answers
`{"text", "confidence"}`. It sends `{"height", "width", "find": true}` with a whole picture's luma, too; the worker
answers `{"rows": [[left, top, width, height], …]}`, or `{"error", "kind"}` where it lacks the detector. Before the
first of these the worker says `{"loading"}` where it has to download, then `{"ready"}` with the engine's name, or
`{"error", "kind"}` where it can't begin.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from capture_daemon.frames import Box, GreyImage
from capture_daemon.ocr.engine import RowImage, RowText

LENGTHS = struct.Struct("<II")
"""The two lengths in front of a message."""
LARGEST = 64 * 1024 * 1024
"""Bytes in a message's parts; more means that the two sides have lost each other."""


def encode(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    """One message."""
    text = json.dumps(header).encode()
    return LENGTHS.pack(len(text), len(body)) + text + body


def lengths(prefix: bytes) -> tuple[int, int]:
    """How long the header and the body are; raises ValueError where that can't be."""
    header, body = LENGTHS.unpack(prefix)
    if header > LARGEST or body > LARGEST:
        raise ValueError(f"a message of {header} and {body} bytes is not one of ours")
    return header, body


def row_message(row: RowImage) -> bytes:
    """A row to be read."""
    height, width = row.pixels.shape
    header = {"height": height, "width": width, "light_on_dark": row.light_on_dark}
    return encode(header, np.ascontiguousarray(row.pixels, dtype=np.uint8).tobytes())


def row_from(header: Mapping[str, Any], body: bytes) -> RowImage:
    """The row that a message holds."""
    pixels = np.frombuffer(body, np.uint8).reshape(header["height"], header["width"])
    return RowImage(pixels, header["light_on_dark"])


def picture_message(picture: GreyImage) -> bytes:
    """A whole picture in which rows are to be found."""
    height, width = picture.shape
    header = {"height": height, "width": width, "find": True}
    return encode(header, np.ascontiguousarray(picture, dtype=np.uint8).tobytes())


def request_from(header: Mapping[str, Any], body: bytes) -> RowImage | GreyImage:
    """What a message asks for: a row to be read, or a picture in which rows are to be found."""
    if "find" in header:
        return np.frombuffer(body, np.uint8).reshape(header["height"], header["width"])
    return row_from(header, body)


def boxes_message(boxes: Sequence[Box]) -> bytes:
    """The rows found in a picture."""
    return encode({"rows": [list(box) for box in boxes]})


def boxes_from(header: Mapping[str, Any]) -> list[Box]:
    """The rows found, as a message holds them."""
    return [Box(*row) for row in header["rows"]]


def text_message(text: RowText) -> bytes:
    """What was read in a row."""
    return encode({"text": text.text, "confidence": text.confidence})


def text_from(header: Mapping[str, Any]) -> RowText:
    """What was read, as a message holds it."""
    return RowText(header["text"], header["confidence"])
