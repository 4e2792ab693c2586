"""What can go wrong in this package. Every message names the thing, the value and the next step."""

from __future__ import annotations

from rusta_conductor.errors import RustaError, UsageError


class BurstError(RustaError):
    """Base of the errors of this package."""


class InvalidInput(UsageError, BurstError, ValueError):
    """An argument does not fit: the message says which, what was expected and what came."""


class DamagedFile(UsageError, BurstError, ValueError):
    """A file is not what it claims to be. ``offset`` is the byte at which that was seen, where there is one."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


class MissingExtra(UsageError, BurstError):
    """A library that only this feature needs is not installed; the message names the extra that brings it."""
