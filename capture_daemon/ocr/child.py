"""The OCR worker's process: `python -m capture_daemon.ocr.child SETTINGS [batch_mode]`.

It takes its requests from standard input, and ends when that closes, so that nothing is left behind when the daemon is
killed.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

from capture_daemon.common.allocator import return_small_blocks
from capture_daemon.config.models import OcrTable
from capture_daemon.errors import CaptureDaemonError
from capture_daemon.ocr import messages
from capture_daemon.ocr.engine import Engine, RowImage
from capture_daemon.ocr.languages import canonical
from capture_daemon.ocr.missing import explain_missing

if TYPE_CHECKING:
    from capture_daemon.ocr.detection import Detector

HURRIED_THREADS = 2
"""Threads for a recording, where no game needs a core: `extract --jobs` reads one file for two cores."""
NICENESS = 5
"""The game comes first; with ten, lines were about 0.03 s later where the game keeps every core busy."""


def main() -> None:
    """Load the engine and the detector, then answer until the input closes."""
    batch_mode = "batch_mode" in sys.argv[2:]
    rows_in, texts_out = _own_pipes()
    _leave_signals_to_the_daemon()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    requests: queue.Queue[RowImage | messages.Picture] = queue.Queue(maxsize=4)
    threading.Thread(target=_receive, args=(rows_in, requests), daemon=True).start()

    def send(message: bytes) -> None:
        texts_out.write(message)
        texts_out.flush()

    settings = OcrTable.model_validate(json.loads(sys.argv[1]))
    if batch_mode and settings.threads is None:
        settings = settings.model_copy(update={"threads": min(HURRIED_THREADS, os.cpu_count() or 1)})
    try:
        engine = load_engine(settings, lambda what: send(messages.encode({"loading": what})), batch_mode=batch_mode)
        detector = load_detector(settings.threads)
    except CaptureDaemonError as error:
        send(messages.encode({"error": str(error), "kind": type(error).__name__}))
        return
    send(messages.encode({"ready": engine.name}))
    # A pass frees 100 MB.
    give_back = _memory_kept if batch_mode else return_small_blocks
    while True:
        request = requests.get()
        if isinstance(request, RowImage):
            [text] = engine.read([request])
            send(messages.text_message(text))
        else:
            send(messages.boxes_message(detector.find(request.pixels, request.scale)))
        give_back()


def load_engine(settings: OcrTable, on_download: Callable[[str], None], *, batch_mode: bool = False) -> Engine:
    """The engine that the configuration names; `batch_mode` as for `PaddleEngine`.

    `on_download` is called with the model's name before a download begins. Raises ModelError if the engine or its model
    is not available, and ConfigurationError for an unknown language.
    """
    # Imported only here: each is heavy, and the daemon gets the reason if one fails.
    try:
        if settings.engine == "tesseract":
            from capture_daemon.ocr.tesseract import TesseractEngine  # noqa: PLC0415

            return TesseractEngine(settings.language)
        from capture_daemon.ocr import model_files  # noqa: PLC0415
        from capture_daemon.ocr.paddle import PaddleEngine  # noqa: PLC0415

        if settings.engine == "paddle":
            from capture_daemon.ocr.paddle_inference import require  # noqa: PLC0415

            require()
        if model_files.is_own(settings.language, settings.models, settings.engine):
            from capture_daemon.ocr.korean import HangulReader, KoreanEngine  # noqa: PLC0415

            korean = canonical(settings.language) == "ko"
            packaged = model_files.obtain("auto", settings.models, settings.engine, on_download)
            other = PaddleEngine(packaged, settings.engine, settings.threads, batch_mode=batch_mode)
            return KoreanEngine(other, lambda: HangulReader(settings.threads, batch_mode=batch_mode), told=korean)
        model = model_files.obtain(settings.language, settings.models, settings.engine, on_download)
        return PaddleEngine(model, settings.engine, settings.threads, batch_mode=batch_mode)
    except ImportError as error:
        raise explain_missing(error) from error


def load_detector(threads: int | None) -> Detector:
    """Load the detector, on `threads` threads (None: as many as suit). Raises ModelError if it is not available."""
    try:
        # Imported only here, as engines are.
        from capture_daemon.ocr.detection import Detector  # noqa: PLC0415

        return Detector(threads)
    except ImportError as error:
        raise explain_missing(error) from error


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the daemon, moved out of the way of libraries that print to standard output or read the input."""
    rows_in, texts_out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return rows_in, texts_out


def _leave_signals_to_the_daemon() -> None:
    # Ctrl-C and a service manager's stop reach every process; the daemon still needs its last line read.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def _receive(rows_in: BinaryIO, requests: queue.Queue[RowImage | messages.Picture]) -> None:
    def read(length: int) -> bytes:
        found = rows_in.read(length)
        if len(found) < length:
            # The daemon is gone, perhaps in the middle of a message. Not sys.exit: the pass that is running may never
            # come back.
            os._exit(0)
        return found

    while True:
        header_length, body_length = messages.lengths(read(messages.LENGTHS.size))
        header: dict[str, Any] = json.loads(read(header_length))
        requests.put(messages.request_from(header, read(body_length)))


def _memory_kept() -> None:
    """Hand nothing back: the next pass needs the same memory, and getting it again costs a fifth of a pass."""


if __name__ == "__main__":
    main()
