import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from capture_daemon.config.models import OcrTable
from capture_daemon.errors import ConfigurationError, ModelError
from capture_daemon.frames import Box
from capture_daemon.ocr import worker as worker_module
from capture_daemon.ocr.engine import RowText
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.records import StatusState
from tests.ocr.drawing import draw, row_of
from tests.ocr.loading import dies_while_it_loads

TEXT = "Hello there, Mira."
Status = tuple[StatusState, str | None]

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@asynccontextmanager
async def working(
    statuses: list[Status] | None = None, limit: float = 10.0, *, batch_mode: bool = False
) -> AsyncIterator[OcrWorker]:
    told = [] if statuses is None else statuses
    settings = OcrTable(timeout=limit, threads=1)
    worker = OcrWorker(settings, lambda state, detail: told.append((state, detail)), batch_mode=batch_mode)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.close()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(90):
            await test()

    asyncio.run(limited())


def process_of(worker: OcrWorker) -> int:
    assert worker.process_id is not None
    return worker.process_id


def texts(answers: list[RowText]) -> list[str]:
    return [answer.text for answer in answers]


def test_rows_of_every_size_are_answered_in_order() -> None:
    async def test() -> None:
        async with working() as worker:
            process = psutil.Process(process_of(worker))
            wide = draw("A row that is as wide as the screen it stands on. " * 3, size=24)
            pixel = row_of(np.zeros((1, 1), np.uint8))
            answers = await worker.read([wide, pixel, draw(TEXT)])
            assert texts(answers)[1:] == ["", TEXT]
            assert len(answers[0].text) > 140
            assert await worker.read([]) == []
            assert worker.passes == 3
            if sys.platform != "win32":
                assert process.nice() >= 5
        assert worker.process_id is None
        assert not process.is_running()

    run(test)


def test_text_is_found_and_read_in_turn() -> None:
    async def test() -> None:
        async with working() as worker:
            row = draw(TEXT)
            picture = np.full((300, 500, 3), 40, np.uint8)
            height, width = row.pixels.shape[:2]
            picture[100 : 100 + height, 60 : 60 + width] = row.pixels
            found, read, nothing = await asyncio.gather(
                worker.find(picture, 1.0), worker.read([row]), worker.find(np.zeros((100, 200, 3), np.uint8))
            )
            assert found is not None
            [piece] = found
            assert piece.box.intersection(Box(66, 106, width - 12, height - 12)) is not None
            assert abs(piece.box.left - 66) < 12
            assert texts(read) == [TEXT]
            assert "".join(one.text for one in read[0].characters) == TEXT
            assert nothing == []
            assert worker.passes == 1

    run(test)


def test_calls_at_the_same_time_wait_for_one_another() -> None:
    async def test() -> None:
        async with working() as worker:
            answers = await asyncio.gather(worker.read([draw("One.")]), worker.read([draw("Two.")]))
            assert [texts(answer) for answer in answers] == [["One."], ["Two."]]

    run(test)


def test_a_pass_that_nobody_waits_for_is_finished_and_its_answer_is_nobody_elses() -> None:
    async def test() -> None:
        async with working() as worker:
            given_up = asyncio.create_task(worker.read([draw("One.")]))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            given_up.cancel()
            assert texts(await worker.read([draw("Two.")])) == ["Two."]
            assert worker.passes == 2

    run(test)


@posix
def test_a_worker_that_is_killed_is_replaced_at_once() -> None:
    async def test() -> None:
        statuses: list[Status] = []
        async with working(statuses) as worker:
            first = process_of(worker)
            os.kill(first, signal.SIGKILL)
            while worker.process_id in (first, None):  # noqa: ASYNC110 - there is nothing to wait on
                await asyncio.sleep(0.05)
            assert texts(await worker.read([draw(TEXT)])) == [TEXT]
        assert [state for state, _ in statuses] == ["degraded", "capturing"]

    run(test)


@posix
def test_a_row_in_hand_survives_the_worker() -> None:
    async def test() -> None:
        async with working() as worker:
            os.kill(process_of(worker), signal.SIGSTOP)
            reading = asyncio.create_task(worker.read([draw(TEXT)]))
            await asyncio.sleep(0.3)
            os.kill(process_of(worker), signal.SIGKILL)
            assert texts(await reading) == [TEXT]

    run(test)


@posix
def test_a_pass_that_hangs_is_given_up_and_tried_again() -> None:
    async def test() -> None:
        statuses: list[Status] = []
        async with working(statuses, limit=3) as worker:
            first = process_of(worker)
            os.kill(first, signal.SIGSTOP)
            assert texts(await worker.read([draw(TEXT)])) == [TEXT]
            assert worker.process_id != first
            assert not psutil.pid_exists(first)
        assert statuses[0] == ("degraded", "a pass took longer than 3 s; another is started")
        assert statuses[-1] == ("capturing", None)

    run(test)


