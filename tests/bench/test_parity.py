from collections import Counter
from itertools import islice

import numpy as np
import pytest

from bench.parity import SCRIPTS, Reading, rows, summed_up


def test_rows_are_alike_for_a_seed_and_as_many_of_each_script() -> None:
    try:
        first, second = list(rows(9, seed=1)), list(rows(9, seed=1))
    except FileNotFoundError as error:
        pytest.skip(str(error))
    assert [row[:2] for row in first] == [row[:2] for row in second]
    assert all(np.array_equal(one[2], other[2]) for one, other in zip(first, second, strict=True))
    assert Counter(script for script, _, _ in first) == dict.fromkeys(SCRIPTS.values(), 3)
    assert [row[:2] for row in islice(rows(9, seed=2), 9)] != [row[:2] for row in first]


def test_each_script_counts_alone_and_what_differs_is_kept() -> None:
    same, other = Reading("Latin", "No.", "No.", "No.", "No."), Reading("Chinese", "走吧。", "走吧。", "走吧", "走吧。")
    part = summed_up([same, same, same, other])
    assert {figure.name.rpartition(" ")[2]: figure.value for figure in part.figures[:-1]} == {"Latin": 1, "Chinese": 0}
    assert [figure.verdict for figure in part.figures] == ["missed", "reached", "-"]
    assert part.figures[-1].value == 1
    assert [row["recogniser"] for row in part.details["different"]] == ["走吧"]
    assert part.details["different_with_padding"] == []
