"""Reservoirs, quantised readouts, chip programs, devices and the flashing domain.

Importing this package loads nothing else; each name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rusta_conductor.lazy import lazy_names

if TYPE_CHECKING:
    from rusta_akida.devices.device import Cost, Device, InferConfig, ProgramVariable
    from rusta_akida.devices.errors import (
        DeviceBusy,
        DeviceError,
        DeviceGone,
        DeviceNotFound,
        DeviceRefused,
        ReadbackMismatch,
        TransferFailed,
    )
    from rusta_akida.devices.manager import DeviceManager, open_device, virtual_device
    from rusta_akida.devices.messages import Health, Identity, program_hash
    from rusta_akida.devices.protocol import Bank
    from rusta_akida.devices.virtual.chip import Chip
    from rusta_akida.devices.virtual.faults import FaultKind, FaultPlan
    from rusta_akida.devices.virtual.gadget import Gadget
    from rusta_akida.diagnostics.collecting import Message, NothingToLearn, collect_messages, message_text
    from rusta_akida.diagnostics.hinting import Trained, diagnostic_class_hint, train_diagnostic_hints
    from rusta_akida.diagnostics.hints import DiagnosticHints
    from rusta_akida.diagnostics.judging import HintFigures, fresh_code, fresh_program, judge_hints
    from rusta_akida.errors import AkidaError, DamagedFile, DeltaTooLarge, QuantiseError, ReservoirError
    from rusta_akida.flashing.measuring import Measured, measure
    from rusta_akida.flashing.running import Flash, flash
    from rusta_akida.flashing.training import container_of_readout, train
    from rusta_akida.program.blocks import pack_program_data
    from rusta_akida.program.budget import BudgetReport, budget, check_fits
    from rusta_akida.program.builder import ProgramBuilder
    from rusta_akida.program.container import Container, load_container, read_container, save_container, write_container
    from rusta_akida.program.differing import Difference, differences
    from rusta_akida.program.disassembly import disassemble
    from rusta_akida.program.errors import (
        BuildError,
        DoesNotFit,
        ImportFailed,
        ProgramError,
        UnsupportedLayer,
        VendorFile,
    )
    from rusta_akida.program.importing.readouts import import_readout
    from rusta_akida.program.info import ProgramInfoBuilder
    from rusta_akida.program.layers import Activation, Geometry, LayerSpec, LayerType
    from rusta_akida.program.profiles import Profile, profile
    from rusta_akida.program.reading import Program, parse_program
    from rusta_akida.program.reference import reference_outputs
    from rusta_akida.program.verifying import verify_container, verify_program
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
    "Activation": "program.layers",
    "ActivationScale": "quantiser.activations",
    "AkidaError": "errors",
    "Bank": "devices.protocol",
    "BudgetReport": "program.budget",
    "BuildError": "program.errors",
    "Chip": "devices.virtual.chip",
    "Container": "program.container",
    "Cost": "devices.device",
    "DamagedFile": "errors",
    "DeepReservoir": "reservoir.composed",
    "DeltaTooLarge": "errors",
    "Device": "devices.device",
    "DeviceBusy": "devices.errors",
    "DeviceError": "devices.errors",
    "DeviceGone": "devices.errors",
    "DeviceManager": "devices.manager",
    "DeviceNotFound": "devices.errors",
    "DeviceRefused": "devices.errors",
    "DiagnosticHints": "diagnostics.hints",
    "Difference": "program.differing",
    "DoesNotFit": "program.errors",
    "EchoStateNetwork": "reservoir.network",
    "FaultKind": "devices.virtual.faults",
    "FaultPlan": "devices.virtual.faults",
    "Flash": "flashing.running",
    "Gadget": "devices.virtual.gadget",
    "Geometry": "program.layers",
    "Health": "devices.messages",
    "HintFigures": "diagnostics.judging",
    "Identity": "devices.messages",
    "ImportFailed": "program.errors",
    "InferConfig": "devices.device",
    "LayerSpec": "program.layers",
    "LayerType": "program.layers",
    "Measured": "flashing.measuring",
    "Message": "diagnostics.collecting",
    "Moments": "reservoir.moments",
    "NothingToLearn": "diagnostics.collecting",
    "OnlineReadout": "reservoir.online",
    "ParallelReservoir": "reservoir.composed",
    "Profile": "program.profiles",
    "Program": "program.reading",
    "ProgramBuilder": "program.builder",
    "ProgramError": "program.errors",
    "ProgramInfoBuilder": "program.info",
    "ProgramVariable": "devices.device",
    "QuantisationReport": "quantiser.report",
    "QuantiseConfig": "quantiser.fitting",
    "QuantiseError": "errors",
    "Quantised": "quantiser.report",
    "QuantisedReadout": "quantiser.readout",
    "ReadbackMismatch": "devices.errors",
    "Readout": "reservoir.ridge",
    "ReservoirConfig": "reservoir.network",
    "ReservoirError": "errors",
    "Trained": "diagnostics.hinting",
    "TransferFailed": "devices.errors",
    "UnsupportedLayer": "program.errors",
    "VendorFile": "program.errors",
    "budget": "program.budget",
    "calibrate": "quantiser.activations",
    "check_fits": "program.budget",
    "collect_messages": "diagnostics.collecting",
    "container_of_readout": "flashing.training",
    "diagnostic_class_hint": "diagnostics.hinting",
    "differences": "program.differing",
    "disassemble": "program.disassembly",
    "fit_moments": "reservoir.ridge",
    "fit_quantised": "quantiser.fitting",
    "fit_readout": "reservoir.ridge",
    "flash": "flashing.running",
    "fresh_code": "diagnostics.judging",
    "fresh_program": "diagnostics.judging",
    "hessian_aware": "quantiser.rounding",
    "import_readout": "program.importing.readouts",
    "judge_hints": "diagnostics.judging",
    "load_container": "program.container",
    "load_network": "reservoir.saving",
    "load_quantised": "quantiser.saving",
    "load_readout": "reservoir.saving",
    "lorenz": "reservoir.series",
    "mackey_glass": "reservoir.series",
    "max_abs": "quantiser.rounding",
    "measure": "flashing.measuring",
    "message_text": "diagnostics.collecting",
    "narma10": "reservoir.series",
    "nrmse": "reservoir.series",
    "open_device": "devices.manager",
    "pack": "quantiser.packing",
    "pack_program_data": "program.blocks",
    "packed_size": "quantiser.packing",
    "parse_program": "program.reading",
    "plot_report": "quantiser.plotting",
    "profile": "program.profiles",
    "program_hash": "devices.messages",
    "quantise": "quantiser.report",
    "read_container": "program.container",
    "reference_outputs": "program.reference",
    "ridge_regression": "reservoir.ridge",
    "save_container": "program.container",
    "save_network": "reservoir.saving",
    "save_quantised": "quantiser.saving",
    "save_readout": "reservoir.saving",
    "train": "flashing.training",
    "train_diagnostic_hints": "diagnostics.hinting",
    "unpack": "quantiser.packing",
    "verify_container": "program.verifying",
    "verify_program": "program.verifying",
    "virtual_device": "devices.manager",
    "write_container": "program.container",
}

__all__ = [
    "Activation",
    "ActivationScale",
    "AkidaError",
    "Bank",
    "BudgetReport",
    "BuildError",
    "Chip",
    "Container",
    "Cost",
    "DamagedFile",
    "DeepReservoir",
    "DeltaTooLarge",
    "Device",
    "DeviceBusy",
    "DeviceError",
    "DeviceGone",
    "DeviceManager",
    "DeviceNotFound",
    "DeviceRefused",
    "DiagnosticHints",
    "Difference",
    "DoesNotFit",
    "EchoStateNetwork",
    "FaultKind",
    "FaultPlan",
    "Flash",
    "Gadget",
    "Geometry",
    "Health",
    "HintFigures",
    "Identity",
    "ImportFailed",
    "InferConfig",
    "LayerSpec",
    "LayerType",
    "Measured",
    "Message",
    "Moments",
    "NothingToLearn",
    "OnlineReadout",
    "ParallelReservoir",
    "Profile",
    "Program",
    "ProgramBuilder",
    "ProgramError",
    "ProgramInfoBuilder",
    "ProgramVariable",
    "QuantisationReport",
    "QuantiseConfig",
    "QuantiseError",
    "Quantised",
    "QuantisedReadout",
    "ReadbackMismatch",
    "Readout",
    "ReservoirConfig",
    "ReservoirError",
    "Trained",
    "TransferFailed",
    "UnsupportedLayer",
    "VendorFile",
    "budget",
    "calibrate",
    "check_fits",
    "collect_messages",
    "container_of_readout",
    "diagnostic_class_hint",
    "differences",
    "disassemble",
    "fit_moments",
    "fit_quantised",
    "fit_readout",
    "flash",
    "fresh_code",
    "fresh_program",
    "hessian_aware",
    "import_readout",
    "judge_hints",
    "load_container",
    "load_network",
    "load_quantised",
    "load_readout",
    "lorenz",
    "mackey_glass",
    "max_abs",
    "measure",
    "message_text",
    "narma10",
    "nrmse",
    "open_device",
    "pack",
    "pack_program_data",
    "packed_size",
    "parse_program",
    "plot_report",
    "profile",
    "program_hash",
    "quantise",
    "read_container",
    "reference_outputs",
    "ridge_regression",
    "save_container",
    "save_network",
    "save_quantised",
    "save_readout",
    "train",
    "train_diagnostic_hints",
    "unpack",
    "verify_container",
    "verify_program",
    "virtual_device",
    "write_container",
]

__getattr__ = lazy_names(__name__, _HOMES)
