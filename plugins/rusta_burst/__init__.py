"""Connectomes and their spiking propagation, exactly reproducible.

A connectome is a value: areas, neurons, synapses::

    areas = [Area("eye", kind="sensory"), Area("muscle", kind="motor")]
    neurons = Neurons.of(4, area=[0, 0, 1, 1], threshold=100)
    synapses = Synapses.of([0, 1], [2, 3], weight=200, psp=255)
    connectome = Connectome.of(areas, neurons, synapses)

Importing this package loads nothing else; each name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rusta_burst.connectome.model import Area, Connectome, Neurons, RuleSpec, Synapses
    from rusta_burst.errors import BurstError, DamagedFile, InvalidInput, MissingExtra

_HOMES = {
    "Area": "connectome.model",
    "BurstError": "errors",
    "Connectome": "connectome.model",
    "DamagedFile": "errors",
    "InvalidInput": "errors",
    "MissingExtra": "errors",
    "Neurons": "connectome.model",
    "RuleSpec": "connectome.model",
    "Synapses": "connectome.model",
}

__all__ = [
    "Area",
    "BurstError",
    "Connectome",
    "DamagedFile",
    "InvalidInput",
    "MissingExtra",
    "Neurons",
    "RuleSpec",
    "Synapses",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
