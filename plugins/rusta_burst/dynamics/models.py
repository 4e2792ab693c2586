"""Neuron models: their parameters for each neuron, brought down to the few classes that a network really has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_burst.engine.arrays import vector, whole
from rusta_burst.errors import InvalidInput

LIF_FLOAT, LIF_FIXED, CURRENTS, CURRENTS_SINGLE = 0, 1, 2, 3
RESETS, FORCED = 1, 2

CLASS = np.dtype(
    [
        *[(name, "<f8") for name in ("threshold", "limit", "keep", "excitability")],
        *[(name, "<u4") for name in ("refractory", "snooze", "fire_limit", "flags")],
    ]
)
CURRENT_FIELDS = (
    *("threshold", "reset", "resting", "keep_potential", "from_excitatory", "from_inhibitory"),
    *("keep_excitatory", "keep_inhibitory", "gain_excitatory", "gain_inhibitory"),
)
CURRENT_CLASS = np.dtype([*[(name, "<f8") for name in CURRENT_FIELDS], ("refractory", "<u4"), ("flags", "<u4")])
RUN = np.dtype([("begin", "<u4"), ("end", "<u4"), ("class", "<u4")])


@dataclass(frozen=True, eq=False)
class Model:
    """Parameters of all neurons: ``classes[class_of[k]]`` are those of neuron k; ``runs`` are stretches of one class."""

    kind: int
    count: int
    classes: NDArray[Any]
    class_of: NDArray[np.uint32]
    runs: NDArray[Any]
    potential: NDArray[Any]

    @property
    def has_currents(self) -> bool:
        """Whether neurons have synaptic currents besides their potential."""
        return self.kind in (CURRENTS, CURRENTS_SINGLE)

    @property
    def ports(self) -> int:
        """Accumulators a neuron: one, or one for excitation and one for inhibition."""
        return 2 if self.has_currents else 1


def leaky(
    count: int,
    *,
    threshold: object = 65025.0,
    threshold_limit: object = math.inf,
    leak: object = 0.0,
    refractory: object = 0,
    fire_limit: object = 0,
    snooze: object = 0,
    excitability: object = 1.0,
    accumulates: object = 1,
    forced: object = 0,
    potential: object = 0.0,
    fixed: bool = False,
) -> Model:
    """Leaky integrate-and-fire neurons; each parameter is one number for all or an array of ``count``.

    The unit of potential is one step of sign x weight x psp. A neuron fires when threshold <= v <= threshold_limit and
    then starts again at 0; else it loses the share ``leak`` of its potential. refractory: bursts of rest after a spike,
    in which input is lost. fire_limit: spikes in a row after which it must pause (0: never), ``snooze`` bursts longer.
    excitability: the chance to fire when it could. accumulates: 0 starts every burst at potential 0. forced: fires in
    every burst. fixed: potentials are whole numbers (i32, saturating) and 1 - leak counts in 1/65,536.

    Raises:
        InvalidInput: naming the parameter, what was expected and what came.
    """
    size = _count(count)
    low = -(2.0**31) if fixed else -1e300
    columns = {
        "threshold": _real("threshold", threshold, size, low, math.inf),
        "limit": _real("threshold_limit", threshold_limit, size, low, math.inf),
        "keep": 1.0 - _real("leak", leak, size, 0.0, 1.0),
        "excitability": _real("excitability", excitability, size, 0.0, 1.0),
        "refractory": _small("refractory", refractory, size),
        "snooze": _small("snooze", snooze, size),
        "fire_limit": _small("fire_limit", fire_limit, size),
        "flags": (1 - _flag("accumulates", accumulates, size)) * RESETS + _flag("forced", forced, size) * FORCED,
    }
    start = _real("potential", potential, size, low, 2.0**31 - 1 if fixed else 1e300)
    values = np.broadcast_to(np.rint(start).astype(np.int32) if fixed else start, size).copy()
    return _model(LIF_FIXED if fixed else LIF_FLOAT, size, columns, CLASS, values)


def currents(
    count: int,
    *,
    step: float,
    tau_membrane: float,
    tau_excitatory: float,
    tau_inhibitory: float,
    resting: float,
    threshold: float,
    reset: float,
    refractory: int,
    gain_excitatory: float,
    gain_inhibitory: float,
    potential: object,
    single: bool = False,
) -> Model:
    """Neurons with two exponential currents (Vogels and Abbott 2005), integrated exactly from burst to burst.

    step and the time constants in one unit of time; ``gain_*``: what one step of weight x psp adds to a current
    (excitatory and inhibitory synapses reach accumulators of their own). Fires above ``threshold``, then stays at
    ``reset`` for ``refractory - 1`` further bursts while its currents go on. single: the state in 32-bit floats, faster
    and with other roundings.

    Raises:
        InvalidInput: a parameter that is no finite number, a time constant not above 0, or two that are equal.
    """
    size = _count(count)
    numbers = {
        "step": step, "tau_membrane": tau_membrane, "tau_excitatory": tau_excitatory, "tau_inhibitory": tau_inhibitory,
        "resting": resting, "threshold": threshold, "reset": reset,
        "gain_excitatory": gain_excitatory, "gain_inhibitory": gain_inhibitory,
    }  # fmt: skip
    for name, value in numbers.items():
        _real(name, value, 1, -1e300, 1e300)
        if (name == "step" or name.startswith("tau")) and not value > 0:
            raise InvalidInput(f"{name}: expected more than 0, got {value!r}")
    if tau_membrane in (tau_excitatory, tau_inhibitory):
        raise InvalidInput(f"tau_membrane: {tau_membrane!r} equals another time constant; make them differ a little")
    decay = {name: math.exp(-step / numbers[f"tau_{name}"]) for name in ("membrane", "excitatory", "inhibitory")}

    def passed(name: str) -> float:
        tau = numbers[f"tau_{name}"]
        return tau / (tau - tau_membrane) * (decay[name] - decay["membrane"])

    columns = {
        "threshold": np.float64(threshold), "reset": np.float64(reset), "resting": np.float64(resting),
        "keep_potential": np.float64(decay["membrane"]),
        "from_excitatory": np.float64(passed("excitatory")), "from_inhibitory": np.float64(passed("inhibitory")),
        "keep_excitatory": np.float64(decay["excitatory"]), "keep_inhibitory": np.float64(decay["inhibitory"]),
        "gain_excitatory": np.float64(gain_excitatory), "gain_inhibitory": np.float64(gain_inhibitory),
        "refractory": np.uint32(max(int(_small("refractory", refractory, 1)) - 1, 0)), "flags": np.uint32(0),
    }  # fmt: skip
    start = np.broadcast_to(_real("potential", potential, size, -1e300, 1e300), size).copy()
    if single:
        return _model(CURRENTS_SINGLE, size, columns, CURRENT_CLASS, start.astype(np.float32))
    return _model(CURRENTS, size, columns, CURRENT_CLASS, start)


def _count(count: int) -> int:
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or not 0 <= count < 2**31:
        raise InvalidInput(f"count: expected 0 to {2**31 - 1} neurons, got {count!r}")
    return int(count)


def _model(kind: int, size: int, columns: dict[str, Any], dtype: np.dtype[Any], potential: NDArray[Any]) -> Model:
    codes = np.zeros(size, np.int64)
    for column in columns.values():
        if np.ndim(column):
            _, number = np.unique(column, return_inverse=True)
            _, codes = np.unique(codes * (int(number.max(initial=0)) + 1) + number, return_inverse=True)
    firsts = np.unique(codes, return_index=True)[1] if size else np.zeros(1, np.int64)
    classes = np.zeros(firsts.size, dtype)
    for name, column in columns.items():
        classes[name] = column[firsts] if np.ndim(column) and size else (column if not np.ndim(column) else 0)
    edges = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    begins = np.concatenate([[0], edges]) if size else np.empty(0, np.int64)
    runs = np.zeros(begins.size, RUN)
    runs["begin"] = begins
    runs["end"] = np.append(edges, size)[: begins.size]
    runs["class"] = codes[begins]
    return Model(kind, size, classes, codes.astype(np.uint32), runs, potential)


def _real(name: str, value: object, size: int, low: float, high: float) -> Any:
    """A number or an array of ``size`` numbers from low to high, as f64."""
    given = np.asarray(value)
    if given.ndim:
        given = vector(name, value, size)
    if given.dtype.kind not in "biuf":
        raise InvalidInput(f"{name}: expected a number or {size} numbers, got {value!r}")
    fits = (given >= low) & (given <= high)  # NaN is neither
    if not np.all(fits):
        where = "" if not given.ndim else f"[{int(np.argmin(fits))}]"
        bad = given if not given.ndim else given[int(np.argmin(fits))]
        raise InvalidInput(f"{name}{where} is {bad!s}; expected a number from {low:g} to {high:g}")
    return given.astype(np.float64)


def _small(name: str, value: object, size: int) -> Any:
    if np.ndim(value):  # type: ignore[arg-type]
        return whole(name, value, np.uint32, 65535, size)
    return whole(name, [value], np.uint32, 65535)[0]


def _flag(name: str, value: object, size: int) -> Any:
    if np.ndim(value):  # type: ignore[arg-type]
        return whole(name, value, np.uint32, 1, size)
    return whole(name, [value], np.uint32, 1)[0]
