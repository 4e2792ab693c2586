"""The model in NumPy, with int8 weights: bytes in, logits of the next byte out, step by step.

The state holds the keys and values of one attention window and the last few inputs: its size does not grow with the
text. States are values: reading returns a new one, so any number of continuations can start from the same state.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_hecate.container import Arrays, load
from rusta_hecate.errors import FileDamaged
from rusta_hecate.inference.quantise import KIND
from rusta_hecate.kernels.int8 import product
from rusta_hecate.model.config import START, ModelConfig
from rusta_hecate.model.ngrams import rows

Floats = NDArray[np.float32]
Symbols = NDArray[np.int64]
_EPSILON = np.float32(1e-6)
_CHUNK = 128


@dataclass(frozen=True)
class State:
    """What a network remembers of one text, or of a batch of texts of one length.

    keys, values: for each layer (batch, heads, places, size), at most window − 1 places, keys already turned.
    recent: (batch, n) the last inputs, as input + 1, 0 before the beginning. place: how many inputs were read.
    """

    keys: tuple[Floats, ...]
    values: tuple[Floats, ...]
    recent: Symbols
    place: int

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return sum(int(k.nbytes + v.nbytes) for k, v in zip(self.keys, self.values, strict=True)) + self.recent.nbytes


class Network:
    """A model loaded for reading.

    :raises FileDamaged: if arrays are missing or have other shapes than the configuration asks for.
    """

    def __init__(self, config: ModelConfig, arrays: Arrays, header: dict[str, Any] | None = None) -> None:
        if config.memory != "none":
            raise FileDamaged("this file has a memory branch, which the int8 reader does not know; export one without")
        self.config = config
        self.header = header or {}
        self.arrays = arrays
        width = config.width
        self._check("embedding.bytes", (START + 1, width))
        if config.ngrams:
            self._check("embedding.ngrams", (len(config.ngrams) * config.buckets, width))
        up_rows = 2 * config.hidden if config.mlp == "swiglu" else config.hidden
        for layer in range(config.layers):
            for name, shape in (
                ("attention.qkv", (3 * width, width)),
                ("attention.out", (width, width)),
                ("mlp.up", (up_rows, width)),
                ("mlp.down", (width, config.hidden)),
            ):
                self._check(f"blocks.{layer}.{name}", shape)
            for norm in ("norm1", "norm2"):
                self._check(f"blocks.{layer}.{norm}.weight", (width,))
        self._check("norm.weight", (width,))
        if not config.tied:
            self._check("head", (256, width))

    @classmethod
    def load(cls, path: Path) -> Network:
        """The network of an int8 file."""
        header, arrays = load(path)
        if header.get("kind") != KIND:
            raise FileDamaged(f"{path}: holds {header.get('kind')!r}, not an int8 model; make one with `rusta train`")
        try:
            config = ModelConfig.from_json(header["config"])
        except (KeyError, TypeError, AttributeError) as wrong:
            raise FileDamaged(f"{path}: its header is not as it has to be ({wrong!r})") from None
        return cls(config, arrays, header)

    def start(self, batch: int = 1) -> State:
        """The state before any input."""
        config = self.config
        empty = np.zeros((batch, config.heads, 0, config.head_size), np.float32)
        back = max((*config.ngrams, 1)) - 1
        return State((empty,) * config.layers, (empty,) * config.layers, np.zeros((batch, back), np.int64), 0)

    def read(self, state: State, symbols: Symbols) -> tuple[State, Floats]:
        """Read (batch, n) inputs: the state after them, and (batch, n, 256) logits of what follows each.

        A state of one text is shared by all rows of a larger batch.
        """
        if state.recent.shape[0] != symbols.shape[0]:
            state = _repeated(state, symbols.shape[0])
        parts = []
        for first in range(0, symbols.shape[1], _CHUNK):
            state, logits = self._read_chunk(state, symbols[:, first : first + _CHUNK])
            parts.append(logits)
        if not parts:
            return state, np.zeros((symbols.shape[0], 0, 256), np.float32)
        return state, parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def _read_chunk(self, state: State, symbols: Symbols) -> tuple[State, Floats]:
        config = self.config
        batch, length = symbols.shape
        history = np.concatenate((state.recent, symbols + 1), axis=1)
        x = self._rows("embedding.bytes", symbols)
        for i, order in enumerate(config.ngrams):
            last = history.shape[1]
            shifted = [history[:, last - length - back : last - back] for back in range(order)]
            x = x + self._rows("embedding.ngrams", rows(shifted, order, config.buckets) + i * config.buckets)
        x = _normed(x)
        keys, values = [], []
        for layer in range(config.layers):
            name = f"blocks.{layer}."
            mixed, k, v = self._attend(
                _normed(x) * self.arrays[f"{name}norm1.weight"],
                name,
                state.keys[layer],
                state.values[layer],
                state.place,
            )
            keys.append(k)
            values.append(v)
            x = x + self._times(f"{name}attention.out", mixed)
            inner = self._times(f"{name}mlp.up", _normed(x) * self.arrays[f"{name}norm2.weight"])
            x = x + self._times(f"{name}mlp.down", _activated(inner, config.mlp))
        out = _normed(x) * self.arrays["norm.weight"]
        logits = self._times("embedding.bytes", out)[..., :256] if config.tied else self._times("head", out)
        back = state.recent.shape[1]
        recent = history[:, history.shape[1] - back :]
        return State(tuple(keys), tuple(values), recent, state.place + length), logits.reshape(batch, length, 256)

    def _attend(self, x: Floats, name: str, keys: Floats, values: Floats, place: int) -> tuple[Floats, Floats, Floats]:
        config = self.config
        batch, length, width = x.shape
        qkv = self._times(f"{name}attention.qkv", x).reshape(batch, length, 3, config.heads, config.head_size)
        q, k, v = (qkv[:, :, i].transpose(0, 2, 1, 3) for i in range(3))  # (batch, heads, length, size)
        if config.rotary:
            cos, sin = _angles(place, length, config.head_size, config.rotary_base)
            q, k = _turned(q, cos, sin), _turned(k, cos, sin)
        keys = np.concatenate((keys, k), axis=2)
        values = np.concatenate((values, v), axis=2)
        scores = (q @ keys.transpose(0, 1, 3, 2)) * np.float32(config.head_size**-0.5)
        past = keys.shape[2] - length
        if length > 1 or keys.shape[2] > config.window:
            distance = np.arange(past, past + length)[:, None] - np.arange(keys.shape[2])[None]
            scores = np.where((distance >= 0) & (distance < config.window), scores, np.float32(-np.inf))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = (weights @ values).transpose(0, 2, 1, 3).reshape(batch, length, width)
        first = max(0, keys.shape[2] - (config.window - 1))
        return mixed, np.ascontiguousarray(keys[:, :, first:]), np.ascontiguousarray(values[:, :, first:])

    def _times(self, name: str, x: Floats) -> Floats:
        flat = np.ascontiguousarray(x.reshape(-1, x.shape[-1]), np.float32)
        out = product(self.arrays[name], self.arrays[f"{name}.factors"], flat)
        return out.reshape(*x.shape[:-1], out.shape[-1])

    def _rows(self, name: str, which: Symbols) -> Floats:
        out: Floats = self.arrays[name][which].astype(np.float32) * self.arrays[f"{name}.factors"][which][..., None]
        return out

    def _check(self, name: str, shape: tuple[int, ...]) -> None:
        found = self.arrays.get(name)
        if found is None or found.shape != shape:
            what = "is missing" if found is None else f"has the shape {found.shape}"
            raise FileDamaged(f"the array {name} {what}; the configuration asks for {shape}")
        if len(shape) == 2 and (
            found.dtype != np.int8 or getattr(self.arrays.get(f"{name}.factors"), "shape", None) != shape[:1]
        ):
            raise FileDamaged(f"the array {name} is not int8 with one factor a row; export the model again")


def symbols_of(text: bytes, begins: bool = True) -> Symbols:
    """Bytes as (1, n) inputs; with START before them if the text begins a document."""
    plain = np.frombuffer(text, np.uint8).astype(np.int64)
    return (np.concatenate(([START], plain)) if begins else plain)[None]


def log_softmax(logits: Floats) -> Floats:
    """Logarithms (nats) of the probabilities along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    out: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return out


