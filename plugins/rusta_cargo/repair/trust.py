"""How far a proved patch can be trusted, in two numbers of which each says one thing.

*Confidence*: the probability that the patch is right, as far as tests can tell: it keeps every test that the project has,
those among them that were not run. *Verbatim*: the probability that it is, token for token, what its author would have
written; of two spellings that do the same only one is. Verbatim is never above confidence.

Each is a logistic model of what is known when the patch is offered. The weights are in ``data/calibration.json``, fitted
on one half of the evaluation's cases by ``python3 xtask.py train:priors``, which also tells the expected calibration
error on the other half. What the evaluation cannot see lowers both by a plain factor: flaky tests, tests that nobody ran
or that do not exist, values that were made up, a change that one example alone speaks for, another that the tests take
just as well. Without that file confidence
is a product of plain factors (0.96, the share of patches that compile that also pass the tests of their crate, the
square root of the candidates' priors, one factor for each thing that is known to go wrong), and verbatim is unknown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from pydantic import JsonValue

from rusta_cargo.repair.shape import Shape
from rusta_schemas.base import JsonObject
from rusta_schemas.bundle import Risk

# Of 117 mutants that compiled again, 113 passed the tests of their crate.
COMPILES_IS_RIGHT = 0.96
UNTESTED = COMPILES_IS_RIGHT
FLAKY = 0.8
GUESSED = 0.5
# One example determines no number: many other changes keep it.
UNDETERMINED = 0.1
# A test that was changed to compile says nothing of the code.
RETOLD = 0.1
PER_LINE = 0.985
BY_RISK = {Risk.LOW: 1.0, Risk.MEDIUM: 0.85, Risk.HIGH: 0.5}
STUB_CONFIDENCE = 0.05
# A patch with a lower confidence is shown, not offered.
ASK_BELOW = 0.15
FEATURES = (
    "bias", "log_prior", "weakest", "log_tokens", "log_lines", "detours", "medium", "high", "rivals", "errors",
    "by_tests", "imports", "invents", "deletes", "defines",
)  # fmt: skip
HEADS = ("confidence", "verbatim")


@dataclass(frozen=True)
class Known:
    """What is known of a patch when it is offered.

    priors: of the candidates that it is made of. lines: changed ones. tests: how many passed on it. rivals: other trees
    that are as good as proved. errors: of the base; 0 when its tests failed instead. shape: what it does to the text.
    stub: part of it panics when it is reached. guess: part of it decides what the program does, and nothing says so.
    undetermined: one example of the tests is all that speaks for it. retells: it changes a test that parsed. share: of
    the belief in all changes that the tests would have taken, where they alone chose; 1 where the compiler had a say.
    """

    priors: Sequence[float]
    lines: int
    tests: int
    risk: Risk
    rivals: int
    errors: int
    shape: Shape = field(default_factory=Shape)
    flaky: bool = False
    stub: bool = False
    guess: bool = False
    undetermined: bool = False
    retells: bool = False
    share: float = 1.0

    def features(self) -> dict[str, float]:
        """The numbers of :data:`FEATURES`, by name and in their order."""
        logs = [math.log(max(1e-6, prior)) for prior in self.priors]
        found = {
            "bias": 1.0,
            "log_prior": sum(logs),
            "weakest": min(logs, default=0.0),
            "log_tokens": math.log1p(self.shape.tokens),
            "log_lines": math.log(max(1, self.lines)),
            # A mistake that takes more steps than there are errors is seldom undone the way it was made.
            "detours": float(max(0, len(self.priors) - max(1, self.errors))),
            "medium": float(self.risk is Risk.MEDIUM),
            "high": float(self.risk is Risk.HIGH),
            "rivals": math.log1p(max(0, self.rivals)),
            "errors": math.log(max(1, self.errors)),
            "by_tests": float(self.errors == 0),
            "imports": float(self.shape.imports),
            "invents": float(self.shape.invents),
            "deletes": float(self.shape.deletes),
            "defines": float(self.shape.defines),
        }
        return {name: found[name] for name in FEATURES}

    def factors(self) -> dict[str, float]:
        """What the models cannot know, for each head. Whether anything was tested says nothing of the author's words."""
        both = (FLAKY if self.flaky else 1.0) * (UNDETERMINED if self.undetermined else 1.0)
        both *= (RETOLD if self.retells else 1.0) * self.share
        tested = (1.0 if self.tests else UNTESTED) * (GUESSED if self.guess else 1.0)
        return {"confidence": both * tested, "verbatim": both}


@dataclass(frozen=True)
class Trust:
    """Both numbers, in [0, 1], and what they were made of. verbatim is None when nothing was learnt about it."""

    confidence: float
    verbatim: float | None
    known: Known

    def to_json(self) -> JsonObject:
        """What a fit needs to know later: the features, and the factors that stand outside of the models."""
        features: dict[str, JsonValue] = {name: round(value, 5) for name, value in self.known.features().items()}
        return {"features": features, "factors": dict(self.known.factors())}


def trust(known: Known) -> Trust:
    """How far a patch can be trusted."""
    if known.stub:
        return Trust(STUB_CONFIDENCE, STUB_CONFIDENCE, known)
    heads, factors, features = _heads(), known.factors(), tuple(known.features().values())
    value = by_weights(heads["confidence"], features) if "confidence" in heads else by_factors(known)
    sure = _rounded(value * factors["confidence"])
    if "verbatim" not in heads:
        return Trust(sure, None, known)
    return Trust(sure, min(sure, _rounded(by_weights(heads["verbatim"], features) * factors["verbatim"])), known)


def _rounded(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 3)


def by_factors(known: Known) -> float:
    """The plain formula of the module's text, without :meth:`Known.factors`."""
    value = (COMPILES_IS_RIGHT if known.tests else 1.0) * math.sqrt(math.prod(known.priors)) * BY_RISK[known.risk]
    return value * PER_LINE ** max(0, known.lines - 1)


def by_weights(weights: Sequence[float], features: Sequence[float]) -> float:
    """The logistic model."""
    score = sum(weight * value for weight, value in zip(weights, features, strict=True))
    return 1.0 / (1.0 + math.exp(-score)) if score > -700 else 0.0


@cache
def _heads() -> dict[str, tuple[float, ...]]:
    """The weights that the product ships, by what they tell; none when they were made for other features."""
    place = resources.files("rusta_cargo") / "repair" / "data" / "calibration.json"
    if not place.is_file():
        return {}
    data = json.loads(place.read_text("utf-8"))
    if tuple(data["features"]) != FEATURES:
        return {}
    return {head: tuple(map(float, data[head]["weights"])) for head in HEADS if data.get(head)}
