"""What all rules share: which synapses are theirs, and changes smaller than the smallest step."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.hooks import RESIDUE_STEPS, Ids, PlasticNetwork, PlasticSynapses, Positions
from rusta_burst.dynamics.learning import Learners

I8 = npt.NDArray[np.int64]
SCALE_BITS = 16
ONE = 1 << SCALE_BITS
"""1.0 in the fixed-point numbers that rules compute with."""


class OwnSynapses:
    """The synapses of one rule, by their rows in the connectome and their positions in the engine's index."""

    def __init__(self, connectome: Connectome, number: int) -> None:
        self._rows = connectome.synapses.rule == number
        self._inhibitory = connectome.synapses.type != 0

    def attach(self, network: PlasticNetwork) -> None:
        """Find the positions; again after every rebuilt index."""
        self.network = network
        self.synapses: PlasticSynapses = network.synapses
        self._positions: Positions | None = None
        # Only the synapses of a running network know the kernels; to a rule all others are as good.
        find = getattr(network.synapses, "learners", None)
        self.learners: Learners | None = None if find is None else find(self._rows)

    @property
    def positions(self) -> Positions:
        """All own synapses."""
        if self._positions is None:
            self._positions = self._own(np.arange(self.synapses.count, dtype=np.int64))
        return self._positions

    def outgoing(self, neurons: Ids) -> Positions:
        """Own synapses that leave the neurons."""
        return self._own(self.synapses.outgoing(neurons))

    def incoming(self, neurons: Ids) -> Positions:
        """Own synapses that reach the neurons."""
        return self._own(self.synapses.incoming(neurons))

    def _own(self, positions: Positions) -> Positions:
        return np.asarray(positions[self._rows[self.synapses.input_rows(positions)]])

    def start(self, burst: int) -> int:
        """What the random bits of a burst begin with."""
        return start_of(self.network.seed, burst)

    def rows(self, positions: Positions) -> I8:
        """The rows of synapses in the connectome."""
        return np.asarray(self.synapses.input_rows(positions))

    def excitatory(self, positions: Positions) -> Positions:
        """Those that excite."""
        return np.asarray(positions[~self._inhibitory[self.rows(positions)]])

    def change(self, positions: Positions, amount: I8, burst: int) -> None:
        """Add ``amount`` to the weights, in units of 2⁻¹⁶ of a weight.

        What is finer than the engine's residue is rounded up or down at random, in proportion, so that on average nothing
        is lost. The random bits are a hash of seed, burst and row: neither order nor threads matter.
        """
        if not len(positions):
            return
        step = ONE // RESIDUE_STEPS
        dice = mix(self.network.seed, burst, self.rows(positions)) % np.uint64(step)
        steps = (amount + dice.astype(np.int64)) // step
        bound = 255 * RESIDUE_STEPS
        self.synapses.adjust(positions, np.clip(steps, -bound, bound).astype(np.int32))


def start_of(seed: int, burst: int) -> int:
    """Seed and burst in 64 bits."""
    return (seed * 0x9E3779B97F4A7C15 + burst * 0xD1B54A32D192ED03) & (2**64 - 1)


def mix(seed: int, burst: int, rows: I8) -> npt.NDArray[np.uint64]:
    """64 random bits for each row: the finaliser of SplitMix64 (Steele et al., 2014) over seed, burst and row."""
    start = start_of(seed, burst)
    with np.errstate(over="ignore"):
        z = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(start)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)), np.uint64)


def array_of(state: dict[str, npt.NDArray[Any]], name: str, like: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An array of a snapshot, checked against what it replaces.

    Raises:
        ValueError: it is missing or of another shape.
    """
    if name not in state or state[name].shape != like.shape:
        found = state[name].shape if name in state else "nothing"
        raise ValueError(f"state of plasticity: {name!r} is {found}, expected shape {like.shape}")
    return np.array(state[name], dtype=like.dtype)
