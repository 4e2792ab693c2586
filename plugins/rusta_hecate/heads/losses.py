"""L = Llm + Lanchor + Laction + Last + Lconf + Lmin, each term logged. An example has only the terms it has labels for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from rusta_hecate.errors import ShapeError
from rusta_hecate.heads.heads import Heads
from rusta_hecate.heads.labels import Example
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import START

TERMS = ("lm", "anchor", "action", "ast", "conf", "min")


def loss(
    model: ByteModel, heads: Heads, examples: Sequence[Example], weights: Mapping[str, float] | None = None
) -> tuple[Tensor, dict[str, float]]:
    """The weighted sum of the terms, and each term by its name (nats; those without labels are left out).

    :raises ShapeError: if labels do not fit the text, or there is no example.
    """
    each, scale = terms(model, heads, examples), weights or {}
    total = torch.stack([scale.get(name, 1.0) * term for name, term in each.items()]).sum() if each else torch.zeros(())
    return total, {name: float(term.detach()) for name, term in each.items()}


def terms(model: ByteModel, heads: Heads, examples: Sequence[Example]) -> dict[str, Tensor]:
    """Each term by its name. A term is a mean: of ``lm`` and ``ast`` over bytes, of the others over the examples that have
    its label.

    :raises ShapeError: if labels do not fit the text, or there is no example.
    """
    found: dict[str, Tensor] = {}
    features, last = read(model, examples)
    place = features.device
    if any(e.text for e in examples):
        targets = _padded([list(e.text) for e in examples], features.shape[1], -1, place)
        head = model.embedding.bytes[:256] if model.config.tied else model.head
        flat = functional.linear(features, head).flatten(0, 1).float()
        found["lm"] = functional.cross_entropy(flat, targets.flatten(), ignore_index=-1)
    anchored = [i for i, e in enumerate(examples) if e.answer is not None]
    if anchored:
        logits = anchors(model, heads, [examples[i] for i in anchored], last[anchored])
        each = [
            functional.cross_entropy(row, torch.tensor(examples[i].answer, device=place))
            for i, row in zip(anchored, logits, strict=True)
        ]
        found["anchor"] = torch.stack(each).mean()
    acting = [i for i, e in enumerate(examples) if e.action is not None]
    if acting:
        wanted = torch.tensor([examples[i].action for i in acting], device=place)
        found["action"] = functional.cross_entropy(heads.action_head(last[acting]).float(), wanted)
    if any(kind >= 0 for e in examples for kind in e.kinds or ()):
        kinds = _padded([[-1, *(e.kinds or ())] for e in examples], features.shape[1], -1, place)
        flat = heads.kind_head(features).flatten(0, 1).float()
        found["ast"] = functional.cross_entropy(flat, kinds.flatten(), ignore_index=-1)
    judged = [i for i, e in enumerate(examples) if e.right is not None]
    if judged:
        truth = torch.tensor([float(bool(examples[i].right)) for i in judged], device=place)
        said = heads.confidence_head(last[judged])[:, 0].float()
        found["conf"] = functional.binary_cross_entropy_with_logits(said, truth)
    sized = [i for i, e in enumerate(examples) if e.lines is not None]
    if sized:
        truth = torch.tensor([math.log1p(examples[i].lines or 0) for i in sized], device=place)
        found["min"] = functional.smooth_l1_loss(heads.lines_head(last[sized])[:, 0].float(), truth)
    return found


def read(model: ByteModel, examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """The model's features of all texts, (N, 1 + longest, width), and of each text's end, (N, width).

    Row 0 of a text has read nothing but START; shorter texts are padded behind their end, which no row before it sees.
    """
    for example in examples:
        _check(example)
    return _features(model, [e.text for e in examples])


def anchors(model: ByteModel, heads: Heads, examples: Sequence[Example], asked: Tensor) -> list[Tensor]:
    """For each example the logits of its passages; asked: (N, width), the features of the questions' ends."""
    _, ends = _features(model, [p for e in examples for p in e.passages])
    parts = torch.split(ends, [len(e.passages) for e in examples])
    return [heads.anchor(row[None], part).float() for row, part in zip(asked, parts, strict=True)]


def _features(model: ByteModel, texts: Sequence[bytes]) -> tuple[Tensor, Tensor]:
    if not texts:
        raise ShapeError("there is no example to learn from; give at least one")
    longest = 1 + max(map(len, texts))
    features = model.features(_padded([[START, *text] for text in texts], longest, 0, model.device))
    return features, features[torch.arange(len(texts)), torch.tensor([len(text) for text in texts])]


def _padded(rows: Sequence[Sequence[int]], length: int, fill: int, device: torch.device) -> Tensor:
    """(N, length) whole numbers."""
    made = torch.full((len(rows), length), fill, dtype=torch.long)
    for target, row in zip(made, rows, strict=True):
        target[: len(row)] = torch.tensor(row, dtype=torch.long)
    return made.to(device)


def _check(example: Example) -> None:
    if example.kinds is not None and len(example.kinds) != len(example.text):
        raise ShapeError(f"{len(example.kinds)} kinds for {len(example.text)} bytes; give one for each byte")
    if example.answer is not None and not 0 <= example.answer < len(example.passages):
        raise ShapeError(f"answer {example.answer} is none of {len(example.passages)} passages")
    if example.lines is not None and example.lines < 0:
        raise ShapeError(f"a fix of {example.lines} lines; give at least 0")
