"""One number for all that a connectome is made of."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rusta_burst.connectome.model import Connectome


def header_of(connectome: Connectome) -> bytes:
    """Areas and rules as canonical JSON."""
    areas = [asdict(area) for area in connectome.areas]
    rules = [{"kind": rule.kind, "parameters": dict(rule.parameters)} for rule in connectome.rules]
    return json.dumps({"areas": areas, "rules": rules}, sort_keys=True, separators=(",", ":")).encode()


def digest_of(connectome: Connectome) -> str:
    """SHA-256, lower-case hex, over the header and all arrays (little-endian) in the order of their tables."""
    state = hashlib.sha256()
    head = header_of(connectome)
    state.update(struct.pack("<Q", len(head)) + head)
    for columns in (connectome.neurons.columns(), connectome.synapses.columns()):
        for name, values in columns.items():
            state.update(struct.pack("<8sQ", name[:8].encode(), len(values)))
            little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
            state.update(little.view(np.uint8).data)
    return state.hexdigest()
