"""Finds and loads the native part of rusta; everything works, slower or with less, without it.

    library = load()                # None when it is not there (with a warning, once)
    print(status().reason)

`RUSTA_NATIVE=1` insists (`NativeError` when it is missing), `RUSTA_NATIVE=0` leaves it alone.
"""

from __future__ import annotations

from rusta_native.loader import (
    ABI_VERSION,
    NativeError,
    NativeLibrary,
    NativeStatus,
    launcher_path,
    load,
    status,
)

__all__ = [
    "ABI_VERSION",
    "NativeError",
    "NativeLibrary",
    "NativeStatus",
    "launcher_path",
    "load",
    "status",
]
