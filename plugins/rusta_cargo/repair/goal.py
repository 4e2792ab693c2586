"""What a repair episode is asked to do."""

from __future__ import annotations

from pydantic import Field

from rusta_cargo.models import Edition
from rusta_cargo.repair.trust import ASK_BELOW
from rusta_schemas.base import Closed, JsonObject, to_json

# Proposers that ask a tool of their own, which takes long: only where the goal wants it.
PROVIDERS = {"analyzer": "rust-analyzer"}


class RepairGoal(Closed):
    """The goal as it stands in the log.

    path: absolute path of a crate, a workspace, a Cargo.toml or a .rs file. packages, features, all_features,
    no_default_features: as cargo has them. edition: of a standalone file. without: proposers that are left out.
    proposers: those that are asked, None: all that there are. The command names them, so that a replay asks no other
    that was installed since. providers: further tools whose answers are wanted, such as rust-analyzer. lanes: sandboxes
    open at once. tests: whether the tests are run at all. ask_below: a proved patch with a lower confidence is shown
    beside its best rival, not offered.
    """

    path: str = Field(min_length=1)
    packages: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    all_features: bool = False
    no_default_features: bool = False
    edition: Edition | None = None
    without: tuple[str, ...] = ()
    proposers: tuple[str, ...] | None = None
    providers: tuple[str, ...] = ()
    lanes: int = Field(default=2, ge=1, le=16)
    tests: bool = True
    ask_below: float = Field(default=ASK_BELOW, ge=0, le=1)

    def wants(self, proposer: str) -> bool:
        """Whether a proposer is asked: it is named, and what it works with is wanted."""
        provider = PROVIDERS.get(proposer)
        named = self.proposers is None or proposer in self.proposers
        return named and (provider is None or provider in self.providers)

    def to_json(self) -> JsonObject:
        return to_json(self)
