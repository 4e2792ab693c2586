"""What a repair episode is asked to do."""

from __future__ import annotations

from pydantic import Field

from rusta_cargo.models import Edition
from rusta_schemas.base import Closed, JsonObject, to_json


class RepairGoal(Closed):
    """The goal as it stands in the log.

    path: absolute path of a crate, a workspace, a Cargo.toml or a .rs file. packages, features, all_features,
    no_default_features: as cargo has them. edition: of a standalone file. without: proposers that are left out.
    lanes: sandboxes open at once. tests: whether the tests are run at all.
    """

    path: str = Field(min_length=1)
    packages: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    all_features: bool = False
    no_default_features: bool = False
    edition: Edition | None = None
    without: tuple[str, ...] = ()
    lanes: int = Field(default=2, ge=1, le=16)
    tests: bool = True

    def to_json(self) -> JsonObject:
        return to_json(self)
