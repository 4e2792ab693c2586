"""Attributes that are not well formed: E0452, E0453 to E0459, E0517, E0534 to E0541, E0551, E0552, E0565, E0566, E0589,
E0693, E0710, E0777 and "malformed attribute" without a code.

A table has the grammar of the attributes people write. A wrong argument is turned into the form the grammar has: text
into a word, ``align = 8`` into ``align(8)``, ``note("x")`` into ``note = "x"``, a misspelt word into the nearest one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from tree_sitter import Node

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.lexer import Token, tokens
from rusta_cargo.repair.code.nodes import enclosing, node_at, text
from rusta_cargo.repair.code.similar import rank
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic

CODES = frozenset(
    (
        "E0084", "E0452", "E0453", "E0454", "E0458", "E0459", "E0466", "E0517", "E0518", "E0534",
        "E0535", "E0536", "E0537", "E0538", "E0539", "E0541", "E0551", "E0552", "E0565", "E0566",
        "E0587", "E0588", "E0589", "E0634", "E0648", "E0692", "E0693", "E0710", "E0777", "E0788",
        "E0805",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Grammar:
    """What the arguments of one attribute may be."""

    words: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    bare: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.words, *self.calls, *self.strings, *self.groups, *self.paths)


@dataclass(frozen=True)
class _Attribute:
    """An attribute cut into its parts. ``arguments`` are (tokens, start, end) between commas."""

    name: str
    name_end: int
    end: int
    arguments: tuple[tuple[tuple[Token, ...], int, int], ...] = field(default=())
    assigned: tuple[Token, ...] = ()
    brackets: bool = False


@cache
def grammars() -> dict[str, Grammar]:
    """The table, by the attribute's name."""
    data = tomllib.loads((files("rusta_cargo.repair") / "data" / "attributes.toml").read_text("utf-8"))
    return {name: _grammar(row) for name, row in data["attribute"].items()}


