"""Repair: the domain that mends projects, and the protocol by which others help it.

A plugin that wants to propose repairs declares a ``ProposerSpec`` for the domain ``repair`` whose handler is a function
from a :class:`Situation` to candidates; :mod:`rusta_cargo.repair.proposer` tells the rules with an example. Everything
it needs is importable from here::

    from rusta_cargo.repair import Candidate, Replacement, Situation, SourceUnavailable

``STUB`` is the risk note of candidates that compile and then panic, ``GUESS`` of those that decide what the program does
where nothing tells it; ``Package``, ``Project`` and ``Target`` describe
what ``situation.project`` holds; ``TestFailure`` is an element of ``situation.tests``.

The names are loaded on first use: declaring a plugin must stay cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rusta_cargo.repair.project import Package, Project, Target
    from rusta_cargo.repair.proposer import (
        GUESS,
        STUB,
        Candidate,
        Proposer,
        Replacement,
        Situation,
        SourceUnavailable,
        TestFailure,
    )

_PROPOSER = (
    "GUESS", "STUB", "Candidate", "Proposer", "Replacement", "Situation", "SourceUnavailable", "TestFailure",
)  # fmt: skip
_WHERE = {
    **dict.fromkeys(_PROPOSER, "proposer"),
    **dict.fromkeys(("Package", "Project", "Target"), "project"),
}

__all__ = [
    "GUESS",
    "STUB",
    "Candidate",
    "Package",
    "Project",
    "Proposer",
    "Replacement",
    "Situation",
    "SourceUnavailable",
    "Target",
    "TestFailure",
]


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
