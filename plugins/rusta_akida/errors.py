"""What can go wrong in this package."""

from __future__ import annotations

from rusta_conductor.errors import RustaError, UsageError


class AkidaError(RustaError):
    """Base of the errors of reservoirs, programs and devices. The message says what, where, and what to do."""


class ReservoirError(UsageError, AkidaError):
    """A network, its data or a readout is described in a way that cannot be."""


class QuantiseError(UsageError, AkidaError):
    """Values don't fit the bits they are asked to fit, or packed bytes are not what they say."""


class DeltaTooLarge(QuantiseError):
    """Quantisation costs more than the limit allows; the report says where it is lost."""


class DamagedFile(UsageError, AkidaError):
    """A file is cut, changed or of another kind. The message names the offset and the field."""
