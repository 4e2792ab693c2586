"""What a tool may do to the world. Kept free of pydantic: tool declarations are read at every start."""

from __future__ import annotations

from enum import StrEnum


class Effect(StrEnum):
    """How far a tool reaches, in order of weight."""

    READ = "read"  # looks only; may be repeated
    SANDBOX = "sandbox"  # changes a sandbox that is thrown away; may be repeated once the sandbox is laid anew
    WRITE = "write"  # changes files of the user
    DEVICE = "device"  # changes a device
    NETWORK = "network"  # talks to other machines

    @property
    def lasting(self) -> bool:
        """True when the effect outlives the episode, so that an unknown result must be reconciled, never repeated."""
        return self in (Effect.WRITE, Effect.DEVICE, Effect.NETWORK)
