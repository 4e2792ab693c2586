"""References to objects that live in a test, so that specs can name them as they name installed ones."""

from __future__ import annotations

import sys
from itertools import count

_numbers = count(1)


def reference(value: object) -> str:
    """A ``"module:attribute"`` reference that resolves to ``value`` in this process.

    Tools and domains are declared by reference; a test often has a local function or class instead.
    """
    name = f"object_{next(_numbers)}"
    setattr(sys.modules[__name__], name, value)
    return f"{__name__}:{name}"
