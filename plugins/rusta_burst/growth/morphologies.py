"""FEAGI's neuron morphologies: vectors, patterns and functions by their names there, as rules of ours."""

from __future__ import annotations

from typing import Any

import numpy as np

from rusta_burst.connectome.model import Connectome
from rusta_burst.errors import InvalidInput
from rusta_burst.growth import degrees, places
from rusta_burst.growth.draws import Draws

Pairs = tuple[places.I8, places.I8]

# Present in every genome, also where they are not written down.
CORE: dict[str, dict[str, Any]] = {
    "block_to_block": {"type": "vectors", "parameters": {"vectors": [[0, 0, 0]]}},
    "one_to_one": {"type": "vectors", "parameters": {"vectors": [[0, 0, 0]]}},
    "lateral_+x": {"type": "vectors", "parameters": {"vectors": [[1, 0, 0]]}},
    "lateral_-x": {"type": "vectors", "parameters": {"vectors": [[-1, 0, 0]]}},
    "lateral_+y": {"type": "vectors", "parameters": {"vectors": [[0, 1, 0]]}},
    "lateral_-y": {"type": "vectors", "parameters": {"vectors": [[0, -1, 0]]}},
    "lateral_+z": {"type": "vectors", "parameters": {"vectors": [[0, 0, 1]]}},
    "lateral_-z": {"type": "vectors", "parameters": {"vectors": [[0, 0, -1]]}},
    "all_to_all": {"type": "patterns", "parameters": {"patterns": [[["*", "*", "*"], ["*", "*", "*"]]]}},
    "0-0-0_to_all": {"type": "patterns", "parameters": {"patterns": [[[0, 0, 0], ["*", "*", "*"]]]}},
    "all_to_0-0-0": {"type": "patterns", "parameters": {"patterns": [[["*", "*", "*"], [0, 0, 0]]]}},
    "projector": {"type": "functions"},
    "randomizer": {"type": "functions"},
    "lateral_pairs_x": {"type": "functions"},
}


def join(
    bare: Connectome, source: str, target: str, name: str, morphologies: dict[str, Any], scalar: Any, draws: Draws
) -> Pairs:
    """Neurons of two areas joined by a morphology.

    Raises:
        InvalidInput: the morphology is not known, or not well formed.
    """
    found = morphologies.get(name, CORE.get(name))
    if not isinstance(found, dict):
        known = ", ".join(sorted({*morphologies, *CORE}))
        raise InvalidInput(f"there is no morphology {name!r}; there are: {known}"[:400])
    ids = [bare.neurons_of(area) for area in (source, target)]
    spots = [
        np.stack([getattr(bare.neurons, axis)[chosen] for axis in "xyz"], axis=1).astype(np.int64) for chosen in ids
    ]
    sizes = [bare.areas[bare.area_index(area)].size for area in (source, target)]
    kind, parameters = str(found.get("type", "")), found.get("parameters") or {}
    first, second = _pairs(kind, name, parameters, spots, sizes, _factors(scalar), draws)
    return ids[0][first].astype(np.int64), ids[1][second].astype(np.int64)


def _pairs(
    kind: str,
    name: str,
    parameters: dict[str, Any],
    spots: list[Any],
    sizes: list[Any],
    factors: list[int],
    draws: Draws,
) -> Pairs:
    sources, targets = spots
    if kind == "vectors" or "vectors" in parameters:
        vectors = [[int(n) * f for n, f in zip(v, factors, strict=True)] for v in parameters.get("vectors", [])]
        return places.by_vectors(sources, targets, vectors)
    if kind == "patterns" or "patterns" in parameters:
        return places.by_patterns(sources, targets, parameters.get("patterns", []))
    if name == "randomizer":
        return degrees.fixed_out_degree(len(sources), len(targets), min(1, len(targets)), draws)
    if name in places.FUNCTIONS:
        return places.by_function(sources, targets, sizes[0], sizes[1], places.FUNCTIONS[name])
    raise InvalidInput(f"morphology {name!r} is a function of type {kind!r} that is not known here")


def _factors(scalar: Any) -> list[int]:
    values = scalar if isinstance(scalar, list) else [scalar] * 3
    if len(values) != 3 or not all(isinstance(n, int | float) and float(n).is_integer() for n in values):
        raise InvalidInput(f"morphology_scalar is {scalar!r}; expected three whole numbers")
    return [int(n) for n in values]
