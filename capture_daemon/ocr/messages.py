"""What the daemon and its OCR worker say to each other over the worker's pipes.

A message is two lengths (four bytes each, little-endian), a JSON object of the first length and raw bytes of the
second. The daemon sends `{"height", "width", "row", "column"}` with the pixels of a row's picture; the worker answers
`{"text", "confidence", "characters"}`. It sends `{"height", "width", "find": true, "scale"}` with a picture's pixels,
too; the worker answers `{"rows": [[left, top, width, height, sure], …]}`. Before the first of these the worker says
`{"loading"}` if it has to download, then `{"ready"}` with the engine's name, or `{"error", "kind"}` if it can't begin.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.engine import Character, FoundBox, RowImage, RowText

LENGTHS = struct.Struct("<II")
"""The two lengths in front of a message."""
LARGEST = 64 * 1024 * 1024
"""Bytes in a message's parts; more means that the two sides have lost each other."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture in which rows are to be found: blue, green, red, and the scale at which it is looked at."""

    pixels: ColourImage
    scale: float | None


def encode(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    """One message as bytes: the lengths, `header` as JSON, `body`."""
    text = json.dumps(header).encode()
    return LENGTHS.pack(len(text), len(body)) + text + body


def lengths(prefix: bytes) -> tuple[int, int]:
    """The lengths of header and body in bytes, from LENGTHS.size bytes. Raises ValueError if one is over LARGEST."""
    header, body = LENGTHS.unpack(prefix)
    if header > LARGEST or body > LARGEST:
        raise ValueError(f"a message of {header} and {body} bytes is not one of ours")
    return header, body


def row_message(row: RowImage) -> bytes:
    """A row to be read."""
    height, width = row.pixels.shape[:2]
    header = {"height": height, "width": width, "row": list(row.row), "column": row.column}
    return encode(header, _bytes_of(row.pixels))


def picture_message(picture: ColourImage, scale: float | None) -> bytes:
    """The request to find rows in a picture, scaled by `scale` first; None leaves the scale to the detector."""
    height, width = picture.shape[:2]
    return encode({"height": height, "width": width, "find": True, "scale": scale}, _bytes_of(picture))


def request_from(header: Mapping[str, Any], body: bytes) -> RowImage | Picture:
    """What a message asks for: a row to be read, or a picture in which rows are to be found."""
    pixels = np.frombuffer(body, np.uint8).reshape(header["height"], header["width"], 3)
    if "find" in header:
        return Picture(pixels, header["scale"])
    return RowImage(pixels, Box(*header["row"]), header["column"])


def boxes_message(boxes: Sequence[FoundBox]) -> bytes:
    """The pieces of text found in a picture."""
    return encode({"rows": [[*found.box, round(found.sure, 3)] for found in boxes]})


def boxes_from(header: Mapping[str, Any]) -> list[FoundBox]:
    """The pieces of text found, as a message holds them."""
    return [FoundBox(Box(*row[:4]), row[4]) for row in header["rows"]]


def text_message(text: RowText) -> bytes:
    """What was read in a row."""
    characters = [[one.text, round(one.place, 1), round(one.probability, 4)] for one in text.characters]
    return encode({"text": text.text, "confidence": round(text.confidence, 4), "characters": characters})


def text_from(header: Mapping[str, Any]) -> RowText:
    """What was read, as a message holds it."""
    return RowText(header["text"], header["confidence"], tuple(Character(*one) for one in header["characters"]))


def _bytes_of(pixels: ColourImage) -> bytes:
    return np.ascontiguousarray(pixels[:, :, :3], dtype=np.uint8).tobytes()
