"""Where a run computes: the one place that knows processors from graphics cards.

The product was built and tested on machines without a card; what runs there only (transfers, autocast of a card, Triton) is
checked here by its shapes, types and devices alone. ``python -m rusta_hecate.verification.graphics`` checks the kernels of
a card against their definitions.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from rusta_hecate.errors import ConfigError

_Module = TypeVar("_Module", bound=nn.Module)
# cuBLAS sums in a fixed order only with a workspace of a fixed size, which it reads when it is first used.
_CUBLAS, _WORKSPACE = "CUBLAS_WORKSPACE_CONFIG", ":4096:8"


@dataclass(frozen=True)
class Device:
    """``kind``: as PyTorch calls it, ``cpu`` or ``cuda``."""

    kind: str

    @property
    def name(self) -> str:
        """What people call it."""
        return torch.cuda.get_device_name() if self.kind == "cuda" else "the processor"

    @property
    def memory(self) -> int | None:
        """Bytes of memory that it has; None where that is not known."""
        if self.kind == "cuda":
            return int(torch.cuda.get_device_properties(0).total_memory)
        try:
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):
            return None

    def prepare(self, threads: int) -> None:
        """Fix what decides in which order numbers are added, so that a resumed run takes the same steps."""
        torch.set_num_threads(threads)
        if self.kind == "cuda":
            os.environ.setdefault(_CUBLAS, _WORKSPACE)
            torch.use_deterministic_algorithms(True, warn_only=True)

    def hold(self, module: _Module) -> _Module:
        """The module with its parameters here."""
        return module.to(self.kind)

    def tensor(self, array: NDArray[Any]) -> Tensor:
        """A copy of an array, here."""
        return torch.from_numpy(np.array(array)).to(self.kind)

    def fast(self, bf16: bool) -> contextlib.AbstractContextManager[Any]:
        """Products in bfloat16 within, where that is wanted."""
        return torch.autocast(self.kind, torch.bfloat16) if bf16 else contextlib.nullcontext()


def array(tensor: Tensor) -> NDArray[Any]:
    """A tensor of any device as an array; on the processor it shares its memory."""
    found: NDArray[Any] = tensor.detach().cpu().numpy()
    return found


def chosen(asked: str) -> Device:
    """The device of that name in the settings; ``auto`` is the card where PyTorch can use one, else the processor.

    :raises ConfigError: if there is no such device.
    """
    card = asked != "cpu" and torch.cuda.is_available()
    if asked == "cuda" and not card:
        raise ConfigError(f"--device cuda: {_why_none()}, or take --device cpu")
    return Device("cuda" if card else "cpu")


def resumed(former: str, asked: str) -> Device:
    """Where a run goes on that was on ``former``: there, unless another device is asked for or it is not here any more.

    :raises ConfigError: if the device that is asked for is not there.
    """
    if asked != "auto":
        return chosen(asked)
    return chosen(former if former != "cuda" or torch.cuda.is_available() else "cpu")


def _why_none() -> str:
    if torch.version.cuda is None and torch.version.hip is None:
        return f"this PyTorch ({torch.__version__}) is built without support of graphics cards; install one that has it"
    return "PyTorch finds no graphics card that it can use; look at its driver"
