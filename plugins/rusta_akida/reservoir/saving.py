"""Networks and readouts as files. A file says what it was made from; a damaged one is refused."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import DamagedFile, ReservoirError
from rusta_akida.reservoir.network import EchoStateNetwork, ReservoirConfig
from rusta_akida.reservoir.ridge import Readout
from rusta_akida.reservoir.sparse import SparseMatrix
from rusta_akida.storage import decode, encode, read_file, write_file

NETWORK, READOUT = "reservoir", "readout"


def network_bytes(network: EchoStateNetwork) -> bytes:
    """The file of a network: config and weights, without its state."""
    matrix = network.recurrent
    arrays = {
        "starts": matrix.starts,
        "columns": matrix.columns,
        "values": matrix.values,
        "entering": network.entering,
        "biases": network.biases,
    }
    return encode(NETWORK, asdict(network.config), arrays)


def fingerprint(network: EchoStateNetwork) -> str:
    """SHA-256 that two networks share only when they give the same states."""
    return network_bytes(network)[-32:].hex()


def save_network(network: EchoStateNetwork, path: Path | str) -> str:
    """Write a network; its fingerprint."""
    data = network_bytes(network)
    write_file(path, data)
    return data[-32:].hex()


def load_network(path: Path | str) -> EchoStateNetwork:
    """The network of a file, at rest. DamagedFile when the file is not whole."""
    stored = decode(read_file(path), NETWORK, str(path))
    try:
        config = ReservoirConfig(**stored.meta)
        arrays = stored.arrays
        matrix = SparseMatrix(config.size, arrays["starts"], arrays["columns"], arrays["values"])
        return EchoStateNetwork.from_weights(config, matrix, arrays["entering"], arrays["biases"])
    except (TypeError, KeyError, ReservoirError) as error:
        raise DamagedFile(f"{path}: whole, but it describes no reservoir: {error}") from None


def data_fingerprint(*arrays: npt.ArrayLike) -> str:
    """SHA-256 over shapes, types and bytes of training data."""
    total = hashlib.sha256()
    for array in arrays:
        given = np.ascontiguousarray(array)
        total.update(f"{given.dtype.str}{given.shape}".encode() + given.tobytes())
    return total.hexdigest()


def save_readout(readout: Readout, path: Path | str, *, network: str = "", data: str = "") -> str:
    """Write a readout with the fingerprints of the network and the data it was fitted on; its own fingerprint."""
    # NaN has no JSON form
    score = readout.score if np.isfinite(readout.score) else None
    meta = {"lambda": readout.lambda_, "score": score, "network": network, "data": data}
    content = encode(READOUT, meta, {"weights": readout.weights, "offset": readout.offset})
    write_file(path, content)
    return content[-32:].hex()


def load_readout(path: Path | str) -> tuple[Readout, dict[str, str]]:
    """A readout, and what it was made from: fingerprints of ``network`` and ``data``."""
    stored = decode(read_file(path), READOUT, str(path))
    try:
        score = stored.meta["score"]
        kept = float("nan") if score is None else float(score)
        weights, offset = stored.arrays["weights"], stored.arrays["offset"]
        readout = Readout(weights, offset, float(stored.meta["lambda"]), kept)
        return readout, {name: str(stored.meta[name]) for name in ("network", "data")}
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedFile(f"{path}: whole, but it describes no readout: {error}") from None
