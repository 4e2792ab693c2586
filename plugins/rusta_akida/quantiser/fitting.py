"""From states and targets to a readout in small integers, fitted on what the chip will see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rusta_akida.quantiser.activations import ActivationScale, calibrate
from rusta_akida.quantiser.packing import check_width
from rusta_akida.quantiser.readout import QuantisedReadout
from rusta_akida.quantiser.rounding import hessian_aware
from rusta_akida.reservoir.moments import Moments, as_states, as_targets
from rusta_akida.reservoir.ridge import Readout, fit_moments

Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class QuantiseConfig:
    """weight_bits, activation_bits: 1, 2 or 4. per_channel: a weight scale for each output, else one for the layer.
    per_input: a state scale for each unit, else one for all. clip: share of states outside the scale on each side.
    lambda_: of the ridge regression on the quantised states, a number or "gcv"."""

    weight_bits: int = 4
    activation_bits: int = 4
    per_channel: bool = True
    per_input: bool = True
    clip: float = 0.0
    lambda_: float | str = "gcv"

    def __post_init__(self) -> None:
        check_width(self.weight_bits)
        check_width(self.activation_bits)


@dataclass(frozen=True, eq=False)
class Fitted:
    """The quantised readout, and the float readout on the same quantised states that it was rounded from."""

    quantised: QuantisedReadout
    on_codes: Readout
    activation: ActivationScale


def fit_quantised(
    states: npt.ArrayLike,
    targets: npt.ArrayLike,
    config: QuantiseConfig | None = None,
    *,
    labels: tuple[str, ...] = (),
    provenance: str = "",
    activation: ActivationScale | None = None,
) -> Fitted:
    """Calibrate the state scales, fit a readout on the quantised states, and round its weights.

    Args:
        states: real states (rows, size). targets: (rows, outputs); for a classifier, one column a class (1 and 0).
        activation: scales to use instead of calibrating them on ``states``.
    """
    chosen = config or QuantiseConfig()
    x = as_states(states)
    y = as_targets(targets, len(x))
    scale = activation or calibrate(x, chosen.activation_bits, per_input=chosen.per_input, clip=chosen.clip)
    codes = scale.encode(x)
    moments = Moments(x.shape[1], y.shape[1])
    moments.add(codes.astype(np.float32), y)
    on_codes = fit_moments(moments, chosen.lambda_)
    hessian, _, _ = moments.centred()
    hessian[np.diag_indices_from(hessian)] += max(
        on_codes.lambda_, 1e-9 * float(np.trace(hessian)) / len(hessian), 1e-9
    )
    integers, steps = hessian_aware(on_codes.weights, hessian, chosen.weight_bits, per_channel=chosen.per_channel)
    mean_codes, mean_targets = moments.means()
    offset = mean_targets - steps * (integers @ mean_codes)
    readout = QuantisedReadout(integers, chosen.weight_bits, steps, offset, scale, labels=labels, provenance=provenance)
    return Fitted(readout, on_codes, scale)
