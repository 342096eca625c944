"""A looker whose answers are kept on disk: a picture that was looked at once needs no engine again."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import capture_daemon.ocr
from capture_daemon.config.models import OcrTable
from capture_daemon.frames import ColourImage
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.tracing.ocr_answers import Found, ReadRow, key_of, row_key

LONGEST_WAIT = 60.0
"""Seconds that another process may take to write its answer."""


def engine_key(table: OcrTable) -> str:
    """What answers depend on beside the picture: the engine, its language, and the program round it."""
    digest = hashlib.blake2b(f"{table.engine} {table.language} {table.models}".encode(), digest_size=10)
    folder = Path(capture_daemon.ocr.__path__[0])
    for file in sorted([*folder.glob("*.py"), *folder.glob("*.onnx")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


class CachedLooker:
    """Answers from a file; asks a worker, started at the first need, for what isn't there. For one event loop."""

    def __init__(self, table: OcrTable, file: Path) -> None:
        self.asked = self.missed = 0
        """How many pictures were shown, and how many of them had to be looked at."""
        self._table = table
        self._engine = engine_key(table)
        self._worker: OcrWorker | None = None
        file.parent.mkdir(parents=True, exist_ok=True)
        self._answers = sqlite3.connect(file, timeout=LONGEST_WAIT, isolation_level=None)
        self._answers.execute("pragma journal_mode = wal")
        self._answers.execute("pragma synchronous = off")
        self._answers.execute("create table if not exists answers (key text primary key, answer text) without rowid")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answers.close()
        if self._worker is not None:
            await self._worker.close()

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        """Where text stands in a picture."""
        key = f"{self._engine} find {key_of(picture)} {scale}"
        known = self._known(key)
        if known is not None:
            return list(Found.of(known).boxes)
        found = await (await self._started()).find(picture, scale)
        if found is not None:
            self._keep(key, Found(0.0, "", scale or 0.0, None, tuple(found)))
        return found

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """What stands in pictures of rows."""
        return [await self._read(row) for row in rows]

    async def _read(self, row: RowImage) -> RowText:
        key = f"{self._engine} read {row_key(row)}"
        known = self._known(key)
        if known is not None:
            return ReadRow.of(known).text
        [text] = await (await self._started()).read([row])
        self._keep(key, ReadRow(0.0, "", None, text))
        return text

    async def _started(self) -> OcrWorker:
        self.missed += 1
        if self._worker is None:
            self._worker = OcrWorker(self._table, lambda state, detail: None, batch_mode=True)
            await self._worker.start()
        return self._worker

    def _known(self, key: str) -> dict[str, object] | None:
        self.asked += 1
        found = self._answers.execute("select answer from answers where key = ?", (key,)).fetchone()
        return None if found is None else json.loads(found[0])

    def _keep(self, key: str, look: Found | ReadRow) -> None:
        answer = json.dumps(look.record(), ensure_ascii=False)
        self._answers.execute("insert or replace into answers values (?, ?)", (key, answer))
