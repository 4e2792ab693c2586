"""Exported scripts give the same spikes as a run here, in the simulators themselves."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from rusta_burst import Machine, Settings, Stimulus, grow, parse_recipe, save_connectome

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "build" / "bench" / "burst" / "venv" / "bin" / "python"
BURSTS = 200

RECIPE = {
    "seed": 3,
    "areas": [
        {"name": "e", "neurons": 800, "parameters": {"threshold": 40_000, "leak": 0.1, "refractory": 2}},
        {"name": "i", "neurons": 200, "parameters": {"threshold": 40_000, "leak": 0.15, "refractory": 1}},
    ],
    "projections": [
        {"from": "e", "to": "e", "rule": {"kind": "in_degree", "degree": 20}, "weight": [20, 60], "delay": [1, 5]},
        {"from": "e", "to": "i", "rule": {"kind": "in_degree", "degree": 20}, "weight": [20, 40]},
        {"from": "i", "to": "e", "rule": {"kind": "in_degree", "degree": 10}, "weight": [100, 160], "inhibitory": True},
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "needs", "more"), [(".nest.py", "nest", ()), (".brian2.py", "brian2", ("--numpy",))]
)
def test_a_script_gives_the_same_spikes(suffix: str, needs: str, more: tuple[str, ...], tmp_path: Path) -> None:
    if (
        not PEERS.exists()
        or subprocess.run([PEERS, "-c", f"import {needs}"], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"{needs} is not installed; 'python3 xtask.py bench burst' brings it")
    made = grow(parse_recipe(RECIPE))
    rng = np.random.default_rng(1)
    rows = [
        (b, n, int(rng.integers(10_000, 45_000))) for b in range(BURSTS) for n in rng.choice(1000, 25, replace=False)
    ]
    stimulus = tmp_path / "s.csv"
    stimulus.write_text("burst,neuron,amount\n" + "".join(f"{b},{n},{a}\n" for b, n, a in rows), encoding="utf-8")
    script = tmp_path / f"a{suffix}"
    save_connectome(made, script)
    done = subprocess.run(
        [PEERS, script, str(BURSTS), stimulus, *more], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr[-2000:]
    theirs = done.stdout.partition("burst,neuron\n")[2].split()
    machine = Machine(made, Settings(stimulus=Stimulus.read(stimulus)))
    ours = [f"{report.burst},{n}" for report in (machine.step() for _ in range(BURSTS)) for n in report.fired.tolist()]
    assert len(ours) > 300
    assert sorted(theirs) == sorted(ours)
