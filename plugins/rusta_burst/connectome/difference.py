"""What is different between two connectomes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome

I8 = npt.NDArray[np.int64]
_SHOWN = 20


@dataclass(frozen=True)
class Difference:
    """Counts, and the first few of each kind.

    Areas are matched by name, neurons by number, synapses by source and target, and among those of one pair by their order.
    """

    equal: bool
    areas_added: tuple[str, ...]
    areas_removed: tuple[str, ...]
    areas_changed: tuple[str, ...]
    areas_reordered: bool
    rules_changed: bool
    neurons_added: int
    neurons_removed: int
    neurons_changed: dict[str, int]
    synapses_added: int
    synapses_removed: int
    synapses_reordered: bool
    synapses_changed: dict[str, int]
    weight_moved: int
    weight_mean_change: float
    first: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        made: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return made


def difference(before: Connectome, after: Connectome) -> Difference:
    """How ``after`` differs from ``before``."""
    old, new = {a.name: a for a in before.areas}, {a.name: a for a in after.areas}
    shared = min(len(before.neurons), len(after.neurons))
    alive_old, alive_new = _alive(before, after, shared)
    fields, first = _neuron_changes(before, after, shared)
    matched = _match(before, after)
    synapses = _synapse_changes(before, after, matched, first)
    moved = matched[0]
    change = after.synapses.weight[matched[1]].astype(np.int64) - before.synapses.weight[moved]
    return Difference(
        equal=before.equals(after),
        areas_added=tuple(name for name in new if name not in old),
        areas_removed=tuple(name for name in old if name not in new),
        areas_changed=tuple(name for name in new if name in old and old[name] != new[name]),
        areas_reordered=[name for name in old if name in new] != [name for name in new if name in old],
        rules_changed=before.rules != after.rules,
        neurons_added=alive_new,
        neurons_removed=alive_old,
        neurons_changed=fields,
        synapses_added=len(after.synapses) - len(moved),
        synapses_removed=len(before.synapses) - len(moved),
        synapses_reordered=bool((np.diff(matched[1][np.argsort(moved)]) < 0).any()),
        synapses_changed=synapses,
        weight_moved=int(np.abs(change).sum()),
        weight_mean_change=float(change.mean()) if len(change) else 0.0,
        first=tuple(first[:_SHOWN]),
    )


def _alive(before: Connectome, after: Connectome, shared: int) -> tuple[int, int]:
    a, b = before.neurons.alive == 1, after.neurons.alive == 1
    gone = int((a[:shared] & ~b[:shared]).sum() + a[shared:].sum())
    come = int((b[:shared] & ~a[:shared]).sum() + b[shared:].sum())
    return gone, come


def _neuron_changes(before: Connectome, after: Connectome, shared: int) -> tuple[dict[str, int], list[dict[str, Any]]]:
    both = (before.neurons.alive[:shared] == 1) & (after.neurons.alive[:shared] == 1)
    old, new = before.neurons.columns(), after.neurons.columns()
    found: dict[str, int] = {}
    first: list[dict[str, Any]] = []
    for name in old:
        if name in ("alive", "area"):
            continue
        changed = np.flatnonzero(both & (old[name][:shared] != new[name][:shared]))
        if len(changed):
            found[name] = len(changed)
            first += [
                {"neuron": int(k), "field": name, "before": float(old[name][k]), "after": float(new[name][k])}
                for k in changed[:3]
            ]
    names_old, names_new = (np.asarray([area.name for area in c.areas] or [""]) for c in (before, after))
    moved = both & (names_old[old["area"][:shared]] != names_new[new["area"][:shared]])
    if moved.any():
        found["area"] = int(moved.sum())
    return found, first


def _ranked(connectome: Connectome) -> tuple[I8, npt.NDArray[np.uint64]]:
    """Synapses sorted by pair, and a key for each that tells pair and rank within it."""
    s = connectome.synapses
    pair = (s.source.astype(np.uint64) << np.uint64(32)) | s.target
    order = np.argsort(pair, kind="stable")
    return order, pair[order]


def _match(before: Connectome, after: Connectome) -> tuple[I8, I8]:
    """Rows of synapses that are there in both."""
    order_a, pair_a = _ranked(before)
    order_b, pair_b = _ranked(after)
    rank_a = _rank(pair_a)
    start = np.searchsorted(pair_b, pair_a, "left")
    count = np.searchsorted(pair_b, pair_a, "right") - start
    there = rank_a < count
    return order_a[there], order_b[(start + rank_a)[there]]


def _rank(ordered: npt.NDArray[np.uint64]) -> I8:
    if not len(ordered):
        return np.empty(0, np.int64)
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    starts = np.flatnonzero(new)
    return np.arange(len(ordered)) - np.repeat(starts, np.diff(np.append(starts, len(ordered))))


def _synapse_changes(
    before: Connectome, after: Connectome, matched: tuple[I8, I8], first: list[dict[str, Any]]
) -> dict[str, int]:
    old, new = before.synapses.columns(), after.synapses.columns()
    found: dict[str, int] = {}
    for name in old:
        if name in ("source", "target"):
            continue
        changed = np.flatnonzero(old[name][matched[0]] != new[name][matched[1]])
        if not len(changed):
            continue
        found[name] = len(changed)
        for k in changed[:5]:
            row, now = int(matched[0][k]), int(matched[1][k])
            pair = {"source": int(old["source"][row]), "target": int(old["target"][row])}
            first.append({**pair, "field": name, "before": int(old[name][row]), "after": int(new[name][now])})
    return found
