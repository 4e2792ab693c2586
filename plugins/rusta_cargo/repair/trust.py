"""How far a proved patch can be trusted: the probability that it is what its author wants.

A logistic model of what is known when the patch is offered. Its weights are in ``data/calibration.json``, fitted on one
half of the evaluation's cases by ``python3 xtask.py train:priors``, which also tells the expected calibration error on
the other half. Flaky tests, tests that nobody wanted to run, and a guess about what the program should do lower it by a
plain factor. Without that file the value
is a product of plain factors: 0.96, the share of patches that compile that also pass the tests of their crate (measured
on mutants of real crates), the square root of the candidates' priors (a patch that compiled is better than its prior),
and one factor for each thing that is known to go wrong.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rusta_schemas.bundle import Risk

COMPILES_IS_RIGHT = 0.96
UNTESTED = 0.75
FLAKY = 0.8
GUESSED = 0.5
# One example determines no number: many other changes keep it.
UNDETERMINED = 0.1
PER_LINE = 0.985
BY_RISK = {Risk.LOW: 1.0, Risk.MEDIUM: 0.85, Risk.HIGH: 0.5}
STUB_CONFIDENCE = 0.05
# A patch with a lower confidence is shown, not offered.
ASK_BELOW = 0.15
FEATURES = (
    "bias", "log_prior", "log_lines", "steps", "tested", "medium", "high", "rivals", "errors", "by_tests",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What is known of a patch when it is offered.

    priors: of the candidates that it is made of. lines: changed ones. tests: how many passed on it. rivals: other trees
    that compiled too. errors: of the base; 0 when its tests failed instead. unasked: there may be tests, and by the
    user's wish they were not run. guess: part of it decides what the program does, and nothing says so. undetermined:
    one example of the tests is all that speaks for it.
    """

    priors: Sequence[float]
    lines: int
    tests: int
    risk: Risk
    rivals: int
    errors: int
    flaky: bool = False
    unasked: bool = False
    stub: bool = False
    guess: bool = False
    undetermined: bool = False

    def features(self) -> tuple[float, ...]:
        """The numbers of :data:`FEATURES`, in their order."""
        return (
            1.0,
            sum(math.log(max(1e-6, prior)) for prior in self.priors),
            math.log(max(1, self.lines)),
            float(len(self.priors)),
            float(self.tests > 0),
            float(self.risk is Risk.MEDIUM),
            float(self.risk is Risk.HIGH),
            math.log1p(max(0, self.rivals)),
            math.log(max(1, self.errors)),
            float(self.errors == 0),
        )


def confidence(known: Known) -> float:
    """The probability that the patch is right, in [0, 1]."""
    if known.stub:
        return STUB_CONFIDENCE
    weights = _weights()
    value = by_factors(known) if weights is None else by_weights(weights, known)
    value *= (FLAKY if known.flaky else 1.0) * (UNTESTED if known.unasked else 1.0)
    value *= GUESSED if known.guess else 1.0
    value *= UNDETERMINED if known.undetermined else 1.0
    return round(min(1.0, max(0.0, value)), 3)


def by_factors(known: Known) -> float:
    """The plain formula of the module's text."""
    value = COMPILES_IS_RIGHT * math.sqrt(math.prod(known.priors)) * BY_RISK[known.risk]
    return value * PER_LINE ** max(0, known.lines - 1) * (1.0 if known.tests or known.unasked else UNTESTED)


def by_weights(weights: Sequence[float], known: Known) -> float:
    """The logistic model."""
    score = sum(weight * value for weight, value in zip(weights, known.features(), strict=True))
    return 1.0 / (1.0 + math.exp(-score)) if score > -700 else 0.0


@cache
def _weights() -> tuple[float, ...] | None:
    place = resources.files("rusta_cargo") / "repair" / "data" / "calibration.json"
    if not place.is_file():
        return None
    data = json.loads(place.read_text("utf-8"))
    if tuple(data["features"]) != FEATURES:  # made for another model
        return None
    return tuple(float(weight) for weight in data["weights"])
