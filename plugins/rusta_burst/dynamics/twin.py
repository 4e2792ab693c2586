"""The dynamics in NumPy: the same bits as the native kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_burst.dynamics.models import CURRENT_FIELDS, FORCED, LIF_FIXED, RESETS, Model

_CERTAIN = 0.999


def chance(seed: int, burst: int, neurons: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A number from 0 to 2^32 - 1 that depends on nothing but the seed, the burst and the neuron (splitmix64's mixer)."""
    mask = 2**64 - 1
    x = np.full(neurons.size, (seed ^ (burst * 0x9E3779B97F4A7C15)) & mask, np.uint64)
    x += neurons.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)


def fire(model: Model, state: dict[str, NDArray[Any]], burst: int, seed: int, candidates: bool) -> NDArray[np.uint32]:
    """One burst of the dynamics; ``state`` changes in place. The neurons that fired, ascending."""
    if model.has_currents:
        return _currents(model, state)
    return _leaky(model, state, burst, seed, candidates)


def _leaky(model: Model, state: dict[str, NDArray[Any]], burst: int, seed: int, candidates: bool) -> NDArray[np.uint32]:
    given = state["input"]
    v, rest, spikes = state["potential"], state["rest"], state["spikes"]
    p = model.classes[model.class_of]
    forced = (p["flags"] & FORCED) != 0
    most = p["fire_limit"]
    exhausted = (most != 0) & (spikes >= most)
    active = forced | (given != 0) if candidates else np.ones(model.count, np.bool_)
    resting = active & (rest > 0) & ~forced
    awake = active & ~resting
    rest[resting] -= 1
    spikes[resting & (rest == 0) & exhausted] = 0
    base = np.where((p["flags"] & RESETS) != 0, 0, v)
    if model.kind == LIF_FIXED:
        total = np.clip(base.astype(np.int64) + given, -(2**31), 2**31 - 1)
        threshold = np.clip(np.ceil(p["threshold"]), -(2.0**31), 2.0**31 - 1)
        limit = np.clip(np.floor(p["limit"]), -(2.0**31), 2.0**31 - 1)
    else:
        total, threshold, limit = base + given.astype(np.float64), p["threshold"], p["limit"]
    reached = (total >= threshold) & (total <= limit)
    draw = chance(seed, burst, np.arange(model.count, dtype=np.uint32)).astype(np.float64)
    lucky = forced | (p["excitability"] >= _CERTAIN) | (draw < p["excitability"] * 4294967296.0)
    pauses = awake & reached & exhausted & ~forced
    fires = awake & ~pauses & (forced | (reached & lucky))
    quiet = awake & ~pauses & ~fires
    v[pauses] = total[pauses]
    spikes[pauses] = 0
    v[fires] = 0
    spikes[fires] = np.where(most[fires] == 0, 0, np.minimum(spikes[fires].astype(np.uint32) + 1, 65535))
    tired = (most != 0) & (spikes >= most)
    rest[fires] = np.minimum(p["refractory"] + np.where(tired, p["snooze"], 0), 65535)[fires]
    spikes[quiet] = 0
    v[quiet] = _kept(model, total, p["keep"])[quiet]
    given[active] = 0
    return np.flatnonzero(fires).astype(np.uint32)


def _kept(model: Model, total: NDArray[Any], keep: NDArray[np.float64]) -> NDArray[Any]:
    if model.kind != LIF_FIXED:
        return total * keep
    product = total * np.rint(keep * 65536.0).astype(np.int64)
    made: NDArray[Any] = np.sign(product) * (np.abs(product) // 65536)
    return made


def _currents(model: Model, state: dict[str, NDArray[Any]]) -> NDArray[np.uint32]:
    n = model.count
    given, v, rest = state["input"], state["potential"], state["rest"]
    real = v.dtype.type
    p = {name: model.classes[name].astype(real)[model.class_of] for name in CURRENT_FIELDS}
    e, i = state["excitatory"], state["inhibitory"]
    for port, current, name in ((given[:n], e, "gain_excitatory"), (given[n:], i, "gain_inhibitory")):
        some = np.flatnonzero(port)
        current[some] += port[some].astype(real) * p[name][some]
    given[:] = 0
    moved = p["resting"] + (v - p["resting"]) * p["keep_potential"]
    moved = moved + e * p["from_excitatory"]
    moved = moved + i * p["from_inhibitory"]
    awake = rest == 0
    now = np.where(awake, moved, v)
    fires = awake & (now > p["threshold"])
    v[:] = np.where(fires, p["reset"], now)
    state["excitatory"][:] = e * p["keep_excitatory"]
    state["inhibitory"][:] = i * p["keep_inhibitory"]
    rest[:] = np.where(fires, model.classes["refractory"][model.class_of], np.where(rest > 0, rest - 1, 0))
    return np.flatnonzero(fires).astype(np.uint32)
