"""Cargo, rustc, clippy and rustfmt as tools of an episode, and the repair domain that uses them.

Every tool is a pure function of the base tree, the edits of the call and its other arguments. They share one
:class:`rusta_cargo.CargoWorkspace`, which a domain hands to its episode::

    with CargoWorkspace("path/to/crate", home) as workspace:
        context = ToolContext(workspace, timeout_s=60, cancel=Event(), key="…", attempt=1, home=home)
        report = cargo_check(CheckArgs(), context).data

What other plugins need is importable from here: the toolchain (:func:`find_toolchain`), the syntax tree of a Rust text
(:func:`parse`, :func:`walk`, :func:`text_of`, :func:`tokens`; nodes are tree-sitter's), the class and phase of a
compiler message (:func:`classify`), and the forms in which experience comes back: the kinds of candidates
(:func:`kind_of`), their counts (:class:`Priors`) and what a confidence is made of (:class:`Known`). The names are
loaded on first use: importing this package loads nothing else.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from rusta_cargo.repair.kinds import kind_of
    from rusta_cargo.repair.learnt import Priors, keys_of, learnt
    from rusta_cargo.repair.syntax import parse, text_of, tokens, walk
    from rusta_cargo.repair.trust import FEATURES, HEADS, Known, by_weights
    from rusta_cargo.taxonomy import PHASE_OK, classify
    from rusta_cargo.toolchain import Toolchain, find_toolchain
    from rusta_cargo.workspace import CargoWorkspace

_WHERE = {
    "FEATURES": "rusta_cargo.repair.trust",
    "HEADS": "rusta_cargo.repair.trust",
    "Known": "rusta_cargo.repair.trust",
    "Priors": "rusta_cargo.repair.learnt",
    "by_weights": "rusta_cargo.repair.trust",
    "keys_of": "rusta_cargo.repair.learnt",
    "learnt": "rusta_cargo.repair.learnt",
    "kind_of": "rusta_cargo.repair.kinds",
    "CargoWorkspace": "rusta_cargo.workspace",
    "Node": "tree_sitter",
    "PHASE_OK": "rusta_cargo.taxonomy",
    "Toolchain": "rusta_cargo.toolchain",
    "classify": "rusta_cargo.taxonomy",
    "find_toolchain": "rusta_cargo.toolchain",
    "parse": "rusta_cargo.repair.syntax",
    "text_of": "rusta_cargo.repair.syntax",
    "tokens": "rusta_cargo.repair.syntax",
    "walk": "rusta_cargo.repair.syntax",
}

__all__ = [
    "FEATURES",
    "HEADS",
    "PHASE_OK",
    "CargoWorkspace",
    "Known",
    "Node",
    "Priors",
    "Toolchain",
    "by_weights",
    "classify",
    "find_toolchain",
    "keys_of",
    "kind_of",
    "learnt",
    "parse",
    "text_of",
    "tokens",
    "walk",
]


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
