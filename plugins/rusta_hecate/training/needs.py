"""How much memory a run takes, found without taking it: PyTorch's ``meta`` device knows shapes and holds no numbers."""

from __future__ import annotations

import torch
from torch import Tensor

from rusta_hecate.errors import ConfigError
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.training.device import Device
from rusta_hecate.training.settings import TrainSettings

_FLOAT = 4


def parameters(config: ModelConfig) -> int:
    """How many numbers a model of this configuration learns."""
    return sum(p.numel() for p in _empty(config).parameters())


def held(config: ModelConfig) -> int:
    """Bytes that a run always holds: weights, gradients, and what the optimisers keep (Muon one number, Adam two)."""
    named = dict(_empty(config).named_parameters())
    muon = sum(p.numel() for name, p in named.items() if name.startswith("blocks.") and p.ndim == 2)
    rest = sum(p.numel() for p in named.values()) - muon
    return _FLOAT * (3 * muon + 4 * rest)


def kept(config: ModelConfig, settings: TrainSettings) -> int:
    """Bytes that a step's forward pass keeps for its backward pass, in PyTorch's own forms and f32.

    Kernels and bfloat16 keep less: an upper bound, without the labelled examples of a later stage.
    """
    found: dict[int, int] = {}
    model = _empty(config)
    own = {p.untyped_storage()._cdata for p in model.parameters()}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            found[storage._cdata] = storage.nbytes()
        return tensor

    ids = torch.zeros(settings.rows, settings.length, dtype=torch.long, device="meta")
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = model.loss(ids, ids)
    del loss
    return sum(found.values())


def check(config: ModelConfig, device: Device) -> None:
    """Let a run that can fit into the device's memory pass.

    :raises ConfigError: if its weights and what belongs to them do not, however short its texts are.
    """
    needed, there = held(config), device.memory
    if there is not None and needed > there:
        raise ConfigError(
            f"weights, gradients and optimisers of this model take {needed / 2**30:.1f} GiB and {device.name} has "
            f"{there / 2**30:.1f} GiB; train a smaller size"
        )


def _empty(config: ModelConfig) -> ByteModel:
    with torch.device("meta"):
        return ByteModel(config)
