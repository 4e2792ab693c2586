"""The burst engine against numpy, scipy, numba, Brian2 and NEST, on the same networks, in the same run.

Peers that the product does not need live in a virtual environment of their own, ``build/bench/burst/venv``. Every script
in ``peers/`` runs there; it measures a peer and, where that can share a process, ours beside it, round by round.
"""

from __future__ import annotations

import rusta_bench.burst.sections as sections
from rusta_bench.burst.place import prepare
from rusta_bench.table import Row


def run(*, quick: bool = False) -> list[Row]:
    """All comparisons of this benchmark; ``quick`` has networks a tenth as large and fewer rounds."""
    place = prepare()
    return [row for section in sections.ALL for row in section(place, quick)]
