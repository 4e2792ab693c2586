"""Format strings and the arguments of the macros that take them, as they stand in the source.

The grammar of ``std::fmt`` (https://doc.rust-lang.org/std/fmt/#syntax), read leniently: a broken string still has the
placeholders that can be told. Positions are bytes of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.nodes import text
from rusta_schemas.diagnostic import Replacement, Span

_STRINGS = ("string_literal", "raw_string_literal")
_ESCAPE = re.compile(rb"\\u\{[0-9a-fA-F_]*\}|\\.|\{\{|\}\}", re.DOTALL)
_HOLE = re.compile(rb"\{([^{}]*)\}")
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Hole:
    """A placeholder ``{argument:spec}``; ``argument`` is empty, a number or a name."""

    start: int
    end: int
    argument: str
    spec: str

    @property
    def plain(self) -> bool:
        """It takes the next argument."""
        return not self.argument


@dataclass(frozen=True)
class MacroCall:
    """A macro call in plain code or among the tokens of another one: the node of its name, and its arguments."""

    word: Node
    tokens: Node

    @property
    def name(self) -> str:
        """The last segment of its path."""
        return text(self.word).rpartition("::")[2]


def macro_calls(root: Node, start: int, end: int) -> Iterator[MacroCall]:
    """The macro calls around ``start..end``, the innermost first."""
    for around in nodes.ancestors(nodes.node_at(root, start, end)):
        if around.type == "macro_invocation":
            word, tokens = around.child_by_field_name("macro"), nodes.child(around, "token_tree")
            if word is not None and tokens is not None and start >= word.end_byte:
                yield MacroCall(word, tokens)
        elif around.type == "token_tree":
            bang = around.prev_sibling
            word = None if bang is None or text(bang) != "!" else bang.prev_sibling
            if word is not None and word.type == "identifier":
                yield MacroCall(word, around)


@dataclass(frozen=True)
class FormatCall:
    """A macro call with a format string. ``arguments`` are the spans of those behind the string."""

    macro: MacroCall
    string: Node
    before: tuple[tuple[int, int], ...]
    arguments: tuple[tuple[int, int], ...]
    source: bytes

    @property
    def name(self) -> str:
        return self.macro.name

    @property
    def holes(self) -> list[Hole]:
        return list(holes_of(self.source, self.string))

    def argument(self, which: int) -> str:
        start, end = self.arguments[which]
        return self.source[start:end].decode("utf-8", "replace")

    def named(self) -> dict[str, int]:
        """The named arguments: name to position."""
        found = {}
        for at in range(len(self.arguments)):
            match = re.match(r"([^\W\d]\w*)\s*=(?!=)", self.argument(at))
            if match is not None:
                found[match[1]] = at
        return found

    @property
    def inside(self) -> tuple[int, int]:
        """The bytes between the quotes of the string."""
        return inside(self.string, self.source)


def inside(string: Node, source: bytes) -> tuple[int, int]:
    """The bytes between the quotes of a string literal."""
    written = source[string.start_byte : string.end_byte]
    opening = written.find(b'"')
    closing = written.rfind(b'"')
    return string.start_byte + opening + 1, string.start_byte + max(closing, opening + 1)


def masked(source: bytes, string: Node) -> bytes:
    """The inside of a literal with escapes and doubled braces blanked out, of the same length."""
    start, end = inside(string, source)
    return _ESCAPE.sub(lambda found: b" " * len(found[0]), source[start:end])


def holes_of(source: bytes, string: Node) -> Iterator[Hole]:
    """The placeholders of a string in order."""
    start, _ = inside(string, source)
    for found in _HOLE.finditer(masked(source, string)):
        argument, _, spec = found[1].decode("utf-8", "replace").partition(":")
        yield Hole(start + found.start(), start + found.end(), argument.strip(), spec)


def format_call(root: Node, source: bytes, start: int, end: int) -> FormatCall | None:
    """The macro call around ``start..end`` whose arguments hold a string literal; the innermost one."""
    for call in macro_calls(root, start, end):
        tokens = call.tokens
        spans = edits.elements_of(tokens)
        strings = [child for child in tokens.children if child.type in _STRINGS]
        touched = [s for s in strings if s.start_byte <= start and end <= s.end_byte]
        for string in (*touched, *strings):
            which = next((at for at, (s, _) in enumerate(spans) if s == string.start_byte), None)
            if which is not None and spans[which][1] == string.end_byte:
                return FormatCall(call, string, tuple(spans[:which]), tuple(spans[which + 1 :]), source)
    return None


def is_name(word: str) -> bool:
    return _NAME.fullmatch(word) is not None


def spec_of(hole: Hole) -> str:
    """The specifier with its colon."""
    return f":{hole.spec}" if hole.spec else ""


def call_at(root: Node, source: bytes, span: Span) -> FormatCall | None:
    """:func:`format_call` for a span."""
    return format_call(root, source, span.start, span.end)


def appended(call: FormatCall, values: list[str], after: int, path: str) -> tuple[Replacement, ...]:
    """Values put behind the first ``after`` arguments."""
    written = "".join(f", {value}" for value in values)
    place = call.arguments[after - 1][1] if after else call.string.end_byte
    return (edits.insert(path, place, written),)
