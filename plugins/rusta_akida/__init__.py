"""Reservoirs, quantised readouts, chip programs, devices and the flashing domain.

Importing this package loads nothing else; each name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rusta_akida.errors import AkidaError, DamagedFile, DeltaTooLarge, QuantiseError, ReservoirError
    from rusta_akida.quantiser.activations import ActivationScale, calibrate
    from rusta_akida.quantiser.fitting import QuantiseConfig, fit_quantised
    from rusta_akida.quantiser.packing import pack, packed_size, unpack
    from rusta_akida.quantiser.plotting import plot_report
    from rusta_akida.quantiser.readout import QuantisedReadout
    from rusta_akida.quantiser.report import QuantisationReport, Quantised, quantise
    from rusta_akida.quantiser.rounding import hessian_aware, max_abs
    from rusta_akida.quantiser.saving import load_quantised, save_quantised
    from rusta_akida.reservoir.composed import DeepReservoir, ParallelReservoir
    from rusta_akida.reservoir.moments import Moments
    from rusta_akida.reservoir.network import EchoStateNetwork, ReservoirConfig
    from rusta_akida.reservoir.online import OnlineReadout
    from rusta_akida.reservoir.ridge import Readout, fit_moments, fit_readout, ridge_regression
    from rusta_akida.reservoir.saving import load_network, load_readout, save_network, save_readout
    from rusta_akida.reservoir.series import lorenz, mackey_glass, narma10, nrmse

_HOMES = {
    "ActivationScale": "quantiser.activations",
    "AkidaError": "errors",
    "DamagedFile": "errors",
    "DeepReservoir": "reservoir.composed",
    "DeltaTooLarge": "errors",
    "EchoStateNetwork": "reservoir.network",
    "Moments": "reservoir.moments",
    "OnlineReadout": "reservoir.online",
    "ParallelReservoir": "reservoir.composed",
    "QuantisationReport": "quantiser.report",
    "QuantiseConfig": "quantiser.fitting",
    "QuantiseError": "errors",
    "Quantised": "quantiser.report",
    "QuantisedReadout": "quantiser.readout",
    "Readout": "reservoir.ridge",
    "ReservoirConfig": "reservoir.network",
    "ReservoirError": "errors",
    "calibrate": "quantiser.activations",
    "fit_moments": "reservoir.ridge",
    "fit_quantised": "quantiser.fitting",
    "fit_readout": "reservoir.ridge",
    "hessian_aware": "quantiser.rounding",
    "load_network": "reservoir.saving",
    "load_quantised": "quantiser.saving",
    "load_readout": "reservoir.saving",
    "lorenz": "reservoir.series",
    "mackey_glass": "reservoir.series",
    "max_abs": "quantiser.rounding",
    "narma10": "reservoir.series",
    "nrmse": "reservoir.series",
    "pack": "quantiser.packing",
    "packed_size": "quantiser.packing",
    "plot_report": "quantiser.plotting",
    "quantise": "quantiser.report",
    "ridge_regression": "reservoir.ridge",
    "save_network": "reservoir.saving",
    "save_quantised": "quantiser.saving",
    "save_readout": "reservoir.saving",
    "unpack": "quantiser.packing",
}

__all__ = [
    "ActivationScale",
    "AkidaError",
    "DamagedFile",
    "DeepReservoir",
    "DeltaTooLarge",
    "EchoStateNetwork",
    "Moments",
    "OnlineReadout",
    "ParallelReservoir",
    "QuantisationReport",
    "QuantiseConfig",
    "QuantiseError",
    "Quantised",
    "QuantisedReadout",
    "Readout",
    "ReservoirConfig",
    "ReservoirError",
    "calibrate",
    "fit_moments",
    "fit_quantised",
    "fit_readout",
    "hessian_aware",
    "load_network",
    "load_quantised",
    "load_readout",
    "lorenz",
    "mackey_glass",
    "max_abs",
    "narma10",
    "nrmse",
    "pack",
    "packed_size",
    "plot_report",
    "quantise",
    "ridge_regression",
    "save_network",
    "save_quantised",
    "save_readout",
    "unpack",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
