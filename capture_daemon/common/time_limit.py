"""Work that may hang in the system: it is done in a thread of its own, which is left behind when its time is up."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
MOST_HANGING = 4
"""Threads of one name that may hang at a time, 1 to 16: what works again is done, though one before hangs on."""
_hanging: dict[str, list[threading.Thread]] = {}


def run(name: str, limit: float, job: Callable[[], Result]) -> Result:
    """What `job` returns or raises; TimeoutError if it takes longer than `limit` seconds.

    While `MOST_HANGING` jobs of the same name, left behind before, still hang, TimeoutError is raised at once: however
    often it is tried, no more threads hang. Blocks the caller, so it isn't for the event loop.
    """
    hanging = _hanging[name] = [thread for thread in _hanging.get(name, []) if thread.is_alive()]
    if len(hanging) >= MOST_HANGING:
        raise TimeoutError
    done: queue.SimpleQueue[tuple[Result | None, BaseException | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            done.put((job(), None))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            done.put((None, error))

    # A daemon thread, so that one which hangs can't keep the process from ending.
    thread = threading.Thread(target=work, name=f"limited {name}", daemon=True)
    thread.start()
    try:
        result, error = done.get(timeout=limit)
    except queue.Empty:
        hanging.append(thread)
        raise TimeoutError from None
    thread.join()
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # if there is no error, it is what the job returned
