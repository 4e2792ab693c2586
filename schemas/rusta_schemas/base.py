"""Base models and the constrained field types that several documents share."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    WithJsonSchema,
)

JsonObject = dict[str, JsonValue]


def check_integer(value: object) -> object:
    """A JSON integer: 5 or 5.0, but not true or "5", which pydantic alone would take.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("expected an integer")
    return value


def check_number(value: object) -> object:
    """A JSON number: finite, and not true or "5".

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("expected a number")
    try:
        finite = math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        finite = False
    if not finite:
        raise ValueError("expected a finite number")
    return value


def check_text(value: str) -> str:
    """Text that UTF-8 has a form for.

    Raises:
        ValueError: it has half of a surrogate pair.
    """
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"not valid Unicode at character {error.start}") from None
    return value


Int = Annotated[int, BeforeValidator(check_integer)]
Count = Annotated[int, Field(ge=0), BeforeValidator(check_integer)]
Position = Annotated[int, Field(ge=1), BeforeValidator(check_integer)]
Number = Annotated[float, BeforeValidator(check_number)]
Bool = StrictBool
Text = Annotated[str, AfterValidator(check_text)]
Version1 = Annotated[Literal[1], BeforeValidator(check_integer)]

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, lower-case hex")]
Verb = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="tool verb, snake case")]
EpisodeId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="episode identity")]


def check_timestamp(value: str) -> str:
    """A day that the calendar has.

    Raises:
        ValueError: it does not, such as the 30th of February.
    """
    datetime.fromisoformat(value)
    return value


Timestamp = Annotated[
    str,
    Field(
        pattern=(
            r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
            r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z$"
        ),
        description="RFC 3339, UTC, microseconds",
    ),
    AfterValidator(check_timestamp),
]

# Validators outside have no look-behind, so the pattern lists the forms of a part that is not "." or "..".
_PART = r"(?:[^/\x00.]|\.[^/\x00.]|\.\.[^/\x00])[^/\x00]*"
_REL_PATH = rf"^{_PART}(?:/{_PART})*$"
_REL_PATH_LENGTH = 4096


def check_relative_path(value: str) -> str:
    """A normalised POSIX path inside the tree: no ``..``, no empty or ``.`` part, not absolute.

    Raises:
        ValueError: naming what is wrong with the path.
    """
    if not re.match(r"[^/\x00][^\x00]*\Z", value):
        raise ValueError(f"path {value!r} must be relative and without NUL")
    parts = value.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"path {value!r} must be normalised: no '..', '.', or empty parts")
    return value


RelPath = Annotated[
    str,
    Field(
        pattern=_REL_PATH,
        max_length=_REL_PATH_LENGTH,
        description="normalised POSIX path relative to the tree",
    ),
    AfterValidator(check_text),
    AfterValidator(check_relative_path),
]


def by_path_schema(value: JsonObject) -> WithJsonSchema:
    """The schema of an object whose keys are paths of the tree and whose values have the schema ``value``.

    What pydantic makes of such a type lets keys through that do not match.
    """
    key: JsonObject = {"pattern": _REL_PATH, "maxLength": _REL_PATH_LENGTH}
    return WithJsonSchema(
        {"type": "object", "propertyNames": key, "additionalProperties": value},
        mode="validation",
    )


HASH_SCHEMA: JsonObject = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


class Closed(BaseModel):
    """A document we write: unknown fields are an error, and values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Open(BaseModel):
    """A document we read from another time: unknown fields are ignored, and values never change."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def to_json(model: BaseModel) -> JsonObject:
    """The model as plain JSON values, defaults included, so that equal models have equal canonical bytes."""
    return model.model_dump(mode="json", by_alias=True)
