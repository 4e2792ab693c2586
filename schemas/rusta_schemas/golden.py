"""A golden entry: a curated episode that must keep replaying the same way."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rusta_schemas.action import Action
from rusta_schemas.anchor import Anchor
from rusta_schemas.base import (
    HASH_SCHEMA,
    Closed,
    EpisodeId,
    JsonObject,
    RelPath,
    Sha256,
    Version1,
    by_path_schema,
)
from rusta_schemas.bundle import PatchBundle, ProofStep


class GoldenStep(Closed):
    """One call of the episode and the digest of what it brought back."""

    action: Action
    sha256: Sha256


class GoldenEntry(Closed):
    """What a person reads of a golden session, with the whole log beside it for replay.

    ``log`` is the exported log of the episode (see ``rusta_devlog``); everything else can be derived from it and is
    checked against it when the entry is validated.
    """

    v: Version1 = 1
    name: str = Field(min_length=1)
    episode: EpisodeId
    snapshot: Annotated[dict[RelPath, Sha256], by_path_schema(HASH_SCHEMA)] = Field(
        description="the tree as it was sensed"
    )
    actions: tuple[GoldenStep, ...]
    anchors: tuple[Anchor, ...] = ()
    patch: PatchBundle | None = Field(default=None, description="None when the episode rightly abstained")
    tests: tuple[ProofStep, ...] = ()
    reflection: str = ""
    log: JsonObject
