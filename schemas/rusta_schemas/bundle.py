"""A patch bundle: a proved, reversible proposal, complete in one file."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from rusta_schemas.anchor import Anchor
from rusta_schemas.base import Closed, EpisodeId, RelPath, Sha256, Timestamp
from rusta_schemas.canonical import digest
from rusta_schemas.edits import Edit


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ProofStep(Closed):
    """One command of the proof and what it said, run in the sandbox on the patched tree."""

    command: str
    ok: bool
    summary: str
    key: Sha256 = Field(description="idempotency key of the call in the episode's log")


class Proof(Closed):
    """Why the proposal may be trusted. ``green`` is true when every step that must pass passed."""

    green: bool
    steps: tuple[ProofStep, ...]
    flaky: tuple[str, ...] = Field(
        default=(), description="checks that gave different results on reruns"
    )
    sandbox: str = Field(description="the rung of the sandbox ladder the proof was run on")


class PatchBundle(Closed):
    """Edits against a tree whose touched files have ``base_hashes``, with everything needed to judge and revert them.

    ``base_hashes`` and ``result_hashes`` give the SHA-256 of every touched file before and after; ``None`` means that
    the file does not exist at that time.
    """

    v: Literal[1] = 1
    id: Sha256
    episode: EpisodeId
    created: Timestamp
    domain: str
    root: str = Field(description="the tree the bundle was made for")
    summary: str
    edits: tuple[Edit, ...] = Field(min_length=1)
    base_hashes: dict[RelPath, Sha256 | None]
    result_hashes: dict[RelPath, Sha256 | None]
    k_lines: int = Field(ge=0, description="changed lines")
    k_files: int = Field(ge=0, description="changed files")
    risk: Risk
    risk_reasons: tuple[str, ...] = ()
    confidence: float = Field(ge=0, le=1)
    proof: Proof
    anchors: tuple[Anchor, ...] = ()
    log_head: Sha256 = Field(description="digest of the episode's log when the bundle was made")

    @model_validator(mode="after")
    def _consistent(self) -> PatchBundle:
        touched = {edit.path for edit in self.edits}
        if touched != set(self.base_hashes) or touched != set(self.result_hashes):
            raise ValueError(
                "base_hashes and result_hashes must name exactly the files that the edits touch"
            )
        if self.k_files != len(touched):
            raise ValueError(f"k_files is {self.k_files}, the edits touch {len(touched)} files")
        if self.id != bundle_id(self.episode, self.edits, self.base_hashes):
            raise ValueError(
                "the bundle's id does not match its edits; the file was changed or cut"
            )
        return self


def bundle_id(episode: str, edits: tuple[Edit, ...], base_hashes: dict[str, str | None]) -> str:
    """The identity of a bundle: what it changes, in which text, and in which episode it was proved."""
    return digest([episode, [edit.model_dump(mode="json") for edit in edits], base_hashes])
