"""What can go wrong with data. Every error of this package is a :class:`DatasetError`."""

from __future__ import annotations

from rusta_conductor.errors import RustaError


class DatasetError(RustaError):
    """Something about a corpus is wrong; the message names it and says what to do."""


class LicenceRefused(DatasetError):
    """A source whose licence is not on the list of permitted ones."""


class SourceMissing(DatasetError):
    """A source that was to be read is not there."""


class CorpusDamaged(DatasetError):
    """A corpus folder whose files do not fit its ledger."""
