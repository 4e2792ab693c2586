"""The same spikes as NEST's iaf_psc_delta and Brian2: one network, exported as scripts, run there and here."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rusta_bench.burst.rows import missing
from rusta_bench.table import Row
from rusta_burst import Connectome, Neurons, Synapses
from rusta_burst.dynamics.loading import burst_of
from rusta_burst.exchange.simulators import save_brian2, save_nest


def network(neurons: int) -> Connectome:
    """Excitation and inhibition in balance, which goes on by itself once it was kicked."""
    rng = np.random.default_rng(5)
    count = neurons * 100
    source = rng.integers(0, neurons, count)
    return Connectome.of(
        ["net"],
        Neurons.of(neurons, threshold=60_000, leak=0.1, refractory=20),
        Synapses.of(
            source, rng.integers(0, neurons, count), weight=rng.integers(0, 256, count),
            psp=np.where(source % 5 == 0, 250, 100), type=(source % 5 == 0).astype(int), delay=rng.integers(1, 4, count),
        ),
    )  # fmt: skip


def spikes(place: Path, quick: bool) -> Iterator[Row]:
    """A row for each simulator: how many spikes differ."""
    made, bursts = network(200 if quick else 2000), 200 if quick else 2000
    kick = [(b, k, 100_000) for b in range(0, bursts, 10) for k in range(b % 7, 200, 7)]
    stimulus = place / "stimulus.csv"
    stimulus.write_text("burst,neuron,amount\n" + "".join(f"{b},{k},{a}\n" for b, k, a in kick), "utf-8")
    burst = burst_of(made)
    own = set()
    for number in range(bursts):
        now = [(k, a) for b, k, a in kick if b == number] if number % 10 == 0 else []
        if now:
            burst.inject(np.array([k for k, _ in now]), np.array([a for _, a in now]))
        own |= {(number, int(k)) for k in burst.step().fired}
    for name, save in (("NEST iaf_psc_delta", save_nest), ("Brian2", save_brian2)):
        script = place / f"spikes-{name.split()[0].lower()}.py"
        save(made, script)
        python = str(place / "venv" / "bin" / "python")
        command = [python, str(script), str(bursts), str(stimulus)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd=place, timeout=1200, check=False)
        except subprocess.TimeoutExpired:
            yield missing("spikes that differ", name, {"error": "gave no spikes in 1200 s"})
            continue
        _, _, table = done.stdout.partition("burst,neuron\n")
        theirs = {(int(b), int(k)) for b, k in (line.split(",") for line in table.split())}
        if done.returncode != 0:
            said = (done.stderr.strip().splitlines() or ["no message"])[-1]
            yield missing("spikes that differ", name, {"error": said})
            continue
        differ = len(own ^ theirs)
        detail = f"{len(own):,} spikes here, {len(theirs):,} there, {bursts} bursts"
        yield Row("spikes that differ", name, differ, "", "0", differ == 0 and len(own) > 0, detail)
