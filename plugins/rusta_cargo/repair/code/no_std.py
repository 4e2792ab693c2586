"""Crates that do without std, and where what they need is instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rusta_cargo.repair.code.units import library_of, outside_library
from rusta_cargo.repair.proposer import Situation, SourceUnavailable

# The modules and macros of alloc; some are in both, and the name decides. What only std has is nowhere else.
_ALLOC = {"string", "vec", "boxed", "rc", "collections", "format"}
_OWNED = {"borrow": ("Cow", "ToOwned"), "sync": ("Arc", "Weak"), "task": ("Wake",), "fmt": ("format",)}
_NOWHERE = {"io", "fs", "env", "process", "thread", "net", "path", "os", "println", "eprintln", "print"}
_ONLY_STD = {"HashMap", "HashSet", "Mutex", "RwLock", "Condvar", "OnceLock", "LazyLock", "hash_map", "hash_set", "mpsc"}


def root_of(situation: Situation, path: str) -> str | None:
    """The root of the library that a file belongs to; None outside libraries."""
    package = situation.project.package_of(path)
    library = None if package is None else library_of(package)
    return None if package is None or library is None or outside_library(package, path) else library.path


def without_std(situation: Situation, root: str) -> bool:
    """The crate's root says that it does without std, always or on a condition."""
    try:
        return re.search(rb"#!\[[^\]]*\bno_std\b", situation.source(root)) is not None
    except SourceUnavailable:
        return False


def instead(modules: Sequence[str], names: Iterable[str]) -> str | None:
    """``core`` or ``alloc`` for a path below ``std``; None for what only std has."""
    named = list(names)
    module = modules[0] if modules else ""
    if module in _NOWHERE or any(name in _ONLY_STD for name in (*modules, *named)):
        return None
    owned = module in _ALLOC or any(name in _OWNED.get(module, ()) for name in named)
    return "alloc" if owned else "core"
