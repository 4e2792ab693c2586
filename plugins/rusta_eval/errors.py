"""What can go wrong while measuring."""

from __future__ import annotations

from rusta_conductor.errors import UsageError


class EvalError(UsageError):
    """Something that a measurement needs is not there or does not fit. The message says what to do."""
