"""The heads of the stages S1 and S2 on the byte model: anchor, action, syntax, confidence, size of a patch.

heads = Heads(model.config.width, actions=12, kinds=40)
total, terms = loss(model, heads, example)          # L = Llm + Lanchor + Laction + Last + Lconf + Lmin
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rusta_hecate.heads.heads import Heads
    from rusta_hecate.heads.losses import TERMS, Example, loss

__all__ = ["TERMS", "Example", "Heads", "loss"]


def __getattr__(name: str) -> Any:
    if name == "Heads":
        from rusta_hecate.heads.heads import Heads

        return Heads
    if name in ("TERMS", "Example", "loss"):
        from rusta_hecate.heads import losses

        return getattr(losses, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
