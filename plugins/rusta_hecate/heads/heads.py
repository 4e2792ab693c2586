"""Small linear heads that read the byte model's features."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rusta_hecate.errors import ConfigError


class Heads(nn.Module):
    """width: of the features. actions: tools to choose from. kinds: of syntax nodes.

    The features of one text are (T, width); a text is summed up by those of its last byte.
    """

    def __init__(self, width: int, actions: int, kinds: int, seed: int = 0) -> None:
        super().__init__()
        if min(width, actions, kinds) < 1:
            raise ConfigError(f"heads need a width, actions and kinds of at least 1, not {width}, {actions}, {kinds}")
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.action_head = nn.Linear(width, actions)
        self.kind_head = nn.Linear(width, kinds)
        self.confidence_head = nn.Linear(width, 1)
        self.lines_head = nn.Linear(width, 1)
        generator = torch.Generator().manual_seed(seed)
        for parameter in self.parameters():
            if parameter.ndim == 2:
                nn.init.normal_(parameter, std=width**-0.5, generator=generator)
            else:
                nn.init.zeros_(parameter)

    def anchor(self, question: Tensor, passages: Tensor) -> Tensor:
        """(T, width) and (passages, width) → (passages,) logits: which passage is to be cited."""
        scale: float = question.shape[-1] ** -0.5
        out: Tensor = self.key(passages) @ self.query(question[-1]) * scale
        return out

    def action(self, features: Tensor) -> Tensor:
        """(T, width) → (actions,) logits: which tool comes next."""
        out: Tensor = self.action_head(features[-1])
        return out

    def kinds(self, features: Tensor) -> Tensor:
        """(T, width) → (T, kinds) logits: of which kind the syntax node at each byte is."""
        out: Tensor = self.kind_head(features)
        return out

    def confidence(self, features: Tensor) -> Tensor:
        """(T, width) → the logit that the text is right."""
        out: Tensor = self.confidence_head(features[-1]).squeeze(-1)
        return out

    def lines(self, features: Tensor) -> Tensor:
        """(T, width) → the logarithm of 1 + the lines that the smallest fix touches."""
        out: Tensor = self.lines_head(features[-1]).squeeze(-1)
        return out
