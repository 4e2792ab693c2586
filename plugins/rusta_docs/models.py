"""What this package tells: passages, hits of a search, and what became of an anchor."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from rusta_schemas.anchor import Anchor
from rusta_schemas.base import Closed


class Passage(Closed):
    """A part of a document: its text in the normal form, and the anchor that cites its bytes.

    ``key`` is what it was asked for by, or empty. ``headings`` lead from the document's title to its own.
    """

    key: str = ""
    anchor: Anchor
    collection: str
    headings: tuple[str, ...]
    fragment: str = ""
    text: str

    @property
    def place(self) -> str:
        """The document and the place in it, as a link relative to the documentation."""
        return f"{self.anchor.path}#{self.fragment}" if self.fragment else self.anchor.path


class Hit(Closed):
    """A passage that a search found, the best first; ``score`` is comparable within one search only."""

    passage: Passage
    score: float


class Resolution(Closed):
    """What an anchor cites today.

    ``status``: "holds", the document still has the cited bytes at their place; "changed", it has other ones there;
    "missing", the document is gone. ``text`` is what was cited, as far as it is known; ``file`` the document to open.
    ``why`` says what changed, and ``now`` what stands there instead.
    """

    anchor: Anchor
    status: Literal["holds", "changed", "missing"]
    text: str = ""
    file: str = ""
    why: str = ""
    now: str = ""
    former: bool = Field(default=False, description="the cited text is known only from the index")