def _grammar(row: dict[str, Any]) -> Grammar:
    lists = {key: tuple(value) for key, value in row.items() if key != "bare"}
    return Grammar(**lists, bare=bool(row.get("bare")))


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Give the attribute at the error the form that its grammar has."""
    for number, error in enumerate(situation.diagnostics):
        if error.code not in CODES and "attribute" not in error.message and "cfg" not in error.message:
            continue
        place = error.primary
        if place is None or place.macro is not None:
            continue
        try:
            source = situation.source(place.path)
        except SourceUnavailable:
            continue
        node = enclosing(
            node_at(situation.syntax(place.path), place.start, place.end),
            ("attribute_item", "inner_attribute_item"),
        )
        attribute = _read(source, node) if node is not None else None
        if attribute is None or attribute.name not in grammars():
            continue
        yield from _forms(place.path, attribute, grammars()[attribute.name], error, number)


def _read(source: bytes, node: Node) -> _Attribute | None:
    inner = next((child for child in node.children if child.type == "attribute"), None)
    if inner is None:
        return None
    stream = [
        Token(t.kind, t.text, t.start + inner.start_byte, t.end + inner.start_byte, t.closed)
        for t in tokens(source[inner.start_byte : inner.end_byte])
    ]
    if stream and stream[0].text == b"unsafe":
        return None
    head = 0
    while head + 2 < len(stream) and stream[head + 1].text == b"::":
        head += 2
    if not stream:
        return None
    name, rest = text(node_at(inner, stream[head].start, stream[head].end)), stream[head + 1 :]
    if not rest:
        return _Attribute(name, stream[head].end, inner.end_byte)
    if rest[0].text == b"=":
        return _Attribute(name, stream[head].end, inner.end_byte, assigned=tuple(rest[1:]))
    return _Attribute(name, stream[head].end, inner.end_byte, tuple(_arguments(rest[1:-1])), brackets=True)


def _arguments(stream: list[Token]) -> Iterator[tuple[tuple[Token, ...], int, int]]:
    depth, current = 0, list[Token]()
    for token in stream:
        depth += (token.text in (b"(", b"[")) - (token.text in (b")", b"]"))
        if token.text == b"," and depth == 0:
            if current:
                yield tuple(current), current[0].start, current[-1].end
            current = []
        else:
            current.append(token)
    if current:
        yield tuple(current), current[0].start, current[-1].end


def _forms(path: str, attribute: _Attribute, grammar: Grammar, error: Diagnostic, number: int) -> Iterator[Candidate]:
    place = error.primary
    assert place is not None

    def candidate(start: int, end: int, new: str, prior: float) -> Candidate:
        title = (
            f"write `{new}` in `#[{attribute.name}]`"
            if new
            else f"leave the arguments of `#[{attribute.name}]` out"
            if (start, end) == (attribute.name_end, attribute.end)
            else f"give each argument of `#[{attribute.name}]` once"
        )
        cites = (error.code,) if error.code else ()
        return Candidate(title, (edits.replace(path, start, end, new),), prior, diagnostic=number, cites=cites)

    if attribute.assigned:
        value = _unquoted(attribute.assigned[0])
        if grammar.words or grammar.paths:
            yield candidate(attribute.name_end, attribute.end, f"({value})", 0.8)
        if "note" in grammar.strings:
            yield candidate(attribute.name_end, attribute.end, f'(note = "{value}")', 0.5)
    if attribute.brackets and grammar.bare and not attribute.arguments:
        yield candidate(attribute.name_end, attribute.end, "", 0.8)
    yield from _twice(attribute, candidate)
    for stream, start, end in attribute.arguments:
        inside = place.start < end and start < max(place.end, place.start + 1)
        for new, prior in _argument_forms(stream, grammar):
            yield candidate(start, end, new, prior if inside else prior * 0.3)
    if attribute.brackets and grammar.bare and attribute.arguments:
        yield candidate(attribute.name_end, attribute.end, "", 0.3)


def _twice(attribute: _Attribute, candidate: Callable[[int, int, str, float], Candidate]) -> Iterator[Candidate]:
    """An argument that is given more than once is given once: the later ones go, else the earlier."""
    words = [stream[0].text for stream, _, _ in attribute.arguments]
    for number, (_, start, end) in enumerate(attribute.arguments):
        if words.count(words[number]) < 2 or attribute.arguments[number][0][0].kind != "word":
            continue
        first = words.index(words[number]) == number
        if number:
            start = attribute.arguments[number - 1][2]
        elif len(words) > 1:
            end = attribute.arguments[1][1]
        yield candidate(start, end, "", 0.3 if first else 0.6)


def _argument_forms(stream: tuple[Token, ...], grammar: Grammar) -> Iterator[tuple[str, float]]:
    first = stream[0]
    word = _unquoted(first)
    value = _unquoted(stream[2]) if len(stream) > 2 else ""
    if first.kind == "string" and (grammar.words or grammar.paths):
        yield word, 0.85
    if len(stream) >= 3 and stream[1].text in (b"=", b"("):
        if word in grammar.calls:
            number = int(value) if value.isdecimal() else 0
            yield f"{word}({value})", 0.85
            if number and number & (number - 1):
                above = 1 << number.bit_length()
                yield f"{word}({above})", 0.6
                yield f"{word}({above // 2})", 0.4
        if word in grammar.strings and value:
            yield f'{word} = "{value}"', 0.8
        if word not in (*grammar.calls, *grammar.strings, *grammar.groups):
            yield word, 0.5
    if first.kind == "word":
        rest = b"".join(_text_of(stream[1:])).decode("utf-8", "replace")
        for score, other in rank(word, grammar.names, 0.4, 3):
            yield f"{other}{rest}", 0.75 * score
        if grammar.groups and rest.startswith("("):
            yield f"not{rest}" if rest != "()" else "all()", 0.2
    if len(stream) == 1 and word in grammar.calls:
        yield f"{word}(8)", 0.2


def _text_of(stream: tuple[Token, ...]) -> Iterator[bytes]:
    for before, token in zip((None, *stream), stream, strict=False):
        if before is not None and before.end < token.start:
            yield b" "
        yield token.text


def _unquoted(token: Token) -> str:
    raw = token.text.decode("utf-8", "replace")
    return raw.strip('"') if token.kind == "string" else raw
