"""The sweep as a page: verdict, table of outcomes, and the constraint matrix with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from rusta_hecate.layers.rules import matrix
from rusta_hecate.sweep.trial import Combination, Outcome

LIMIT = 0.2
CRITERIA = ("valid_output", "valid_gradients", "bounded", "decreases")
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
table { border-collapse: collapse; margin: 1rem 0; } td, th { padding: .3rem .7rem; border-bottom: 1px solid #d8dee4; }
th { text-align: left; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
.good { color: #116329; } .bad { color: #a40e26; font-weight: 600; } .why { color: #57606a; font-size: 90%; }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3; } td, th { border-color: #30363d; }
.good { color: #56d364; } .bad { color: #ff7b72; } .why { color: #8b949e; } }
"""


def degenerate(outcomes: Mapping[str, Outcome]) -> float:
    """The share of combinations that fail a criterion."""
    return sum(not outcome.sound for outcome in outcomes.values()) / max(1, len(outcomes))


def verdict(outcomes: Mapping[str, Outcome]) -> str:
    """One sentence."""
    share = degenerate(outcomes)
    count = (
        f"{sum(not o.sound for o in outcomes.values())} of {len(outcomes)} combinations ({share:.0%}) are degenerate"
    )
    if share > LIMIT:
        return f"{count}: more than {LIMIT:.0%}, so the constraint matrix is falsified and has to be rebuilt"
    return f"{count}: the constraint matrix stands"


def page(wanted: list[Combination], outcomes: Mapping[str, Outcome]) -> str:
    """HTML of one file, nothing loaded from elsewhere."""
    rows = "".join(_row(c, outcomes[c.key]) for c in wanted)
    reasons = "".join(
        f"<tr><td>{escape(rule)}</td><td>{escape(way)}</td><td class={'good' if valid else 'bad'}>"
        f"{'valid' if valid else 'refused'}</td><td class=why>{escape(why)}</td></tr>"
        for rule, way, valid, why in matrix()
    )
    heads = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in CRITERIA)
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Memory sweep</title><style>{_STYLE}</style><h1>Memory sweep</h1><p>{escape(verdict(outcomes))}.</p>"
        f"<table><tr><th>rule</th><th>strategy</th><th>frequencies</th><th>steps</th>{heads}<th>loss, nats</th>"
        f"<th>largest gradient</th><th>largest state</th></tr>{rows}</table>"
        f"<h2>Constraint matrix</h2><table><tr><th>rule</th><th>strategy</th><th></th><th>why not</th></tr>{reasons}</table>"
        "</html>\n"
    )


def _row(combination: Combination, outcome: Outcome) -> str:
    marks = "".join(
        f"<td class={'good' if getattr(outcome, name) else 'bad'}>{'yes' if getattr(outcome, name) else 'no'}</td>"
        for name in CRITERIA
    )
    numbers = (
        f"{outcome.first:.3f} → {outcome.last:.3f}",
        f"{outcome.largest_norm:.2g}",
        f"{outcome.largest_state:.2g}",
    )
    cells = "".join(f"<td class=number>{number}</td>" for number in numbers)
    frequencies = ", ".join(map(str, combination.frequencies))
    return (
        f"<tr><td>{escape(combination.rule)}</td><td>{escape(combination.strategy)}</td><td>{frequencies}</td>"
        f"<td class=number>{combination.steps:,}</td>{marks}{cells}</tr>"
    )
