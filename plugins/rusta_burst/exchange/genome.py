"""FEAGI genomes, version 2.1 (and 2.0 with flat keys): areas and the rules that join them, grown into a connectome.

Units: a genome's weight is ``postSynapticCurrent_multiplier`` and its psp ``postsynaptic_current``, both 0 to 255 (below 0
inhibits), and a potential is their product, as in feagi-core. What this program has no word for is refused by name; what is
only rounded is told in :attr:`Grown.remarks`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rusta_burst.connectome.model import Area, Connectome, Neurons, RuleSpec, Synapses
from rusta_burst.errors import DamagedFile, InvalidInput
from rusta_burst.exchange.genome_keys import as_hierarchy
from rusta_burst.exchange.genome_writing import genome_of
from rusta_burst.exchange.whole import reading, write_text
from rusta_burst.growth.draws import Draws
from rusta_burst.growth.growing import joined
from rusta_burst.growth.morphologies import join

_KINDS = {"IPU": "sensory", "OPU": "motor", "MEMORY": "memory", "CORE": "cortical", "CUSTOM": "cortical"}
_MEMORY_RULES = ("memory", "episodic_memory")
_MOST_NEURONS = 200_000_000


@dataclass(frozen=True)
class Grown:
    """What a genome grew into, and what was rounded or left out on the way."""

    connectome: Connectome
    remarks: tuple[str, ...]


def save(connectome: Connectome, path: Path) -> None:
    """Write a genome that grows into this connectome.

    Raises:
        InvalidInput: a genome cannot tell what this connectome is; the message says what.
        BurstError: it cannot be written.
    """
    write_text(path, json.dumps(genome_of(connectome), indent=1) + "\n")


def load(path: Path) -> Connectome:
    """Grow a genome's connectome, with seed 0.

    Raises:
        DamagedFile: it is no genome, or asks for what there is not.
        BurstError: it cannot be opened.
    """
    return read(path).connectome


def read(path: Path, seed: int = 0) -> Grown:
    """Grow a genome's connectome; remarks tell what was rounded.

    Raises:
        DamagedFile: it is no genome, or asks for what there is not.
        BurstError: it cannot be opened.
    """
    with reading(path):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise DamagedFile(f"{path}: not valid JSON ({error})") from None
    try:
        return grow_genome(told, seed)
    except InvalidInput as error:
        raise DamagedFile(f"{path}: {error}") from None
    except (TypeError, ValueError, AttributeError, KeyError, OverflowError, RecursionError, IndexError) as error:
        raise DamagedFile(
            f"{path}: the genome is not well formed ({type(error).__name__}: {str(error)[:200]})"
        ) from None


def grow_genome(told: Any, seed: int = 0) -> Grown:
    """A connectome from a genome as plain data.

    Raises:
        InvalidInput: naming what does not fit.
    """
    if not isinstance(told, dict) or not isinstance(told.get("blueprint"), dict):
        raise InvalidInput("a genome is an object with a blueprint")
    version = str(told.get("version", "2.1"))
    if version not in ("2.0", "2.1"):
        raise InvalidInput(f"genome version {version!r}; 2.0 and 2.1 can be read")
    work = _Growing(as_hierarchy(told["blueprint"]), told.get("neuron_morphologies") or {}, seed)
    return work.grown()


class _Growing:
    def __init__(self, blueprint: dict[str, dict[str, Any]], morphologies: dict[str, Any], seed: int) -> None:
        self.blueprint, self.morphologies, self.seed = blueprint, morphologies, seed
        self.remarks: list[str] = []
        self.rules: list[RuleSpec] = []
        self.ids = list(blueprint)

    def grown(self) -> Grown:
        watches = self._watches()
        areas = tuple(self._area(key, watches.get(key, ())) for key in self.ids)
        neurons = self._neurons(areas)
        bare = Connectome(areas, neurons, Synapses.of())
        parts = [
            self._mapping(bare, source, target, rule, number)
            for source in self.ids
            for target, rules in self._mappings(source).items()
            for number, rule in enumerate(rules)
            if rule.get("morphology_id") not in _MEMORY_RULES
        ]
        made = Connectome(areas, neurons, joined(parts), tuple(self.rules))
        return Grown(made, tuple(dict.fromkeys(self.remarks)))

    def _mappings(self, source: str) -> dict[str, list[dict[str, Any]]]:
        found = self.blueprint[source].get("cortical_mapping_dst") or {}
        for target, rules in found.items():
            if target not in self.blueprint:
                raise InvalidInput(f"area {source!r} is mapped to {target!r}, which is not in the blueprint")
            if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
                raise InvalidInput(f"the mapping {source!r} -> {target!r} should be a list of objects")
        return dict(found)

    def _watches(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for source in self.ids:
            for target, rules in self._mappings(source).items():
                if any(rule.get("morphology_id") in _MEMORY_RULES for rule in rules):
                    found[target] = (*found.get(target, ()), self._name(source))
        return found

    def _name(self, key: str) -> str:
        name = str(self.blueprint[key].get("cortical_name") or key)
        same = [other for other in self.ids if str(self.blueprint[other].get("cortical_name") or other) == name]
        return name if len(same) == 1 else f"{name} ({key})"

    def _area(self, key: str, watches: tuple[str, ...]) -> Area:
        gene = self.blueprint[key]
        size = gene.get("block_boundaries", [1, 1, 1])
        group = str(gene.get("cortical_type") or gene.get("group_id") or gene.get("cortical_group") or "CUSTOM").upper()
        kind = "power" if key.startswith("_") and ("pw" in key or "power" in key) else _KINDS.get(group, "cortical")
        if gene.get("is_mem_type") or watches:
            kind = "memory"
        return Area(
            self._name(key),
            kind,
            tuple(size),
            bool(gene.get("mp_driven_psp", False)),
            not bool(gene.get("psp_uniform_distribution", True)),
            max(1, int(gene.get("temporal_depth", 1) or 1)),
            watches,
        )

    def _neurons(self, areas: tuple[Area, ...]) -> Neurons:
        parts: list[dict[str, Any]] = []
        total = 0
        for number, (key, area) in enumerate(zip(self.ids, areas, strict=True)):
            x, y, z = area.size
            each = int(self.blueprint[key].get("per_voxel_neuron_cnt", 1))
            total += x * y * z * each
            if each < 0 or total > _MOST_NEURONS:
                raise InvalidInput(
                    f"area {key!r}: {x}x{y}x{z} places of {each} neurons; at most {_MOST_NEURONS} in all"
                )
            place = np.repeat(np.arange(x * y * z), each)
            spots = {"x": place // (y * z), "y": place // z % y, "z": place % z}
            columns = {"area": number, **spots, **self._parameters(key, spots)}
            parts.append(Neurons.of(len(place), **columns).columns())
        names = Neurons.of(0).columns()
        return Neurons.of(total, **{n: np.concatenate([part[n] for part in parts]) if parts else () for n in names})

    def _parameters(self, key: str, spots: dict[str, Any]) -> dict[str, Any]:
        gene = self.blueprint[key]
        threshold = float(gene.get("firing_threshold", 1.0))
        raised = sum(float(gene.get(f"firing_threshold_increment_{axis}", 0) or 0) * spots[axis] for axis in "xyz")
        limit = float(gene.get("firing_threshold_limit", 0) or 0)
        leak, excitability = float(gene.get("leak_coefficient", 0)), float(gene.get("neuron_excitability", 100))
        if leak > 1:
            self.remarks.append(f"area {key!r}: leak_coefficient {leak:g} was taken as a percentage")
            leak /= 100
        if gene.get("leak_variability"):
            self.remarks.append(f"area {key!r}: leak_variability was left out")
        return {
            "threshold": threshold + raised,
            "threshold_limit": limit if limit > 0 else float("inf"),
            "leak": leak,
            "refractory": int(gene.get("refractory_period", 0)),
            "fire_limit": int(gene.get("consecutive_fire_cnt_max", 0)),
            "snooze": int(gene.get("snooze_length", 0)),
            "excitability": excitability / 100,
            "accumulates": int(bool(gene.get("mp_charge_accumulation", True))),
        }

    def _mapping(self, bare: Connectome, source: str, target: str, rule: dict[str, Any], number: int) -> Synapses:
        where = f"mapping {source!r} -> {target!r}"
        draws = Draws(self.seed, "genome", source, target, str(number))
        try:
            pairs = join(
                bare, self._name(source), self._name(target), str(rule.get("morphology_id")), self.morphologies,
                rule.get("morphology_scalar", [1, 1, 1]), draws,
            )  # fmt: skip
        except InvalidInput as error:
            raise InvalidInput(f"{where}: {error}") from None
        strength = float(rule.get("postSynapticCurrent_multiplier", 1))
        psp = float(self.blueprint[source].get("postsynaptic_current", 1))
        return Synapses.of(
            *pairs,
            weight=self._byte(abs(strength), f"{where}: postSynapticCurrent_multiplier"),
            psp=self._byte(abs(psp), f"area {source!r}: postsynaptic_current"),
            type=int((strength < 0) != (psp < 0)),
            rule=self._rule(rule),
        )

    def _byte(self, value: float, what: str) -> int:
        byte = max(0, min(255, round(value)))
        if byte != value:
            self.remarks.append(f"{what} {value:g} was rounded to {byte}")
        return byte

    def _rule(self, rule: dict[str, Any]) -> int:
        if not rule.get("plasticity_flag"):
            return 0
        given = {
            "window": max(1.0, float(rule.get("plasticity_window", 1) or 1)),
            "constant": float(rule.get("plasticity_constant", 1)),
            "ltp": float(rule.get("ltp_multiplier", 1)),
            "ltd": float(rule.get("ltd_multiplier", 1)),
        }
        spec = RuleSpec("stdp_window", given)
        if spec not in self.rules:
            self.rules.append(spec)
        return self.rules.index(spec) + 1
