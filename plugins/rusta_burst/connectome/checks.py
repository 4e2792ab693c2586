"""Arrays brought to the type and range of their field, or refused with the place and the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.fields import Field
from rusta_burst.errors import InvalidInput

Array = npt.NDArray[Any]


def column(field: Field, values: object, count: int, table: str) -> Array:
    """``values`` as a read-only array of the field's type with ``count`` elements; a single number fills it.

    Args:
        table: what the array belongs to, for messages: "neurons" or "synapses".

    Raises:
        InvalidInput: wrong kind, wrong length, NaN, a fraction where whole numbers stand, or out of range.
    """
    name = f"{table}.{field.name}"
    try:
        given = np.asarray(values)
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"{name}: expected one number each, got something that is no array ({error})") from None
    if given.dtype.kind not in "biuf":
        raise InvalidInput(f"{name}: expected numbers, got dtype {given.dtype}")
    if given.ndim == 0:
        given = np.full(count, given)
    if given.ndim != 1:
        raise InvalidInput(f"{name}: expected one dimension, got shape {given.shape}")
    if len(given) != count:
        raise InvalidInput(f"{name}: expected {count} values, one for each of the {table}, got {len(given)}")
    _in_range(field, given, name)
    made = np.ascontiguousarray(given, dtype=np.dtype(field.dtype))
    made = made.view()
    made.flags.writeable = False
    return made


def ends(values: object, name: str) -> Array:
    """One side of the synapses as an array; an empty list, which has no type of its own, holds whole numbers.

    Raises:
        InvalidInput: it is no array.
    """
    try:
        given = np.atleast_1d(np.asarray(values))
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"synapses.{name}: expected an array of neurons ({error})") from None
    return given if given.size else np.empty(0, np.uint32)


def _in_range(field: Field, given: Array, name: str) -> None:
    if not len(given):
        return
    whole = np.dtype(field.dtype).kind in "iu"
    if given.dtype == np.dtype(field.dtype) and _full_range(field):
        return
    with np.errstate(invalid="ignore"):
        good = (given >= field.low) & (given <= field.high)  # NaN is neither
        if whole and given.dtype.kind == "f":
            good &= given == np.floor(given)
    if good.all():
        return
    place = int(np.argmin(good))
    kind = "whole numbers" if whole else "numbers"
    raise InvalidInput(
        f"{name}[{place}] is {given[place]!s}; expected {kind} from {_text(field.low)} to {_text(field.high)} ({field.meaning})"
    )


def _text(bound: float) -> str:
    return str(int(bound)) if abs(bound) < 1e15 and bound == int(bound) else f"{bound:g}"


def _full_range(field: Field) -> bool:
    dtype = np.dtype(field.dtype)
    if dtype.kind not in "iu":
        return False
    info = np.iinfo(dtype)
    return bool(info.min == field.low and info.max == field.high)


def table(fields: Iterable[Field], given: Mapping[str, object], count: int, name: str) -> dict[str, Array]:
    """All columns of a table; those that are not given have their default.

    Raises:
        InvalidInput: a column that does not exist, or one that does not fit.
    """
    known = {field.name: field for field in fields}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InvalidInput(f"{name} have no field {unknown[0]!r}; there are: {', '.join(known)}")
    return {field.name: column(field, given.get(field.name, field.default), count, name) for field in known.values()}


def indices(values: Array, limit: int, name: str, what: str) -> None:
    """Make sure that all ``values`` are below ``limit``.

    Raises:
        InvalidInput: the first that is not.
    """
    if not len(values):
        return
    top = int(values.max())
    if top >= limit:
        place = int(np.argmax(values >= limit))
        raise InvalidInput(f"{name}[{place}] is {int(values[place])}, but there are only {limit} {what}")
