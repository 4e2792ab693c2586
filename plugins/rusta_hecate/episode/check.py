"""The check of ``rusta doctor`` for training: PyTorch, a graphics card, Triton. PyTorch is imported only where a card may be."""

from __future__ import annotations

from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from rusta_conductor.doctor import Check

CARDS = ("nvidia0", "dxg", "kfd")
"""Files in /dev that a graphics card's driver makes."""
_UNTRIED = "training on a card has not been tried"
_TRY = "Try the kernels: python -m rusta_hecate.verification.graphics"


def check_training(_home: Path) -> Check:
    """What ``rusta train`` would compute on."""
    if find_spec("torch") is None:
        return Check("training", None, "PyTorch is not installed", "To train models: pip install 'rusta[train]'")
    version = metadata.version("torch")
    if not card_files():
        return Check(
            "training", True, f"PyTorch {version}; no graphics card, training takes the processor ({_UNTRIED})"
        )
    import torch

    if not torch.cuda.is_available():
        why = f"PyTorch {version} cannot use this machine's graphics card; training takes the processor"
        return Check("training", None, why, "Install a PyTorch for it, or look at its driver.")
    kernels = "" if find_spec("triton") is not None else ", Triton is missing (pip install 'rusta[gpu]')"
    return Check("training", True, f"PyTorch {version} on {torch.cuda.get_device_name()}{kernels}; {_UNTRIED}", _TRY)


def card_files(folder: Path = Path("/dev")) -> list[str]:
    """The names of drivers' files that are there."""
    return [name for name in CARDS if (folder / name).exists()]
