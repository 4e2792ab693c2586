"""A local that is assigned and was never declared: E0425; one with a type, ``n: u8 = 1;``: a syntax error.

The first assignment is the declaration that lost its ``let``; ``mut`` comes with it when the name is changed later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.nodes import node_at, text
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Category, Diagnostic

_CHANGING = (
    "push|push_str|push_back|push_front|pop|pop_front|pop_back|insert|remove|extend\\w*|clear|truncate|sort\\w*|"
    "reverse|retain|drain|append|next|next_back|nth|entry|get_mut|iter_mut|as_mut|as_mut_slice|last_mut|first_mut|"
    "as_mut_ptr|swap|resize|dedup\\w*|take|replace|fill|rotate_\\w+|read\\w*|write\\w*|by_ref|values_mut|peek\\w*|for_each|set_\\w+"
)
_CERTAIN, _PLAIN, _OTHER = 0.95, 0.93, 0.5
_BEGUN = re.compile(rb"\s*([a-z_]\w*)\s*$")
_TYPED = re.compile(rb":\s*[^={}\n]+?=[^=>]")
_LOOKED_AT = 4000


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """``let`` in front of the first assignment."""
    yield from _typed(situation)
    done: set[tuple[str, int]] = set()
    for number, diagnostic in enumerate(situation.diagnostics):
        statement = _first_assignment(situation, diagnostic)
        place = diagnostic.primary
        if statement is None or place is None or (place.path, statement.start_byte) in done:
            continue
        done.add((place.path, statement.start_byte))
        name = situation.text(place.path, place.start, place.end)
        uses = sum(1 for item in situation.diagnostics if item.code == "E0425" and item.message == diagnostic.message)
        for keyword, prior in (("let mut ", _CERTAIN), ("let ", _PLAIN)) if _changed(statement, name) else (
            ("let ", _PLAIN), ("let mut ", _OTHER),
        ):  # fmt: skip
            yield Candidate(
                f"declare `{name}` with `{keyword.strip()}`",
                (edits.insert(place.path, statement.start_byte, keyword),),
                prior,
                diagnostic=number if uses == 1 else None,
                cites=("E0425",),
            )


def _typed(situation: Situation) -> Iterator[Candidate]:
    """``name: T = …;``, which the parser stops in at the colon."""
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.category is not Category.SYNTAX or place is None:
            continue
        try:
            source = situation.source(place.path)
        except SourceUnavailable:
            continue
        begun = _BEGUN.match(source, source.rfind(b"\n", 0, place.start) + 1, place.start)
        if begun is None or _TYPED.match(source, place.start) is None:
            continue
        name, start = begun[1].decode(), begun.start(1)
        following = source[place.end : place.end + _LOOKED_AT].decode("utf-8", "replace")
        following = following.partition("\nfn ")[0]
        keywords = ("let mut ", "let ") if _changing(name).search(following) else ("let ", "let mut ")
        for keyword, prior in zip(keywords, (_CERTAIN, _OTHER), strict=True):
            yield Candidate(
                f"declare `{name}` with `{keyword.strip()}`",
                (edits.insert(place.path, start, keyword),),
                prior,
                diagnostic=number,
            )


def _first_assignment(situation: Situation, diagnostic: Diagnostic) -> Node | None:
    """The statement ``name = …;`` of the name that is not found."""
    place = diagnostic.primary
    if diagnostic.code != "E0425" or place is None or place.macro is not None:
        return None
    try:
        node = node_at(situation.syntax(place.path), place.start, place.end)
    except SourceUnavailable:
        return None
    holder = node.parent
    if node.type != "identifier" or holder is None or holder.type != "assignment_expression":
        return None
    statement = holder.parent
    if holder.child_by_field_name("left") != node or statement is None or statement.type != "expression_statement":
        return None
    return statement if statement.parent is not None and statement.parent.type == "block" else None


def _changed(statement: Node, name: str) -> bool:
    """The name is changed in what follows the statement in its block."""
    changing = _changing(name)
    following = statement.next_named_sibling
    while following is not None:
        if changing.search(text(following)):
            return True
        following = following.next_named_sibling
    return False


def _changing(name: str) -> re.Pattern[str]:
    """What changes a local of this name."""
    word = re.escape(name)
    return re.compile(
        rf"(?<![\w.])(?:{word}\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)|{word}(?:\.\w+|\[[^\]]*\])+\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)|"
        rf"{word}(?:\.\w+|\[[^\]]*\])*\.(?:{_CHANGING})\()|&mut\s+{word}\b"
    )
