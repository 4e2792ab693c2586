"""The proof that a device computes what it should: its outputs beside the reference, value by value."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rusta_akida.program.container import Container
from rusta_akida.program.reading import Program
from rusta_akida.program.reference import reference_outputs

ROWS = 256


@dataclass(frozen=True)
class Comparison:
    """values: how many were compared; mismatches: how many differ; first: the first one that does, in words."""

    values: int
    mismatches: int
    first: str
    outputs_sha256: str


def held_out(container: Container, seed: int, rows: int = ROWS) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Inputs to prove a program with, and what it must answer: the file's own, and random ones from ``seed``."""
    program = container.program
    made = random_inputs(program, seed, rows)
    expected = reference_outputs(program, made)
    if not len(container.proof_inputs):
        return made, expected
    return np.vstack([container.proof_inputs, made]), np.vstack([container.proof_outputs, expected])


def random_inputs(program: Program, seed: int, rows: int) -> npt.NDArray[np.uint8]:
    """Inputs uint8 (rows, in_features) over the whole range, the extremes among them."""
    top = 2 ** program.layers[0].spec.bits_in
    made = np.random.default_rng(seed).integers(0, top, (rows, program.in_features)).astype(np.uint8)
    made[:1], made[1:2] = 0, top - 1
    return made


def compare(infer: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.int32]], container: Container, seed: int,
            rows: int = ROWS) -> Comparison:  # fmt: skip
    """Hold what ``infer`` answers against the reference."""
    inputs, expected = held_out(container, seed, rows)
    found = infer(inputs)
    digest = hashlib.sha256(np.ascontiguousarray(found, "<i4").tobytes()).hexdigest()
    if found.shape != expected.shape:
        return Comparison(expected.size, expected.size, f"shape {found.shape} instead of {expected.shape}", digest)
    wrong = np.argwhere(found != expected)
    first = ""
    if len(wrong):
        row, column = (int(index) for index in wrong[0])
        first = f"row {row}, output {column}: {found[row, column]} instead of {expected[row, column]}"
    return Comparison(expected.size, len(wrong), first, digest)
