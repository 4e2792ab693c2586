"""A readout that learns row by row: recursive least squares (Haykin, Adaptive Filter Theory, chapter 10)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import ReservoirError
from rusta_akida.reservoir.ridge import Readout
from rusta_akida.reservoir.solving import Float64


class OnlineReadout:
    """After n rows with ``forgetting`` 1, exactly the ridge regression of these rows with ``lambda_``.

    forgetting: below 1, a row k steps ago counts forgetting^k; 0.999 remembers about a thousand.
    """

    def __init__(self, size: int, outputs: int = 1, *, lambda_: float = 1e-6, forgetting: float = 1.0) -> None:
        if size < 1 or outputs < 1 or not lambda_ > 0 or not 0 < forgetting <= 1:
            raise ReservoirError(
                f"size {size}, outputs {outputs}, lambda_ {lambda_!r}, forgetting {forgetting!r}: counts are 1 or more, "
                "lambda_ is above 0, forgetting above 0 and at most 1"
            )
        self.forgetting = forgetting
        self.lambda_ = lambda_
        self.weights: Float64 = np.zeros((outputs, size))
        self._inverse: Float64 = np.eye(size) / lambda_

    def update(self, state: npt.ArrayLike, target: npt.ArrayLike) -> Float64:
        """Learn one row; the error (outputs,) of the prediction made before learning it."""
        x = np.asarray(state, np.float64).ravel()
        y = np.atleast_1d(np.asarray(target, np.float64)).ravel()
        if x.size != self.weights.shape[1] or y.size != self.weights.shape[0]:
            raise ReservoirError(
                f"a row of {x.size} units and {y.size} outputs; {self.weights.shape[::-1]} are expected"
            )
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise ReservoirError("a state or a target is not finite; nothing was learnt from it")
        along = self._inverse @ x
        gain = along / (self.forgetting + x @ along)
        error: Float64 = y - self.weights @ x
        self.weights += np.outer(error, gain)
        self._inverse -= np.outer(gain, along)
        self._inverse /= self.forgetting
        # Rounding would slowly make it lopsided, and then negative.
        self._inverse = (self._inverse + self._inverse.T) / 2
        return error

    def predict(self, states: npt.ArrayLike) -> Float64:
        """Values (rows, outputs) for states (rows, size)."""
        predicted: Float64 = np.asarray(states) @ self.weights.T
        return predicted

    def readout(self) -> Readout:
        """What has been learnt so far."""
        return Readout(self.weights.copy(), np.zeros(len(self.weights)), self.lambda_)
