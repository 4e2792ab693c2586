"""A patch bundle: a proved, reversible proposal, complete in one file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from rusta_schemas.anchor import Anchor
from rusta_schemas.base import (
    HASH_SCHEMA,
    Bool,
    Closed,
    Count,
    EpisodeId,
    Number,
    RelPath,
    Sha256,
    Timestamp,
    Version1,
    by_path_schema,
    to_json,
)
from rusta_schemas.canonical import digest
from rusta_schemas.edits import Edit


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ProofStep(Closed):
    """One command of the proof and what it said, run in the sandbox on the patched tree."""

    command: str
    ok: Bool
    summary: str
    key: Sha256 = Field(description="idempotency key of the call in the episode's log")


class Proof(Closed):
    """Why the proposal may be trusted. ``green`` is true when every step that must pass passed."""

    green: Bool
    steps: tuple[ProofStep, ...]
    flaky: tuple[str, ...] = Field(default=(), description="checks that gave different results on reruns")
    sandbox: str = Field(description="the rung of the sandbox ladder the proof was run on")


FileHashes = Annotated[dict[RelPath, Sha256 | None], by_path_schema({"anyOf": [HASH_SCHEMA, {"type": "null"}]})]


class PatchBundle(Closed):
    """Edits against a tree whose touched files have ``base_hashes``, with everything needed to judge and revert them.

    ``base_hashes`` and ``result_hashes`` give the SHA-256 of every touched file before and after; ``None`` means that
    the file does not exist at that time. Make one with :func:`make_bundle`, which computes ``id`` and ``seal``.
    """

    v: Version1 = 1
    id: Sha256
    episode: EpisodeId
    created: Timestamp
    domain: str
    root: str = Field(description="the tree the bundle was made for")
    summary: str
    edits: tuple[Edit, ...] = Field(min_length=1)
    base_hashes: FileHashes
    result_hashes: FileHashes
    k_lines: Count = Field(description="changed lines")
    k_files: Count = Field(description="changed files")
    risk: Risk
    risk_reasons: tuple[str, ...] = ()
    confidence: Number = Field(ge=0, le=1)
    proof: Proof
    anchors: tuple[Anchor, ...] = ()
    log_head: Sha256 = Field(description="digest of the episode's log when the bundle was made")
    seal: Sha256 | None = Field(
        default=None, description="digest of everything else in the bundle; None: it was not sealed"
    )

    @model_validator(mode="after")
    def _consistent(self) -> PatchBundle:
        touched = {edit.path for edit in self.edits}
        if touched != set(self.base_hashes) or touched != set(self.result_hashes):
            raise ValueError("base_hashes and result_hashes must name exactly the files that the edits touch")
        if self.k_files != len(touched):
            raise ValueError(f"k_files is {self.k_files}, the edits touch {len(touched)} files")
        if self.id != bundle_id(self.episode, self.edits, self.base_hashes):
            raise ValueError("the bundle's id does not match its edits; the file was changed or cut")
        if self.seal is not None and self.seal != bundle_seal(self):
            raise ValueError("the bundle's seal does not match its content; the file was changed after it was made")
        return self


def bundle_id(episode: str, edits: tuple[Edit, ...], base_hashes: dict[str, str | None]) -> str:
    """The identity of a bundle: what it changes, in which text, and in which episode it was proved."""
    return digest([episode, [edit.model_dump(mode="json") for edit in edits], base_hashes])


def bundle_seal(bundle: PatchBundle) -> str:
    """The digest of all of a bundle but its seal: whatever is changed in the file, it shows."""
    return digest({**to_json(bundle), "seal": None})


def make_bundle(**fields: Any) -> PatchBundle:
    """A sealed bundle from all fields but ``id`` and ``seal``.

    Raises:
        ValidationError: the fields do not make a bundle.
    """
    edits = tuple(fields["edits"])
    identity = bundle_id(fields["episode"], edits, fields["base_hashes"])
    open_bundle = PatchBundle(**{**fields, "id": identity, "edits": edits, "seal": None})
    return PatchBundle(**{**dict(open_bundle), "seal": bundle_seal(open_bundle)})
