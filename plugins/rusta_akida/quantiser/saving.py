"""Quantised readouts as files."""

from __future__ import annotations

from pathlib import Path

from rusta_akida.errors import DamagedFile, QuantiseError
from rusta_akida.quantiser.activations import ActivationScale
from rusta_akida.quantiser.readout import QuantisedReadout
from rusta_akida.storage import decode, encode, read_file, write_file

KIND = "quantised-readout"
_ARRAYS = ("weights", "biases", "scale", "offset")


def save_quantised(readout: QuantisedReadout, path: Path | str) -> str:
    """Write a quantised readout; the fingerprint of the file."""
    arrays = {name: getattr(readout, name) for name in _ARRAYS}
    arrays |= {"step": readout.activation.step, "zero": readout.activation.zero}
    meta = {
        "bits": readout.bits,
        "activation_bits": readout.activation.bits,
        "threshold": float(readout.threshold),
        "labels": list(readout.labels),
        "provenance": readout.provenance,
    }
    content = encode(KIND, meta, arrays)
    write_file(path, content)
    return content[-32:].hex()


def load_quantised(path: Path | str) -> QuantisedReadout:
    """The readout of a file. DamagedFile when the file is not whole."""
    stored = decode(read_file(path), KIND, str(path))
    meta = stored.meta
    try:
        activation = ActivationScale(stored.arrays["step"], stored.arrays["zero"], meta["activation_bits"])
        return QuantisedReadout(
            **{name: stored.arrays[name] for name in _ARRAYS},
            bits=meta["bits"],
            activation=activation,
            threshold=float(meta["threshold"]),
            labels=tuple(meta["labels"]),
            provenance=str(meta["provenance"]),
        )
    except (KeyError, TypeError, ValueError, QuantiseError) as error:
        raise DamagedFile(f"{path}: whole, but it describes no quantised readout: {error}") from None
