"""Runnable scripts for NEST and Brian2 that give the same spikes, burst for burst, as a run here.

One burst is one time step of 1 ms; burst b ends at b + 1 ms. Weights are ``± weight · psp`` and so whole numbers; sums of them
are exact in any order. The arrays lie in the script itself, compressed. A script prints its spikes as ``burst,neuron``.

A simulator without a word for something cannot give the same spikes, so such a connectome is refused, by name: chance
(excitability below 1), learning, areas that fire or look by themselves, flags of areas that change psp. NEST's
``iaf_psc_delta`` knows no limit of spikes in a row, no upper threshold and no potential that is dropped every burst either.
"""

from __future__ import annotations

import base64
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.errors import InvalidInput
from rusta_burst.exchange.whole import write_text

_PACKED = """
def unpack(text, dtype):
    return np.frombuffer(zlib.decompress(base64.b85decode(text)), dtype)

"""


def save_nest(connectome: Connectome, path: Path) -> None:
    """Write a script for NEST 3.

    Raises:
        InvalidInput: NEST cannot give the same spikes; the message says why.
        BurstError: it cannot be written.
    """
    n = connectome.neurons
    _refuse(connectome, "NEST")
    for name, plain in (("fire_limit", 0), ("snooze", 0), ("threshold_limit", np.inf), ("accumulates", 1)):
        if (getattr(n, name) != plain).any():
            raise InvalidInput(f"NEST's iaf_psc_delta has no {name}; some neurons use it")
    if (n.leak == 1.0).any():
        raise InvalidInput("NEST's iaf_psc_delta cannot lose all of its potential in one step (leak 1)")
    write_text(path, _NEST.format(**_arrays(connectome), tau=_pack(_taus(n.leak))))


def save_brian2(connectome: Connectome, path: Path) -> None:
    """Write a script for Brian2.

    Raises:
        InvalidInput: Brian2 cannot give the same spikes; the message says why.
        BurstError: it cannot be written.
    """
    _refuse(connectome, "Brian2")
    write_text(path, _BRIAN.format(**_arrays(connectome), extra=_extra(connectome)))


def _refuse(connectome: Connectome, simulator: str) -> None:
    n = connectome.neurons
    if (n.excitability < 0.999).any():
        raise InvalidInput(
            f"{simulator}: neurons with an excitability below 1 fire by chance; no script gives the same"
        )
    if connectome.synapses.rule.any():
        raise InvalidInput(f"{simulator}: synapses learn; set their rule to 0 first")
    if not n.alive.all():
        raise InvalidInput(f"{simulator}: neurons were removed; compact the connectome first")
    for area in connectome.areas:
        if area.kind in ("power", "memory"):
            raise InvalidInput(f"{simulator}: area {area.name!r} is of kind {area.kind!r}, which scripts do not have")
        if area.psp_from_potential or area.psp_by_fanout:
            raise InvalidInput(
                f"{simulator}: area {area.name!r} changes the psp of its spikes, which scripts do not do"
            )


def _pack(values: npt.NDArray[Any]) -> str:
    return base64.b85encode(zlib.compress(np.ascontiguousarray(values).tobytes(), 6)).decode()


def _arrays(connectome: Connectome) -> dict[str, Any]:
    n, s = connectome.neurons, connectome.synapses
    sign = np.where(s.type == 0, 1, -1).astype(np.int32)
    weight = sign * s.weight.astype(np.int32) * s.psp.astype(np.int32)
    return {
        "digest": connectome.digest,
        "count": len(n),
        "packed": _PACKED,
        "source": _pack(s.source.astype("<u4")),
        "target": _pack(s.target.astype("<u4")),
        "weight": _pack(weight.astype("<i4")),
        "delay": _pack(s.delay),
        "threshold": _pack(n.threshold.astype("<f8")),
        "leak": _pack(n.leak.astype("<f8")),
        "refractory": _pack(n.refractory.astype("<u2")),
        "potential": _pack(n.potential.astype("<f8")),
    }


def _extra(connectome: Connectome) -> str:
    n = connectome.neurons
    lines = [
        f'group.limit = unpack("{_pack(n.threshold_limit.astype("<f8"))}", "<f8")',
        f'group.most = unpack("{_pack(n.fire_limit.astype("<u2"))}", "<u2")',
        f'group.snooze = unpack("{_pack(n.snooze.astype("<u2"))}", "<u2")',
        f'group.keeps = unpack("{_pack(n.accumulates)}", "|u1")',
    ]
    return "\n".join(lines)


