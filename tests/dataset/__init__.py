"""Tests of data sets; all of them need the extra."""

import pytest

pytest.importorskip("rapidfuzz", reason="needs the extra [dataset]")
