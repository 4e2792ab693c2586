"""From raw data to a container: a reservoir's readout, trained, quantised and built into a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.program.builder import ProgramBuilder
from rusta_akida.program.container import Container
from rusta_akida.program.errors import BuildError
from rusta_akida.program.reference import reference_outputs
from rusta_akida.quantiser.fitting import QuantiseConfig
from rusta_akida.quantiser.report import Quantised, quantise
from rusta_akida.reservoir.network import EchoStateNetwork
from rusta_akida.reservoir.series import lorenz, mackey_glass, narma10

Float = npt.NDArray[np.float64]
PROOF_ROWS = 256
_STEPS, _TEST, _WASHOUT = 4000, 1000, 200
_WAVES = ("sine", "square", "sawtooth")


@dataclass(frozen=True, eq=False)
class Rows:
    """States (rows, units) and targets (rows, outputs), for training and held out from it."""

    states: Float
    targets: Float
    test_states: Float
    test_targets: Float
    labels: tuple[str, ...] = ()


def train(task: str, *, units: int = 200, seed: int = 0, slot_id: int = 0) -> Container:
    """Train and quantise a readout for one of the standard tasks, and build its program.

    The tasks are ``waveforms`` (tell a sine, a square and a sawtooth apart in noise), ``narma10``, and ``mackey_glass``
    and ``lorenz`` (say what comes ten steps later). The container's proof is 256 held-out states.

    Raises:
        BuildError: there is no such task.
    """
    maker = _TASKS.get(task)
    if maker is None:
        raise BuildError(f"{task!r} is no .fbz file and no task; the tasks are: {', '.join(_TASKS)}")
    rows = maker(units, seed)
    quantised = quantise(
        rows.states, rows.targets, rows.test_states, rows.test_targets, QuantiseConfig(per_channel=True),
        task="classification" if rows.labels else "regression", labels=rows.labels,
    )  # fmt: skip
    details = {"task": task, "units": units, "seed": seed}
    return container_of_readout(quantised, rows.test_states, name=task, slot_id=slot_id, details=details)


def container_of_readout(
    quantised: Quantised,
    test_states: npt.ArrayLike,
    *,
    name: str = "readout",
    slot_id: int = 0,
    details: dict[str, Any] | None = None,
) -> Container:
    """The program of a quantised readout, with held-out states (rows, units) as its proof and its report's figures."""
    readout, report = quantised.readout, quantised.report
    program = ProgramBuilder().readout(readout, slot_id=slot_id).build()
    codes = readout.encode(test_states)[:PROOF_ROWS]
    return Container(
        program=program,
        name=name,
        proof_inputs=codes,
        proof_outputs=reference_outputs(program, codes),
        reference_error=float(report.stages[0].figure),
        quantised_error=float(report.stages[-1].figure),
        details={
            **(details or {}), "measure": report.measure, "labels": list(readout.labels),
            "stages": [[stage.name, float(stage.figure)] for stage in report.stages],
            "max_abs": float(report.max_abs), "scale": readout.scale.tolist(), "offset": readout.offset.tolist(),
        },
    )  # fmt: skip


def waveforms(sequences: int, steps: int, seed: int) -> tuple[Float, npt.NDArray[np.int64]]:
    """Noisy waves (sequences, steps, 1) of random period and phase, and the number of the kind of each."""
    random = np.random.default_rng(seed)
    kinds = random.integers(0, len(_WAVES), sequences)
    periods = random.uniform(12.0, 24.0, (sequences, 1))
    turns = np.arange(steps) / periods + random.uniform(0.0, 1.0, (sequences, 1))
    sine = np.sin(2 * np.pi * turns)
    shapes = np.stack([sine, np.sign(sine), 2 * (turns % 1.0) - 1])
    waves = shapes[kinds, np.arange(sequences)] + random.normal(0.0, 0.05, (sequences, steps))
    return waves[:, :, None], kinds


def _waveforms(units: int, seed: int) -> Rows:
    network = EchoStateNetwork(
        units, 1, seed=seed, spectral_radius=0.95, leak=0.6, input_scale=0.6, bias=0.3, washout=0
    )
    waves, kinds = waveforms(1200, 48, seed + 1)
    states = np.asarray(network.collect_activations(waves, washout=47)[:, 0], np.float64)
    targets = np.eye(len(_WAVES))[kinds]
    return Rows(states[:900], targets[:900], states[900:], targets[900:], _WAVES)


def _series(units: int, seed: int, values: Float, targets: Float, **options: Any) -> Rows:
    inputs = values.reshape(len(values), -1)
    network = EchoStateNetwork(units, inputs.shape[1], seed=seed, washout=_WASHOUT, **options)
    states = np.asarray(network.collect_activations(inputs), np.float64)
    wanted = targets.reshape(len(targets), -1)[_WASHOUT:]
    return Rows(states[:-_TEST], wanted[:-_TEST], states[-_TEST:], wanted[-_TEST:])


def _narma10(units: int, seed: int) -> Rows:
    inputs, targets = narma10(_STEPS + _TEST, seed=seed)
    return _series(units, seed, inputs, targets, spectral_radius=0.9, input_scale=0.2, bias=0.2)


def _ahead(series: Callable[..., Float], **options: Any) -> Callable[[int, int], Rows]:
    def rows(units: int, seed: int) -> Rows:
        values = series(_STEPS + _TEST + 10, seed=seed)
        scaled = (values - values.mean(axis=0)) / values.std(axis=0)
        return _series(units, seed, scaled[:-10], scaled[10:], **options)

    return rows


_TASKS: dict[str, Callable[[int, int], Rows]] = {
    "waveforms": _waveforms,
    "narma10": _narma10,
    "mackey_glass": _ahead(mackey_glass, spectral_radius=1.1, input_scale=0.3, bias=0.2),
    "lorenz": _ahead(lorenz, spectral_radius=0.9, input_scale=0.3, bias=0.2),
}
