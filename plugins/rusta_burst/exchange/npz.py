"""NumPy's ``.npz``: every field an array, ``n_`` and ``s_`` before the names, areas and rules as JSON in ``head``."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from rusta_burst.connectome.digests import header_of
from rusta_burst.connectome.headers import areas_of, rules_of
from rusta_burst.connectome.model import Area, Connectome, Neurons, Synapses
from rusta_burst.errors import DamagedFile, InvalidInput
from rusta_burst.exchange.whole import reading, write_whole

# What a damaged archive makes zipfile, zlib and NumPy say; the heads of arrays are parsed as Python.
_TROUBLES = (
    ValueError, KeyError, EOFError, OverflowError, SyntaxError, MemoryError, RuntimeError, TypeError, AttributeError,
    IndexError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def save(connectome: Connectome, path: Path) -> None:
    """Write a connectome with all its fields.

    Raises:
        BurstError: it cannot be written.
    """
    arrays: dict[str, Any] = {"head": np.frombuffer(header_of(connectome), np.uint8)}
    arrays |= {f"n_{name}": values for name, values in connectome.neurons.columns().items()}
    arrays |= {f"s_{name}": values for name, values in connectome.synapses.columns().items()}

    def write(place: Path) -> None:
        with place.open("wb") as file:
            np.savez_compressed(file, **arrays)

    write_whole(path, write)


def load(path: Path) -> Connectome:
    """Read arrays: ``s_source`` and ``s_target`` are needed, everything else has its default.

    Without ``head`` all neurons are in one area; without neurons there are as many as the synapses name.

    Raises:
        DamagedFile: it is no such file, or what it holds does not fit.
        BurstError: it cannot be opened.
    """
    with reading(path):
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                if not isinstance(archive, np.lib.npyio.NpzFile):
                    raise DamagedFile(f"{path}: a single array; expected an archive with s_source and s_target")
                arrays = {name: archive[name] for name in archive.files}
        except _TROUBLES as error:
            raise DamagedFile(f"{path}: not a readable .npz ({str(error)[:200] or type(error).__name__})") from None
    try:
        return _connectome(arrays)
    except InvalidInput as error:
        raise DamagedFile(f"{path}: {error}") from None


def _connectome(arrays: dict[str, Any]) -> Connectome:
    synapses = Synapses.of(**{name[2:]: values for name, values in arrays.items() if name.startswith("s_")})
    given = {name[2:]: values for name, values in arrays.items() if name.startswith("n_")}
    if given:
        count = max(np.size(values) for values in given.values())
    else:
        count = int(max(synapses.source.max(), synapses.target.max())) + 1 if len(synapses) else 0
    neurons = Neurons.of(count, **given)
    if "head" not in arrays:
        top = int(neurons.area.max()) + 1 if count else 0
        return Connectome(tuple(Area(f"area {k}") for k in range(min(top, 65536))), neurons, synapses)
    try:
        told = json.loads(arrays["head"].tobytes())
        return Connectome(areas_of(told["areas"]), neurons, synapses, rules_of(told["rules"]))
    except (KeyError, TypeError, RecursionError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidInput(f"the head is not valid ({error})") from None
