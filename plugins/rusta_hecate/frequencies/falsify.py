"""The falsification test: do two frequencies beat one, on held-out text, at equal parameters and steps?

Both models have two levels with the same shapes and starting weights; in one both learn in every step (k = 1), in the
other the second learns every eighth (k = 2). The second does a little less work, never more. Three seeds; the
difference counts when every seed agrees on its sign.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

import torch

from rusta_hecate.errors import ConfigError
from rusta_hecate.frequencies.stream import bits_per_byte, small, train
from rusta_hecate.model.byte_model import ByteModel

ONE, TWO = (1, 1), (1, 8)
HELD_OUT = 0.1


@dataclass(frozen=True)
class Duel:
    """Held-out bits per byte of both, and the largest norm ratio that the error buffers saw."""

    seed: int
    one: float
    two: float
    ratio: float


@dataclass(frozen=True)
class Verdict:
    """All duels, and what they say."""

    rule: str
    steps: int
    duels: tuple[Duel, ...]

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
        lines = [
            f"# Two frequencies against one: {self.rule}, {self.steps} steps", "",
            f"{self.sentence}.", "",
            "| seed | k=1 [1, 1] | k=2 [1, 8] | gain | largest norm ratio |", "|---|---|---|---|---|",
        ]  # fmt: skip
        lines += [
            f"| {d.seed} | {d.one:.4f} | {d.two:.4f} | {d.one - d.two:+.4f} | {d.ratio:.2f} |" for d in self.duels
        ]
        return "\n".join(lines) + "\n"


def falsify(text: bytes, *, rule: str = "delta", steps: int = 600, seeds: tuple[int, ...] = (1, 2, 3)) -> Verdict:
    """Run the duels. ConfigError when the text is too short to hold some of it out."""
    cut = int(len(text) * (1 - HELD_OUT))
    if cut < 2000:
        raise ConfigError(f"{len(text)} bytes are too few to hold {HELD_OUT:.0%} out; give at least 20,000")
    duels = []
    for seed in seeds:
        results, ratio = [], 0.0
        for frequencies in (ONE, TWO):
            torch.manual_seed(seed)
            model = ByteModel(small(rule, frequencies, width=64), seed)
            trace = train(model, text[:cut], steps=steps)
            ratio = max([ratio, *(sync.ratio for sync in trace.syncs)])
            results.append(bits_per_byte(model, text[cut:]))
        duels.append(Duel(seed, results[0], results[1], ratio))
    return Verdict(rule, steps, tuple(duels))
