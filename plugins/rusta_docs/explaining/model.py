"""An explanation as data: what was said, the rule behind it, where it collides, what the repairs would mean."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from rusta_docs.models import Passage
from rusta_schemas.anchor import Anchor
from rusta_schemas.base import Bool, Closed, Position
from rusta_schemas.diagnostic import Applicability, Category


class Quotation(Closed):
    """A part of a document, word for word: ``text`` stands like this in the passage that ``anchor`` cites.

    ``link`` is the document and the place in it, relative to the documentation.
    """

    role: Literal["error", "rule", "source", "message"]
    text: str
    source: str
    link: str
    anchor: Anchor


class Mark(Closed):
    """A place in a line of a frame; columns count characters from 1, the end is exclusive."""

    line: Position
    column: Position
    end_column: Position
    label: str = ""
    primary: Bool = False


class Frame(Closed):
    """Lines of one file with the places that the message speaks of. ``lines`` are (number, text), gaps left out."""

    path: str
    lines: tuple[tuple[Position, str], ...]
    marks: tuple[Mark, ...]


class Consequence(Closed):
    """A candidate repair, and what it would mean for the program."""

    title: str
    applicability: Applicability | None = None
    means: tuple[str, ...] = Field(min_length=1)


class Explanation(Closed):
    """The explanation of one diagnostic. It has one quotation at least, and so an anchor."""

    v: Literal[1] = 1
    code: str | None
    category: Category
    message: str
    path: str = ""
    line: int = 0
    said: str
    quotations: tuple[Quotation, ...] = Field(min_length=1)
    collision: str
    frames: tuple[Frame, ...] = ()
    repairs: tuple[Consequence, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """What it cites, the most telling first."""
        return tuple(quotation.anchor for quotation in self.quotations)


class Candidate(Closed):
    """A repair that somebody offers: its title, and what it would insert."""

    title: str
    inserted: tuple[str, ...] = ()
    applicability: Applicability | None = None


class Quoted(Closed):
    """A passage and the words of it that are quoted."""

    passage: Passage
    text: str
