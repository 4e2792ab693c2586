"""Arguments and results of the documentation tools."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rusta_docs.explaining.model import Candidate, Explanation
from rusta_docs.keys import KEY
from rusta_docs.models import Hit, Passage, Resolution
from rusta_schemas.anchor import Anchor
from rusta_schemas.base import Closed
from rusta_schemas.diagnostic import Diagnostic

Key = Annotated[str, Field(pattern=KEY)]


class SearchArgs(Closed):
    """``collections``: only these; empty searches all."""

    query: str = Field(min_length=1, max_length=400)
    limit: int = Field(default=5, ge=1, le=20)
    collections: tuple[str, ...] = ()


class SearchReport(Closed):
    """The nearest passages. ``note`` says why there are none where the index is not there."""

    hits: tuple[Hit, ...] = ()
    note: str = ""


class KeysArgs(Closed):
    """Keys as :mod:`rusta_docs.keys` lists them."""

    keys: tuple[Key, ...] = Field(min_length=1, max_length=64)


class KeysReport(Closed):
    """The passages that were found, each with its ``key``; ``missing`` are keys without one."""

    passages: tuple[Passage, ...] = ()
    missing: tuple[str, ...] = ()


class PassageArgs(Closed):
    """An anchor, or the beginning of its identity."""

    anchor: str = Field(pattern=r"^[0-9a-f]{4,64}$")


class PassageReport(Closed):
    """What the anchor cites today; None and the reason when no such anchor is known."""

    resolution: Resolution | None = None
    note: str = ""


class ExplainArgs(Closed):
    """Diagnostics of the tree as it is. ``package`` names it in citations; ``candidates`` are further repairs.

    ``candidates[n]`` belong to ``diagnostics[n]``; the list may be shorter.
    """

    diagnostics: tuple[Diagnostic, ...] = Field(min_length=1, max_length=500)
    package: str = Field(default="crate", min_length=1, max_length=200)
    candidates: tuple[tuple[Candidate, ...], ...] = ()


class ExplainReport(Closed):
    """One explanation a diagnostic, in their order; ``anchors`` are all that they cite."""

    explanations: tuple[Explanation, ...]
    anchors: tuple[Anchor, ...]
