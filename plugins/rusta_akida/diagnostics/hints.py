"""A quantised readout that says which class a compiler message is of: an optional hint, never a proof.

hints = DiagnosticHints.train(collect_messages(toolchain))
hints.save(path)
hints.probabilities("cannot borrow `v` as mutable ...")      # {"borrow": 0.9, "move": 0.04, ...}
program = hints.program()                                    # the same readout for a device
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rusta_akida.diagnostics.collecting import Message, NothingToLearn
from rusta_akida.diagnostics.features import features
from rusta_akida.errors import DamagedFile
from rusta_akida.quantiser.activations import calibrate
from rusta_akida.quantiser.fitting import QuantiseConfig, fit_quantised
from rusta_akida.quantiser.readout import QuantisedReadout
from rusta_akida.quantiser.saving import load_quantised, save_quantised
from rusta_akida.reservoir.moments import Moments
from rusta_akida.reservoir.ridge import fit_moments
from rusta_akida.reservoir.saving import data_fingerprint

if TYPE_CHECKING:
    from rusta_akida.devices.device import Device
    from rusta_akida.program.reading import Program

Float = npt.NDArray[np.float64]
SHARPNESS = np.geomspace(0.5, 64, 29)
# Of the ridge regression on codes 0..15; there are about as many units as messages, so cross-validation in closed form
# is of little use and a part of the messages is kept aside instead.
LAMBDAS = (10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
CLIP = 0.02


@dataclass(frozen=True, eq=False)
class DiagnosticHints:
    """readout: its labels are the classes. sharpness: factor of the values before they become probabilities."""

    readout: QuantisedReadout
    sharpness: float

    @classmethod
    def train(cls, messages: Sequence[Message], config: QuantiseConfig | None = None) -> DiagnosticHints:
        """Fit on messages with known classes. NothingToLearn when there are fewer than two classes."""
        labels = tuple(sorted({message.category for message in messages}))
        if len(labels) < 2 or len(messages) < 20:
            raise NothingToLearn(f"{len(messages)} messages of {len(labels)} classes are too few to learn from")
        rows = features([message.text for message in messages])
        targets = one_hot([message.category for message in messages], labels)
        provenance = data_fingerprint(rows, targets)
        chosen = config or _best_config(rows, targets)
        fitted = fit_quantised(rows, targets, chosen, labels=labels, provenance=provenance).quantised
        return cls(fitted, _sharpness(rows, targets, chosen))

    def probabilities(self, text: str) -> dict[str, float]:
        """Each class with its probability, the likeliest first; they add up to 1."""
        values = self.readout.predict(features([text]))[0]
        shares = _shares(values[None], self.sharpness)[0]
        order = np.argsort(-shares, kind="stable")
        return {self.readout.labels[k]: float(shares[k]) for k in order}

    def classes(self, texts: Sequence[str]) -> list[str]:
        """The likeliest class of each text."""
        return [self.readout.labels[k] for k in self.readout.predict(features(texts)).argmax(axis=1)]

    def program(self) -> Program:
        """The readout as a program, its weights in the mutable slot 0."""
        from rusta_akida.program.builder import ProgramBuilder

        return ProgramBuilder().readout(self.readout, mutable=True, slot_id=0).build()

    def classes_on(self, device: Device, texts: Sequence[str]) -> list[str]:
        """As :meth:`classes`, with the potentials computed by a device that holds :meth:`program`."""
        potentials = device.infer(self.readout.encode(features(texts)))
        return [self.readout.labels[k] for k in self.readout.values(potentials).argmax(axis=1)]

    def save(self, path: Path | str) -> str:
        """Write it, whole or not at all; the fingerprint of the file."""
        from dataclasses import replace

        # The sharpness travels with the scales: values are only ever compared with each other.
        scaled = replace(
            self.readout, scale=self.readout.scale * self.sharpness, offset=self.readout.offset * self.sharpness
        )
        return save_quantised(scaled, path)

    @classmethod
    def load(cls, path: Path | str) -> DiagnosticHints:
        """What :meth:`save` wrote. DamagedFile when it is not whole."""
        readout = load_quantised(path)
        if not readout.labels:
            raise DamagedFile(f"{path}: whole, but its readout names no classes")
        return cls(readout, 1.0)


def one_hot(categories: Sequence[str], labels: Sequence[str]) -> Float:
    """(messages, labels) with 1 at the class of each."""
    table: Float = np.zeros((len(categories), len(labels)))
    table[np.arange(len(categories)), [labels.index(category) for category in categories]] = 1
    return table


def _shares(values: Float, sharpness: float) -> Float:
    raised = np.exp(sharpness * (values - values.max(axis=1, keepdims=True)))
    shares: Float = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _aside(count: int) -> npt.NDArray[np.bool_]:
    """Every fourth row."""
    fourth: npt.NDArray[np.bool_] = np.arange(count) % 4 == 0
    return fourth


def _best_config(rows: Float, targets: Float) -> QuantiseConfig:
    """The lambda whose readout is right most often on rows that it has not seen."""
    fresh = _aside(len(rows))
    codes = calibrate(rows, clip=CLIP).encode(rows).astype(np.float64)
    moments = Moments(codes.shape[1], targets.shape[1])
    moments.add(codes[~fresh], targets[~fresh])
    true = targets[fresh].argmax(axis=1)
    right = {
        lambda_: float(np.mean(fit_moments(moments, lambda_).predict(codes[fresh]).argmax(axis=1) == true))
        for lambda_ in LAMBDAS
    }
    return QuantiseConfig(clip=CLIP, lambda_=max(LAMBDAS, key=lambda lambda_: (right[lambda_], lambda_)))


def _sharpness(rows: Float, targets: Float, config: QuantiseConfig) -> float:
    """The factor that makes probabilities fit best on rows that a trial readout has not seen."""
    fresh = _aside(len(rows))
    trial = fit_quantised(rows[~fresh], targets[~fresh], config).quantised
    values = trial.predict(rows[fresh])
    true = targets[fresh].argmax(axis=1)
    losses = [-np.log(_shares(values, s)[np.arange(len(true)), true] + 1e-9).mean() for s in SHARPNESS]
    return float(SHARPNESS[int(np.argmin(losses))])
