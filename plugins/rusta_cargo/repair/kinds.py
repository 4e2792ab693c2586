"""The kind of a candidate: its title with everything that names something of the program left open."""

from __future__ import annotations

import re

_NAMED = re.compile(r"`[^`]*`|\"[^\"]*\"|'[^']*'|\b\d+\b")
_WORD = re.compile(r"\w+")
# What becomes of a whole value tells more than the value.
_CAST = re.compile(r"\S as [iuf](?:\d+|size)$")
_LONGEST = 12
_SHOWN = 80
# What the language itself gives stays: a lost `mut` is another kind than a lost `pub`.
_LANGUAGE = frozenset((
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "Self",
    "self", "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
    "clone", "to_string", "to_owned", "into", "iter", "as_ref", "as_str", "as_mut",
    "Some", "None", "Ok", "Err", "Box", "Default",
))  # fmt: skip


def kind_of(title: str) -> str:
    """The kind that a title tells of: ``make `Foo::bar` public`` → ``make _ public``."""
    return _NAMED.sub(_opened, title.splitlines()[0] if title else "")[:_SHOWN]


def _opened(found: re.Match[str]) -> str:
    inside = found[0].strip("`\"'")
    if _CAST.search(inside):
        return "`… as _`"
    ours = len(inside) <= _LONGEST and all(word in _LANGUAGE for word in _WORD.findall(inside))
    return found[0] if ours and inside.strip() else "_"
