"""Triton kernels for a graphics card: sliding-window attention and the chunkwise gated delta rule, both ways.

Triton is optional (``pip install 'rusta[gpu]'``). The kernels are used for tensors on a card when it is installed; with
``TRITON_INTERPRET=1`` they also run on a processor, slowly, which is how they are tested without a card.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec

import torch
from torch import Tensor

LARGEST_HEAD = 128
"""Numbers per head that a program can hold; larger heads take PyTorch's forms."""


@functools.cache
def installed() -> bool:
    """Whether Triton is there."""
    return find_spec("triton") is not None


def usable(x: Tensor, size: int) -> bool:
    """Whether the kernels may compute with x (on a card, not in double precision) and heads of this size."""
    return x.device.type == "cuda" and x.dtype != torch.float64 and size <= LARGEST_HEAD and installed()
