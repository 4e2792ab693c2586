"""Settings of the networks for the standard tasks: ``python -m rusta_bench.akida.choosing [SETTING ...]``.

Every candidate is measured on series and networks of seeds from 1,000 up; what the benchmark reports has seeds from 0.
The first candidate is the present setting; each of the others changes one or two values of the best so far. A candidate
that is worse on the first seed is dropped, one that is better has to be better over all three, by the mean logarithm of
the NRMSE. Writes ``chosen.toml`` after each setting, so that an interrupted search loses one setting at most.
"""

from __future__ import annotations

import math
import random
import sys
from statistics import mean
from typing import Any

from rusta_akida import QuantiseConfig, fit_quantised, nrmse
from rusta_bench.akida.tasks import CHOSEN, FLOATS, INTEGERS, Task, chosen, float_error, split

SEEDS = range(1000, 1003)
TRIALS = 24
VALUES: dict[str, tuple[float, ...]] = {
    "leak": (0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0),
    "spectral_radius": (0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25),
    "input_scale": (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0),
    "bias": (0.0, 0.1, 0.3, 1.0, 2.0),
    "sparsity": (0.8, 0.9, 0.95, 0.98),
}
CLIPS = (0.0, 0.003, 0.01, 0.03)


def main() -> int:
    """Search the settings named on the command line, or all of them."""
    found = {name: dict(options) for name, options in chosen().items()}
    wanted = sys.argv[1:] or list(found)
    # The smallest network of a setting stands for all of its sizes.
    tasks = {task.setting: task for task in reversed(FLOATS + INTEGERS)}
    for name in wanted:
        found[name] = search(tasks[name], found[name])
        CHOSEN.write_text(to_toml(found), "utf-8")
    return 0


def search(task: Task, start: dict[str, Any]) -> dict[str, Any]:
    """The best setting found, from ``start``."""
    rng = random.Random(task.setting)
    best, known = start, [_error(task, seed, start) for seed in SEEDS]
    print(f"{task.setting}: {math.exp(mean(known)):.4g} {best}", flush=True)
    for _ in range(TRIALS):
        other = _changed(best, rng)
        first = _error(task, SEEDS[0], other)
        if first >= known[0]:
            continue
        errors = [first, *(_error(task, seed, other) for seed in SEEDS[1:])]
        if mean(errors) < mean(known):
            best, known = other, errors
            print(f"{task.setting}: {math.exp(mean(known)):.4g} {best}", flush=True)
    return best


def _changed(options: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    values = {**VALUES, "clip": CLIPS} if "clip" in options else VALUES
    other = dict(options)
    while other == options:
        for name in rng.sample(sorted(values), rng.choice((1, 1, 2))):
            other[name] = rng.choice(values[name])
    return other


def _error(task: Task, seed: int, options: dict[str, Any]) -> float:
    """The logarithm of the NRMSE on the rows after those that were fitted on."""
    if "clip" not in options:
        return math.log(float_error(task, seed, options))
    states, targets, fresh, truth = split(task, seed, options)
    readout = fit_quantised(states, targets, QuantiseConfig(clip=options["clip"])).quantised
    return math.log(nrmse(readout.predict(fresh), truth))


def to_toml(found: dict[str, dict[str, Any]]) -> str:
    """The data file."""
    lines = ["# Made by: python -m rusta_bench.akida.choosing    on series and networks that no reported row has."]
    for name, options in found.items():
        lines += ["", f"[{name}]", *(f"{key} = {value}" for key, value in options.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
