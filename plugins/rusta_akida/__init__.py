"""Reservoirs, quantised readouts, chip programs, devices and the flashing domain.

Importing this package loads nothing else; each name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rusta_akida.errors import AkidaError, DamagedFile, DeltaTooLarge, QuantiseError, ReservoirError
    from rusta_akida.quantiser.activations import ActivationScale, calibrate
    from rusta_akida.quantiser.packing import pack, packed_size, unpack
    from rusta_akida.quantiser.readout import QuantisedReadout

_HOMES = {
    "ActivationScale": "quantiser.activations",
    "AkidaError": "errors",
    "DamagedFile": "errors",
    "DeltaTooLarge": "errors",
    "QuantiseError": "errors",
    "QuantisedReadout": "quantiser.readout",
    "ReservoirError": "errors",
    "calibrate": "quantiser.activations",
    "pack": "quantiser.packing",
    "packed_size": "quantiser.packing",
    "unpack": "quantiser.packing",
}

__all__ = [
    "ActivationScale",
    "AkidaError",
    "DamagedFile",
    "DeltaTooLarge",
    "QuantiseError",
    "QuantisedReadout",
    "ReservoirError",
    "calibrate",
    "pack",
    "packed_size",
    "unpack",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
