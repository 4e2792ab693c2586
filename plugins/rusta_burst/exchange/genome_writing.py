"""A genome that grows into a given connectome.

A genome tells rules, not synapses, and one value an area. So all neurons of an area must share their parameters, there must be
as many at each place, delays must be 1, and no synapse may be there twice. Joins become vectors where offsets tell them
exactly, else a pattern for each pair.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Area, Connectome
from rusta_burst.errors import InvalidInput
from rusta_burst.growth import places

I8 = npt.NDArray[np.int64]
_GROUPS = {"sensory": "IPU", "motor": "OPU", "memory": "MEMORY", "power": "CORE", "cortical": "CUSTOM"}
_MOST_PATTERNS = 200_000


def genome_of(connectome: Connectome) -> dict[str, Any]:
    """The genome as plain data.

    Raises:
        InvalidInput: naming what a genome cannot tell.
    """
    work = _Writing(connectome)
    return {
        "genome_id": f"rusta-{connectome.digest[:12]}",
        "genome_title": "exported connectome",
        "genome_description": "",
        "version": "2.1",
        "blueprint": {work.ids[number]: work.area(number) for number in range(len(connectome.areas))},
        "neuron_morphologies": work.morphologies,
        "physiology": {},
        "brain_regions": {},
    }


class _Writing:
    def __init__(self, connectome: Connectome) -> None:
        self.connectome = connectome
        self.ids = [_identity(number, area) for number, area in enumerate(connectome.areas)]
        self.morphologies: dict[str, Any] = {}
        n = connectome.neurons
        if not n.alive.all():
            raise InvalidInput("neurons were removed; compact the connectome first")
        if (connectome.synapses.delay != 1).any():
            raise InvalidInput("a genome has no delays; all must be 1")
        if n.potential.any():
            raise InvalidInput("a genome has no initial potentials; all must be 0")
        self.spots = np.stack([n.x, n.y, n.z], axis=1).astype(np.int64)

    def area(self, number: int) -> dict[str, Any]:
        area = self.connectome.areas[number]
        neurons = self.connectome.neurons
        own = np.flatnonzero(neurons.area == number)
        x, y, z = area.size
        each = len(own) // (x * y * z)
        place = np.repeat(np.arange(x * y * z), each)
        wanted = np.stack([place // (y * z), place // z % y, place % z], axis=1)
        if len(own) != len(place) or not np.array_equal(self.spots[own], wanted):
            raise InvalidInput(f"area {area.name!r}: a genome needs the same number of neurons at each place, in order")
        value = {name: self._one(area, name, own) for name in _PARAMETERS}
        limit = value["threshold_limit"]
        return {
            "cortical_name": area.name,
            "cortical_type": _GROUPS[area.kind],
            "block_boundaries": [x, y, z],
            "relative_coordinate": [0, 0, 0],
            "per_voxel_neuron_cnt": each,
            "firing_threshold": value["threshold"],
            "firing_threshold_limit": 0.0 if limit == float("inf") else limit,
            "leak_coefficient": value["leak"],
            "refractory_period": int(value["refractory"]),
            "consecutive_fire_cnt_max": int(value["fire_limit"]),
            "snooze_length": int(value["snooze"]),
            "neuron_excitability": value["excitability"] * 100,
            "mp_charge_accumulation": bool(value["accumulates"]),
            "mp_driven_psp": area.psp_from_potential,
            "psp_uniform_distribution": not area.psp_by_fanout,
            "is_mem_type": area.kind == "memory",
            "temporal_depth": area.window,
            "postsynaptic_current": self._psp(number, area),
            "cortical_mapping_dst": self._mappings(number, area),
        }

    def _one(self, area: Area, name: str, own: I8) -> float:
        values = getattr(self.connectome.neurons, name)[own]
        if len(values) and (values != values[0]).any():
            raise InvalidInput(f"area {area.name!r}: a genome has one {name} an area, here are several")
        return float(values[0]) if len(values) else 0.0

    def _leaving(self, number: int) -> I8:
        return np.flatnonzero(self.connectome.neurons.area[self.connectome.synapses.source] == number)

    def _psp(self, number: int, area: Area) -> int:
        values = np.unique(self.connectome.synapses.psp[self._leaving(number)])
        if len(values) > 1:
            raise InvalidInput(
                f"area {area.name!r}: a genome has one psp for all synapses of an area, here are several"
            )
        return int(values[0]) if len(values) else 1

    def _mappings(self, number: int, area: Area) -> dict[str, list[dict[str, Any]]]:
        s = self.connectome.synapses
        leaving = self._leaving(number)
        target_area = self.connectome.neurons.area[s.target[leaving]].astype(np.int64)
        key = ((target_area * 256 + s.weight[leaving]) * 2 + s.type[leaving]) * 256 + s.rule[leaving]
        found: dict[str, list[dict[str, Any]]] = {}
        for value in np.unique(key):
            rows = leaving[key == value]
            to = int(target_area[key == value][0])
            rule = self._rule(int(s.rule[rows[0]]))
            strength = int(s.weight[rows[0]]) * (-1 if s.type[rows[0]] else 1)
            entry = {
                "morphology_id": self._morphology(number, to, rows),
                "morphology_scalar": [1, 1, 1],
                "postSynapticCurrent_multiplier": strength,
                **rule,
            }
            found.setdefault(self.ids[to], []).append(entry)
        for other, memory in enumerate(self.connectome.areas):
            if area.name in memory.watches:
                watching = {"morphology_id": "episodic_memory", "morphology_scalar": [1, 1, 1]}
                found.setdefault(self.ids[other], []).append({**watching, "postSynapticCurrent_multiplier": 1})
        return found

    def _rule(self, number: int) -> dict[str, Any]:
        if number == 0:
            return {"plasticity_flag": False, "plasticity_constant": 1, "ltp_multiplier": 1, "ltd_multiplier": 1}
        spec = self.connectome.rules[number - 1]
        if spec.kind != "stdp_window":
            raise InvalidInput(f"a genome knows the plasticity 'stdp_window' only, not {spec.kind!r}")
        given = {"window": 3.0, "constant": 1.0, "ltp": 1.0, "ltd": 1.0, **spec.parameters}
        return {
            "plasticity_flag": True,
            "plasticity_constant": given["constant"],
            "ltp_multiplier": given["ltp"],
            "ltd_multiplier": given["ltd"],
            "plasticity_window": int(given["window"]),
        }

    def _morphology(self, number: int, to: int, rows: I8) -> str:
        s = self.connectome.synapses
        source, target = s.source[rows].astype(np.int64), s.target[rows].astype(np.int64)
        area = self.connectome.neurons.area
        own, theirs = np.flatnonzero(area == number), np.flatnonzero(area == to)
        pairs = np.unique(np.stack([source, target], axis=1), axis=0)
        where = f"{self.connectome.areas[number].name!r} -> {self.connectome.areas[to].name!r}"
        if len(pairs) != len(rows):
            raise InvalidInput(f"{where}: a genome cannot tell several synapses between one pair of neurons")
        offsets = np.unique(self.spots[target] - self.spots[source], axis=0)
        joined = (
            places.by_vectors(self.spots[own], self.spots[theirs], offsets.tolist()) if len(offsets) <= 4096 else None
        )
        if joined is not None and _same(own[joined[0]], theirs[joined[1]], pairs):
            return self._named("vectors", offsets.tolist())
        if len(pairs) > _MOST_PATTERNS:
            raise InvalidInput(f"{where}: {len(pairs)} joins without a rule; a genome would need a pattern for each")
        made = [[self.spots[a].tolist(), self.spots[b].tolist()] for a, b in pairs]
        joined = places.by_patterns(self.spots[own], self.spots[theirs], made)
        if not _same(own[joined[0]], theirs[joined[1]], pairs):
            raise InvalidInput(
                f"{where}: several neurons share a place but not their synapses; a genome cannot tell that"
            )
        return self._named("patterns", made)

    def _named(self, kind: str, value: Any) -> str:
        made = {"type": kind, "class": "custom", "parameters": {kind: value}}
        for name, known in self.morphologies.items():
            if known == made:
                return name
        name = f"rusta_{kind}_{len(self.morphologies)}"
        self.morphologies[name] = made
        return name


_PARAMETERS = (
    "threshold", "threshold_limit", "leak", "refractory", "fire_limit", "snooze", "excitability", "accumulates",
)  # fmt: skip


def _same(source: I8, target: I8, pairs: I8) -> bool:
    made = np.unique(np.stack([source, target], axis=1), axis=0)
    return len(made) == len(source) and np.array_equal(made, pairs)


def _identity(number: int, area: Area) -> str:
    """Six characters; the first one says what kind of area it is."""
    letter = {"sensory": "i", "motor": "o", "memory": "m", "power": "_", "cortical": "c"}[area.kind]
    if area.kind == "power":
        return f"_pw{number:03d}"
    return f"{letter}{number:05d}"
