"""One text read or written byte by byte: the native decoder, or the NumPy network where it is missing."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_hecate.inference.network import Network, Symbols
from rusta_hecate.kernels.binding import library
from rusta_native.loader import load

Floats = NDArray[np.float32]
_MOST_ORDERS = 16
_size, _pointer = ctypes.c_size_t, ctypes.c_void_p


class _Table(ctypes.Structure):
    _fields_ = (("weights", _pointer), ("factors", _pointer))


class _Block(ctypes.Structure):
    _fields_ = (
        ("norm1", _pointer), ("norm2", _pointer), ("qkv", _Table), ("out", _Table), ("up", _Table), ("down", _Table),
    )  # fmt: skip


class _Model(ctypes.Structure):
    _fields_ = (
        *((name, _size) for name in (
            "width", "layers", "heads", "window", "hidden", "swiglu", "rotary", "tied", "buckets", "orders",
        )),
        ("order", _size * _MOST_ORDERS), ("bytes", _Table), ("ngrams", _Table), ("norm", _pointer), ("head", _Table),
        ("blocks", _pointer), ("rates", _pointer),
    )  # fmt: skip


class _State(ctypes.Structure):
    _fields_ = (
        ("place", ctypes.c_uint64),
        ("recent", ctypes.c_uint64 * _MOST_ORDERS),
        ("keys", _pointer),
        ("values", _pointer),
    )


class Decoder:
    """Reads one text. Its memory does not grow; :meth:`read` changes its state in place."""

    def __init__(self, network: Network, native: bool | None = None) -> None:
        self._network = network
        self._call: Any = None
        loaded = load() if native is not False and library() is not None else None
        fits = max((*network.config.ngrams, 1)) <= _MOST_ORDERS
        if loaded is None or not hasattr(loaded.handle, "rusta_hecate_decode") or not fits:
            self._state = network.start()
            return
        self._call = loaded.handle.rusta_hecate_decode
        self._call.restype = ctypes.c_int64
        self._call.argtypes = [_pointer, _pointer, _pointer, _size, _pointer]
        self._held: list[Any] = []
        self._model = self._built()
        config = network.config
        self._ring = np.zeros((2, config.layers, config.window, config.width), np.float32)
        self._native_state = _State(
            0, (ctypes.c_uint64 * _MOST_ORDERS)(), self._ring[0].ctypes.data, self._ring[1].ctypes.data
        )

    @property
    def native(self) -> bool:
        """Whether the native decoder is used."""
        return self._call is not None

    def read(self, symbols: Symbols) -> Floats:
        """Read (n,) inputs 0 … 256: (n, 256) logits of what follows each."""
        if self._call is None:
            self._state, logits = self._network.read(self._state, symbols[None])
            row: Floats = logits[0]
            return row
        inputs = np.ascontiguousarray(symbols, np.uint16)
        out: Floats = np.empty((len(inputs), 256), np.float32)
        code = self._call(
            ctypes.byref(self._model),
            ctypes.byref(self._native_state),
            inputs.ctypes.data,
            len(inputs),
            out.ctypes.data,
        )
        if code < 0:
            raise ValueError(f"inputs must be 0 to 256 (code {code}): {symbols}")
        return out

    def _built(self) -> _Model:
        config, arrays = self._network.config, self._network.arrays
        size = config.head_size

        def hold(array: NDArray[Any]) -> int:
            kept = np.ascontiguousarray(array)
            self._held.append(kept)
            return int(kept.ctypes.data)

        def table(name: str) -> _Table:
            if name not in arrays:
                return _Table(None, None)
            return _Table(hold(arrays[name]), hold(arrays[f"{name}.factors"]))

        blocks = (_Block * config.layers)(
            *(
                _Block(
                    hold(arrays[f"blocks.{i}.norm1.weight"]),
                    hold(arrays[f"blocks.{i}.norm2.weight"]),
                    table(f"blocks.{i}.attention.qkv"),
                    table(f"blocks.{i}.attention.out"),
                    table(f"blocks.{i}.mlp.up"),
                    table(f"blocks.{i}.mlp.down"),
                )
                for i in range(config.layers)
            )
        )
        self._held.append(blocks)
        rates = config.rotary_base ** (-np.arange(0, size, 2, dtype=np.float64) / size)
        return _Model(
            config.width, config.layers, config.heads, config.window, config.hidden, config.mlp == "swiglu",
            config.rotary, config.tied, config.buckets, len(config.ngrams),
            (_size * _MOST_ORDERS)(*config.ngrams), table("embedding.bytes"), table("embedding.ngrams"),
            hold(arrays["norm.weight"]), table("head"), ctypes.addressof(blocks), hold(rates),
        )  # fmt: skip
