"""A container from a file of weights."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from rusta_akida.program.builder import ProgramBuilder
from rusta_akida.program.container import Container
from rusta_akida.program.errors import ImportFailed
from rusta_akida.program.importing.arrays import Arrays, read_arrays
from rusta_akida.program.importing.onnx_graph import read_onnx
from rusta_akida.program.importing.quantising import Integers, to_integers
from rusta_akida.program.layers import Geometry, LayerSpec, LayerType
from rusta_akida.program.reading import Program
from rusta_akida.program.reference import reference_outputs

WEIGHTS = ("weights", "weight", "w_out", "W_out", "W", "kernel")
BIASES = ("biases", "bias", "b")
PROOF_ROWS = 64


def import_readout(
    path: Path | str,
    *,
    weights: str | None = None,
    biases: str | None = None,
    bits: int = 4,
    transpose: bool = False,
    mutable: bool = True,
    slot_id: int = 0,
    version: str = "2.18.2",
) -> Container:
    """A program of one layer from a .npy, .npz, .safetensors or .onnx file, with a proof of its integers.

    Floats are rounded to ``bits`` with one scale for each output; what the rounding costs on real data is not known here.

    Args:
        weights, biases: the arrays' names in the file, where they are not the usual ones.
        transpose: the weights lie as (inputs, outputs).

    Raises:
        ImportFailed, UnsupportedLayer: the file holds no such layer; the message says what it holds.
        BuildError: what it holds cannot be built.
    """
    place = Path(path)
    geometry: Geometry | None = None
    if place.suffix.lower() == ".onnx":
        layer = read_onnx(place)
        found, added, geometry = layer.weights, layer.biases, layer.geometry
    else:
        arrays = read_arrays(place)
        found = _named(arrays, weights, WEIGHTS, place)
        added = _named(arrays, biases, BIASES, place) if biases or _has(arrays, BIASES) else None
        found, added = np.atleast_2d(found), None if added is None else added.ravel()
    if transpose:
        found = found.T
    integers = to_integers(found, added, bits, place.name)
    program = _program(integers, geometry, bits, mutable, slot_id, version)
    digest = hashlib.sha256(place.read_bytes()).hexdigest()
    details = {"source": place.name, "source_sha256": digest, "scale": [float(value) for value in integers.scale]}
    return with_proof(program, place.stem, details)


def with_proof(program: Program, name: str, details: dict[str, Any] | None = None, rows: int = PROOF_ROWS) -> Container:
    """A container around ``program`` with random inputs and what it must answer to them."""
    top = 2 ** program.layers[0].spec.bits_in
    inputs = np.random.default_rng(0).integers(0, top, (rows, program.in_features)).astype(np.uint8)
    outputs = reference_outputs(program, inputs)
    return Container(program, name, proof_inputs=inputs, proof_outputs=outputs, details=details or {})


def _program(found: Integers, geometry: Geometry | None, bits: int, mutable: bool, slot: int, version: str) -> Program:
    rows, fan_in = found.weights.shape
    if geometry is not None and geometry.window != fan_in:
        raise ImportFailed(f"the kernel sees {fan_in} values, {geometry.window} are under it")
    inputs = geometry.height * geometry.width * geometry.channels if geometry else fan_in
    spec = LayerSpec(
        LayerType.INPUT_CONV if geometry else LayerType.FULLY_CONNECTED,
        inputs,
        rows * (geometry.places if geometry else 1),
        weight_bits=bits,
        threshold=0.0,
        mutable=mutable,
        slot_id=slot,
        bias_multiplier=found.bias_multiplier,
        geometry=geometry,
    )
    return ProgramBuilder().sdk_version(version).layer(spec, found.weights, found.biases).build()


def _has(arrays: Arrays, names: tuple[str, ...]) -> bool:
    return any(name in arrays for name in names)


def _named(arrays: Arrays, asked: str | None, usual: tuple[str, ...], path: Path) -> Any:
    names = (asked,) if asked else usual
    for name in names:
        if name in arrays:
            return arrays[name]
    if not asked and len(arrays) == 1:
        return next(iter(arrays.values()))
    there = ", ".join(f"{name} {value.shape}" for name, value in sorted(arrays.items())) or "nothing"
    raise ImportFailed(f"{path.name} has no array called {' or '.join(names)}; it holds {there}")
