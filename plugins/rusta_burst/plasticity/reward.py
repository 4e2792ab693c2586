"""``stdp_reward``: pair plasticity that waits for a reward (Izhikevich, 2007; Frémaux & Gerstner, 2016).

What :mod:`~rusta_burst.plasticity.pair` would do to a weight goes to the synapse's *eligibility*, which decays with
``tau_eligibility``. The reward of a burst times the eligibility times ``rate`` is what the weight gets. A reward comes
from :meth:`RewardStdp.reward`, or from the spikes of ``reward_neuron`` (+1 each) and ``punish_neuron`` (-1 each).
"""

# ruff: noqa: ARG002 - the signatures are the protocol's
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.hooks import FireHistory, Ids, PlasticNetwork
from rusta_burst.errors import InvalidInput
from rusta_burst.plasticity.own import ONE, SCALE_BITS, OwnSynapses, array_of
from rusta_burst.plasticity.pair import Pairing, PairParameters, PairStdp
from rusta_burst.plasticity.parameters import parameters_of
from rusta_burst.plasticity.traces import Traces

_NEURON = {"low": -1, "high": 2**32 - 1, "whole": True}
MOST_REWARD = 1000.0


@dataclass(frozen=True)
class RewardParameters(PairParameters):
    """``reward_neuron`` and ``punish_neuron``: -1 for none."""

    rate: float = field(default=1.0, metadata={"high": 255})
    tau_eligibility: float = field(default=100.0, metadata={"low": 0.01, "high": 1e5})
    reward_neuron: int = field(default=-1, metadata=_NEURON)
    punish_neuron: int = field(default=-1, metadata=_NEURON)


class RewardStdp:
    """See the module's text."""

    name = "stdp_reward"
    axes: ClassVar = {**PairStdp.axes, "eligible.value": "synapse", "eligible.last": "synapse"}

    def __init__(self, given: Mapping[str, float], connectome: Connectome, number: int) -> None:
        self.parameters = p = parameters_of(RewardParameters, self.name, given)
        for role in ("reward_neuron", "punish_neuron"):
            if getattr(p, role) >= len(connectome.neurons):
                raise InvalidInput(f"plasticity {self.name!r}: {role} is {getattr(p, role)}, there is no such neuron")
        self._own = OwnSynapses(connectome, number)
        self._pairing = Pairing(p, len(connectome.neurons))
        self._eligible = Traces(len(connectome.synapses), p.tau_eligibility)
        self._rate = round(p.rate * ONE)
        self._pending = np.zeros(1, np.int64)

    def reward(self, amount: float) -> None:
        """Give a reward (or, below 0, a punishment) that works at the end of the next burst.

        Raises:
            InvalidInput: it is not a number from -1000 to 1000.
        """
        if not math.isfinite(amount) or abs(amount) > MOST_REWARD:
            raise InvalidInput(f"reward is {amount!r}; expected a number from -{MOST_REWARD:g} to {MOST_REWARD:g}")
        self._pending[0] += round(amount * ONE)

    def attach(self, network: PlasticNetwork) -> None:
        self._own.attach(network)

    def after_fire(self, burst: int, fired: Ids, ledger: FireHistory) -> None:
        for positions, amounts in self._pairing.changes(self._own, fired, burst):
            self._eligible.add(self._own.rows(positions), amounts, burst)
        p = self.parameters
        given = int(self._pending[0])
        given += ONE * int((fired == p.reward_neuron).any()) - ONE * int((fired == p.punish_neuron).any())
        self._pending[0] = 0
        if given == 0:
            return
        positions = self._own.positions
        eligible = self._eligible.read(self._own.rows(positions), burst)
        factor = (given * self._rate) >> SCALE_BITS
        limit = 2**62 // max(1, abs(factor))
        amounts = (np.clip(eligible, -limit, limit) * factor) >> SCALE_BITS
        changed = amounts != 0
        self._own.change(positions[changed], amounts[changed], burst)

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        return {**self._pairing.state(), **self._eligible.state("eligible"), "pending": self._pending.copy()}

    def restore(self, state: dict[str, npt.NDArray[Any]]) -> None:
        self._pairing.restore(state)
        self._eligible.restore("eligible", state)
        self._pending = array_of(state, "pending", self._pending)
