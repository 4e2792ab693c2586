"""What can go wrong on a machine while a model is trained, told as a tool's refusal: memory, disk, and our own errors."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from rusta_conductor.errors import ToolError
from rusta_datasets import DatasetError
from rusta_hecate.errors import HecateError

_NO_MEMORY = "not enough memory; lower --rows or --length, or train a smaller size"
_CARD_FULL = (
    "not enough memory on the graphics card; lower --rows or --length, train a smaller size, or take --device cpu"
)
# PyTorch tells a failed allocation as a RuntimeError with one of these in it.
_ALLOCATORS = ("can't allocate memory", "out of memory", "not enough memory")

# What PyTorch raises for a card alone; by its name, so that nothing here imports PyTorch.
_ON_CARD = "OutOfMemoryError"


@contextmanager
def mendable() -> Iterator[None]:
    """Turn what a user can mend into a ToolError that says how; anything else is a fault of ours and passes."""
    try:
        yield
    except (DatasetError, HecateError) as wrong:
        raise ToolError(str(wrong)) from None
    except MemoryError:
        raise ToolError(_NO_MEMORY) from None
    except RuntimeError as wrong:
        if any(words in str(wrong).lower() for words in _ALLOCATORS):
            raise ToolError(_CARD_FULL if type(wrong).__name__ == _ON_CARD else _NO_MEMORY) from None
        raise
    except OSError as wrong:
        what = f"{wrong.filename or 'the run'}: {wrong.strerror or wrong}"
        if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ToolError(f"{what}; make room, then go on from the last checkpoint") from None
        raise ToolError(what) from None