@posix
def test_on_a_recording_each_try_has_twice_the_time() -> None:
    async def test() -> None:
        statuses: list[Status] = []
        async with working(statuses, limit=2, batch_mode=True) as worker:

            async def stop_two() -> None:
                stopped: list[int] = []
                while len(stopped) < 2:
                    if worker.process_id is not None and worker.process_id not in stopped:
                        stopped.append(worker.process_id)
                        os.kill(stopped[-1], signal.SIGSTOP)
                    await asyncio.sleep(0.02)

            stopping = asyncio.create_task(stop_two())
            assert texts(await worker.read([draw(TEXT)])) == [TEXT]
            await stopping
        slow = [detail for _, detail in statuses if detail and "took longer" in detail]
        assert [detail.split(";")[0] for detail in slow] == [
            "a pass took longer than 2 s",
            "a pass took longer than 4 s",
        ]

    run(test)


@posix
def test_a_row_that_hangs_every_worker_is_answered_with_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "ATTEMPTS", 2)

    async def test() -> None:
        async with working(limit=0.5) as worker:

            async def stop_each() -> None:
                while True:
                    if worker.process_id is not None:
                        os.kill(worker.process_id, signal.SIGSTOP)
                    await asyncio.sleep(0)

            stopping = asyncio.create_task(stop_each())
            assert await worker.read([draw(TEXT)]) == [RowText("", 0.0)]
            stopping.cancel()

    run(test)


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signals_are_the_daemons_business(name: str) -> None:
    async def test() -> None:
        async with working() as worker:
            os.kill(process_of(worker), getattr(signal, name))
            assert texts(await worker.read([draw(TEXT)])) == [TEXT]
            assert os.getpgid(process_of(worker)) != os.getpgid(0)

    run(test)


@posix
def test_closing_takes_less_than_two_seconds_even_if_it_hangs() -> None:
    async def test() -> None:
        async with working() as worker:
            process = process_of(worker)
            os.kill(process, signal.SIGSTOP)
            reading = asyncio.create_task(worker.read([draw(TEXT)]))
            finding = asyncio.create_task(worker.find(draw(TEXT).pixels))
            await asyncio.sleep(0.1)
            began = time.monotonic()
            await worker.close()
            assert time.monotonic() - began < 2
            assert await reading == [RowText("", 0.0)]
            assert await finding is None
            assert not psutil.pid_exists(process)
            await worker.close()

    run(test)


@posix
def test_the_worker_ends_when_the_daemon_is_killed() -> None:
    program = """
import asyncio
from capture_daemon.config.models import OcrTable
from capture_daemon.ocr.worker import OcrWorker

async def main():
    worker = OcrWorker(OcrTable(), print)
    await worker.start()
    print(worker.process_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        worker = psutil.Process(int(daemon.stdout.readline()))
        daemon.kill()
    worker.wait(timeout=10)


def test_what_keeps_the_engine_from_loading_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "PP-OCRv6_small_rec"
    folder.mkdir()
    (folder / "inference.yml").write_text("PostProcess: {character_dict: [a]}", encoding="utf-8")
    (folder / "inference.onnx").write_bytes(b"damaged")
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path / "paddlex"))
    cases: list[tuple[OcrTable, type[Exception], str]] = [
        (OcrTable(models=tmp_path), ModelError, r"inference\.onnx: the model PP-OCRv6_small_rec can't be loaded"),
        (OcrTable(language="klingon"), ConfigurationError, "language 'klingon' is not known"),
    ]

    async def test() -> None:
        for settings, kind, message in cases:
            worker = OcrWorker(settings, lambda state, detail: None)
            with pytest.raises(kind, match=message):
                await worker.start()
            assert worker.process_id is None
            await worker.close()

    run(test)


@posix
def test_a_child_that_dies_while_it_loads_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dies_while_it_loads(tmp_path, times=3)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def test() -> None:
        statuses: list[Status] = []
        worker = OcrWorker(OcrTable(threads=1), lambda state, detail: statuses.append((state, detail)))
        with pytest.raises(ModelError, match="ended while it loaded its engine"):
            await worker.start()
        assert statuses == []
        await worker.start(retry=True)
        assert [state for state, _ in statuses] == ["degraded", "degraded"]
        assert texts(await worker.read([draw(TEXT)])) == [TEXT]
        await worker.close()

    run(test)


@posix
def test_waiting_for_a_child_that_loads_ends_with_close(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dies_while_it_loads(tmp_path, times=1000)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def test() -> None:
        lost = asyncio.Event()
        worker = OcrWorker(OcrTable(), lambda state, detail: lost.set())
        starting = asyncio.create_task(worker.start(retry=True))
        await lost.wait()
        await worker.close()
        with pytest.raises(ModelError, match="was closed"):
            await starting
        assert worker.process_id is None

    run(test)


def test_an_engine_that_cannot_be_imported_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def test() -> None:
        worker = OcrWorker(OcrTable(), lambda state, detail: None)
        with pytest.raises(ModelError, match=r"^cv2 needs libGL\.so\.1: cannot open .*apt-get install libgl1"):
            await worker.start()
        await worker.close()

    run(test)


def test_what_libraries_print_does_not_get_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os\nos.write(2, b'a warning\\n')\n")
    (tmp_path / "pypdfium2.py").write_text("")
    (tmp_path / "bidi").mkdir()
    (tmp_path / "bidi" / "__init__.py").write_text("print('chatter', flush=True)\n")
    (tmp_path / "bidi" / "algorithm.py").write_text("import os\nos.write(1, b'more')\nget_display = str\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def test() -> None:
        async with working() as worker:
            assert texts(await worker.read([draw(TEXT)])) == [TEXT]

    run(test)
