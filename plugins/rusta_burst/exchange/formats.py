"""Which formats there are, and which one a file name means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from rusta_burst.connectome.model import Connectome
from rusta_burst.errors import InvalidInput, MissingExtra


@dataclass(frozen=True)
class Format:
    """``reads`` and ``writes`` name functions of the module; empty where there is no such way."""

    name: str
    suffixes: tuple[str, ...]
    summary: str
    module: str
    reads: str = "load"
    writes: str = "save"


_HERE = "rusta_burst.exchange"
FORMATS = (
    Format("burst", (".burst",), "our own, checked and memory-mapped", "rusta_burst.storage.connectomes"),
    Format("npz", (".npz",), "NumPy arrays, every field", f"{_HERE}.npz"),
    Format("csv", (".csv",), "a list of synapses, one a line", f"{_HERE}.edges", "load_csv", "save_csv"),
    Format("parquet", (".parquet",), "a list of synapses as columns", f"{_HERE}.edges", "load_parquet", "save_parquet"),
    Format("sonata", (".h5", ".hdf5"), "SONATA nodes and edges in one HDF5 file", f"{_HERE}.sonata"),
    Format("genome", (".json",), "FEAGI genome 2.1", f"{_HERE}.genome"),
    Format("nest", (".nest.py",), "a NEST script", f"{_HERE}.simulators", "", "save_nest"),
    Format("brian2", (".brian2.py",), "a Brian2 script", f"{_HERE}.simulators", "", "save_brian2"),
)
BY_NAME = {format_.name: format_ for format_ in FORMATS}


def format_of(path: Path, name: str | None = None) -> Format:
    """The format of a file, by its name or as asked for.

    Raises:
        InvalidInput: neither tells it.
    """
    known = ", ".join(BY_NAME)
    if name is not None:
        if name not in BY_NAME:
            raise InvalidInput(f"there is no format {name!r}; there are: {known}")
        return BY_NAME[name]
    for format_ in FORMATS:
        if path.name.lower().endswith(format_.suffixes):
            return format_
    raise InvalidInput(f"{path}: the ending does not tell the format; say --format, one of: {known}")


def load(path: Path, name: str | None = None) -> Connectome:
    """Read a connectome in whatever format it has.

    Raises:
        BurstError: the file cannot be read, is damaged, or holds what a connectome cannot.
    """
    format_ = format_of(path, name)
    if not format_.reads:
        raise InvalidInput(f"{path}: {format_.summary} can be written, not read")
    read: Callable[[Path], Connectome] = getattr(_module(format_), format_.reads)
    return read(path)


def save(connectome: Connectome, path: Path, name: str | None = None) -> None:
    """Write a connectome; the file is there whole or not at all.

    Raises:
        BurstError: it cannot be written, or the format cannot hold it.
    """
    format_ = format_of(path, name)
    write: Callable[[Connectome, Path], None] = getattr(_module(format_), format_.writes)
    write(connectome, path)


def need(module: str, extra: str) -> Any:
    """A library that comes with an extra of the distribution.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise MissingExtra(
            f"{module.partition('.')[0]} is not installed; 'pip install rusta[{extra}]' brings it"
        ) from None


def _module(format_: Format) -> Any:
    return import_module(format_.module)
