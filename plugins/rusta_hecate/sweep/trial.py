"""One combination, trained and judged: a pure function of the combination, the number of steps and the seed."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from rusta_hecate.layers.rules import matrix

FREQUENCIES = ((1,), (1, 8), (1, 8, 64, 512))
# A gradient or a state beyond these has no use for training any more.
LARGEST_NORM, LARGEST_STATE = 1e3, 1e4


@dataclass(frozen=True)
class Combination:
    """What is tried."""

    rule: str
    strategy: str
    frequencies: tuple[int, ...]
    steps: int
    seed: int = 1

    @property
    def key(self) -> str:
        """Its name in records."""
        return f"{self.rule}/{self.strategy}/{'-'.join(map(str, self.frequencies))}/{self.steps}/{self.seed}"


@dataclass(frozen=True)
class Outcome:
    """The four criteria, and the figures behind them."""

    key: str
    valid_output: bool
    valid_gradients: bool
    bounded: bool
    decreases: bool
    first: float
    last: float
    largest_norm: float
    largest_state: float

    @property
    def sound(self) -> bool:
        """Whether all four hold; otherwise the dynamics are degenerate."""
        return self.valid_output and self.valid_gradients and self.bounded and self.decreases

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def combinations(
    horizons: list[int], seed: int = 1, rules: Collection[str] | None = None, strategies: Collection[str] | None = None
) -> list[Combination]:
    """All valid pairs (of ``rules`` and ``strategies``, if given) at all frequencies, the short horizons first."""
    pairs = [
        (rule, strategy)
        for rule, strategy, valid, _ in matrix()
        if valid and (rules is None or rule in rules) and (strategies is None or strategy in strategies)
    ]
    return [Combination(*pair, f, steps, seed) for steps in sorted(horizons) for pair in pairs for f in FREQUENCIES]


def run(combination: Combination, text: bytes) -> Outcome:
    """Train and judge."""
    import torch

    from rusta_hecate.frequencies.stream import Trace, small, train
    from rusta_hecate.model.byte_model import ByteModel
    from rusta_hecate.model.memory import Memory

    torch.set_num_threads(1)
    model = ByteModel(small(combination.rule, combination.frequencies), combination.seed)
    for module in model.modules():
        if isinstance(module, Memory):
            module.strategy = combination.strategy

    def broken(trace: Trace) -> bool:
        return not (math.isfinite(trace.losses[-1]) and math.isfinite(trace.norms[-1]))

    trace = train(model, text, steps=combination.steps, rows=2, length=32, stop=broken)
    share = max(1, len(trace.losses) // 10)
    first, last = sum(trace.losses[:share]) / share, sum(trace.losses[-share:]) / share
    return Outcome(
        combination.key,
        valid_output=all(map(math.isfinite, trace.losses)),
        valid_gradients=all(map(math.isfinite, trace.norms)) and max(trace.norms) > 0,
        bounded=all(n <= LARGEST_NORM for n in trace.norms) and all(s <= LARGEST_STATE for s in trace.states),
        decreases=last < first,
        first=first,
        last=last,
        largest_norm=max(trace.norms),
        largest_state=max(trace.states),
    )
