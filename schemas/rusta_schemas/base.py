"""Base models and the constrained field types that several documents share."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

JsonObject = dict[str, JsonValue]

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, lower-case hex")]
Verb = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="tool verb, snake case")]
EpisodeId = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="episode identity")
]
Timestamp = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$",
        description="RFC 3339, UTC, microseconds",
    ),
]

# The pattern is what an outside validator can check; the function says the rest.
_REL_PATH = r"^[^/\x00][^\x00]*$"


def check_relative_path(value: str) -> str:
    """A normalised POSIX path inside the tree: no ``..``, no empty or ``.`` part, not absolute.

    Raises:
        ValueError: naming what is wrong with the path.
    """
    if not re.match(_REL_PATH, value, re.DOTALL):
        raise ValueError(f"path {value!r} must be relative and without NUL")
    parts = value.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"path {value!r} must be normalised: no '..', '.', or empty parts")
    return value


RelPath = Annotated[
    str,
    # JSON Schema has no look-behind everywhere, so the published pattern lists the forms of a clean part.
    Field(
        pattern=r"^(?:[^/\x00.]|\.[^/\x00.]|\.\.[^/\x00])[^/\x00]*(?:/(?:[^/\x00.]|\.[^/\x00.]|\.\.[^/\x00])[^/\x00]*)*$",
        max_length=4096,
        description="normalised POSIX path relative to the tree",
    ),
    AfterValidator(check_relative_path),
]


class Closed(BaseModel):
    """A document we write: unknown fields are an error, and values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Open(BaseModel):
    """A document we read from another time: unknown fields are ignored, and values never change."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def to_json(model: BaseModel) -> JsonObject:
    """The model as plain JSON values, defaults included, so that equal models have equal canonical bytes."""
    return model.model_dump(mode="json", by_alias=True)
