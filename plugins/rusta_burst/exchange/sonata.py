"""SONATA 0.1, the field's exchange format: nodes and edges in one HDF5 file (Dai et al., 2020).

One node population ``default``; edges of it onto itself. What a connectome says beyond SONATA's own attributes lies in group
``0`` under our field names, with SONATA's ``x``, ``y``, ``z``, ``syn_weight`` (signed: weight · psp / 65,025) and ``delay`` (in
bursts) beside them. Files of others are read by what they have: several populations become areas, ``syn_weight`` is scaled
so that the largest is 255, delays below 1 become 1.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.digests import header_of
from rusta_burst.connectome.fields import NEURON_FIELDS, SYNAPSE_FIELDS, UNIT
from rusta_burst.connectome.headers import areas_of, rules_of
from rusta_burst.connectome.model import Area, Connectome, Neurons, Synapses
from rusta_burst.errors import DamagedFile, InvalidInput
from rusta_burst.exchange.formats import need
from rusta_burst.exchange.whole import reading, write_whole

MAGIC = 0x0A7A
_HEAD = "rusta_head"
Array = npt.NDArray[Any]


def save(connectome: Connectome, path: Path) -> None:
    """Write a connectome with all its fields.

    Raises:
        MissingExtra: h5py is not installed.
        BurstError: it cannot be written.
    """
    h5py = need("h5py", "exchange")

    def write(place: Path) -> None:
        with h5py.File(place, "w") as file:
            file.attrs["magic"] = np.uint32(MAGIC)
            file.attrs["version"] = np.asarray([0, 1], np.uint32)
            _write_nodes(file.create_group("nodes/default"), connectome)
            _write_edges(file.create_group("edges/default"), connectome)

    write_whole(path, write)


def load(path: Path) -> Connectome:
    """Read nodes and edges.

    Raises:
        DamagedFile: it is no such file, or what it holds does not fit.
        MissingExtra: h5py is not installed.
        BurstError: it cannot be opened.
    """
    h5py = need("h5py", "exchange")
    with reading(path):
        data = path.read_bytes()  # read from memory: HDF5 holds damaged files open
        try:
            with h5py.File(io.BytesIO(data), "r") as file:
                return _read(file)
        except InvalidInput as error:
            raise DamagedFile(f"{path}: {error}") from None
        except (
            OSError,
            RuntimeError,
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
            SystemError,
            MemoryError,
        ) as error:
            raise DamagedFile(f"{path}: not a readable SONATA file ({str(error)[:200]})") from None


def _write_nodes(group: Any, connectome: Connectome) -> None:
    count = len(connectome.neurons)
    group.create_dataset("node_id", data=np.arange(count, dtype=np.uint64))
    group.create_dataset("node_type_id", data=connectome.neurons.area.astype(np.int64))
    group.create_dataset("node_group_id", data=np.zeros(count, np.uint32))
    group.create_dataset("node_group_index", data=np.arange(count, dtype=np.uint64))
    for name, values in connectome.neurons.columns().items():
        group.create_dataset(f"0/{name}", data=values)
    group.attrs[_HEAD] = np.frombuffer(header_of(connectome), np.uint8)


def _write_edges(group: Any, connectome: Connectome) -> None:
    synapses = connectome.synapses
    count = len(synapses)
    for end in ("source", "target"):
        made = group.create_dataset(f"{end}_node_id", data=getattr(synapses, end).astype(np.uint64))
        made.attrs["node_population"] = "default"
    group.create_dataset("edge_type_id", data=synapses.type.astype(np.int64))
    group.create_dataset("edge_group_id", data=np.zeros(count, np.uint32))
    group.create_dataset("edge_group_index", data=np.arange(count, dtype=np.uint64))
    sign = np.where(synapses.type == 0, 1.0, -1.0)
    group.create_dataset("0/syn_weight", data=sign * synapses.weight * synapses.psp.astype(np.float64) / UNIT)
    group.create_dataset("0/delay", data=synapses.delay.astype(np.float64))
    for field in SYNAPSE_FIELDS:
        if field.name not in ("source", "target", "delay"):
            group.create_dataset(f"0/{field.name}", data=getattr(synapses, field.name))


def _read(file: Any) -> Connectome:
    magic = file.attrs.get("magic")
    if magic is None or int(np.ravel(magic)[0]) != MAGIC:
        raise InvalidInput(f"the attribute magic is {magic!r}, expected {MAGIC:#06x}; this is no SONATA file")
    if "edges" not in file:
        raise InvalidInput("there is no group 'edges'")
    areas, starts, columns = _nodes(file)
    parts = [_edges(file["edges"][name], starts, name) for name in sorted(file["edges"])]
    own = [name for name in file.get("nodes", {}) if _HEAD in file["nodes"][name].attrs]
    rules: Any = []
    if own:
        told = json.loads(np.asarray(file["nodes"][own[0]].attrs[_HEAD], np.uint8).tobytes())
        areas, rules = areas_of(told["areas"]), rules_of(told["rules"])
    count = max((end for _, end in starts.values()), default=0)
    names = {name for part in parts for name in part}
    defaults = {field.name: field.default for field in SYNAPSE_FIELDS}
    joined = {
        name: np.concatenate([part.get(name, np.full(len(part["source"]), defaults[name])) for part in parts])
        for name in names
    }
    return Connectome(tuple(areas), Neurons.of(count, **columns), Synapses.of(**joined), tuple(rules))


def _nodes(file: Any) -> tuple[tuple[Area, ...], dict[str, tuple[int, int]], dict[str, Any]]:
    areas: list[Area] = []
    starts: dict[str, tuple[int, int]] = {}
    parts: list[dict[str, Array]] = []
    at = 0
    for number, name in enumerate(sorted(file.get("nodes", {}))):
        group = file["nodes"][name]
        count = len(group["node_type_id"])
        _plain_ids(group, "node_id", count, f"nodes/{name}")
        columns = _columns(group, [field.name for field in NEURON_FIELDS], count, "node")
        if _HEAD not in group.attrs:
            columns = {axis: _places(columns[axis]) for axis in "xyz" if axis in columns}
            columns["area"] = np.full(count, number)
        parts.append(columns)
        areas.append(Area(name))
        starts[name] = (at, at + count)
        at += count
    shared = set.intersection(*(set(part) for part in parts)) if parts else set()
    return tuple(areas), starts, {name: np.concatenate([part[name] for part in parts]) for name in shared}


def _edges(group: Any, starts: dict[str, tuple[int, int]], name: str) -> dict[str, Array]:
    count = len(group["source_node_id"])
    made: dict[str, Array] = {}
    for end in ("source", "target"):
        data = group[f"{end}_node_id"]
        population = data.attrs.get("node_population", "")
        population = population.decode() if isinstance(population, bytes) else str(population)
        if population not in starts:
            raise InvalidInput(f"edges/{name}: the node population {population!r} of {end}_node_id is not in the file")
        low, high = starts[population]
        ids = np.asarray(data[()])
        if ids.dtype.kind not in "iu" or len(ids) != count or (len(ids) and (ids.min() < 0 or ids.max() >= high - low)):
            raise InvalidInput(f"edges/{name}/{end}_node_id: expected {count} whole numbers from 0 to {high - low - 1}")
        made[end] = ids.astype(np.int64) + low
    names = ["syn_weight", *(field.name for field in SYNAPSE_FIELDS if field.name not in made)]
    found = _columns(group, names, count, "edge")
    weights = found.pop("syn_weight", None)
    if "weight" not in found and weights is not None:
        largest = float(np.abs(weights).max()) if count else 1.0
        if not np.isfinite(weights).all():
            raise InvalidInput(f"edges/{name}: syn_weight has values that are no numbers")
        found["weight"] = np.rint(np.abs(weights) * (255.0 / largest if largest else 1.0))
        found["type"] = (weights < 0).astype(np.uint8)
    if "delay" in found and found["delay"].dtype.kind == "f":
        found["delay"] = np.maximum(1.0, np.rint(found["delay"]))
    return {**made, **found}


def _columns(group: Any, names: list[str], count: int, kind: str) -> dict[str, Array]:
    if "0" not in group:
        return {}
    groups = np.asarray(group[f"{kind}_group_id"][()]) if f"{kind}_group_id" in group else np.zeros(count, np.uint32)
    if groups.any():
        raise InvalidInput(f"{group.name}: several groups of attributes; only group 0 can be read")
    found = {}
    for name in names:
        if name in group["0"]:
            values = np.asarray(group["0"][name][()])
            if values.shape != (count,):
                raise InvalidInput(f"{group.name}/0/{name}: shape {values.shape}, expected ({count},)")
            found[name] = values
    return found


def _plain_ids(group: Any, name: str, count: int, where: str) -> None:
    if name in group and not np.array_equal(np.asarray(group[name][()]), np.arange(count)):
        raise InvalidInput(f"{where}/{name}: expected 0 to {count - 1} in order")


def _places(values: Array) -> Array:
    """Positions in space as whole, non-negative places."""
    if not len(values) or not np.isfinite(values).all():
        return np.zeros(len(values), np.int64)
    return np.asarray(np.clip(np.rint(values - values.min()), 0, 2**31 - 1), np.int64)
