"""The sweep as a page: verdict, what failed, table of outcomes, and the constraint matrix with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from rusta_hecate.layers.rules import matrix
from rusta_hecate.sweep.trial import LARGEST_NORM, LARGEST_STATE, Combination, Outcome

LIMIT = 0.2
CRITERIA = ("valid_output", "valid_gradients", "bounded", "decreases")
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: 1rem 0; white-space: nowrap; }
td, th { padding: .3rem .7rem; border-bottom: 1px solid #d8dee4; text-align: left; vertical-align: bottom; }
.number { text-align: right; font-variant-numeric: tabular-nums; } .why { white-space: normal; }
.good { color: #116329; } .bad { color: #a40e26; font-weight: 600; } .why, .small { color: #57606a; font-size: 90%; }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3; } td, th { border-color: #30363d; }
.good { color: #56d364; } .bad { color: #ff7b72; } .why, .small { color: #8b949e; } }
"""


def degenerate(outcomes: Sequence[Outcome]) -> float:
    """The share of combinations that fail a criterion."""
    return sum(not outcome.sound for outcome in outcomes) / max(1, len(outcomes))


def falsified(wanted: list[Combination], outcomes: Mapping[str, Outcome]) -> bool:
    """Whether at some horizon more than LIMIT of the combinations are degenerate."""
    return any(degenerate(group) > LIMIT for group in _horizons(wanted, outcomes).values())


def verdict(wanted: list[Combination], outcomes: Mapping[str, Outcome]) -> str:
    """One sentence: each horizon's count, and what follows."""
    counts = [
        f"{sum(not o.sound for o in group)} of {len(group)} combinations ({degenerate(group):.0%}) "
        f"are degenerate after {steps:,} steps"
        for steps, group in _horizons(wanted, outcomes).items()
    ]
    if falsified(wanted, outcomes):
        then = f"more than {LIMIT:.0%}, so the constraint matrix is falsified and has to be rebuilt"
    else:
        tried, valid = len({(c.rule, c.strategy) for c in wanted}), sum(ok for _, _, ok, _ in matrix())
        then = "the constraint matrix stands" if tried == valid else f"only {tried} of {valid} valid pairs were tried"
    return f"{', '.join(counts)}: {then}"


def page(wanted: list[Combination], outcomes: Mapping[str, Outcome]) -> str:
    """HTML of one file, nothing loaded from elsewhere."""
    reasons = "".join(
        f"<tr><td>{escape(rule)}</td><td>{escape(way)}</td><td class={'good' if valid else 'bad'}>"
        f"{'valid' if valid else 'refused'}</td><td class=why>{escape(why)}</td></tr>"
        for rule, way, valid, why in matrix()
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Memory sweep</title><style>{_STYLE}</style><h1>Memory sweep</h1>"
        f"<p>{escape(verdict(wanted, outcomes))}.</p>{_failures(wanted, outcomes)}"
        f"<h2>Outcomes</h2>{_outcomes(wanted, outcomes)}"
        f"<p class=small>Bounded: no gradient's norm above {LARGEST_NORM:,.0f}, no state's above {LARGEST_STATE:,.0f}. "
        f"Losses are means over the first and the last tenth of the steps. A training that leaves the numbers is "
        f"ended there.</p><h2>Constraint matrix</h2><div class=wide><table><tr><th>rule</th><th>strategy</th><th></th>"
        f"<th>why not</th></tr>{reasons}</table></div></html>\n"
    )


def _horizons(wanted: list[Combination], outcomes: Mapping[str, Outcome]) -> dict[int, list[Outcome]]:
    found: dict[int, list[Outcome]] = {}
    for one in wanted:
        found.setdefault(one.steps, []).append(outcomes[one.key])
    return found


def _failures(wanted: list[Combination], outcomes: Mapping[str, Outcome]) -> str:
    bad = [one for one in wanted if not outcomes[one.key].sound]
    if not bad:
        return "<p class=good>Every combination is sound.</p>"
    items = "".join(f"<li>{escape(one.key)}: {escape(', '.join(_failed(outcomes[one.key])))}</li>" for one in bad)
    return f"<h2>What failed</h2><ul class=bad>{items}</ul>"


def _failed(outcome: Outcome) -> list[str]:
    return ["not " + name.replace("_", " ") for name in CRITERIA if not getattr(outcome, name)]


def _outcomes(wanted: list[Combination], outcomes: Mapping[str, Outcome]) -> str:
    heads = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in CRITERIA)
    rows = "".join(_row(c, outcomes[c.key]) for c in wanted)
    return (
        f"<div class=wide><table><tr><th>rule</th><th>strategy</th><th>frequencies</th><th class=number>steps</th>{heads}"
        f"<th class=number>loss, nats</th><th class=number>largest gradient</th><th class=number>largest state</th></tr>"
        f"{rows}</table></div>"
    )


def _row(combination: Combination, outcome: Outcome) -> str:
    marks = "".join(
        f"<td class={'good' if getattr(outcome, name) else 'bad'}>{'yes' if getattr(outcome, name) else 'no'}</td>"
        for name in CRITERIA
    )
    numbers = (
        f"{outcome.first:.3f} → {outcome.last:.3f}",
        f"{outcome.largest_norm:.2g}",
        f"{outcome.largest_state:,.0f}",
    )
    cells = "".join(f"<td class=number>{number}</td>" for number in numbers)
    frequencies = ", ".join(map(str, combination.frequencies))
    return (
        f"<tr><td>{escape(combination.rule)}</td><td>{escape(combination.strategy)}</td><td>{frequencies}</td>"
        f"<td class=number>{combination.steps:,}</td>{marks}{cells}</tr>"
    )
