"""L = Llm + Lanchor + Laction + Last + Lconf + Lmin, each term logged. An example has only the terms it has labels for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from rusta_hecate.errors import ShapeError
from rusta_hecate.heads.heads import Heads
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import START

TERMS = ("lm", "anchor", "action", "ast", "conf", "min")


@dataclass(frozen=True)
class Example:
    """One text with what is known of it.

    passages, answer: texts of which one is to be cited. action: the tool that comes next. kinds: of the syntax node at
    each byte, −1 where unknown. right: whether the text is free of mistakes. lines: that the smallest fix touches.
    """

    text: bytes
    passages: tuple[bytes, ...] = ()
    answer: int | None = None
    action: int | None = None
    kinds: tuple[int, ...] | None = None
    right: bool | None = None
    lines: int | None = None


def loss(
    model: ByteModel, heads: Heads, example: Example, weights: Mapping[str, float] | None = None
) -> tuple[Tensor, dict[str, float]]:
    """The weighted sum of the example's terms, and each term by its name (nats; those without labels are left out).

    :raises ShapeError: if labels do not fit the text.
    """
    _check(example)
    ids = torch.tensor([START, *example.text])[None]
    features = model.features(ids)[0]  # (1 + n, width); row i has read i bytes
    head = model.embedding.bytes[:256] if model.config.tied else model.head
    terms: dict[str, Tensor] = {}
    if example.text:
        terms["lm"] = functional.cross_entropy(features[:-1] @ head.T, ids[0, 1:])
    if example.answer is not None:
        passages = torch.stack([model.features(torch.tensor([START, *p])[None])[0, -1] for p in example.passages])
        terms["anchor"] = functional.cross_entropy(heads.anchor(features, passages), torch.tensor(example.answer))
    if example.action is not None:
        terms["action"] = functional.cross_entropy(heads.action(features), torch.tensor(example.action))
    if example.kinds is not None and any(kind >= 0 for kind in example.kinds):
        terms["ast"] = functional.cross_entropy(heads.kinds(features[1:]), torch.tensor(example.kinds), ignore_index=-1)
    if example.right is not None:
        terms["conf"] = functional.binary_cross_entropy_with_logits(
            heads.confidence(features), torch.tensor(float(example.right))
        )
    if example.lines is not None:
        terms["min"] = functional.smooth_l1_loss(heads.lines(features), torch.tensor(math.log1p(example.lines)))
    scale = weights or {}
    total = sum((scale.get(name, 1.0) * term for name, term in terms.items()), torch.zeros(()))
    return total, {name: float(term.detach()) for name, term in terms.items()}


def _check(example: Example) -> None:
    if example.kinds is not None and len(example.kinds) != len(example.text):
        raise ShapeError(f"{len(example.kinds)} kinds for {len(example.text)} bytes; give one for each byte")
    if example.answer is not None and not 0 <= example.answer < len(example.passages):
        raise ShapeError(f"answer {example.answer} is none of {len(example.passages)} passages")
    if example.lines is not None and example.lines < 0:
        raise ShapeError(f"a fix of {example.lines} lines; give at least 0")
