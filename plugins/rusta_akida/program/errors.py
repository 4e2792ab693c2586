"""What can be wrong with a program, a container or a profile."""

from __future__ import annotations

from rusta_akida.errors import AkidaError, DamagedFile
from rusta_conductor.errors import UsageError


class ProgramError(DamagedFile):
    """Bytes that are no program. ``offset`` counts from the start of ``part``; ``field`` is the name in the layout."""

    def __init__(self, part: str, offset: int, field: str, why: str) -> None:
        super().__init__(f"{part}, offset {offset} (0x{offset:x}), {field}: {why}")
        self.part, self.offset, self.field, self.why = part, offset, field, why


class BuildError(UsageError, AkidaError):
    """A program is described in a way that cannot be built."""


class UnsupportedLayer(BuildError):
    """A kind of layer that the chip does not have."""


class DoesNotFit(UsageError, AkidaError):
    """A program asks for more than the device has. The message names every limit that is passed, and whose it is."""


class VendorFile(DamagedFile):
    """A model file of the chip's vendor, which this product neither reads nor converts."""


class ImportFailed(UsageError, AkidaError):
    """A file of weights does not hold a readout that a program can be made of."""
