"""Synapses sorted into projections: one index for each delay, plastic ones apart from static ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_burst.dynamics.core import Projection
from rusta_burst.dynamics.models import Model
from rusta_burst.engine.arrays import whole
from rusta_burst.engine.propagation import LARGEST_SUM, SynapticPropagationEngine
from rusta_burst.errors import InvalidInput


def projections_of(
    model: Model,
    columns: dict[str, object],
    delay: object,
    plastic: object,
    *,
    threads: int | None,
    use_native: bool | None,
    keep_order: bool,
) -> list[Projection]:
    """One projection for each delay and kind that occurs; ``columns``: source, target, weights, conductances, types.

    Raises:
        InvalidInput: naming the argument, what was expected and what came.
    """
    n = model.count
    source = whole("source", columns["source"], np.uint32, n - 1)
    count = source.size
    target = whole("target", columns["target"], np.uint32, n - 1, count)
    psp = whole("conductances", columns["conductances"], np.uint8, 255, count)
    kind = whole("types", columns["types"], np.uint8, 255, count)
    if model.ports == 2:
        target = np.where(kind == 0, target, target + np.uint32(n)).astype(np.uint32)
    arrays: list[NDArray[Any]] = [source, target, whole("weights", columns["weights"], np.uint8, 255, count), psp, kind]
    groups = _groups(count, delay, plastic)
    if len(groups) > 1:
        _refuse_overflow(target, psp, n * model.ports)
    made = []
    for wait, learns, rows in groups:
        part = [column[rows] for column in arrays] if rows.size else arrays
        engine = SynapticPropagationEngine(threads=threads, complement=not learns, use_native=use_native)
        engine.build_index(*part, neurons=n, targets=n * model.ports, keep_order=keep_order or learns)
        made.append(Projection(engine, wait, learns, rows))
    return made


def _groups(count: int, delay: object, plastic: object) -> list[tuple[int, bool, NDArray[np.uint32]]]:
    """(delay, plastic, rows) of each projection; empty rows mean all."""
    single = np.ndim(delay) == 0 and np.ndim(plastic) == 0  # type: ignore[arg-type]
    waits = _column("delay", delay, count, 255)
    if waits.size and not waits.min():
        raise InvalidInput(f"delay[{int(np.argmin(waits))}] is 0; a spike takes at least 1 burst to arrive")
    learns = _column("plastic", plastic, count, 1)
    everything = np.empty(0, np.uint32)
    if single or not count:
        return [(int(waits[0]), bool(learns[0]), everything)]
    codes = waits.astype(np.uint16) * 2 + learns
    found = np.unique(codes)
    if found.size == 1:
        return [(int(found[0]) // 2, bool(found[0] % 2), everything)]
    return [(int(c) // 2, bool(c % 2), np.flatnonzero(codes == c).astype(np.uint32)) for c in found]


def _column(name: str, value: object, count: int, top: int) -> NDArray[np.uint8]:
    if np.ndim(value) == 0 or not count:  # type: ignore[arg-type]
        return whole(name, [value] if np.ndim(value) == 0 else [1 if top > 1 else 0], np.uint8, top)  # type: ignore[arg-type]
    made: NDArray[np.uint8] = whole(name, value, np.uint8, top, count)
    return made


def _refuse_overflow(target: NDArray[Any], psp: NDArray[Any], targets: int) -> None:
    if target.size * 65025 <= LARGEST_SUM:
        return
    most = np.bincount(target, weights=psp, minlength=targets) * 255
    worst = int(np.argmax(most))
    if most[worst] > LARGEST_SUM:
        raise InvalidInput(f"target {worst}: its synapses could add up to {int(most[worst])}, more than {LARGEST_SUM}")
