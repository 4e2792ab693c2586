"""The base exception of this package and its few kinds."""

from __future__ import annotations


class SchemaError(ValueError):
    """Something does not have the published form. The message names the field, the value and the next step."""


class WireError(SchemaError):
    """A ``::act`` line cannot be read."""


class EditError(SchemaError):
    """Edits do not fit the text they are for: out of range, overlapping, or the text has changed."""


class UpcastError(SchemaError):
    """A document is of a version that this program cannot read."""
