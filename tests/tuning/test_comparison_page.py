"""The page of a comparison."""

from __future__ import annotations

from capture_daemon.tuning.comparison_page import comparison_page
from capture_daemon.tuning.model_comparison import FORMS, ModelComparison, SideBySide


def test_the_page_shows_figures_and_answers_and_takes_no_text_for_markup() -> None:
    side = SideBySide((("user", "Cold?"), ("assistant", "<b>No</b>"), ("user", "Sure?")), "Yes!", "As an AI…", "Very.")
    perplexity = {
        "base": dict(zip(FORMS, (40.04, 50.0), strict=True)),
        "tuned": dict(zip(FORMS, (20.0, 31), strict=True)),
    }
    page = comparison_page(ModelComparison("Pip", "small <model>", 7, 99, perplexity, (side,)))
    assert "<b>" not in page
    assert "Pip: &lt;b&gt;No&lt;/b&gt;" in page
    assert "small &lt;model&gt;" in page
    assert '<td class="sent">20.0</td><td>31.0</td>' in page
    assert '<td>40.0</td><td class="sent">50.0</td>' in page
    assert page.count("http") == 0, "it needs nothing but itself"
