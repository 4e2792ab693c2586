"""Areas with ``psp_from_potential``: how strong a spike is depends on the potential its neuron fired at.

The psp of such a spike is the whole part of that potential, from 0 to 255 (FEAGI's rule); the synapses' own psp is not
used; with ``psp_by_fanout`` it is divided among the sender's synapses. The network keeps these synapses with a psp of 0,
and this part of it adds what their spikes really bring.
"""

# ruff: noqa: ARG002 - the signatures are the protocol's
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.hooks import FireHistory, Ids, PlasticNetwork
from rusta_burst.errors import InvalidInput

_LARGEST_SUM = 2**31 - 1


def senders_of(connectome: Connectome) -> NDArray[np.bool_]:
    """Which neurons belong to areas with ``psp_from_potential``."""
    flags = np.array([area.psp_from_potential for area in connectome.areas] or [False])
    made: NDArray[np.bool_] = flags[connectome.neurons.area]
    return made


class PotentialSpikes:
    """The spikes of such areas, on their way.

    Raises:
        InvalidInput: a synapse of such a neuron learns, or a target could get more than 32 bits hold.
    """

    name = "psp_from_potential"

    def __init__(self, connectome: Connectome) -> None:
        n, s = connectome.neurons, connectome.synapses
        self.sends = senders_of(connectome)
        own = np.flatnonzero(self.sends[s.source])
        if s.rule[own].any():
            row = int(own[np.argmax(s.rule[own] != 0)])
            raise InvalidInput(
                f"synapse {row}: it learns, and its area has psp_from_potential; set its rule to 0 or the flag to false"
            )
        most = np.bincount(s.target[own], minlength=1) * 65025
        if most.max() > _LARGEST_SUM:
            raise InvalidInput(
                f"target {int(most.argmax())}: it has too many synapses from areas with psp_from_potential"
            )
        order = np.lexsort((s.source[own], s.delay[own]))
        own = own[order]
        self._source, self._target, self._delay = s.source[own], s.target[own], s.delay[own]
        self._weight = np.where(s.type[own] == 0, 1, -1).astype(np.int32) * s.weight[own].astype(np.int32)
        shared = np.array([area.psp_by_fanout for area in connectome.areas] or [False])[n.area[self._source]]
        self._share = np.where(shared, np.bincount(s.source, minlength=len(n))[self._source], 1)
        self._delays = np.unique(self._delay)
        self._ids = np.flatnonzero(self.sends)
        self._accumulates = n.accumulates[self._ids] != 0
        self._now = np.zeros(self._ids.size, np.uint8)
        ages = int(self._delays.max(initial=1)) + 1
        self._sent = [np.zeros(len(n), np.uint8) for _ in range(ages)]
        self.axes = {f"sent.{age}": "neuron" for age in range(1, ages + 1)}

    def attach(self, network: PlasticNetwork) -> None:
        """It has no weights to change."""

    def drive(self, burst: int, ledger: FireHistory) -> tuple[Ids, NDArray[np.int32]] | None:
        """What these spikes bring in this burst."""
        rows = [self._arriving(int(delay), int(delay)) for delay in self._delays]
        places = np.concatenate([place for place, _ in rows]) if rows else np.empty(0, np.int64)
        if not places.size:
            return None
        return self._target[places], np.concatenate([amount for _, amount in rows])

    def _arriving(self, delay: int, age: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Own synapses of a delay whose senders fired ``age`` bursts ago, and what each brings."""
        psp = self._sent[age - 1]
        begin, end = np.searchsorted(self._delay, [delay, delay + 1])
        senders = self._source[begin:end]
        active = np.flatnonzero(psp)
        first, last = (begin + np.searchsorted(senders, active, side=side) for side in ("left", "right"))
        lengths = last - first
        ends = np.cumsum(lengths)
        places = np.repeat(first - (ends - lengths), lengths) + np.arange(ends[-1] if ends.size else 0)
        each = psp[self._source[places]].astype(np.int32)
        divided = np.maximum(each // self._share[places], np.minimum(each, 1)).astype(np.int32)
        return places, self._weight[places] * divided

    def before_fire(self, potential: NDArray[Any], given: NDArray[np.int32]) -> None:
        """Look at the potentials that the dynamics will compare with their thresholds."""
        base = np.where(self._accumulates, potential[self._ids], 0)
        self._now = np.clip(base + given[self._ids].astype(np.int64), 0, 255).astype(np.uint8)

    def after_fire(self, burst: int, fired: Ids, ledger: FireHistory) -> None:
        """Send the spikes of this burst."""
        newest = self._sent.pop()
        newest[:] = 0
        newest[self._ids] = self._now
        quiet = np.ones(newest.size, np.bool_)
        quiet[fired] = False
        newest[quiet] = 0
        self._sent.insert(0, newest)

    def causes(self, neuron: int, burst: int) -> list[tuple[int, int, int]]:
        """(sender, its burst, contribution) of these spikes that reached ``neuron`` in the last burst."""
        found = []
        for delay in self._delays:
            places, amounts = self._arriving(int(delay), int(delay) + 1)
            own = self._target[places] == neuron
            senders = self._source[places[own]]
            found += [(int(s), burst - int(delay), int(a)) for s, a in zip(senders, amounts[own], strict=True)]
        return found

    def state(self) -> dict[str, NDArray[Any]]:
        """The spikes on their way, for a snapshot."""
        return {name: sent.copy() for name, sent in zip(self.axes, self._sent, strict=True)}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """What `state` gave."""
        for name, sent in zip(self.axes, self._sent, strict=True):
            sent[:] = state[name]
