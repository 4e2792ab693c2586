"""What a plasticity plug-in is, and what it gets to work with.

A plug-in is an object with the methods of `Plasticity`; it is registered under the entry-point group
``rusta.burst.plasticity`` and may carry its own licence. In every burst it is called once, after the fire
ledger has recorded who fired and before the fire queue is swapped: a change it makes is seen by the next
burst's propagation. It changes weights only through `PlasticSynapses`, which keeps them valid.

A *position* names one synapse: its place in the engine's index. Positions hold until the index is rebuilt
(`attach` is called again then).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint32]
Positions = NDArray[np.int64]

#: Steps of a weight's residue: a change of 1 in `PlasticSynapses.adjust` is 1/256 of a u8 weight.
RESIDUE_STEPS = 256


class FireHistory(Protocol):
    """Who fired in the last ``window`` bursts; frame 0 is the burst that is being closed."""

    @property
    def window(self) -> int: ...

    @property
    def frames(self) -> int:
        """Frames recorded so far, at most ``window``."""

    def fired(self, frame: int = 0) -> Ids:
        """The neurons of one frame, ascending."""

    def fired_mask(self, frame: int = 0) -> NDArray[np.bool_]:
        """The same as one flag a neuron."""

    def count(self, ids: Ids) -> NDArray[np.int64]:
        """In how many of the recorded frames each of the neurons fired."""


class PlasticSynapses(Protocol):
    """The synapses of a running network: reading them, and the only way to change a weight."""

    @property
    def count(self) -> int: ...

    def outgoing(self, neurons: Ids) -> Positions:
        """Positions of all synapses that leave the neurons, in the order of the neurons."""

    def incoming(self, neurons: Ids) -> Positions:
        """Positions of all synapses that reach the neurons, in the order of the neurons."""

    def sources(self, positions: Positions) -> Ids: ...

    def targets(self, positions: Positions) -> Ids: ...

    def weights(self, positions: Positions) -> NDArray[np.uint8]: ...

    def input_rows(self, positions: Positions) -> Positions:
        """Which row of the arrays the network was built from each synapse came from."""

    def adjust(self, positions: Positions, change: NDArray[np.int32]) -> None:
        """Add ``change / 256`` to each weight, saturating at 0 and 255; what is below one step is kept.

        A position may be named once. Raises BadInput when a position is out of range or shapes differ.
        """

    def set_weights(self, positions: Positions, weights: NDArray[np.uint8]) -> None:
        """Replace weights (their residues become 0)."""


class PlasticNetwork(Protocol):
    """What `Plasticity.attach` gets."""

    @property
    def neurons(self) -> int: ...

    @property
    def seed(self) -> int: ...

    @property
    def synapses(self) -> PlasticSynapses: ...


class Plasticity(Protocol):
    """A plasticity plug-in."""

    name: str

    def attach(self, network: PlasticNetwork) -> None:
        """Called before the first burst and after every rebuilt index."""

    def after_fire(self, burst: int, fired: Ids, ledger: FireHistory) -> None:
        """Called once a burst with its number and the neurons that fired in it, ascending."""

    # Optional: drive(self, burst: int, ledger: FireHistory) -> tuple[Ids, NDArray[np.int32]] | None
    # Called before the dynamics of a burst (memory neurons): neurons and what is added to their potential. The ledger's
    # frame 0 is then the burst before.

    # Optional: before_fire(self, potential, given) -> None
    # Called between the arrival of events and the dynamics, with the potentials and what was added up for each neuron;
    # both are only to be read.

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything that must survive a snapshot (not the weights: the engine keeps those)."""

    def restore(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Take over what `state` gave; called after `attach`."""
