"""How often the heads are right on examples that were held out: the figures that a stage's gates look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from rusta_hecate.heads.heads import Heads
from rusta_hecate.heads.labels import Example
from rusta_hecate.heads.losses import anchors, read
from rusta_hecate.model.byte_model import ByteModel

_AT_ONCE = 16


@torch.no_grad()
def shares(model: ByteModel, heads: Heads, examples: Sequence[Example]) -> dict[str, float]:
    """By term, the share of right answers: of questions, actions, labelled bytes, judged texts; ``min`` within one line.

    Terms that no example has a label for are left out.
    """
    right: dict[str, int] = {}
    asked: dict[str, int] = {}
    for first in range(0, len(examples), _AT_ONCE):
        for name, good, count in _answers(model, heads, examples[first : first + _AT_ONCE]):
            right[name] = right.get(name, 0) + good
            asked[name] = asked.get(name, 0) + count
    return {name: right[name] / count for name, count in asked.items() if count}


def _answers(model: ByteModel, heads: Heads, batch: Sequence[Example]) -> Iterator[tuple[str, int, int]]:
    features, last = read(model, batch)
    questions = [i for i, e in enumerate(batch) if e.answer is not None]
    if questions:
        logits = anchors(model, heads, [batch[i] for i in questions], last[questions])
        good = sum(int(row.argmax()) == batch[i].answer for i, row in zip(questions, logits, strict=True))
        yield "anchor", good, len(questions)
    for row, end, example in zip(features, last, batch, strict=True):
        one = end[None]
        if example.action is not None:
            yield "action", int(int(heads.action(one).argmax()) == example.action), 1
        if example.kinds is not None:
            wanted = torch.tensor(example.kinds, device=row.device)
            said = heads.kinds(row[1 : 1 + len(wanted)]).argmax(-1)
            yield "ast", int(((said == wanted) & (wanted >= 0)).sum()), int((wanted >= 0).sum())
        if example.right is not None:
            yield "conf", int(bool(heads.confidence(one) > 0) == example.right), 1
        if example.lines is not None:
            yield "min", int(abs(float(heads.lines(one).exp()) - 1 - example.lines) <= 1), 1
