"""What the tools of a flash take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rusta_schemas.base import Bool, Closed, Count, Number, Sha256

Hash = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$", description="program hash, lower-case hex; empty: none")]
DeviceName = Annotated[
    str, Field(min_length=1, max_length=200, description="device, such as virtual or usbip:HOST:PORT")
]
ProfileName = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$", description="device profile")]
Rows = Annotated[int, Field(ge=1, le=100_000, description="random rows of proof beside the file's own")]


class SenseArgs(Closed):
    """Which device."""

    device: DeviceName


class Sensed(Closed):
    """Who the device is, and which programs it holds."""

    device: str
    product: str
    serial: str
    profile: str
    version: str
    layout: str
    active: Hash
    previous: Hash


class CheckArgs(Closed):
    """Which container, held against which device profile."""

    program: Sha256
    profile: ProfileName


class BudgetLine(Closed):
    """One line of the budget."""

    where: str
    name: str
    used: str
    limit: str
    ok: Bool
    why: str
    source: str


class Checked(Closed):
    """What the container is, and everything that was looked at. ``refusal`` is empty when it may go on."""

    name: str
    program_hash: Sha256
    info_bytes: Count
    data_bytes: Count
    refusal: str
    delta_refusal: str
    delta: Number | None
    budget: tuple[BudgetLine, ...]


class ProveArgs(Closed):
    """Which container, on which device and bank, with which random rows."""

    program: Sha256
    device: DeviceName
    staged: Bool = Field(default=False, description="ask the staged program, not the active one")
    seed: Count = 0
    rows: Rows = 256


class DryRunArgs(Closed):
    """Which container, with which random rows, on a twin of which profile."""

    program: Sha256
    profile: ProfileName
    seed: Count = 0
    rows: Rows = 256


class Proof(Closed):
    """How many values were compared, and how many differ."""

    values: Count
    mismatches: Count
    first: str
    outputs_sha256: Sha256


class DryRun(Proof):
    """The proof on a twin, and what the flash cost there."""

    transfers: Count
    octets: Count
    modelled_us: Number


class WriteArgs(Closed):
    """Which container to stage on which device."""

    program: Sha256
    device: DeviceName


class Written(Closed):
    """What is staged now, and the program before it, which has been read and kept."""

    program_hash: Sha256
    before: Hash


class CompareArgs(Closed):
    """Which container, beside the active program of which device."""

    program: Sha256
    device: DeviceName


class Compared(Closed):
    """Whether the active program becomes the container's by replacing weights of mutable slots, and which slots."""

    in_place: Bool
    slots: tuple[Count, ...]


class ReplaceArgs(Closed):
    """Make the active program, which is ``before``, the container's by replacing weights of mutable slots."""

    program: Sha256
    device: DeviceName
    before: Hash


class SwapArgs(Closed):
    """Make ``to`` the active program of the device, if ``before`` is active now."""

    device: DeviceName
    to: Hash
    before: Hash


class Swapped(Closed):
    """What is active now; its bytes have been read back and compared."""

    active: Hash


class DiscardArgs(Closed):
    """Throw away what is staged on the device."""

    device: DeviceName
