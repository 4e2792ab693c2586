"""The burst engine against numpy, scipy, numba, Brian2 and NEST, on the same networks, in the same run.

Peers that the product does not need live in a virtual environment of their own, ``build/bench/burst/venv``. Every script
in ``peers/`` runs there; it measures a peer and, where that can share a process, ours beside it, round by round.
"""

from __future__ import annotations

from rusta_bench.burst.sections import SECTIONS


def fit(quick: bool) -> str:
    """See `rusta_bench.burst.fitting`, which needs the engine."""
    from rusta_bench.burst import fitting

    return fitting.fit(quick)


__all__ = ["SECTIONS", "fit"]
