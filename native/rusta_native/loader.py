"""Loading the native library by ctypes, with a check of its ABI version before any other call."""

from __future__ import annotations

import functools
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rusta_native.sources import is_stale

if TYPE_CHECKING:
    import ctypes

ABI_VERSION = 1
SWITCH = "RUSTA_NATIVE"
LIBRARY = "librusta_native.so"
LAUNCHER = "rusta-launch"
_BUILD = "build it with `python3 hatch_build.py` in a checkout, or reinstall with a Rust toolchain"


class NativeError(Exception):
    """The native part was insisted on (RUSTA_NATIVE=1) and cannot be used."""


@dataclass(frozen=True)
class NativeStatus:
    """What is there. reason: a sentence, also when available; features: of this CPU.

    stale: the library was built from other sources than those of the checkout it lies in. What it lacks of them is done
    without it.
    """

    available: bool
    path: Path | None
    abi: int | None
    reason: str
    features: tuple[str, ...]
    stale: bool = False


class NativeLibrary:
    """A loaded library whose ABI version fits. `handle` is for kernels' own wrappers."""

    def __init__(self, path: Path, handle: ctypes.CDLL) -> None:
        self.path = path
        self.handle = handle

    @property
    def abi(self) -> int:
        """The library's ABI version."""
        return int(self.handle.rusta_abi_version())

    @property
    def build_info(self) -> str:
        """Package version and build profile."""
        return bytes(self.handle.rusta_build_info()).decode("utf-8")

    @property
    def cpu_features(self) -> tuple[str, ...]:
        """CPU features that kernels choose their variants by."""
        import ctypes

        length = int(self.handle.rusta_cpu_features(None, 0))
        buffer = ctypes.create_string_buffer(max(length, 1))
        self.handle.rusta_cpu_features(buffer, length)
        return tuple(buffer.raw[:length].decode("ascii").split(",")) if length > 0 else ()

    def self_test(self) -> int:
        """0 when the library keeps its promises; a negative number names the one it broke."""
        return int(self.handle.rusta_self_test())


def folder() -> Path:
    """Where build products lie."""
    return Path(__file__).resolve().parent / "_bin"


def load() -> NativeLibrary | None:
    """The native library; None when it is switched off or not usable (warned of once).

    Raises NativeError when RUSTA_NATIVE=1 and it is not usable.
    """
    if _switched_off():
        return None
    library, reason = _open(folder() / LIBRARY)
    if library is None:
        if os.environ.get(SWITCH) == "1":
            raise NativeError(f"{SWITCH}=1, but {reason}")
        _warn_once(reason)
    return library


def status() -> NativeStatus:
    """What `load` would do and why; never warns or raises."""
    if _switched_off():
        return NativeStatus(False, None, None, f"switched off by {SWITCH}=0", ())
    path = folder() / LIBRARY
    library, reason = _open(path)
    if library is None:
        return NativeStatus(False, path if path.exists() else None, None, reason, ())
    return NativeStatus(True, path, library.abi, reason, library.cpu_features, is_stale(path.parent.parent))


def launcher_path() -> Path | None:
    """The sandbox launcher; None when it is switched off or was not built."""
    path = folder() / LAUNCHER
    if _switched_off() or not os.access(path, os.X_OK):
        return None
    return path


def _switched_off() -> bool:
    value = os.environ.get(SWITCH)
    if value not in (None, "", "0", "1"):
        raise NativeError(f"{SWITCH}={value!r} is neither 0 nor 1; unset it or choose one")
    return value == "0"


@functools.cache
def _open(path: Path) -> tuple[NativeLibrary | None, str]:
    import ctypes

    if not path.exists():
        return None, f"{path} is not there; {_BUILD}"
    try:
        handle = ctypes.CDLL(str(path))
        handle.rusta_abi_version.restype = ctypes.c_uint32
        found = int(handle.rusta_abi_version())
    except (OSError, AttributeError) as error:
        return None, f"{path} cannot be loaded ({error}); {_BUILD}"
    if found != ABI_VERSION:
        return None, f"{path} has ABI version {found}, {ABI_VERSION} is needed; {_BUILD}"
    handle.rusta_build_info.restype = ctypes.c_char_p
    handle.rusta_cpu_features.restype = ctypes.c_int64
    handle.rusta_cpu_features.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    handle.rusta_self_test.restype = ctypes.c_int32
    library = NativeLibrary(path, handle)
    code = library.self_test()
    if code != 0:
        return None, f"{path} failed its self test with {code}; {_BUILD}"
    return library, f"loaded {path} ({library.build_info})"


@functools.cache
def _warn_once(reason: str) -> None:
    warnings.warn(f"rusta runs without its native part: {reason}", RuntimeWarning, stacklevel=3)
