"""The documentation that came with the toolchain: an index of it, anchors into it, and explanations of errors.

Everything begins with a :class:`Library`, the documentation of one toolchain::

    with Library.of(toolchain, home) as library:
        library.lookup("E0502")                          # a passage with its anchor; reads the installed page
        library.build()                                  # the index, for searches; incremental
        library.search("two mutable borrows", limit=3)   # the nearest passages
        library.resolve("3f9a12bc")                      # what an anchor cites today
        for explanation in explain(diagnostics, read, library):
            print(as_text(explanation))

Keys are listed in :mod:`rusta_docs.keys`, what an anchor cites is defined in :mod:`rusta_docs.pages`.
Importing this package loads nothing else; each name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rusta_conductor.lazy import lazy_names

if TYPE_CHECKING:
    from rusta_docs.errors import DocsError, DocsMissing, UnknownAnchor
    from rusta_docs.explaining.explain import explain
    from rusta_docs.explaining.model import Candidate, Explanation, Quotation
    from rusta_docs.explaining.rules import keys_for
    from rusta_docs.explaining.text import as_lines, as_text
    from rusta_docs.library import Library
    from rusta_docs.models import Hit, Passage, Resolution
    from rusta_docs.shelf import Shelf

_HOMES = {
    "Candidate": "explaining.model",
    "DocsError": "errors",
    "DocsMissing": "errors",
    "Explanation": "explaining.model",
    "Hit": "models",
    "Library": "library",
    "Passage": "models",
    "Quotation": "explaining.model",
    "Resolution": "models",
    "Shelf": "shelf",
    "UnknownAnchor": "errors",
    "as_lines": "explaining.text",
    "as_text": "explaining.text",
    "explain": "explaining.explain",
    "keys_for": "explaining.rules",
}

__all__ = [
    "Candidate",
    "DocsError",
    "DocsMissing",
    "Explanation",
    "Hit",
    "Library",
    "Passage",
    "Quotation",
    "Resolution",
    "Shelf",
    "UnknownAnchor",
    "as_lines",
    "as_text",
    "explain",
    "keys_for",
]

__getattr__ = lazy_names(__name__, _HOMES)
