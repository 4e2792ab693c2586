"""Connectomes and their spiking propagation, exactly reproducible.

A connectome is a value: areas, neurons, synapses::

    areas = [Area("eye", kind="sensory"), Area("muscle", kind="motor")]
    neurons = Neurons.of(4, area=[0, 0, 1, 1], threshold=100)
    synapses = Synapses.of([0, 1], [2, 3], weight=200, psp=255)
    connectome = Connectome.of(areas, neurons, synapses)

It runs as a machine, one burst a step::

    machine = Machine(connectome, Settings(seed=1))
    machine.network.inject([0, 1], 65_025)
    print(machine.step().fired)
    print(run_at(machine, 300, rate=30.0, overrun="drop"))  # 30 bursts a second, and how regular they were

``load_connectome`` and ``save_connectome`` read and write every format; ``grow(parse_recipe(...))`` makes one from a recipe;
``apply_edits(connectome, parse_edits(...))`` changes one; ``recall`` spreads activation over what is linked. Propagation alone
is :class:`SynapticPropagationEngine`.

Importing this package loads nothing else; each name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rusta_conductor.lazy import lazy_names

if TYPE_CHECKING:
    from rusta_burst.connectome.difference import Difference, difference
    from rusta_burst.connectome.model import Area, Connectome, Neurons, RuleSpec, Synapses
    from rusta_burst.dynamics.burst import Burst
    from rusta_burst.dynamics.deadline import DeadlineMissed, DeadlineReport, run_at
    from rusta_burst.dynamics.loading import burst_of
    from rusta_burst.dynamics.models import currents, leaky
    from rusta_burst.dynamics.why import why
    from rusta_burst.editing.applying import apply as apply_edits
    from rusta_burst.editing.operations import parse as parse_edits
    from rusta_burst.engine.propagation import SynapticPropagationEngine
    from rusta_burst.errors import BurstError, DamagedFile, InvalidInput, MissingExtra
    from rusta_burst.exchange.formats import load as load_connectome
    from rusta_burst.exchange.formats import save as save_connectome
    from rusta_burst.growth.growing import grow
    from rusta_burst.growth.recipe import Recipe
    from rusta_burst.growth.recipe import parse as parse_recipe
    from rusta_burst.recalling import Associations, Link, Recalled, recall
    from rusta_burst.running.carrying import LiveEdits
    from rusta_burst.running.drives import Background, Stimulus
    from rusta_burst.running.machine import Machine, Settings
    from rusta_burst.storage.recordings import Recorder, Recording

# Where each name lives, with what it is called there when that is another name.
_HOMES = {
    "Area": "connectome.model",
    "Associations": "recalling",
    "Background": "running.drives",
    "Burst": "dynamics.burst",
    "BurstError": "errors",
    "Connectome": "connectome.model",
    "DamagedFile": "errors",
    "DeadlineMissed": "dynamics.deadline",
    "DeadlineReport": "dynamics.deadline",
    "Difference": "connectome.difference",
    "InvalidInput": "errors",
    "Link": "recalling",
    "LiveEdits": "running.carrying",
    "Machine": "running.machine",
    "MissingExtra": "errors",
    "Neurons": "connectome.model",
    "Recalled": "recalling",
    "Recipe": "growth.recipe",
    "Recorder": "storage.recordings",
    "Recording": "storage.recordings",
    "RuleSpec": "connectome.model",
    "Settings": "running.machine",
    "Stimulus": "running.drives",
    "Synapses": "connectome.model",
    "SynapticPropagationEngine": "engine.propagation",
    "apply_edits": "editing.applying:apply",
    "burst_of": "dynamics.loading",
    "currents": "dynamics.models",
    "difference": "connectome.difference",
    "grow": "growth.growing",
    "leaky": "dynamics.models",
    "load_connectome": "exchange.formats:load",
    "parse_edits": "editing.operations:parse",
    "parse_recipe": "growth.recipe:parse",
    "recall": "recalling",
    "run_at": "dynamics.deadline",
    "save_connectome": "exchange.formats:save",
    "why": "dynamics.why",
}

__all__ = [
    "Area",
    "Associations",
    "Background",
    "Burst",
    "BurstError",
    "Connectome",
    "DamagedFile",
    "DeadlineMissed",
    "DeadlineReport",
    "Difference",
    "InvalidInput",
    "Link",
    "LiveEdits",
    "Machine",
    "MissingExtra",
    "Neurons",
    "Recalled",
    "Recipe",
    "Recorder",
    "Recording",
    "RuleSpec",
    "Settings",
    "Stimulus",
    "Synapses",
    "SynapticPropagationEngine",
    "apply_edits",
    "burst_of",
    "currents",
    "difference",
    "grow",
    "leaky",
    "load_connectome",
    "parse_edits",
    "parse_recipe",
    "recall",
    "run_at",
    "save_connectome",
    "why",
]

__getattr__ = lazy_names(__name__, _HOMES)
