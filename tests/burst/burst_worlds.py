"""Small connectomes, drawn by hypothesis or made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from rusta_burst import Area, Connectome, Neurons, RuleSpec, Synapses


@st.composite
def connectomes(draw: st.DrawFn, *, rules: bool = False, plain: bool = False) -> Connectome:
    """Up to three areas, 30 neurons and 60 synapses. ``plain``: what every exchange format can hold."""
    kinds = st.sampled_from(["cortical"] if plain else ["cortical", "sensory", "motor"])
    areas = [Area(f"area {k}", kind=draw(kinds)) for k in range(draw(st.integers(1, 3)))]
    count = draw(st.integers(1, 30))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    neurons = Neurons.of(
        count,
        area=np.sort(rng.integers(0, len(areas), count)),
        x=rng.integers(0, 5, count),
        threshold=rng.integers(1, 100_000, count).astype(float),
        leak=rng.choice([0.0, 0.1, 0.5, 1.0], count),
        refractory=rng.integers(0, 4, count),
        potential=rng.integers(-10, 10, count).astype(float),
    )
    size = draw(st.integers(0, 60))
    made = [RuleSpec("stdp_pair", {"a_plus": 3.0}), RuleSpec("homeostasis", {"interval": 5.0})] if rules else []
    synapses = Synapses.of(
        rng.integers(0, count, size),
        rng.integers(0, count, size),
        weight=rng.integers(0, 256, size),
        psp=rng.integers(0, 256, size),
        type=rng.integers(0, 2, size),
        delay=rng.integers(1, 5, size),
        rule=rng.integers(0, len(made) + 1, size) if rules else 0,
    )
    return Connectome.of(areas, neurons, synapses, made)


def example(*rules: RuleSpec, **synapses: Any) -> Connectome:
    """Two areas of ten: each of the first to the same of the second, and back to the next."""
    ids = np.arange(10)
    areas = [Area("front", kind="sensory"), Area("back", kind="motor")]
    given = {"weight": 200, "psp": 255, "rule": 1 if rules else 0, **synapses}
    return Connectome.of(
        areas,
        Neurons.of(20, area=np.repeat([0, 1], 10), threshold=50_000, leak=0.25),
        Synapses.of(np.concatenate([ids, ids + 10]), np.concatenate([ids + 10, (ids + 1) % 10]), **given),
        rules,
    )
