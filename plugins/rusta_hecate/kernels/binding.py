"""The native library's byte-model part: found once, checked, called with pointers."""

from __future__ import annotations

import ctypes
import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager

from rusta_hecate.errors import HecateError
from rusta_native.loader import load

THREADS = "RUSTA_HECATE_THREADS"
"""Environment variable: threads per kernel call (1 to 16; default 1)."""


class KernelError(HecateError):
    """A native kernel refused its arguments or failed."""


class Kernels:
    """Calls of the library by name: pointers and sizes as plain integers."""

    def __init__(self, handle: ctypes.CDLL) -> None:
        self._handle = handle

    def call(self, name: str, *arguments: int | float) -> int:
        """Run one kernel. Integers are passed as 64-bit words, floats as f32; KernelError on a negative result."""
        function = _typed(self._handle, name, tuple(type(a) for a in arguments))
        code = int(function(*arguments))
        if code < 0:
            raise KernelError(f"{name} refused its arguments (code {code}): {arguments}; this is a fault of the caller")
        return code


@functools.cache
def _typed(handle: ctypes.CDLL, name: str, kinds: tuple[type, ...]) -> ctypes._NamedFuncPointer:
    function = handle[name]
    function.restype = ctypes.c_int64
    function.argtypes = [ctypes.c_float if kind is float else ctypes.c_size_t for kind in kinds]
    return function


@functools.cache
def _kernels() -> Kernels | None:
    loaded = load()
    if loaded is None or not hasattr(loaded.handle, "rusta_hecate_limit_lanes"):
        return None
    return Kernels(loaded.handle)


def library() -> Kernels | None:
    """The kernels; None when the native part is switched off or missing."""
    return _kernels()


def threads() -> int:
    """Threads that a kernel may use, from RUSTA_HECATE_THREADS."""
    text = os.environ.get(THREADS, "1")
    if not text.isdecimal() or not 1 <= int(text) <= 16:
        raise KernelError(f"{THREADS}={text!r} is not a number from 1 to 16; set one of these")
    return int(text)


@contextmanager
def lanes(limit: int) -> Iterator[int]:
    """Run with registers of at most ``limit`` numbers (16, 8 or 1); yields what is really used. For tests."""
    kernels = library()
    if kernels is None:
        raise KernelError("the native part is missing; there are no registers to limit")
    used = kernels.call("rusta_hecate_limit_lanes", limit)
    try:
        yield used
    finally:
        kernels.call("rusta_hecate_limit_lanes", 0)
