"""Three classifiers on one loaded program, swapped in place.

A reservoir of 128 units listens to a noisy wave. Three readouts tell its shape, its period and its noise. The program is
written to the device once; going from one question to the next replaces the 128 bytes of weights in slot 0.

Run it:  python examples/hot_swap/three_classifiers.py
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rusta_akida import (
    Device,
    DeviceManager,
    EchoStateNetwork,
    ProgramBuilder,
    ProgramVariable,
    QuantisedReadout,
    calibrate,
    fit_quantised,
)

UNITS, STEPS, TRAIN = 128, 60, 1500
QUESTIONS = {"shape": ("sine", "square"), "period": ("slow", "fast"), "noise": ("quiet", "noisy")}


@dataclass(frozen=True)
class Swap:
    """One question, asked of the device after its weights were swapped in."""

    question: str
    accuracy: float
    mismatches: int
    modelled_us: float


def waves(count: int, seed: int) -> tuple[npt.NDArray[np.float64], dict[str, npt.NDArray[np.int64]]]:
    """Waves (count, STEPS, 1), and the true answer (count,) to each question."""
    random = np.random.default_rng(seed)
    truth = {question: random.integers(0, 2, count) for question in QUESTIONS}
    period = np.where(truth["period"] == 0, random.uniform(18, 24, count), random.uniform(7, 10, count))
    turns = np.arange(STEPS) / period[:, None] + random.uniform(0, 1, (count, 1))
    sine = np.sin(2 * np.pi * turns)
    shape = np.where(truth["shape"][:, None] == 0, sine, np.sign(sine))
    noise = np.where(truth["noise"] == 0, 0.03, 0.3)[:, None] * random.normal(size=(count, STEPS))
    return (shape + noise)[:, :, None], truth


def trained() -> tuple[dict[str, QuantisedReadout], npt.NDArray[np.float64], dict[str, npt.NDArray[np.int64]]]:
    """A readout for each question, and held-out states with their answers. All share one scale of the states."""
    network = EchoStateNetwork(UNITS, 1, spectral_radius=0.9, leak=0.5, input_scale=0.8, bias=0.4, seed=1, washout=0)
    inputs, truth = waves(TRAIN + 500, seed=2)
    states = np.asarray(network.collect_activations(inputs, washout=STEPS // 2)).mean(axis=1)
    scale = calibrate(states[:TRAIN], 4)
    readouts = {
        question: fit_quantised(
            states[:TRAIN], np.eye(2)[truth[question][:TRAIN]], activation=scale, labels=labels
        ).quantised
        for question, labels in QUESTIONS.items()
    }
    return readouts, states[TRAIN:], {question: answers[TRAIN:] for question, answers in truth.items()}


def run(device: Device) -> list[Swap]:
    """Load the program once, then ask all three questions, twice round."""
    readouts, states, truth = trained()
    program = ProgramBuilder().readout(readouts["shape"], mutable=True, slot_id=0).build()
    device.program_external(program.program_info, program.program_data)
    found = []
    for question in (*QUESTIONS, *QUESTIONS):
        readout = readouts[question]
        with device.measured() as cost:
            device.set_variable(ProgramVariable(slot_id=0, data=readout.packed_weights()))
        codes = readout.encode(states)
        potentials = device.infer(codes)
        right = readout.values(potentials).argmax(axis=1) == truth[question]
        wrong = int(np.count_nonzero(potentials != readout.potentials(codes)))
        found.append(Swap(question, float(right.mean()), wrong, cost.modelled_us))
    return found


def main() -> None:
    """Print one line for each swap."""
    with DeviceManager.discover().open_first() as device:
        print(f"{device.identify().product}")
        for swap in run(device):
            print(
                f"{swap.question:8} right {swap.accuracy:6.1%}   {swap.mismatches} values differ from the reference   "
                f"swapped in {swap.modelled_us:.1f} us (modelled)"
            )


if __name__ == "__main__":
    main()
