"""What a byte model is made of: plain data that a checkpoint carries along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from rusta_hecate.errors import ConfigError

START = 256
"""The input that stands before the first byte of a document; it is never predicted."""
SYMBOLS = 257
"""How many different inputs there are: 256 bytes and START."""

MLPS = ("relu2", "swiglu")


@dataclass(frozen=True)
class ModelConfig:
    """Sizes and choices of one model; raises ConfigError when they do not go together.

    width: size of a token's vector. layers: blocks. heads: attention heads; width/heads must be even.
    window: a byte sees itself and the window−1 bytes before it, in every layer. hidden: inner size of the MLP.
    mlp: ``relu2`` (x ↦ relu(x)², two matrices) or ``swiglu`` (three). rotary: turn queries and keys by their
    position (no other position information is used). tied: the head shares the byte embedding's matrix.
    ngrams: lengths of the byte n-grams that have hashed embeddings of their own; buckets: rows of the table of each.
    memory: the rule of the memory branch or ``none``; memory_layers: the blocks that have one.
    chunk: tokens per chunk of the memory. frequencies: the memory's levels, each with the number of steps
    between two of its updates.
    """

    width: int = 256
    layers: int = 5
    heads: int = 4
    window: int = 128
    hidden: int = 1024
    mlp: str = "relu2"
    rotary: bool = True
    rotary_base: float = 10_000.0
    tied: bool = False
    ngrams: tuple[int, ...] = ()
    buckets: int = 0
    memory: str = "none"
    memory_layers: tuple[int, ...] = ()
    chunk: int = 64
    frequencies: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        for name in ("width", "layers", "heads", "window", "hidden", "chunk"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ConfigError(f"{name} is {value!r}; give a whole number of at least 1")
        if self.width % (2 * self.heads):
            raise ConfigError(
                f"width {self.width} does not divide into {self.heads} heads of an even size; "
                f"choose a multiple of {2 * self.heads}"
            )
        if self.mlp not in MLPS:
            raise ConfigError(f"mlp is {self.mlp!r}; choose one of {', '.join(MLPS)}")
        if self.ngrams and self.buckets < 1:
            raise ConfigError(f"ngrams {self.ngrams} need a table; buckets is {self.buckets}, give at least 1")
        if any(order < 2 for order in self.ngrams) or len(set(self.ngrams)) != len(self.ngrams):
            raise ConfigError(f"ngrams is {self.ngrams}; give different lengths of at least 2")
        outside = [layer for layer in self.memory_layers if not 0 <= layer < self.layers]
        if outside:
            raise ConfigError(f"memory_layers names {outside}; there are the layers 0 to {self.layers - 1}")
        if bool(self.memory_layers) != (self.memory != "none"):
            raise ConfigError(
                f"memory is {self.memory!r} and memory_layers is {self.memory_layers}; give both or neither"
            )
        if not self.frequencies or self.frequencies[0] != 1 or any(f < 1 for f in self.frequencies):
            raise ConfigError(f"frequencies is {self.frequencies}; the first must be 1 and none below 1")

    @property
    def head_size(self) -> int:
        """Numbers per attention head."""
        return self.width // self.heads

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a checkpoint's header."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ModelConfig:
        """Back from ``to_json``; ConfigError names a setting that this version does not know."""
        known = {field.name for field in fields(cls)}
        strangers = sorted(set(data) - known)
        if strangers:
            raise ConfigError(f"the configuration has {', '.join(strangers)}, which this version does not know")
        settings: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
        }
        return cls(**settings)


def nano(**changes: Any) -> ModelConfig:
    """Trained on a CPU in well under an hour; its int8 weights are below 6 MB."""
    settings: dict[str, Any] = {"layers": 4, "hidden": 768, "ngrams": (3, 4, 6), "buckets": 3840}
    return ModelConfig(**{**settings, **changes})


def tiny(**changes: Any) -> ModelConfig:
    """About 120 million parameters, for one graphics card."""
    settings: dict[str, Any] = {"width": 896, "layers": 12, "heads": 14, "window": 512, "hidden": 3584}
    return ModelConfig(**{**settings, "ngrams": (3, 4, 5, 6), "buckets": 8192, **changes})


def base(**changes: Any) -> ModelConfig:
    """About 400 million parameters, for one large graphics card."""
    settings: dict[str, Any] = {"width": 1408, "layers": 16, "heads": 22, "window": 1024, "hidden": 5632}
    return ModelConfig(**{**settings, "ngrams": (3, 4, 5, 6), "buckets": 16384, **changes})


SIZES = {"nano": nano, "tiny": tiny, "base": base}
"""The sizes by name."""
