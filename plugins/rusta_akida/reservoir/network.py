"""An echo state network (Jaeger 2001; leaky units: Jaeger et al. 2007): fixed random recurrent weights.

network = EchoStateNetwork(size=500, spectral_radius=0.95, leak=0.3, seed=1)
states = network.collect_activations(series, washout=100)           # (steps - 100, 500)
weights = ridge_regression(states, targets, lambda_=1e-6)           # (outputs, 500)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import ReservoirError
from rusta_akida.reservoir.kernel import Kernel, as_rows
from rusta_akida.reservoir.sparse import Float, SparseMatrix, random_matrix, spectral_radius

# Numbers in a chunk: drive and states of a chunk stay near the CPU.
CHUNK = 1 << 16
LARGEST = 1 << 20


@dataclass(frozen=True)
class ReservoirConfig:
    """Everything that a network is made from.

    size: units. inputs: values a step. spectral_radius: of the recurrent weights. leak: 1 forgets the last state, less
    keeps some of it. input_scale: input weights are uniform in ±input_scale. bias: so are biases. sparsity: share of
    recurrent weights that are zero. washout: first steps to leave out. dtype: float64 or float32 states.
    """

    size: int = 100
    inputs: int = 1
    spectral_radius: float = 0.9
    leak: float = 1.0
    input_scale: float = 1.0
    bias: float = 0.0
    sparsity: float = 0.9
    seed: int = 0
    washout: int = 100
    topology: str = "random"
    dtype: str = "float64"

    def __post_init__(self) -> None:
        whole = {"size": (1, LARGEST), "inputs": (1, LARGEST), "washout": (0, 1 << 62), "seed": (0, 1 << 63)}
        for name, (low, high) in whole.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise ReservoirError(f"{name} is {value!r}; a whole number of {low} or more is needed")
        for name in ("spectral_radius", "input_scale", "bias"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and 0 <= value < 1e6):
                raise ReservoirError(f"{name} is {value!r}; a number of 0 or more is needed")
        if not 0 < self.leak <= 1:
            raise ReservoirError(f"leak is {self.leak!r}; it is above 0 and at most 1")
        if self.dtype not in ("float32", "float64"):
            raise ReservoirError(f"dtype is {self.dtype!r}; float32 or float64 is needed")


class EchoStateNetwork:
    """A reservoir with its current state. The same config gives the same network."""

    def __init__(self, size: int = 100, inputs: int = 1, *, native: bool | None = None, **options: object) -> None:
        """``options`` are the other fields of :class:`ReservoirConfig`; ``native`` as for the kernel."""
        try:
            config = ReservoirConfig(size, inputs, **options)  # type: ignore[arg-type]
        except TypeError as error:
            raise ReservoirError(f"no such option of a reservoir: {error}") from None
        rng = np.random.default_rng(config.seed)
        recurrent = random_matrix(size, config.sparsity, rng, config.topology)
        radius = spectral_radius(recurrent, config.seed) if config.spectral_radius else 1.0
        # A few sparse rows may form no circle at all: then every power of the matrix dies out by itself.
        factor = config.spectral_radius / radius if radius > 1e-9 else 1.0
        entering = rng.uniform(-config.input_scale, config.input_scale, (size, inputs))
        biases = rng.uniform(-config.bias, config.bias, size)
        self._set(config, recurrent.scaled(factor, config.dtype), entering, biases, native)

    @classmethod
    def from_weights(
        cls,
        config: ReservoirConfig,
        recurrent: SparseMatrix,
        entering: npt.ArrayLike,
        biases: npt.ArrayLike,
        *,
        native: bool | None = None,
    ) -> EchoStateNetwork:
        """A network with weights of your own: ``entering`` (size, inputs), ``biases`` (size,)."""
        network = cls.__new__(cls)
        network._set(config, recurrent.scaled(1.0, config.dtype), np.asarray(entering), np.asarray(biases), native)
        return network

    def _set(
        self, config: ReservoirConfig, recurrent: SparseMatrix, entering: Float, biases: Float, native: bool | None
    ) -> None:
        size, dtype = config.size, np.dtype(config.dtype)
        if recurrent.size != size or entering.shape != (size, config.inputs) or biases.shape != (size,):
            shapes = f"{recurrent.size}, {entering.shape}, {biases.shape}"
            raise ReservoirError(f"weights {shapes} don't fit {size} units with {config.inputs} inputs")
        if not (np.isfinite(entering).all() and np.isfinite(biases).all()):
            raise ReservoirError("an input weight or a bias is not finite")
        self.config, self.recurrent = config, recurrent
        self.entering, self.biases = entering.astype(dtype), biases.astype(dtype)
        self.state: Float = np.zeros(size, dtype)
        self.kernel = Kernel(recurrent, config.leak, native=native)
        self._drive = np.concatenate([self.entering, self.biases[:, None]], axis=1).T.copy()  # (inputs + 1, size)

    @property
    def size(self) -> int:
        return self.config.size

    def reset(self) -> None:
        """Forget the past."""
        self.state = np.zeros(self.size, self.state.dtype)

    def step(self, value: npt.ArrayLike) -> Float:
        """The state (size,) after one more input (inputs,)."""
        inputs = as_rows(np.reshape(np.asarray(value, np.float64), (1, -1)), self.config.inputs, "the input of a step")
        out = np.empty((1, 1, self.size), self.state.dtype)
        self._advance(inputs[None], self.state[None], out)
        return self.state

    def collect_activations(self, inputs: npt.ArrayLike, washout: int | None = None) -> Float:
        """The states after each input, without those of the first ``washout`` steps (the config's by default).

        Args:
            inputs: (steps, inputs), or (steps,) of one input: one sequence, which goes on from the current state.
                (sequences, steps, inputs): a batch; every sequence begins at rest, the network's own state stays.

        Returns: (steps - washout, size), or (sequences, steps - washout, size).
        """
        given = as_rows(inputs, self.config.inputs, "the series of inputs")
        skip = self._washout(washout, given.shape[-2])
        if given.ndim == 2:
            states: Float = self._collect(given[None], self.state[None], skip)[0]
            return states
        rest: Float = np.zeros((given.shape[0], self.size), self.state.dtype)
        return self._collect(given, rest, skip)

    def chunks(self, inputs: npt.ArrayLike, washout: int | None = None, rows: int = 4096) -> Iterator[Float]:
        """The same states of one sequence in pieces of at most ``rows``, for series whose states don't fit in memory."""
        given = as_rows(inputs, self.config.inputs, "the series of inputs")
        if given.ndim != 2 or rows < 1:
            raise ReservoirError(f"chunks are made of one sequence and of 1 row or more, got {given.shape} and {rows}")
        skip = self._washout(washout, len(given))
        if skip:
            self._collect(given[None, :skip], self.state[None], skip)
        for start in range(skip, len(given), rows):
            yield self._collect(given[None, start : start + rows], self.state[None], 0)[0]

    def _washout(self, washout: int | None, steps: int) -> int:
        skip = self.config.washout if washout is None else washout
        if not 0 <= skip <= steps:
            raise ReservoirError(f"washout is {skip} of {steps} steps; give more steps or a smaller washout")
        return skip

    def _collect(self, inputs: npt.NDArray[np.float64], state: Float, skip: int) -> Float:
        sequences, steps, _ = inputs.shape
        out = np.empty((sequences, steps - skip, self.size), state.dtype)
        length = max(1 if sequences == 1 else 32, CHUNK // self.size // min(sequences, 8))
        for start in range(0, skip, length):
            piece = inputs[:, start : min(start + length, skip)]
            self._advance(piece, state, np.empty((*piece.shape[:2], self.size), state.dtype))
        for start in range(skip, steps, length):
            piece = inputs[:, start : start + length]
            self._advance(piece, state, out[:, start - skip : start - skip + length])
        return out

    def _advance(self, inputs: npt.NDArray[np.float64], state: Float, out: Float) -> None:
        drive = np.ones((*inputs.shape[:2], inputs.shape[2] + 1), state.dtype)
        drive[..., :-1] = inputs
        np.matmul(drive, self._drive, out=out)
        self.kernel.advance(state, out)
