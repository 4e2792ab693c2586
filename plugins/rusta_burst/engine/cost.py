"""Which strategy a burst is propagated with: a cost in nanoseconds for each, the cheapest wins and says why.

All strategies give the same bits, so a wrong guess costs time only. The coefficients lie in ``costs.json`` beside this file,
with the machine they were measured on; `xtask.py bench burst --fit` measures them anew. What matters is their ratio.
"""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rusta_burst.errors import InvalidInput

PUSH, SOURCE_SPLIT, DESTINATION_SPLIT, COMPLEMENT, DENSE = range(5)
NARROW = 8  # added to a strategy for the kernels: sums in 16 bits
STRATEGIES = ("push", "source split", "destination split", "complement", "dense")

_FILE = Path(__file__).with_name("costs.json")
_CACHED_TARGETS = 1 << 18  # accumulators of 1 MiB stay in the second-level cache


@dataclass(frozen=True)
class Costs:
    """Nanoseconds."""

    row: float = 5.0
    """Finding a row."""
    scattered_row: float = 4.0
    """More, when rows are visited in no order and don't fit in the cache."""
    event_cached: float = 0.6
    event: float = 1.0
    target: float = 0.12
    """Clearing or copying an accumulator."""
    event_narrow: float = 0.68
    """The same event where sums have 16 bits."""
    widened_target: float = 0.3
    """Making 32 bits of a 16-bit sum; instead of clearing."""
    merged_target: float = 0.35
    marked_source: float = 0.5
    """Setting a bit and finding it again."""
    wake: float = 12_000.0
    """Getting another thread to work."""


@functools.cache
def _measured() -> Costs:
    return read_costs()


def read_costs(file: Path = _FILE) -> Costs:
    """The coefficients as they were measured.

    Raises:
        InvalidInput: the file is not what `write_costs` writes.
    """
    try:
        told = json.loads(file.read_text("utf-8"))["nanoseconds"]
        if any(not (isinstance(value, int | float) and 0 < value < 1e9) for value in told.values()):
            raise ValueError("expected numbers of nanoseconds above 0")
        return Costs(**told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        again = "write it again with `xtask.py bench burst --fit`"
        raise InvalidInput(f"{file} does not hold costs ({error}); {again}") from None


def write_costs(costs: Costs, machine: str, file: Path = _FILE) -> Path:
    """Keep the coefficients with the name of the machine they belong to; the file."""
    file.write_text(json.dumps({"machine": machine, "nanoseconds": asdict(costs)}, indent=2) + "\n", "utf-8")
    return file


@dataclass(frozen=True)
class Shape:
    """What the choice depends on, besides who fired."""

    sources: int
    targets: int
    synapses: int
    threads: int
    has_cuts: bool
    has_partial: bool
    has_column_sum: bool
    has_list: bool
    has_narrow: bool = False


@dataclass(frozen=True)
class Choice:
    """A strategy, how many threads it uses, what each would cost, and why it was taken."""

    strategy: int
    threads: int
    fired: int
    estimates: tuple[tuple[int, float], ...]
    narrow: bool = False

    @property
    def name(self) -> str:
        return STRATEGIES[self.strategy]

    @property
    def reason(self) -> str:
        """A sentence for people."""
        cost = dict(self.estimates)
        own = cost[self.strategy]
        others = [
            f"{STRATEGIES[k]} {_time(c)}" for k, c in sorted(self.estimates, key=lambda e: e[1]) if k != self.strategy
        ]
        rest = f"; {', '.join(others)}" if others else ""
        bits = ", sums in 16 bits," if self.narrow else ""
        return f"{self.name} on {self.threads} thread(s){bits} for {self.fired} fired: about {_time(own)}{rest}"


def _time(nanoseconds: float) -> str:
    return f"{nanoseconds / 1e6:.2f} ms" if nanoseconds >= 1e5 else f"{nanoseconds / 1e3:.1f} µs"


def choose(shape: Shape, fired: int, *, ordered: bool = True, clear: bool = True, costs: Costs | None = None) -> Choice:
    """The cheapest strategy for ``fired`` neurons; ``ordered``: their ids ascend; ``clear``: the sums start at 0."""
    costs = costs or _measured()
    best = _choose(shape, fired, ordered, clear, costs, narrow=False)
    if not shape.has_narrow or shape.targets <= _CACHED_TARGETS:
        return best
    # All that is added in 16 bits has to be widened, wherever it starts.
    narrow = _choose(shape, fired, ordered, True, costs, narrow=True)
    return min(best, narrow, key=lambda choice: dict(choice.estimates)[choice.strategy])


def _choose(shape: Shape, fired: int, ordered: bool, clear: bool, costs: Costs, *, narrow: bool) -> Choice:
    events = fired * (shape.synapses / max(shape.sources, 1))
    event = costs.event_cached if shape.targets <= _CACHED_TARGETS else costs.event
    event = costs.event_narrow if narrow else event
    target = costs.widened_target if narrow else costs.target
    row = costs.row + (0.0 if ordered or shape.sources <= _CACHED_TARGETS else costs.scattered_row)
    zero = shape.targets * target if clear else 0.0
    work = fired * row + events * event
    threads = shape.threads
    spread = threads if shape.has_cuts else 1
    wake = costs.wake if spread > 1 else 0.0
    estimates = [(PUSH, zero + work)]
    if shape.has_cuts:
        estimates.append((DESTINATION_SPLIT, zero / spread + fired * row + events * event / spread + wake))
    if shape.has_partial and not narrow:
        merge = shape.targets * costs.merged_target * (threads - 1)
        estimates.append((SOURCE_SPLIT, zero + work / threads + merge + costs.wake))
    if shape.has_list:
        marked = shape.sources * costs.marked_source
        swept = fired * costs.row + events * event / spread
        estimates.append((DENSE, zero / spread + marked + swept + wake))
        if shape.has_column_sum:
            others = shape.sources - fired
            left = others * costs.row + max(shape.synapses - events, 0.0) * event / spread
            small = wake if left > costs.wake else 0.0
            estimates.append((COMPLEMENT, shape.targets * target + marked + left + small))
    best = min(estimates, key=lambda e: e[1])
    used = {PUSH: 1, SOURCE_SPLIT: threads}.get(best[0], spread)
    return Choice(best[0], used, fired, tuple(estimates), narrow)


def narrow_from(shape: Shape) -> int:
    """From how many rows on sums in 16 bits pay, whichever way the rows are split: for bursts run natively."""
    rows = 1
    while rows <= shape.sources:
        if choose(shape, rows, clear=False).narrow:
            return rows
        rows = max(rows + 1, rows * 17 // 16)
    return shape.sources + 1


def crossovers(shape: Shape) -> tuple[int, int]:
    """From how many fired neurons on a split pays, and from how many the complement: for bursts run natively.

    `shape.sources + 1` stands for never.
    """
    never = shape.sources + 1
    found = {DESTINATION_SPLIT: never, COMPLEMENT: never}
    fired = 1
    while fired <= shape.sources:
        pick = choose(shape, fired, clear=False).strategy
        if pick in (DESTINATION_SPLIT, SOURCE_SPLIT, DENSE) and shape.has_cuts:
            found[DESTINATION_SPLIT] = min(found[DESTINATION_SPLIT], fired)
        elif pick == COMPLEMENT:
            found[COMPLEMENT] = min(found[COMPLEMENT], fired)
        fired = max(fired + 1, fired * 17 // 16)
    return found[DESTINATION_SPLIT], found[COMPLEMENT]