def _taus(leak: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Time constants whose exp(-1 / tau) is 1 - leak to the last bit, where there is one."""
    made = {}
    for value in np.unique(leak):
        keep = 1.0 - float(value)
        tau = 1e20 if keep == 1.0 else -1.0 / math.log(keep)
        for _ in range(64):
            error = math.exp(-1.0 / tau) - keep
            if error == 0.0:
                break
            tau = math.nextafter(tau, 0.0 if error > 0 else math.inf)
        made[float(value)] = tau
    return np.asarray([made[float(value)] for value in leak], "<f8")


_NEST = '''"""A network of {count} neurons for NEST 3, exported by rusta. Usage: python THIS BURSTS [STIMULUS.csv]

STIMULUS.csv has lines burst,neuron,amount. Connectome {digest}
"""

import base64
import sys
import zlib

import nest
import numpy as np

{packed}
source = unpack("{source}", "<u4")
target = unpack("{target}", "<u4")
weight = unpack("{weight}", "<i4")
delay = unpack("{delay}", "|u1")

bursts = int(sys.argv[1]) if len(sys.argv) > 1 else 100
stimulus = np.loadtxt(sys.argv[2], delimiter=",", ndmin=2, skiprows=1) if len(sys.argv) > 2 else np.empty((0, 3))

if hasattr(nest, "VerbosityLevel"):
    nest.verbosity = nest.VerbosityLevel.ERROR
else:
    nest.set_verbosity("M_ERROR")
nest.ResetKernel()
nest.resolution = 1.0
keep = 1.0 - unpack("{leak}", "<f8")
shift = 1  # a generator's spike needs a step to arrive
neurons = nest.Create("iaf_psc_delta", {count})
if len(neurons):
    neurons.set(
        V_th=unpack("{threshold}", "<f8"),
        tau_m=unpack("{tau}", "<f8"),
        t_ref=np.asarray(unpack("{refractory}", "<u2"), float),
        V_m=unpack("{potential}", "<f8") / keep ** (shift + 1),
        E_L=0.0, V_reset=0.0, V_min=-1e300, I_e=0.0,
    )
if len(source):
    nest.Connect(
        source.astype(np.int64) + 1, target.astype(np.int64) + 1, "one_to_one",
        {{"synapse_model": "static_synapse", "weight": weight.astype(float), "delay": delay.astype(float)}},
    )
for neuron in np.unique(stimulus[:, 1]).astype(int):
    mine = stimulus[stimulus[:, 1] == neuron]
    mine = mine[np.argsort(mine[:, 0], kind="stable")]
    generator = nest.Create(
        "spike_generator", 1, {{"spike_times": mine[:, 0] + shift, "spike_weights": mine[:, 2]}}
    )
    nest.Connect(generator, neurons[int(neuron)], syn_spec={{"weight": 1.0, "delay": 1.0}})
recorder = nest.Create("spike_recorder")
nest.Connect(neurons, recorder)
nest.Simulate(float(bursts + shift + 1))
events = recorder.events
burst = np.rint(events["times"]).astype(int) - 1 - shift
order = np.lexsort((events["senders"], burst))
print("burst,neuron")
for at in order:
    if 0 <= burst[at] < bursts:
        print(f"{{burst[at]}},{{events['senders'][at] - 1}}")
'''

_BRIAN = '''"""A network of {count} neurons for Brian2, exported by rusta. Usage: python THIS BURSTS [STIMULUS.csv]

STIMULUS.csv has lines burst,neuron,amount. Connectome {digest}
"""

import base64
import sys
import zlib

import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, defaultclock, ms, network_operation, prefs

{packed}
source = unpack("{source}", "<u4")
target = unpack("{target}", "<u4")
weight = unpack("{weight}", "<i4")
delay = unpack("{delay}", "|u1")

bursts = int(sys.argv[1]) if len(sys.argv) > 1 else 100
stimulus = np.loadtxt(sys.argv[2], delimiter=",", ndmin=2, skiprows=1) if len(sys.argv) > 2 else np.empty((0, 3))

prefs.codegen.target = "numpy" if "--numpy" in sys.argv else "auto"
defaultclock.dt = 1 * ms
group = NeuronGroup(
    {count},
    """
    v : 1
    arriving : 1
    theta : 1
    limit : 1
    leak : 1
    period : integer
    snooze : integer
    most : integer
    row : integer
    rest : integer
    keeps : integer
    awake : integer
    """,
    threshold="awake > 0 and v >= theta and v <= limit and (most == 0 or row < most)",
    reset="""
    v = 0
    row += 1
    rest = period + snooze * int(most > 0 and row >= most)
    """,
    method="euler",
)
group.theta = unpack("{threshold}", "<f8")
group.leak = unpack("{leak}", "<f8")
group.period = unpack("{refractory}", "<u2")
group.v = unpack("{potential}", "<f8")
{extra}
# A burst: what arrives is added to who is awake; who is above fires; the others leak.
group.run_regularly(
    """
    awake = int(rest <= 0)
    rest = rest - (1 - awake)
    row = row * (1 - int(awake == 0 and rest == 0 and most > 0 and row >= most))
    v = v * keeps
    v = v + arriving * awake
    arriving = 0
    """,
    when="groups", dt=1 * ms,
)
group.run_regularly("v = v * (1 - leak)", when="end", dt=1 * ms, order=1)
parts = [group]
monitor = SpikeMonitor(group)
parts.append(monitor)
if len(source):
    synapses = Synapses(group, group, "w : 1", on_pre="arriving_post += w")
    synapses.connect(i=source.astype(int), j=target.astype(int))
    synapses.w = weight
    # With this schedule a spike is handed on in the next step, so one burst of delay has passed already.
    synapses.delay = (delay.astype(int) - 1) * ms
    parts.append(synapses)
by_burst = {{int(b): stimulus[stimulus[:, 0] == b] for b in np.unique(stimulus[:, 0])}}


@network_operation(when="start")
def inject(t):
    mine = by_burst.get(int(round(float(t / ms))))
    if mine is not None:
        values = group.arriving[:]
        np.add.at(values, mine[:, 1].astype(int), mine[:, 2])
        group.arriving = values


parts.append(inject)
network = Network(*parts)
network.schedule = ["start", "synapses", "groups", "thresholds", "resets", "end"]
network.run(bursts * ms)
burst = np.rint(monitor.t / ms).astype(int)
order = np.lexsort((monitor.i[:], burst))
print("burst,neuron")
for at in order:
    print(f"{{burst[at]}},{{monitor.i[at]}}")
'''
