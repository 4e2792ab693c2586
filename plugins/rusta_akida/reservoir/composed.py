"""Several reservoirs as one: stacked (Gallicchio, Micheli and Pedrelli 2017) or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import ReservoirError
from rusta_akida.reservoir.kernel import as_rows
from rusta_akida.reservoir.network import EchoStateNetwork
from rusta_akida.reservoir.sparse import Float


class _Composed:
    """What both share: states of all parts side by side, a washout at the end."""

    def __init__(self, parts: Sequence[EchoStateNetwork]) -> None:
        if not parts:
            raise ReservoirError("a composed reservoir needs at least one part")
        self.parts = tuple(parts)

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    @property
    def inputs(self) -> int:
        """Values a step."""
        return self.parts[0].config.inputs

    @property
    def state(self) -> Float:
        """The states of all parts (size,)."""
        return np.concatenate([part.state for part in self.parts])

    def reset(self) -> None:
        """Forget the past."""
        for part in self.parts:
            part.reset()

    def step(self, value: npt.ArrayLike) -> Float:
        """The states of all parts (size,) after one more input (inputs,)."""
        self._run(np.reshape(np.asarray(value, np.float64), (1, -1)))
        return self.state

    def collect_activations(self, inputs: npt.ArrayLike, washout: int | None = None) -> Float:
        """As of one network: (steps - washout, size), or a batch of such. The first part's washout by default."""
        given = as_rows(inputs, self.inputs, "the series of inputs")
        skip = self.parts[0].config.washout if washout is None else washout
        if not 0 <= skip <= given.shape[-2]:
            raise ReservoirError(f"washout is {skip} of {given.shape[-2]} steps; give more steps or a smaller washout")
        states: Float = np.concatenate(self._run(given), axis=-1)[..., skip:, :]
        return states

    def _run(self, inputs: npt.NDArray[np.float64]) -> list[Float]:
        raise NotImplementedError


class DeepReservoir(_Composed):
    """Every part is driven by the states of the one before it; the first by the input."""

    def __init__(self, parts: Sequence[EchoStateNetwork]) -> None:
        super().__init__(parts)
        for number, (before, part) in enumerate(zip(self.parts, self.parts[1:], strict=False), start=2):
            if part.config.inputs != before.size:
                raise ReservoirError(
                    f"part {number} takes {part.config.inputs} inputs, the one before has {before.size} units"
                )

    @classmethod
    def build(cls, sizes: Sequence[int], inputs: int = 1, *, seed: int = 0, **options: Any) -> DeepReservoir:
        """Parts of these sizes with the same ``options`` of :class:`ReservoirConfig` and seeds counting up."""
        widths = [inputs, *sizes[:-1]]
        parts = [
            EchoStateNetwork(size, width, seed=seed + k, **options)
            for k, (size, width) in enumerate(zip(sizes, widths, strict=True))
        ]
        return cls(parts)

    def _run(self, inputs: npt.NDArray[np.float64]) -> list[Float]:
        states: list[Float] = []
        for part in self.parts:
            states.append(part.collect_activations(states[-1] if states else inputs, 0))
        return states


class ParallelReservoir(_Composed):
    """Every part sees the same input; parts may differ in leak or radius, and so in what they remember."""

    def __init__(self, parts: Sequence[EchoStateNetwork]) -> None:
        super().__init__(parts)
        for number, part in enumerate(self.parts, start=1):
            if part.config.inputs != self.inputs:
                raise ReservoirError(f"part {number} takes {part.config.inputs} inputs, the first {self.inputs}")

    def _run(self, inputs: npt.NDArray[np.float64]) -> list[Float]:
        return [part.collect_activations(inputs, 0) for part in self.parts]
