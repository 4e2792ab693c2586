"""Records as a run writes them, made by hand for tests of what reads them."""

from __future__ import annotations

from typing import Any

from rusta_cargo import Known
from rusta_schemas.bundle import Risk

STRIKE = {"path": "src/lib.rs", "start": 1, "end": 2, "text": "", "operator": "drop_mut"}


def known(prior: float = 0.9, factor: float = 1.0, **features: float) -> dict[str, Any]:
    """What the product says that it knew of an offer."""
    patch = Known([prior], 1, 2, Risk.LOW, 0, 1)
    return {"features": {**patch.features(), **features}, "factors": {"confidence": factor, "verbatim": factor}}


def product(**fields: Any) -> dict[str, Any]:
    made = {
        "outcome": "repaired", "why": "it was mended", "seconds": 2.0, "probes": 4, "rank": 1, "confidence": 0.9,
        "risk": "low", "risk_reasons": [], "steps": ["add `mut`"], "proposers": ["suggestions"], "priors": [0.9],
        "tests": 2, "errors": 1, "nearest": [], "diff": "", "trials": [], "episode": "e", "anchors": 1, "resolved": 1,
        "offered": True, "fixed": True, "verdict": "fixed", "exact": True, "deleted": False, "lines": 1, "files": 1,
        "lost": 0.0, "wrong": False, "harness": False, "verbatim": None, "asked": None, "known": {},
    }  # fmt: skip
    made.update(fields)
    if made["outcome"] != "repaired":
        made.update(offered=False, fixed=False, exact=None, confidence=None, verdict=made["outcome"])
    return made


def record(number: int = 0, *, greedy: bool = False, cargo: bool = False, **fields: Any) -> dict[str, Any]:
    """A record; fields of the product by name, those of the case as ``case_…``."""
    own = {k.removeprefix("case_"): v for k, v in fields.items() if k.startswith("case_")}
    made: dict[str, Any] = {
        "v": 3, "id": f"id{number}", "settings": "s", "set": "mutants", "origin": f"demo src/lib.rs:{number}",
        "name": f"demo-{number % 3}-abcdef", "category": "borrow", "code": "E0596", "operator": "drop_mut",
        "message": "m",
        "expect": "", "diagnostics": ["error[E0596]: <b>cannot</b> borrow"], "strike": dict(STRIKE), "source": "",
        "product": product(**{k: v for k, v in fields.items() if not k.startswith("case_")}),
        "greedy": {"fixed": greedy, "seconds": 1.0, "proof_seconds": 0.5, "cached": False},
        "cargo_fix": {"fixed": cargo, "seconds": 0.5, "proof_seconds": 0.5, "cached": False},
    }  # fmt: skip
    made.update(own)
    return made
