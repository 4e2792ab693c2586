"""Arrays by name from .npy, .npz and safetensors files. Nothing in them is ever executed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.program.errors import ImportFailed

LARGEST = 1 << 30
Arrays = dict[str, npt.NDArray[Any]]


def read_arrays(path: Path) -> Arrays:
    """The arrays of a file; the one of a .npy file is called ``weights``.

    Raises:
        ImportFailed: the file is of another kind, damaged, or too large.
    """
    readers = {".npy": _npy, ".npz": _npz, ".safetensors": _safetensors}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ImportFailed(
            f"{path.name}: {path.suffix or 'no ending'} is not known; there are {', '.join(readers)}, .onnx"
        )
    try:
        if path.stat().st_size > LARGEST:
            raise ImportFailed(f"{path.name} has {path.stat().st_size:,} bytes; at most {LARGEST:,} are read")
        return reader(path)
    except ImportFailed:
        raise
    except OSError as error:
        raise ImportFailed(f"{path}: {error.strerror or error}") from None
    except Exception as error:  # a damaged file makes the libraries raise whatever they like
        # NumPy goes on to recommend loading what cannot be trusted.
        said = f"{type(error).__name__}: {error}".partition(". If you trust")[0]
        raise ImportFailed(f"{path.name} is damaged or of another kind: {said}") from None


def need(module: str, path: Path) -> Any:
    """An optional library. ImportFailed, with what to install, when it is not there."""
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError:
        raise ImportFailed(
            f"{path.name}: reading it needs {module.split('.')[0]}; pip install 'rusta[models]'"
        ) from None


def _npy(path: Path) -> Arrays:
    return {"weights": np.asarray(np.load(path, allow_pickle=False))}


def _npz(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as file:
        if not hasattr(file, "files"):
            raise ImportFailed(f"{path.name} holds one array; call it .npy")
        return {name: np.asarray(file[name]) for name in file.files}


def _safetensors(path: Path) -> Arrays:
    loaded = need("safetensors.numpy", path).load_file(str(path))
    return {str(name): np.asarray(value) for name, value in loaded.items()}
