"""The byte model in PyTorch: its configuration, its parts, and how they are put together.

    from rusta_hecate.model import ByteModel, ModelConfig, nano

    model = ByteModel(nano())            # about four million parameters
    logits = model(bytes_as_integers)    # (batch, time) -> (batch, time, 256)

The configuration imports nothing heavy; everything else needs PyTorch (``pip install 'rusta[train]'``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rusta_hecate.model.config import START, ModelConfig, base, nano, tiny

if TYPE_CHECKING:
    from rusta_hecate.model.byte_model import ByteModel

__all__ = ["START", "ByteModel", "ModelConfig", "base", "nano", "tiny"]


def __getattr__(name: str) -> Any:
    if name == "ByteModel":
        from rusta_hecate.model.byte_model import ByteModel

        return ByteModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
