"""What is different between two programs, field by field and weight by weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rusta_akida.program.blocks import Weights
from rusta_akida.program.disassembly import describe
from rusta_akida.program.reading import Layer, Program


@dataclass(frozen=True)
class Difference:
    """One difference. ``left`` and ``right`` are what the two programs have there."""

    where: str
    name: str
    left: str
    right: str


def differences(left: Program, right: Program) -> list[Difference]:
    """The differences; none when the programs are the same."""
    found = []
    if left.version != right.version:
        found.append(Difference("header", "version", left.version, right.version))
    if len(left.layers) != len(right.layers):
        found.append(Difference("header", "layers", str(len(left.layers)), str(len(right.layers))))
    for number, (a, b) in enumerate(zip(left.layers, right.layers, strict=False)):
        found += _layers(f"layer {number}", a, b)
        found += _weights(f"layer {number}", left.weights[number], right.weights[number])
    return found


def _layers(where: str, a: Layer, b: Layer) -> list[Difference]:
    names = ("in_features", "out_features", "threshold", "mutable", "slot_id", "biases")
    pairs = [("layer type", a.spec.kind.label, b.spec.kind.label)]
    pairs += [(name, str(getattr(a.spec, name)), str(getattr(b.spec, name))) for name in names]
    pairs.append(("parameters", describe(a), describe(b)))
    return [Difference(where, name, left, right) for name, left, right in pairs if left != right]


def _weights(where: str, a: Weights, b: Weights) -> list[Difference]:
    found = []
    for name in ("weights", "biases"):
        left, right = getattr(a, name), getattr(b, name)
        if left.shape != right.shape:
            continue
        changed = np.argwhere(left != right)
        if len(changed):
            at = tuple(int(index) for index in changed[0])
            share = f"{len(changed)} of {left.size} changed, first at {at}"
            found.append(Difference(where, f"{name} ({share})", str(left[at]), str(right[at])))
    return found
