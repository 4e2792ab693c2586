"""A team's table of renames: the file ``rusta-renames.toml`` beside the code.

::

    [renames]
    read_settings = "load_settings"     # everywhere
    clamp_to = "clamp"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

FILE = "rusta-renames.toml"
LARGEST = 256 * 1024
_IDENTIFIER = re.compile(r"(?:r#)?[A-Za-z_][A-Za-z0-9_]*")


class RenamesError(ValueError):
    """The table cannot be used; the message says which line of it is wrong."""


def read_renames(content: bytes) -> dict[str, str]:
    """The table as old name → new name.

    Raises:
        RenamesError: it is not TOML, has no such table, or an entry is no pair of Rust identifiers.
    """
    if len(content) > LARGEST:
        raise RenamesError(f"{FILE} has {len(content)} bytes; {LARGEST} is the most")
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RenamesError(f"{FILE} is not TOML: {error}") from None
    table = document.get("renames")
    if not isinstance(table, dict):
        raise RenamesError(f"{FILE} has no table [renames]")
    for old, new in table.items():
        for name in (old, new):
            if not isinstance(name, str) or not _IDENTIFIER.fullmatch(name):
                raise RenamesError(f"{FILE}: {old!r} = {new!r}: {name!r} is not an identifier")
    return dict(table)


def retired_names(source: bytes, start: int, end: int, renames: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Every name of the table in ``source[start:end]``, as (start, end, new name) in bytes.

    A span that lies outside the text, or cuts a character in two, holds no name.
    """
    if not 0 <= start <= end <= len(source):
        return
    try:
        before, text = source[:start].decode("utf-8"), source[start:end].decode("utf-8")
    except UnicodeDecodeError:
        return
    if _glued(before[-1:], text[:1]):
        return
    for match in re.finditer(r"\w+", text):
        new = renames.get(match[0])
        if new is not None:
            first = start + len(text[: match.start()].encode("utf-8"))
            yield first, first + len(match[0].encode("utf-8")), new


def _glued(left: str, right: str) -> bool:
    """True when the span begins in the middle of a word."""
    return bool(re.fullmatch(r"\w\w", left + right))
