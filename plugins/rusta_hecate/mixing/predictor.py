"""The predictor as a Python object: the native one, or its slower twin."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_hecate.errors import ConfigError, HecateError, ShapeError
from rusta_hecate.kernels.binding import library
from rusta_hecate.mixing.twin import Twin
from rusta_native.loader import load

Floats = NDArray[np.float32]
LEAST, MOST = 10, 26
DEFAULT = 18


class Predictor:
    """Reads bytes and says what each cost. ``bits``: it has 2^bits slots of 32 bytes each for its counters.

    :raises ConfigError: if ``bits`` is not 10 to 26.
    :raises HecateError: if there is not enough memory.
    """

    def __init__(self, bits: int = DEFAULT, native: bool | None = None) -> None:
        if not LEAST <= bits <= MOST:
            raise ConfigError(f"a predictor of 2^{bits} slots is out of range; choose bits from {LEAST} to {MOST}")
        kernels = library() if native is not False else None
        self._handle: int | None = None
        self._twin: Twin | None = None
        loaded = load() if kernels is not None else None
        if loaded is None or not hasattr(loaded.handle, "rusta_hecate_mixing_new"):
            self._twin = Twin(bits)
            return
        make: Any = loaded.handle.rusta_hecate_mixing_new
        make.restype, make.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
        handle = make(bits)
        if not handle:
            raise HecateError(f"not enough memory for 2^{bits} slots ({32 << bits >> 20} MiB); lower bits")
        self._handle = handle
        free: Any = loaded.handle.rusta_hecate_mixing_free
        free.restype, free.argtypes = ctypes.c_int64, [ctypes.c_void_p]
        weakref.finalize(self, free, handle)
        self._read: Any = loaded.handle.rusta_hecate_mixing_read
        self._read.restype = ctypes.c_int64
        self._read.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_size_t] + [ctypes.c_void_p] * 2 + [ctypes.c_size_t]

    @property
    def native(self) -> bool:
        """Whether the native predictor is used."""
        return self._handle is not None

    def read(self, text: bytes, network: Floats | None = None, keep: bool = True) -> Floats:
        """What each byte of ``text`` cost, in nats, (n,). ``network``: its probabilities (n, 256) of each byte.

        With ``keep`` false everything that was learned from this text is taken back.
        """
        count = len(text)
        if network is not None and network.shape != (count, 256):
            raise ShapeError(f"{count} bytes need probabilities of the shape {(count, 256)}, not {network.shape}")
        rows = None if network is None else np.ascontiguousarray(network, np.float32)
        if self._twin is not None:
            return self._twin.read(text, rows, keep)
        costs: Floats = np.zeros(count, np.float32)
        raw = np.frombuffer(text, np.uint8)
        code = self._read(
            self._handle, raw.ctypes.data, count, None if rows is None else rows.ctypes.data, costs.ctypes.data, keep
        )
        if code < 0:
            raise HecateError(f"the native predictor failed with code {code}; set RUSTA_NATIVE=0 and report this")
        return costs
