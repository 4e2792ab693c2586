"""Connectomes as files of our own (``.burst``): every field an array, areas and rules as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from rusta_burst.connectome.digests import header_of
from rusta_burst.connectome.fields import NEURON_FIELDS, SYNAPSE_FIELDS
from rusta_burst.connectome.headers import areas_of, rules_of
from rusta_burst.connectome.model import Connectome, Neurons, Synapses
from rusta_burst.errors import DamagedFile, InvalidInput
from rusta_burst.storage import container

KIND = "network"
SUFFIX = ".burst"


def save(connectome: Connectome, path: Path) -> None:
    """Write a connectome; the file is there whole or not at all.

    Raises:
        BurstError: it cannot be written.
    """
    sections: dict[str, Any] = {"head": np.frombuffer(header_of(connectome), np.uint8)}
    for prefix, columns in (("n.", connectome.neurons.columns()), ("s.", connectome.synapses.columns())):
        sections |= {prefix + name: values for name, values in columns.items()}
    container.write(path, KIND, sections)


def load(path: Path, *, verify: bool = True) -> Connectome:
    """Map a connectome; its arrays are views of the file.

    Args:
        verify: check the sums of the data, which reads all of it.

    Raises:
        DamagedFile: it is not such a file, or damaged; the message names the byte.
        BurstError: it cannot be opened.
    """
    file = container.read(path, KIND, verify=verify)
    head = file.section("head", "u1")
    try:
        told = json.loads(head.tobytes())
        areas, rules = areas_of(told["areas"]), rules_of(told["rules"])
        neurons = {field.name: file.section(f"n.{field.name}", field.dtype) for field in NEURON_FIELDS}
        synapses = {field.name: file.section(f"s.{field.name}", field.dtype) for field in SYNAPSE_FIELDS}
        return Connectome(areas, Neurons.of(len(neurons["area"]), **neurons), Synapses.of(**synapses), rules)
    except (KeyError, TypeError, RecursionError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DamagedFile(f"{path}: the head at byte {file.offsets['head']} is not valid ({error})") from None
    except DamagedFile:
        raise
    except InvalidInput as error:
        raise DamagedFile(f"{path}: {error}") from None
