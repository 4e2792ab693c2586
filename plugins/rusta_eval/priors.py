"""How often candidates of a kind are right, counted on the trials of earlier runs.

A trial is a candidate that was compiled; it was right when it makes the author's text, whether it was taken or another
before it, or when it was part of a patch that does, or, where that text is not known, that the judge calls a good
repair. Counts are kept, not shares: :mod:`rusta_cargo.repair.learnt` tells how the product uses them. Only one half of
crates and codes is learnt from (:func:`rusta_eval.cases.in_learn`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rusta_cargo import keys_of
from rusta_eval.cases import in_learn
from rusta_eval.measures import Record, measured, right

STRENGTH = 8.0
FEWEST = 4


@dataclass(frozen=True)
class Count:
    """How often candidates of one kind were tried, and were right.

    of: the error code or class of errors that they answered, "" for any. kind "" counts all of a proposer's.
    """

    proposer: str
    of: str
    kind: str
    right: int
    tried: int


def learnt_on(records: Iterable[Record]) -> list[Record]:
    """The records of the half that is learnt from."""
    return [r for r in measured(records) if in_learn(_crate_or_code(r))]


def held_out(records: Iterable[Record]) -> list[Record]:
    """The records of the half that is measured on."""
    return [r for r in measured(records) if not in_learn(_crate_or_code(r))]


def _crate_or_code(record: Record) -> str:
    """A crate is split by name and version, not by the hash in the name of its folder."""
    name = str(record["name"])
    return name.rpartition("-")[0] if record["strike"] and record["set"] != "programs" else name


def count(records: Iterable[Record]) -> list[Count]:
    """The counts of all trials in ``records``, in a fixed order; kinds seen fewer than four times are left out."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for record in records:
        product = record["product"]
        for trial in product["trials"]:
            won = bool(trial.get("original") or (trial["won"] and right(record)))
            for key in keys_of(trial["proposer"], trial["code"], str(record["category"]), trial["kind"]):
                pair = found.setdefault(key, [0, 0])
                pair[0] += won
                pair[1] += 1
    return [Count(*key, right, tried) for key, (right, tried) in sorted(found.items()) if tried >= FEWEST]


def to_toml(counts: Iterable[Count], about: Mapping[str, Any]) -> str:
    """The data file. JSON strings are TOML strings."""
    lines = [
        "# How often candidates of a kind were right, counted on the evaluation's learning half.",
        "# Made by: python3 xtask.py train:priors    p = (right + strength * own) / (tried + strength)",
        f"strength = {STRENGTH}",
        "",
        "[about]",
        *(f"{name} = {json.dumps(value)}" for name, value in about.items()),
    ]
    for item in counts:
        lines += [
            "",
            "[[prior]]",
            f"proposer = {json.dumps(item.proposer)}",
            f"of = {json.dumps(item.of)}",
            f"kind = {json.dumps(item.kind, ensure_ascii=False)}",
            f"right = {item.right}",
            f"tried = {item.tried}",
        ]
    return "\n".join(lines) + "\n"
