"""The wire form of an action: one line, ``::act v=1 verb=NAME {json}``, at most 64 KiB.

The JSON is canonical, so a printed line is a fixed point of parse and print. Reading is liberal in one thing only: the
spaces and key order of the JSON. Commands are closed: an unknown version, field or a second value of a key is refused.
"""

from __future__ import annotations

import json
import re

from pydantic import ValidationError

from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject
from rusta_schemas.canonical import canonical_bytes
from rusta_schemas.errors import SchemaError, WireError

MAX_BYTES = 64 * 1024
_HEAD = re.compile(r"::act v=(?P<v>[0-9]{1,9}) verb=(?P<verb>[a-z][a-z0-9_]{0,63}) (?P<body>\{.*\})", re.DOTALL)


def print_action(action: Action) -> str:
    """The line for ``action``, without a line end.

    Raises:
        WireError: the line would be longer than 64 KiB, or the arguments have no JSON form.
    """
    try:
        body = canonical_bytes(action.args).decode("utf-8")
    except SchemaError as error:
        raise WireError(f"action {action.verb!r} cannot be written: {error}") from None
    line = f"::act v={action.v} verb={action.verb} {body}"
    size = len(line.encode("utf-8"))
    if size > MAX_BYTES:
        raise WireError(
            f"action {action.verb!r} takes {size} bytes; a line holds {MAX_BYTES}. Pass large content as a blob."
        )
    return line


def parse_action(line: str) -> Action:
    """Read one line.

    Raises:
        WireError: naming the first thing that does not fit, and what was expected.
    """
    text = line.removesuffix("\n").removesuffix("\r")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise WireError(f"the line is not valid Unicode at character {error.start}") from None
    if size > MAX_BYTES:
        raise WireError(f"the line has {size} bytes; at most {MAX_BYTES} are read")
    if "\n" in text or "\r" in text:
        raise WireError("an action is one line; a line break inside it must be written \\n in the JSON")
    match = _HEAD.fullmatch(text)
    if match is None:
        raise WireError(f"expected '::act v=1 verb=NAME {{json}}', got {text[:60]!r}")
    if match["v"] != "1":
        raise WireError(f"action version {match['v']} is not known; this program reads v=1")
    args = _parse_object(match["body"])
    try:
        return Action(verb=match["verb"], args=args)
    except ValidationError as error:
        raise WireError(f"action {match['verb']!r}: {error.errors()[0]['msg']}") from None


def _parse_object(body: str) -> JsonObject:
    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in items:
            if key in found:
                raise WireError(f"key {key!r} stands twice")
            found[key] = value
        return found

    def constant(name: str) -> object:
        raise WireError(f"{name} is not JSON")

    try:
        value = json.loads(body, object_pairs_hook=pairs, parse_constant=constant)
        canonical_bytes(value)
    except WireError:
        raise
    except RecursionError:
        raise WireError("the JSON is nested too deeply") from None
    except (ValueError, SchemaError) as error:
        raise WireError(f"the arguments are not a JSON object: {error}") from None
    assert isinstance(value, dict)  # the pattern starts with '{' and json.loads took all of it
    return value
