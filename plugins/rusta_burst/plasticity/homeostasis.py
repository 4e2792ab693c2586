"""``homeostasis``: synaptic scaling (Turrigiano et al., 1998; van Rossum et al., 2000).

Every ``interval`` bursts a neuron's rate is compared with ``target`` (spikes a burst), and the exciting synapses onto it
are scaled by 1 + strength · (target − rate) / target, within half and double.
"""

# ruff: noqa: ARG002 - the signatures are the protocol's
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.hooks import FireHistory, Ids, PlasticNetwork
from rusta_burst.plasticity.own import ONE, OwnSynapses, array_of
from rusta_burst.plasticity.parameters import parameters_of


@dataclass(frozen=True)
class HomeostasisParameters:
    """``target`` in spikes a burst, ``interval`` in bursts."""

    target: float = field(default=0.05, metadata={"low": 1e-6, "high": 1.0})
    interval: int = field(default=100, metadata={"low": 1, "high": 1_000_000, "whole": True})
    strength: float = field(default=0.1, metadata={"high": 1.0})


class Homeostasis:
    """See the module's text."""

    name = "homeostasis"
    axes: ClassVar = {"spikes": "neuron"}

    def __init__(self, given: Mapping[str, float], connectome: Connectome, number: int) -> None:
        self.parameters = parameters_of(HomeostasisParameters, self.name, given)
        self._own = OwnSynapses(connectome, number)
        self._spikes = np.zeros(len(connectome.neurons), np.int64)
        self._passed = np.zeros(1, np.int64)

    def attach(self, network: PlasticNetwork) -> None:
        self._own.attach(network)

    def after_fire(self, burst: int, fired: Ids, ledger: FireHistory) -> None:
        self._spikes[fired] += 1
        self._passed[0] += 1
        p = self.parameters
        if self._passed[0] < p.interval:
            return
        positions = self._own.excitatory(self._own.positions)
        synapses = self._own.synapses
        # Only sums, products and quotients of IEEE numbers: the same everywhere.
        rate = self._spikes / float(p.interval)
        factor = np.clip(p.strength * (p.target - rate) / p.target, -0.5, 1.0)
        scale = np.rint(factor * ONE).astype(np.int64)[synapses.targets(positions)]
        self._own.change(positions, synapses.weights(positions).astype(np.int64) * scale, burst)
        self._spikes[:] = 0
        self._passed[0] = 0

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        return {"spikes": self._spikes.copy(), "passed": self._passed.copy()}

    def restore(self, state: dict[str, npt.NDArray[Any]]) -> None:
        self._spikes = array_of(state, "spikes", self._spikes)
        self._passed = array_of(state, "passed", self._passed)
