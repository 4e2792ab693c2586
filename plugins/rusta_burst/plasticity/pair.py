"""``stdp_pair``: exponential pair-based plasticity with all-to-all pairing (Morrison, Diesmann & Gerstner, 2008).

Every spike adds 1 to a trace of its neuron, which decays with ``tau_plus`` as a sender's and ``tau_minus`` as a receiver's.
When the receiver fires the weight grows by ``a_plus`` times the sender's trace, when the sender fires it shrinks by
``a_minus`` times the receiver's. Spikes of one burst are not paired with each other; where both happen in one burst, the
weight shrinks before it grows. Times are those of the spikes themselves, whatever the synapse's delay.
"""

# ruff: noqa: ARG002 - the signatures are the protocol's
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.hooks import FireHistory, Ids, PlasticNetwork, Positions
from rusta_burst.plasticity.own import ONE, SCALE_BITS, OwnSynapses
from rusta_burst.plasticity.parameters import parameters_of
from rusta_burst.plasticity.traces import Traces

I8 = npt.NDArray[np.int64]
_TAU = {"low": 0.01, "high": 1e5}


@dataclass(frozen=True)
class PairParameters:
    """``a_plus`` and ``a_minus`` in steps of a weight, ``tau_plus`` and ``tau_minus`` in bursts."""

    a_plus: float = field(default=1.0, metadata={"high": 255})
    a_minus: float = field(default=1.05, metadata={"high": 255})
    tau_plus: float = field(default=20.0, metadata=_TAU)
    tau_minus: float = field(default=20.0, metadata=_TAU)


class Pairing:
    """The traces of senders and receivers, and what the spikes of a burst mean for the synapses."""

    def __init__(self, parameters: PairParameters, neurons: int) -> None:
        self._plus, self._minus = round(parameters.a_plus * ONE), round(parameters.a_minus * ONE)
        self.sender, self.receiver = Traces(neurons, parameters.tau_plus), Traces(neurons, parameters.tau_minus)

    def changes(self, own: OwnSynapses, fired: Ids, burst: int) -> tuple[tuple[Positions, I8], tuple[Positions, I8]]:
        """What shrinks and what grows, each position at most once in either; in units of 2⁻¹⁶ of a weight."""
        synapses = own.synapses
        shrink = own.outgoing(fired)
        down = (self.receiver.read(synapses.targets(shrink), burst) * self._minus) >> SCALE_BITS
        grow = own.incoming(fired)
        up = (self.sender.read(synapses.sources(grow), burst) * self._plus) >> SCALE_BITS
        self._count(fired, burst)
        return _moved(shrink, -down), _moved(grow, up)

    def learn(self, own: OwnSynapses, fired: Ids, burst: int) -> None:
        """Make these changes to the weights; natively where that can be."""
        if own.learners is None or own.network.neurons != self.sender.value.size:
            for positions, amounts in self.changes(own, fired, burst):
                own.change(positions, amounts, burst)
            return
        traces = self.sender.arrays(), self.receiver.arrays()
        own.learners.pair(fired, burst, own.start(burst), traces, self._plus, self._minus)
        self._count(fired, burst)

    def _count(self, fired: Ids, burst: int) -> None:
        self.sender.add(fired, ONE, burst)
        self.receiver.add(fired, ONE, burst)

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        """For a snapshot."""
        return {**self.sender.state("sender"), **self.receiver.state("receiver")}

    def restore(self, state: dict[str, npt.NDArray[Any]]) -> None:
        """What :meth:`state` gave."""
        self.sender.restore("sender", state)
        self.receiver.restore("receiver", state)


def _moved(positions: Positions, amounts: I8) -> tuple[Positions, I8]:
    changed = amounts != 0
    return positions[changed], amounts[changed]


class PairStdp:
    """See the module's text."""

    name = "stdp_pair"
    axes: ClassVar = {f"{role}.{part}": "neuron" for role in ("sender", "receiver") for part in ("value", "last")}

    def __init__(self, given: Mapping[str, float], connectome: Connectome, number: int) -> None:
        self.parameters = parameters_of(PairParameters, self.name, given)
        self._own = OwnSynapses(connectome, number)
        self._pairing = Pairing(self.parameters, len(connectome.neurons))

    def attach(self, network: PlasticNetwork) -> None:
        self._own.attach(network)

    def after_fire(self, burst: int, fired: Ids, ledger: FireHistory) -> None:
        self._pairing.learn(self._own, fired, burst)

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        return self._pairing.state()

    def restore(self, state: dict[str, npt.NDArray[Any]]) -> None:
        self._pairing.restore(state)
