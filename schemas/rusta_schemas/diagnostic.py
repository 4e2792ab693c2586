"""A compiler's message in the normal form that every domain and proposer reads.

Positions are byte offsets into the file (0-based, end exclusive); 1-based lines and columns beside them are for people.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from rusta_schemas.base import Bool, Closed, Count, Position


class Category(StrEnum):
    """The taxonomy of faults."""

    BORROW = "borrow"
    TRAIT = "trait"
    TYPE = "type"
    MOVE = "move"
    VISIBILITY = "visibility"
    SYNTAX = "syntax"
    LINT = "lint"
    NAME = "name"
    LIFETIME = "lifetime"
    OTHER = "other"


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    HELP = "help"
    FAILURE = "failure-note"


class Applicability(StrEnum):
    """How sure the compiler is of its suggestion, surest first."""

    MACHINE = "MachineApplicable"
    MAYBE = "MaybeIncorrect"
    PLACEHOLDERS = "HasPlaceholders"
    UNSPECIFIED = "Unspecified"


class Span(Closed):
    """A place in a file. ``path`` is relative to the tree where it lies inside it, else absolute."""

    path: str
    start: Count
    end: Count
    line: Position
    column: Position
    end_line: Position
    end_column: Position
    primary: Bool = False
    label: str | None = None
    macro: str | None = Field(default=None, description="the macro this span was expanded from")


class Replacement(Closed):
    """Put ``text`` in place of the bytes ``start..end`` of ``path``."""

    path: str
    start: Count
    end: Count
    text: str


class Suggestion(Closed):
    """A change the compiler proposes; its replacements belong together."""

    message: str
    applicability: Applicability
    replacements: tuple[Replacement, ...]


class Note(Closed):
    """A message attached to a diagnostic, with the places it speaks of."""

    level: Level
    message: str
    spans: tuple[Span, ...] = ()


class Diagnostic(Closed):
    """One message of the compiler, with everything attached to it."""

    level: Level
    code: str | None = Field(default=None, description="the tool's own code, such as E0308 or a lint's name")
    category: Category
    phase: Count = Field(
        description="how far the tool had come; a later phase means that more of the work passed",
    )
    message: str
    spans: tuple[Span, ...] = ()
    notes: tuple[Note, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    rendered: str = ""
    unit: str = Field(default="", description="the package and target it was found in")

    @property
    def primary(self) -> Span | None:
        """The first primary span, if there is one."""
        return next((span for span in self.spans if span.primary), None)
