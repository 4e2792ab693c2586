"""The index: one compressed row of synapses a source, as the kernels and their NumPy twins read it.

Layouts, in bytes a synapse:

* 0, uniform, 4: a u32 with the target in the upper 24 bits and the weight in the lower 8; type and psp belong to the
  *segment*, a part of a row in which they are the same (8 bytes each, most rows have one);
* 1, mixed, 5: the same word, and a psp each; segments by type. Taken where a psp each costs less than the segments;
* 2, wide, 6: target, weight and psp apart, for more than 2^24 targets.

Inside a segment, synapses are sorted by target and, for one target, by their place in the input.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

UNIFORM, MIXED, WIDE = 0, 1, 2
LAYOUTS = ("uniform", "mixed", "wide")
MAX_PACKED_TARGETS = 1 << 24


@dataclass(eq=False)
class SynapseTable:
    """The arrays of one index. Empty arrays are absent ones; `rows` absent: segment k is row k.

    order: for each position, the row of the input it came from; absent: they are in the order of the input.
    cuts: (parts - 1) x segments positions at which the targets of part 1, 2, … begin.
    column_sum: the sum of all contributions to each target, where it is kept.
    heads: start, factor and cut of each segment in one word, for the kernels; cuts are absent then.
    """

    sources: int
    targets: int
    layout: int
    words: U32
    weights: U8
    psp: U8
    starts: U32
    factors: I32
    rows: U32
    order: U32
    parts: int = 0
    cuts: U32 = field(default_factory=lambda: np.empty(0, np.uint32))
    column_sum: I32 = field(default_factory=lambda: np.empty(0, np.int32))
    heads: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    @property
    def synapses(self) -> int:
        return self.words.size

    @property
    def segments(self) -> int:
        return self.factors.size

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        parts: tuple[NDArray[Any], ...] = (
            *(self.words, self.weights, self.psp, self.starts, self.factors),
            *(self.rows, self.order, self.cuts, self.column_sum, self.heads),
        )
        return sum(part.nbytes for part in parts)

    def row_starts(self) -> U32:
        """Where each row begins; one more than there are sources."""
        return self.starts if not self.rows.size else self.starts[self.rows]

    def positions_of(self, sources: U32) -> I64:
        """Positions of all synapses of the rows, in the order of ``sources``."""
        starts = self.row_starts()
        begins = starts[sources].astype(np.int64)
        lengths = starts[sources.astype(np.int64) + 1] - begins
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if ends.size else 0
        return np.repeat(begins - (ends - lengths), lengths) + np.arange(total, dtype=np.int64)

    def sources_of(self, positions: I64) -> U32:
        """The row each position lies in."""
        return (np.searchsorted(self.row_starts(), positions, side="right") - 1).astype(np.uint32)

    def targets_of(self, positions: I64) -> U32:
        words = self.words[positions]
        return words if self.layout == WIDE else words >> np.uint32(8)

    def weights_of(self, positions: I64) -> U8:
        if self.layout == WIDE:
            return self.weights[positions]
        return (self.words[positions] & np.uint32(255)).astype(np.uint8)

    def factors_of(self, positions: I64) -> I32:
        """Sign times psp of each position."""
        segment = np.searchsorted(self.starts, positions, side="right") - 1
        factors = self.factors[segment]
        return factors if self.layout == UNIFORM else factors * self.psp[positions]

    def contributions_of(self, positions: I64) -> I32:
        """Sign times weight times psp of each position."""
        return self.weights_of(positions).astype(np.int32) * self.factors_of(positions)

    def set_weights(self, positions: I64, weights: U8) -> None:
        """Replace weights in place."""
        if self.layout == WIDE:
            self.weights[positions] = weights
        else:
            self.words[positions] = (self.words[positions] & np.uint32(0xFFFFFF00)) | weights
