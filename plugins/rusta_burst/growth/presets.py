"""Recipes that come with rusta, for trying things out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rusta_burst.errors import InvalidInput
from rusta_burst.growth.recipe import Recipe, parse


def _balanced(neurons: int) -> dict[str, Any]:
    """Four exciting neurons for each inhibiting one, 20 synapses each way; activity that goes on when it is driven."""
    exciting = max(1, neurons * 4 // 5)
    parameters = {"threshold": 40_000, "leak": 0.1, "refractory": 2, "potential": [0, 30_000]}
    degree = max(1, min(16, exciting - 1))
    fewer = max(1, min(4, neurons - exciting - 1))
    return {
        "seed": 1,
        "areas": [
            {"name": "exciting", "neurons": exciting, "parameters": parameters},
            {"name": "inhibiting", "neurons": max(1, neurons - exciting), "parameters": parameters},
        ],
        "projections": [
            _join("exciting", "exciting", degree, [20, 40]),
            _join("exciting", "inhibiting", degree, [20, 40]),
            _join("inhibiting", "exciting", fewer, [100, 160], inhibitory=True),
            _join("inhibiting", "inhibiting", fewer, [100, 160], inhibitory=True),
        ],
    }


def _chain(neurons: int) -> dict[str, Any]:
    """A row of neurons, each making the next one fire; a power neuron would start it, here a stimulus does."""
    return {
        "areas": [{"name": "row", "size": [max(2, neurons), 1, 1], "parameters": {"threshold": 65_025}}],
        "projections": [{"from": "row", "to": "row", "rule": {"kind": "vectors", "vectors": [[1, 0, 0]]}}],
    }


def _layers(neurons: int) -> dict[str, Any]:
    """A sensory sheet, two cortical ones and a motor row."""
    side = max(2, int((neurons / 3) ** 0.5))
    sheet = {"size": [side, side, 1], "parameters": {"threshold": 30_000, "leak": 0.2, "refractory": 1}}
    motor = {"name": "motor", "kind": "motor", "neurons": side, "parameters": {"threshold": 60_000, "leak": 0.2}}
    near = [[x, y, 0] for x in (-1, 0, 1) for y in (-1, 0, 1)]
    return {
        "seed": 2,
        "areas": [
            {"name": "sensory", "kind": "sensory", **sheet}, {"name": "first", **sheet}, {"name": "second", **sheet}, motor,
        ],
        "projections": [
            {"from": "sensory", "to": "first", "rule": {"kind": "vectors", "vectors": near}, "weight": [60, 90]},
            {"from": "first", "to": "second", "rule": {"kind": "vectors", "vectors": near}, "weight": [60, 90]},
            {"from": "second", "to": "motor", "rule": {"kind": "in_degree", "degree": min(32, side * side)}, "weight": 30},
        ],
    }  # fmt: skip


def _learning(neurons: int) -> dict[str, Any]:
    """The balanced one, whose exciting synapses learn by pairs of spikes."""
    told = _balanced(neurons)
    told["plasticity"] = {"pairs": {"kind": "stdp_pair", "parameters": {"a_plus": 0.5, "a_minus": 0.55}}}
    told["projections"][0]["plasticity"] = "pairs"
    return told


def _join(source: str, target: str, degree: int, weight: list[int], **more: Any) -> dict[str, Any]:
    return {"from": source, "to": target, "rule": {"kind": "in_degree", "degree": degree}, "weight": weight, **more}


PRESETS: dict[str, Callable[[int], dict[str, Any]]] = {
    "balanced": _balanced,
    "chain": _chain,
    "layers": _layers,
    "learning": _learning,
}


def preset_recipe(name: str, neurons: int) -> Recipe:
    """A preset with about so many neurons.

    Raises:
        InvalidInput: there is none of that name.
    """
    if name not in PRESETS:
        raise InvalidInput(f"there is no preset {name!r}; there are: {', '.join(PRESETS)}")
    return parse(PRESETS[name](neurons))
