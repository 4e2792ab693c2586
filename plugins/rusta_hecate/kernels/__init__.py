"""Kernels: the native ones behind ctypes, and NumPy twins that say the same more slowly.

``library()`` is None where the native part is missing; every caller then takes the twin or PyTorch.
"""

from __future__ import annotations

from rusta_hecate.kernels.binding import KernelError, lanes, library, threads

__all__ = ["KernelError", "lanes", "library", "threads"]
