"""A readout in small integers: what the program builder puts on a chip.

The chip computes potentials P = Σ x·w + b in integers; the host turns them into values y = scale·P + offset.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import QuantiseError
from rusta_akida.quantiser.activations import ActivationScale, Codes, Float
from rusta_akida.quantiser.packing import LARGEST, Int8, check_width, pack

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class QuantisedReadout:
    """Integer weights with all that is needed to use them.

    weights: int8 (outputs, inputs), symmetric in ``bits``. scale, offset: (outputs,), from potentials to values.
    activation: how real states become the integers that come in. biases: int8 (outputs,), added to the potentials on
    the chip, symmetric in 4 bits. threshold: of the layer's activation; 0 for a readout, whose potentials come out as
    they are. labels: names of the outputs of a classifier. provenance: SHA-256 of what it was made from, or "".
    """

    weights: Int8
    bits: int
    scale: Float
    offset: Float
    activation: ActivationScale
    biases: Int8 = field(default_factory=lambda: np.zeros(0, np.int8))
    threshold: float = 0.0
    labels: tuple[str, ...] = ()
    provenance: str = ""

    def __post_init__(self) -> None:
        check_width(self.bits)
        weights = np.ascontiguousarray(self.weights)
        if weights.dtype != np.int8 or weights.ndim != 2 or weights.size == 0:
            raise QuantiseError(f"weights are {weights.dtype} {weights.shape}; int8 (outputs, inputs) is needed")
        largest = int(np.abs(weights.astype(np.int16)).max())
        if largest > LARGEST[self.bits] or (self.bits == 1 and not weights.all()):
            raise QuantiseError(f"weights reach {largest}, {self.bits} bits hold {LARGEST[self.bits]}; quantise again")
        outputs, inputs = weights.shape
        biases = np.ascontiguousarray(self.biases if self.biases.size else np.zeros(outputs, np.int8))
        if biases.dtype != np.int8 or biases.shape != (outputs,) or np.abs(biases.astype(np.int16)).max() > 7:
            raise QuantiseError(f"biases are {biases.dtype} {biases.shape}; {outputs} of int8 in -7..7 are needed")
        if self.activation.step.size != inputs:
            raise QuantiseError(
                f"the activation scale is for {self.activation.step.size} inputs, weights have {inputs}"
            )
        for name in ("scale", "offset"):
            row = np.ascontiguousarray(getattr(self, name), np.float64)
            if row.shape != (outputs,) or not np.isfinite(row).all():
                raise QuantiseError(f"{name} has shape {row.shape}; {outputs} finite values are needed")
            object.__setattr__(self, name, row)
        if self.labels and len(self.labels) != outputs:
            raise QuantiseError(f"{len(self.labels)} labels for {outputs} outputs")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)

    @property
    def outputs(self) -> int:
        return int(self.weights.shape[0])

    @property
    def inputs(self) -> int:
        return int(self.weights.shape[1])

    def packed_weights(self) -> bytes:
        """The weights as a program holds them, see :mod:`rusta_akida.quantiser.packing`."""
        return pack(self.weights, self.bits)

    def packed_biases(self) -> bytes:
        """The biases as a program holds them: 4 bits each."""
        return pack(self.biases, 4)

    def encode(self, states: npt.ArrayLike) -> Codes:
        """Real states (samples, inputs) as the integers the chip takes in."""
        return self.activation.encode(states)

    def potentials(self, codes: npt.ArrayLike) -> Int64:
        """The reference of what a device answers: integer (samples, outputs) for codes (samples, inputs)."""
        given = np.atleast_2d(np.asarray(codes))
        if given.shape[1] != self.inputs:
            raise QuantiseError(f"codes have {given.shape[1]} values a row, {self.inputs} are expected")
        # Far below 2^53, so a product in float64 is exact and much faster than one in integers.
        product = given.astype(np.float64) @ self.weights.T.astype(np.float64)
        total: Int64 = product.astype(np.int64) + self.biases
        return total

    def values(self, potentials: npt.ArrayLike) -> Float:
        """What potentials (samples, outputs) mean."""
        meant: Float = self.scale * np.asarray(potentials, np.float64) + self.offset
        return meant

    def predict(self, states: npt.ArrayLike) -> Float:
        """Values (samples, outputs) for real states (samples, inputs)."""
        return self.values(self.potentials(self.encode(states)))
