"""Arguments and results of the documentation tools."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rusta_docs.explaining.model import Candidate, Explanation
from rusta_docs.keys import KEY
from rusta_docs.models import Hit, Passage, Resolution
from rusta_schemas.anchor import Anchor
from rusta_schemas.base import Closed
from rusta_schemas.diagnostic import Category, Diagnostic

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


class Matter(Closed):
    """What a message is about: the compiler's code, the class of the error, and the message itself."""

    code: str | None = None
    category: Category
    message: str = ""


class CiteArgs(Closed):
    """``about`` are messages, ``keys`` codes or keys as :mod:`rusta_docs.keys` lists them; others are passed over."""

    about: tuple[Matter, ...] = Field(default=(), max_length=64)
    keys: tuple[str, ...] = Field(default=(), max_length=64)


class CiteReport(Closed):
    """An anchor for each of ``about`` and of ``keys``, in their order; None where the documentation says nothing."""

    about: tuple[Anchor | None, ...] = ()
    keys: tuple[Anchor | None, ...] = ()


class PassageArgs(Closed):
    """An anchor, or the beginning of its identity."""

    anchor: str = Field(pattern=r"^[0-9a-f]{4,64}$")


class PassageReport(Closed):
    """What the anchor cites today; None and the reason when no such anchor is known."""

    resolution: Resolution | None = None
    note: str = ""


class ExplainArgs(Closed):
    """Diagnostics of the tree as it is. ``package`` names it in citations (empty: as its Cargo.toml does).

    ``candidates`` are further repairs. ``call`` is the key of the call that brought the diagnostics: where no document
    tells of one, the message itself is cited as that call has it.

    ``candidates[n]`` belong to ``diagnostics[n]``; the list may be shorter.
    """

    diagnostics: tuple[Diagnostic, ...] = Field(min_length=1, max_length=500)
    package: str = Field(default="", max_length=200)
    candidates: tuple[tuple[Candidate, ...], ...] = ()
    call: str = Field(default="", pattern=r"^[0-9a-f]{0,64}$")


class ExplainReport(Closed):
    """One explanation a diagnostic, in their order; ``anchors`` are all that they cite."""

    explanations: tuple[Explanation, ...]
    anchors: tuple[Anchor, ...]
