"""What a patch does to the text, in the few respects that tell whether its author would have written the same.

A lost `;` comes back in one way; an import can stand in many forms; a value, a body or an arm that the compiler only
asks for is made up. All of it is read off the tokens that went and came, whoever proposed them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rusta_cargo.repair.guards import Change
from rusta_cargo.repair.outline import Function, outline
from rusta_cargo.repair.syntax import differing, tokens

# Expressions that hold a place without saying anything.
_EMPTY = frozenset((b"Default", b"default", b"None", b"todo", b"unimplemented", b"unreachable"))
_BOOLEANS = frozenset((b"true", b"false"))
_ZEROS = frozenset((b"0", b"0.0"))
_FEW = 2
_BODY = 6
# Pairs of tokens that are worth comparing.
_MOST = 4_000_000


@dataclass(frozen=True)
class Shape:
    """tokens: how many went or came. imports: all that came is use declarations. deletes: more went than came, by more than
    two tokens. defines: a signature or a type is another one.

    invents: a literal, an empty value or a body came that stood nowhere near. placeholder: among them an empty value, or a
    zero: what satisfies the compiler and says nothing.
    """

    tokens: int = 0
    imports: bool = False
    invents: bool = False
    deletes: bool = False
    defines: bool = False
    placeholder: bool = False


def shape_of(changes: Iterable[Change]) -> Shape:
    """The shape of a patch, over all of its Rust files."""
    size, imports, invents, deletes, defines, placeholder = 0, True, False, False, False, False
    for change in changes:
        if change.before is None or change.after is None or not change.path.endswith(".rs"):
            continue
        old, new = differing(change.before, change.after)
        gone, come = exchanged(old, new)
        size += len(gone) + len(come)
        importing = _is_import(come)
        imports = imports and importing
        invents = invents or (not importing and _is_invented(gone, come))
        placeholder = placeholder or (not importing and _is_placeholder(gone, come))
        deletes = deletes or len(gone) - len(come) > _FEW
        was, now = outline(old), outline(new)
        defines = defines or was.types != now.types or _signatures(was.functions) != _signatures(now.functions)
    return Shape(size, size > 0 and imports, invents, deletes, defines, placeholder)


def exchanged(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """The tokens that went, and those that came in their place."""
    old, new = tokens(before), tokens(after)
    gone: list[bytes] = []
    come: list[bytes] = []
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    if len(left) * len(right) > _MOST:
        return list(left), list(right)
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            gone += left[a:b]
            come += right[c:d]
    return gone, come


def _is_import(come: list[bytes]) -> bool:
    return bool(come) and b"use" in come and come.count(b"use") == come.count(b";")


def _is_invented(gone: list[bytes], come: list[bytes]) -> bool:
    near = b" ".join(gone)
    literal = any(token not in near for token in come if token[:1].isdigit() or token == b'"')
    body = b"{" in come and b"{" not in gone and len(come) >= _BODY
    return literal or body or _is_placeholder(gone, come)


def _is_placeholder(gone: list[bytes], come: list[bytes]) -> bool:
    """An empty value where there was none. Turning a boolean or a number round is an answer, and none of these."""
    answered = any(token in _BOOLEANS or token[:1].isdigit() for token in gone)
    return any(token in _EMPTY and token not in gone for token in come) or (
        not answered and any(token in _BOOLEANS or token in _ZEROS for token in come)
    )


def _signatures(functions: Mapping[str, Function]) -> dict[str, tuple[bytes, ...]]:
    return {name: function.signature for name, function in functions.items()}
