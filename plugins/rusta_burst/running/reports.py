"""What is said of a connectome and of a run: counts, memory, activity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.errors import InvalidInput
from rusta_burst.running.machine import Machine

# Bytes a running network needs; the parts are those of the index, its states and its queue.
_STATIC, _LEARNING, _NEURON = 5.0, 8.0, 80.0


def overview(connectome: Connectome) -> dict[str, Any]:
    """Counts of a connectome and of its areas, and the memory a run will take (an estimate, in bytes)."""
    n, s = connectome.neurons, connectome.synapses
    alive = n.alive == 1
    sizes = np.bincount(n.area[alive], minlength=len(connectome.areas))
    leaving = np.bincount(n.area[s.source], minlength=len(connectome.areas))
    reaching = np.bincount(n.area[s.target], minlength=len(connectome.areas))
    learning = int((s.rule > 0).sum())
    pairs = np.unique((s.source.astype(np.uint64) << np.uint64(32)) | s.target)
    return {
        "digest": connectome.digest,
        "neurons": int(alive.sum()),
        "removed": int((~alive).sum()),
        "synapses": len(s),
        "inhibitory": int((s.type != 0).sum()),
        "learning": learning,
        "repeated": len(s) - len(pairs),
        "self_joins": int((s.source == s.target).sum()),
        "longest_delay": int(s.delay.max()) if len(s) else 0,
        "rules": [{"kind": rule.kind, "parameters": dict(rule.parameters)} for rule in connectome.rules],
        "memory_bytes": memory_estimate(connectome),
        "areas": [
            {
                "name": area.name,
                "kind": area.kind,
                "neurons": int(sizes[k]),
                "leaving": int(leaving[k]),
                "reaching": int(reaching[k]),
            }
            for k, area in enumerate(connectome.areas)
        ],
    }


def memory_estimate(connectome: Connectome) -> int:
    """About how many bytes a run takes beyond the connectome itself."""
    learning = int((connectome.synapses.rule > 0).sum())
    static = len(connectome.synapses) - learning
    return int(static * _STATIC + learning * _LEARNING + len(connectome.neurons) * _NEURON)


def neuron_view(connectome: Connectome, neuron: int, limit: int = 20) -> dict[str, Any]:
    """One neuron: its fields, and the strongest synapses to and from it.

    Raises:
        InvalidInput: it is not there.
    """
    if not 0 <= neuron < len(connectome.neurons):
        raise InvalidInput(f"neuron {neuron} is not there; the last one is {len(connectome.neurons) - 1}")
    s = connectome.synapses
    fields = {name: float(values[neuron]) for name, values in connectome.neurons.columns().items()}
    fields["area"] = connectome.areas[int(fields["area"])].name if fields["alive"] else None  # type: ignore[assignment]

    def strongest(rows: npt.NDArray[np.int64]) -> list[dict[str, int]]:
        strength = s.weight[rows].astype(np.int64) * s.psp[rows]
        chosen = rows[np.argsort(-strength, kind="stable")[:limit]]
        return [
            {"synapse": int(k), **{name: int(values[k]) for name, values in s.columns().items()}}
            for k in chosen.tolist()
        ]

    incoming, outgoing = np.flatnonzero(s.target == neuron), np.flatnonzero(s.source == neuron)
    return {
        "neuron": neuron,
        "fields": {name: (None if value == float("inf") else value) for name, value in fields.items()},
        "incoming": len(incoming),
        "outgoing": len(outgoing),
        "strongest_incoming": strongest(incoming),
        "strongest_outgoing": strongest(outgoing),
    }


@dataclass
class Activity:
    """What a stretch of bursts did; fed burst by burst."""

    machine: Machine
    counts: list[int] = field(default_factory=list)
    events: int = 0

    def __post_init__(self) -> None:
        self.first = self.machine.burst
        self._spikes = np.zeros(len(self.machine.connectome.neurons), np.int64)
        self._hash = hashlib.sha256()

    def note(self, burst: int, fired: npt.NDArray[np.uint32], events: int) -> None:
        """A burst has ended."""
        self.counts.append(len(fired))
        self.events += events
        self._spikes[fired] += 1
        self._hash.update(np.asarray([burst, len(fired)], "<u8").tobytes() + fired.astype("<u4").tobytes())

    def report(self) -> dict[str, Any]:
        """As plain data; ``spikes_sha256`` is equal for equal spikes."""
        bursts = len(self.counts)
        return {
            "first": self.first,
            "bursts": bursts,
            "spikes": int(sum(self.counts)),
            "events": self.events,
            "busiest": max(self.counts, default=0),
            "silent": self.counts.count(0),
            "rates": self.machine.rates(self._spikes, bursts),
            "spikes_sha256": self._hash.hexdigest(),
        }
