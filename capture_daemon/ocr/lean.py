"""Importing PaddleOCR at half its weight.

PaddleOCR imports, for every model it has, what any of them needs: pandas for time series, a client of ModelScope for
downloads, an HTTP client for its hosted service, a PDF renderer, a plotter. Recognising rows needs none of these, and
they are a third of the process's memory and half of its start. While PaddleOCR is imported, empty stand-ins take their
place.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import logging
import os
import sys
import types
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

logger = logging.getLogger(__name__)

UNNEEDED = frozenset({"aiohttp", "matplotlib", "modelscope", "pandas", "pypdfium2"})
"""Packages that PaddleOCR imports and recognising rows doesn't use."""


class _StandIn(ModuleType):
    """A module in which every class is there, and empty."""

    def __getattr__(self, name: str) -> Any:
        if not name[0].isupper():
            # Lower case is a submodule: the import system asks the finder for it next.
            raise AttributeError(f"{self.__name__} is left out of this process: it has no {name}")
        return type(name, (), {"__init__": lambda self, *values, **named: None})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in UNNEEDED:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


@contextlib.contextmanager
def _standing_in() -> Iterator[None]:
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, _StandIn)]:
            del sys.modules[name]


@contextlib.contextmanager
def quick_settings() -> Iterator[None]:
    """Meanwhile YAML is read by its library in C, where that is there: a model's alphabet of 18,000 letters is YAML."""
    yaml: Any = importlib.import_module("yaml")
    slow = yaml.FullLoader
    try:
        yaml.FullLoader = getattr(yaml, "CFullLoader", slow)
        yield
    finally:
        yaml.FullLoader = slow


def import_paddleocr() -> Any:
    """The module `paddleocr`, imported without what it doesn't need here; as it is where that fails.

    Raises ImportError where it can't be imported at all.
    """
    # Otherwise it asks hosts on the internet whether they are there.
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    if "paddleocr" in sys.modules or UNNEEDED & sys.modules.keys():
        return importlib.import_module("paddleocr")
    try:
        with _standing_in():
            return importlib.import_module("paddleocr")
    except (ImportError, AttributeError, TypeError) as error:
        logger.debug("paddleocr needs more than expected (%s), importing all of it", error)
    for name in [name for name in sys.modules if name.partition(".")[0] in {"paddleocr", "paddlex"}]:
        del sys.modules[name]
    return importlib.import_module("paddleocr")
