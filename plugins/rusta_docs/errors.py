"""What can go wrong in this package."""

from __future__ import annotations

from rusta_conductor.errors import RustaError, UsageError


class DocsError(RustaError):
    """Base of the errors of the document index. The message says what, where, and what to do."""


class DocsMissing(UsageError, DocsError):
    """The documentation is not installed, or the index of it was not built."""


class UnknownAnchor(UsageError, DocsError):
    """No anchor begins with these digits, or more than one does."""


class UnknownCollection(UsageError, DocsError):
    """There is no collection of this name."""
