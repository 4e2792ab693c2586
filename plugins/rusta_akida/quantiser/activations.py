"""Real-valued states as the small unsigned integers a chip takes in, with scales from calibration data.

Every input i has its own step a_i and its own zero z_i:  x_i = clip(round((s_i - z_i) / a_i), 0, 2^bits - 1), which
stands for z_i + a_i·x_i. What the zeros add to a readout is the same at every step and is folded into its offset.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import QuantiseError
from rusta_akida.quantiser.packing import check_width

Float = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ActivationScale:
    """step, zero: one value for each input; bits: 1, 2 or 4."""

    step: Float  # (inputs,)
    zero: Float  # (inputs,)
    bits: int = 4

    def __post_init__(self) -> None:
        check_width(self.bits)
        object.__setattr__(self, "step", np.ascontiguousarray(self.step, np.float64))
        object.__setattr__(self, "zero", np.ascontiguousarray(self.zero, np.float64))
        if self.step.ndim != 1 or self.step.shape != self.zero.shape:
            raise QuantiseError(f"steps {self.step.shape} and zeros {self.zero.shape} must be two equal rows")
        if not (np.all(self.step > 0) and np.all(np.isfinite(self.step)) and np.all(np.isfinite(self.zero))):
            raise QuantiseError("steps of an activation scale must be positive and finite, zeros finite")

    @property
    def highest(self) -> int:
        """The largest code."""
        return int(2**self.bits - 1)

    def encode(self, states: npt.ArrayLike) -> Codes:
        """Codes of states (samples, inputs). QuantiseError when the width differs or a state is not finite."""
        given = np.atleast_2d(np.asarray(states))
        if given.shape[-1] != self.step.size:
            raise QuantiseError(f"states have {given.shape[-1]} values a row, {self.step.size} are expected")
        scaled = np.rint((given - self.zero) / self.step)
        if not np.isfinite(scaled).all():
            raise QuantiseError("states hold a value that is not finite")
        codes: Codes = np.clip(scaled, 0, self.highest).astype(np.uint8)
        return codes

    def decode(self, codes: npt.ArrayLike) -> Float:
        """The states that codes (samples, inputs) stand for."""
        decoded: Float = self.zero + self.step * np.asarray(codes, np.float64)
        return decoded


def calibrate(states: npt.ArrayLike, bits: int = 4, *, per_input: bool = True, clip: float = 0.0) -> ActivationScale:
    """The scale that covers calibration ``states`` (samples, inputs).

    Args:
        per_input: every input its own range; otherwise one symmetric range for all, as a single layer scale has it.
        clip: share of samples that may lie outside on each side, such as 0.001; 0 covers the extremes.
    """
    check_width(bits)
    given = np.atleast_2d(np.asarray(states, np.float64))
    if given.shape[0] < 2 or not np.isfinite(given).all():
        raise QuantiseError(f"calibration needs two or more rows of finite states, got shape {given.shape}")
    if not 0 <= clip < 0.5:
        raise QuantiseError(f"clip is {clip!r}; it is a share of the samples below 0.5")
    if per_input:
        low = np.quantile(given, clip, axis=0) if clip else given.min(axis=0)
        high = np.quantile(given, 1 - clip, axis=0) if clip else given.max(axis=0)
    else:
        reach = float(np.quantile(np.abs(given), 1 - clip)) if clip else float(np.abs(given).max())
        low, high = np.full(given.shape[1], -reach), np.full(given.shape[1], reach)
    step = (high - low) / (2**bits - 1)
    return ActivationScale(np.where(step > 0, step, 1.0), low, bits)
