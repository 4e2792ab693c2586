"""Arguments and result of ``crates_at_hand``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from rusta_schemas.base import Closed

Kind = Literal[
    "fn", "method", "struct", "enum", "union", "trait", "type", "const", "static", "mod", "macro", "derive",
    "attribute", "use",
]  # fmt: skip


def plain(name: str) -> str:
    """A crate's name as code writes it."""
    return name.replace("-", "_")


class CratesArgs(Closed):
    """``crates``: names; dashes and underscores count alike. ``names``: what to look for in them.

    ``near``: names of functions that they may have under another, similar name.
    """

    crates: tuple[str, ...] = Field(min_length=1, max_length=200)
    names: tuple[str, ...] = Field(default=(), max_length=32)
    near: tuple[str, ...] = Field(default=(), max_length=32)


class CrateInfo(Closed):
    """``features``: each with what it turns on; optional dependencies that are features by themselves among them.

    ``locked``: the version that Cargo.lock names. ``versions``: all that are there, the newest first.
    """

    name: str
    version: str
    versions: tuple[str, ...] = ()
    locked: bool = False
    features: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Sighting(Closed):
    """Where a crate has a name.

    owner: the trait, for a method of a trait. paths: how a user of the crate may write it (for a method: the trait), the
    one to prefer first; ``*`` at the end of a prelude. features: those that must be on for the first path.
    """

    crate: str
    name: str
    kind: Kind
    owner: str = ""
    paths: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


class CratesReport(Closed):
    """Crates that are not on this machine are left out. ``near``: names of functions, those most alike first."""

    crates: tuple[CrateInfo, ...]
    sightings: tuple[Sighting, ...] = ()
    near: dict[str, tuple[str, ...]] = Field(default_factory=dict)
