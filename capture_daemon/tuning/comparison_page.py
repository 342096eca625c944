"""A comparison as a page that needs nothing but itself."""

from __future__ import annotations

from html import escape

from capture_daemon.tuning.model_comparison import FORMS, ModelComparison, SideBySide

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #222; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; table-layout: fixed; }
th, td { border: 1px solid #ccc; padding: .4rem .6rem; text-align: left; vertical-align: top; }
th, td { white-space: pre-line; overflow-wrap: anywhere; }
th { background: #f3f3f3; } .sent { background: #e8f0e8; } .talk { color: #555; }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181818; } th { background: #282828; } th, td { border-color: #444; }
  .sent { background: #203020; } .talk { color: #aaa; }
}
"""


def comparison_page(comparison: ModelComparison) -> str:
    """The page, in HTML."""
    title = escape(f"{comparison.persona}: {comparison.base}, before and after")
    sides = "".join(_side(number, side, comparison.persona) for number, side in enumerate(comparison.shown, start=1))
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
<h1>{title}</h1>
<h2>How well each predicts the game's own answers</h2>
<p>Perplexity of {comparison.answers} answers that neither model was trained on, {comparison.tokens} tokens: the
number of tokens between which the model is undecided, on average. Lower is better. What the companion sends to each
model is in green.</p>
{_perplexities(comparison)}
<h2>What each says instead</h2>
<p>Asked with what the companion sends to each, and cut off as the companion does it.</p>
{sides}
</html>
"""


def _perplexities(comparison: ModelComparison) -> str:
    head = "".join(f"<th>{escape(form)}</th>" for form in FORMS)
    green, sent = {"tuned": FORMS[0], "base": FORMS[1]}, ' class="sent"'
    rows = "".join(
        f"<tr><th>{escape(model)}</th>"
        + "".join(f"<td{sent if form == green[model] else ''}>{values[form]:.1f}</td>" for form in FORMS)
        + "</tr>\n"
        for model, values in comparison.perplexity.items()
    )
    return f"<table>\n<tr><th>model</th>{head}</tr>\n{rows}</table>"


def _side(number: int, side: SideBySide, persona: str) -> str:
    said = "\n".join(f"{persona}: {text}" if role == "assistant" else text for role, text in side.talk)
    return f"""<table>
<tr><th colspan="3">{number}</th></tr>
<tr><td colspan="3" class="talk">{escape(said)}</td></tr>
<tr><th>in the game</th><th>base</th><th>tuned</th></tr>
<tr><td>{escape(side.game)}</td><td>{escape(side.base)}</td><td>{escape(side.tuned)}</td></tr>
</table>
"""
