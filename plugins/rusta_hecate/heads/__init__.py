"""The heads of the stages S1 and S2 on the byte model: anchor, action, syntax, confidence, size of a patch.

heads = Heads(model.config.width, actions=12, kinds=40)
total, terms = loss(model, heads, examples)         # L = Llm + Lanchor + Laction + Last + Lconf + Lmin
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rusta_hecate.heads.heads import Heads
    from rusta_hecate.heads.labels import Example
    from rusta_hecate.heads.losses import TERMS, loss

__all__ = ["TERMS", "Example", "Heads", "loss"]


def __getattr__(name: str) -> Any:
    if name == "Heads":
        from rusta_hecate.heads.heads import Heads

        return Heads
    if name == "Example":
        from rusta_hecate.heads.labels import Example

        return Example
    if name in ("TERMS", "loss"):
        from rusta_hecate.heads import losses

        return getattr(losses, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
