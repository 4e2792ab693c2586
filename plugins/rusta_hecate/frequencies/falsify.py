"""The falsification test: do two frequencies beat one, on held-out text, at equal parameters and steps?

Both models have two levels with the same shapes and starting weights; in one both learn in every step (k = 1), in the
other the second learns every eighth (k = 2). The second does a little less work, never more. Three seeds; the
difference counts when every seed agrees on its sign.

A slow level takes an eighth of the optimiser's steps, and an optimiser of Adam's kind makes steps of one size whatever
the gradient's. ``slow_rate`` multiplies the second level's learning rate; with 8 both levels can move equally far.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

from rusta_hecate.errors import ConfigError

ONE, TWO = (1, 1), (1, 8)
HELD_OUT = 0.1
MEASURED = 200_000
"""Bytes of held-out text that are read at most."""
SEEDS = (1, 2, 3)


@dataclass(frozen=True)
class Pairing:
    """Two trainings that differ in nothing but the second level's frequency."""

    rule: str
    steps: int
    slow_rate: float = 1.0
    seed: int = 1

    @property
    def key(self) -> str:
        """Its name in records."""
        return f"{self.rule}/{self.steps}/{self.slow_rate:g}/{self.seed}"


@dataclass(frozen=True)
class Duel:
    """Held-out bits per byte of both, their CPU seconds of training, and the largest ratio the error buffers saw."""

    key: str
    seed: int
    one: float
    two: float
    ratio: float
    seconds_one: float = 0.0
    seconds_two: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Verdict:
    """All duels of one rule, and what they say."""

    rule: str
    steps: int
    duels: tuple[Duel, ...]
    slow_rate: float = 1.0

    @property
    def gains(self) -> list[float]:
        """Bits per byte that two frequencies save; negative: they cost."""
        return [duel.one - duel.two for duel in self.duels]

    @property
    def better(self) -> bool:
        """Whether two frequencies win with every seed."""
        return min(self.gains) > 0

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        gain = statistics.mean(self.gains)
        if self.better:
            return f"k=2 beats k=1 with every seed, by {gain:.4f} bits per byte on average"
        ratio = max(duel.ratio for duel in self.duels)
        if max(self.gains) < 0:
            why = "the second level takes one step of eight gradients where k=1 takes eight steps"
            return f"k=2 loses to k=1 with every seed, by {-gain:.4f} bits per byte on average: {why} (norm ratio ≤ {ratio:.1f})"
        return f"k=2 and k=1 differ by {gain:+.4f} bits per byte on average, and seeds disagree: no effect is shown"

    def to_markdown(self) -> str:
        """A report to keep."""
        rate = "" if self.slow_rate == 1 else f", the second level's learning rate × {self.slow_rate:g}"
        lines = [
            f"# Two frequencies against one: {self.rule}, {self.steps} steps{rate}", "",
            f"{self.sentence}.", "",
            "| seed | k=1 [1, 1] | k=2 [1, 8] | gain | largest norm ratio | k=2's share of k=1's CPU time |",
            "|---|---|---|---|---|---|",
        ]  # fmt: skip
        lines += [
            f"| {d.seed} | {d.one:.4f} | {d.two:.4f} | {d.one - d.two:+.4f} | {d.ratio:.2f} "
            f"| {d.seconds_two / max(d.seconds_one, 1e-9):.2f} |"
            for d in self.duels
        ]
        return "\n".join(lines) + "\n"


def pairings(rules: list[str], steps: int, slow_rates: list[float], seeds: tuple[int, ...] = SEEDS) -> list[Pairing]:
    """Every rule at every rate with every seed."""
    return [Pairing(rule, steps, rate, seed) for rule in rules for rate in slow_rates for seed in seeds]


def verdicts(wanted: list[Pairing], found: dict[str, Duel]) -> list[Verdict]:
    """One verdict for each rule and rate, over its seeds."""
    groups: dict[tuple[str, int, float], list[Duel]] = {}
    for one in wanted:
        groups.setdefault((one.rule, one.steps, one.slow_rate), []).append(found[one.key])
    return [Verdict(rule, steps, tuple(duels), rate) for (rule, steps, rate), duels in groups.items()]


def duel(pairing: Pairing, text: bytes) -> Duel:
    """Train both, and measure them on the end of the text. ConfigError when it is too short to hold some of it out."""
    import torch

    from rusta_hecate.frequencies.stream import bits_per_byte, small, train
    from rusta_hecate.model.byte_model import ByteModel

    cut = int(len(text) * (1 - HELD_OUT))
    if cut < 2000:
        raise ConfigError(f"{len(text)} bytes are too few to hold {HELD_OUT:.0%} out; give at least 20,000")
    torch.set_num_threads(1)
    bits, seconds, ratio = [], [], 0.0
    for frequencies in (ONE, TWO):
        torch.manual_seed(pairing.seed)
        model = ByteModel(small(pairing.rule, frequencies, width=64), pairing.seed)
        began = time.process_time()
        slow = pairing.slow_rate if frequencies == TWO else 1.0
        trace = train(model, text[:cut], steps=pairing.steps, slow_rate=slow)
        seconds.append(round(time.process_time() - began, 3))
        ratio = max([ratio, *(sync.ratio for sync in trace.syncs)])
        bits.append(bits_per_byte(model, text[cut : cut + MEASURED]))
    return Duel(pairing.key, pairing.seed, bits[0], bits[1], ratio, seconds[0], seconds[1])
