"""An anchor: a citation that cannot drift, because the hash of the cited text is its identity."""

from __future__ import annotations

from pydantic import Field, model_validator

from rusta_schemas.base import Closed, Count, Sha256, Version1
from rusta_schemas.canonical import digest, sha256_hex


class Anchor(Closed):
    """Bytes ``start..end`` of a document, with the hash of those bytes.

    ``origin`` names where the document came from in words that mean the same on another machine (a collection and its
    version), ``path`` the document inside it.
    """

    v: Version1 = 1
    id: Sha256
    origin: str = Field(min_length=1)
    path: str = Field(min_length=1)
    start: Count
    end: Count
    text_sha256: Sha256
    title: str = ""

    @model_validator(mode="after")
    def _identity_holds(self) -> Anchor:
        if self.end < self.start:
            raise ValueError(f"the anchor ends at {self.end}, before its start {self.start}")
        expected = anchor_id(self.origin, self.path, self.start, self.end, self.text_sha256)
        if self.id != expected:
            raise ValueError(f"anchor id {self.id[:12]} does not match its content ({expected[:12]})")
        return self

    def holds(self, document: bytes) -> bool:
        """True when ``document`` still has the cited text at the cited place."""
        return sha256_hex(document[self.start : self.end]) == self.text_sha256


def anchor_id(origin: str, path: str, start: int, end: int, text_sha256: str) -> str:
    """The identity of an anchor: the digest of what it cites and where."""
    return digest([origin, path, start, end, text_sha256])


def make_anchor(origin: str, path: str, document: bytes, start: int, end: int, title: str = "") -> Anchor:
    """Cite ``document[start:end]``.

    Raises:
        ValueError: the span lies outside the document.
    """
    if not 0 <= start <= end <= len(document):
        raise ValueError(f"span {start}..{end} lies outside {path!r} ({len(document)} bytes)")
    text = sha256_hex(document[start:end])
    return Anchor(
        id=anchor_id(origin, path, start, end, text),
        origin=origin, path=path, start=start, end=end, text_sha256=text, title=title,
    )  # fmt: skip