def _activated(inner: Floats, kind: str) -> Floats:
    if kind == "relu2":
        return np.square(np.maximum(inner, 0))
    gate, value = np.split(inner, 2, axis=-1)
    out: Floats = gate / (1 + np.exp(-gate)) * value
    return out


def _normed(x: Floats) -> Floats:
    out: Floats = x / np.sqrt(np.square(x).mean(axis=-1, keepdims=True, dtype=np.float32) + _EPSILON)
    return out


@functools.lru_cache(maxsize=512)
def _angles(place: int, length: int, size: int, base: float) -> tuple[Floats, Floats]:
    rates = base ** (-np.arange(0, size, 2, dtype=np.float64) / size)
    angles = np.arange(place, place + length, dtype=np.float64)[:, None] * rates[None]
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def _turned(x: Floats, cos: Floats, sin: Floats) -> Floats:
    half = x.shape[-1] // 2
    first, second = x[..., :half], x[..., half:]
    return np.concatenate((first * cos - second * sin, first * sin + second * cos), axis=-1)


def _repeated(state: State, batch: int) -> State:
    if state.recent.shape[0] != 1:
        raise ValueError(f"a state of {state.recent.shape[0]} texts cannot be shared by {batch}")
    return State(
        tuple(np.broadcast_to(k, (batch, *k.shape[1:])) for k in state.keys),
        tuple(np.broadcast_to(v, (batch, *v.shape[1:])) for v in state.values),
        np.broadcast_to(state.recent, (batch, state.recent.shape[1])),
        state.place,
    )
