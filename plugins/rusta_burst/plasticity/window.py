"""``stdp_window``: plasticity by what fired within the last W bursts, as FEAGI's burst path does it.

A synapse of which neither side fired in the window is left alone. When both sides fired in every burst of it, the weight
grows by ``constant · ltp``, else it shrinks by ``constant · ltd``. Weights saturate.
"""

# ruff: noqa: ARG002 - the signatures are the protocol's
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.hooks import FireHistory, Ids, PlasticNetwork
from rusta_burst.errors import InvalidInput
from rusta_burst.plasticity.own import ONE, OwnSynapses
from rusta_burst.plasticity.parameters import parameters_of


@dataclass(frozen=True)
class WindowParameters:
    """``window`` in bursts; ``constant · ltp`` and ``constant · ltd`` in steps of a weight."""

    window: int = field(default=3, metadata={"low": 1, "high": 1024, "whole": True})
    constant: float = field(default=1.0, metadata={"high": 255})
    ltp: float = field(default=1.0, metadata={"high": 255})
    ltd: float = field(default=1.0, metadata={"high": 255})


class WindowStdp:
    """See the module's text. It keeps no state: the fire ledger is all it looks at."""

    name = "stdp_window"

    def __init__(self, given: Mapping[str, float], connectome: Connectome, number: int) -> None:
        self.parameters = parameters_of(WindowParameters, self.name, given)
        self._own = OwnSynapses(connectome, number)
        p = self.parameters
        self._up, self._down = round(p.constant * p.ltp * ONE), round(p.constant * p.ltd * ONE)

    @property
    def window(self) -> int:
        """How many bursts of the fire ledger it needs."""
        return self.parameters.window

    def attach(self, network: PlasticNetwork) -> None:
        self._own.attach(network)

    def after_fire(self, burst: int, fired: Ids, ledger: FireHistory) -> None:
        window = self.parameters.window
        if ledger.window < window:
            raise InvalidInput(
                f"plasticity {self.name!r} looks at {window} bursts, but the fire ledger keeps {ledger.window}"
            )
        if ledger.frames < window:
            return
        some = ledger.fired_mask(0).copy()
        each = some.copy()
        for frame in range(1, window):
            mask = ledger.fired_mask(frame)
            some |= mask
            each &= mask
        if self._own.learners is not None:
            self._own.learners.window(some, each, self._own.start(burst), self._up, self._down)
            return
        active = np.flatnonzero(some).astype(np.uint32)
        positions = np.unique(np.concatenate([self._own.outgoing(active), self._own.incoming(active)]))
        synapses = self._own.synapses
        both = each[synapses.sources(positions)] & each[synapses.targets(positions)]
        self._own.change(positions, np.where(both, self._up, -self._down), burst)

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        return {}

    def restore(self, state: dict[str, npt.NDArray[Any]]) -> None:
        """There is nothing to restore."""
