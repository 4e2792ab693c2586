"""What a function calls, as far as names tell: a call graph without types.

A method's name may mean any method of that name in the crate whose type is within reach: it is named in what was reached
before, or is in a field of such a type. A qualified name means that type's. What operators, loops and formatting call behind
the scenes is in a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.items import Alias, Enum, Function, Impl, ItemIndex, Struct
from rusta_cargo.repair.code.model import Item
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Situation
from rusta_cargo.repair.syntax import parse, text_of, walk

DEEPEST = 12
_NOT_CODE = ("tests", "benches", "examples")
# What a word of the source calls behind the scenes, in impls of the crate.
_IMPLICIT = {
    "into": ("from",), "try_into": ("try_from",), "parse": ("from_str",), "to_string": ("fmt",),
    "collect": ("from_iter",), "sum": ("add", "sum"), "product": ("mul", "product"), "sort": ("cmp", "partial_cmp"),
    "max": ("cmp",), "min": ("cmp",),
    "for": ("next", "into_iter"), "format": ("fmt",), "write": ("fmt",), "println": ("fmt",), "print": ("fmt",),
    "assert_eq": ("eq",), "assert_ne": ("eq",), "==": ("eq",), "!=": ("eq", "ne"), "<": ("partial_cmp", "lt"),
    ">": ("partial_cmp", "gt"), "<=": ("partial_cmp",), ">=": ("partial_cmp",), "+": ("add",), "-": ("sub", "neg"),
    "*": ("mul", "deref"), "/": ("div",), "%": ("rem",), "+=": ("add_assign",), "-=": ("sub_assign",),
    "*=": ("mul_assign",), "!": ("not",), "[": ("index", "index_mut"), "&": ("bitand",),
    "|": ("bitor",), "^": ("bitxor",),
    "map": ("next",), "filter": ("next",), "count": ("next",), "take": ("next",), "skip": ("next",), "last": ("next",),
    "unwrap_or_default": ("default",), "hash": ("hash",), "sorted": ("cmp",), "sort_unstable": ("cmp", "partial_cmp"),
    "dedup": ("eq",), "clone": ("clone",), "default": ("default",), "extend": ("extend", "next"),
}  # fmt: skip
# What the values of a type do without being asked.
_BY_TYPE = ("drop", "deref", "deref_mut")
_WORD = re.compile(r"\w+")


@dataclass
class Names:
    """Names that some text calls. ``qualified``: (qualifier, name); ``implicit``: methods called behind the scenes."""

    free: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    qualified: set[tuple[str, str]] = field(default_factory=set)
    implicit: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)


class Callers:
    """The call graph of the functions of one tree."""

    def __init__(self, situation: Situation, index: ItemIndex) -> None:
        self._situation, self._index = situation, index
        self._names: dict[Function, Names] = {}
        self._meant: dict[Function, tuple[Function, ...]] = {}
        self._functions: dict[str, list[Function]] = {}
        for function in index.of_kind(Function):
            self._functions.setdefault(function.name, []).append(function)

    def reached(self, roots: Iterable[Function]) -> dict[Function, int]:
        """The functions that ``roots`` reach, with the length of the shortest chain (their own callees have 1)."""
        start = list(roots)
        words = {word for root in start for word in self.words(root)}
        return self._spread([callee for root in start for callee in self.callees(root)], words)

    def reached_from(self, names: Names) -> dict[Function, int]:
        """The same for text that is no function."""
        return self._spread(self.meant(names), names.words)

    def callees(self, function: Function) -> tuple[Function, ...]:
        if function not in self._meant:
            self._meant[function] = tuple(self.meant(self.names(function), function))
        return self._meant[function]

    def words(self, function: Function) -> set[str]:
        """Every identifier in a function."""
        return self.names(function).words

    def names(self, function: Function) -> Names:
        if function not in self._names:
            self._names[function] = self._read(function.path, function.start, function.end)
        return self._names[function]

    def names_of_statement(self, path: str, byte: int) -> Names:
        """The names in the statement at a place, or in what stands there outside of functions."""
        node = self._node(path, byte)
        statement = None if node is None else nodes.statement_of(node)
        if statement is None and node is not None:
            statement = nodes.enclosing(node, "macro_invocation")
        return _names(statement) if statement is not None else Names()

    def names_around(self, path: str, byte: int) -> Names:
        """The names in the module around a place."""
        node = self._node(path, byte)
        module = None if node is None else nodes.enclosing(node, ("mod_item", "source_file"))
        return _names(module) if module is not None else Names()

    def names_of_text(self, code: bytes) -> Names:
        """The names in code that stands in no file of the tree, such as an example of the documentation."""
        return _names(parse(code).root_node)

    def meant(self, names: Names, caller: Function | None = None) -> list[Function]:
        """The functions that names may mean, for the caller's own type first."""
        found: dict[Function, None] = {}
        for name in sorted(names.free):
            found.update(dict.fromkeys(f for f in self._all(name) if f.owner is None))
        for qualifier, name in sorted(names.qualified):
            found.update(dict.fromkeys(self._of(qualifier, name, caller)))
        for name in sorted(names.methods):
            found.update(dict.fromkeys(f for f in self._all(name) if f.is_method))
        for name in sorted(names.implicit):
            owned = (f for f in self._all(name) if f.owner is not None)
            found.update(dict.fromkeys(owned))
        for name in _BY_TYPE:  # nobody calls them by name
            of_known = (f for f in self._all(name) if f.owner is not None and f.owner.name in names.words)
            found.update(dict.fromkeys(of_known))
        return list(found)

    def _all(self, name: str) -> list[Function]:
        return [f for f in self._functions.get(name, ()) if f.body is not None]

    def _of(self, qualifier: str, name: str, caller: Function | None) -> list[Function]:
        every = self._all(name)
        own = caller.owner.name if caller is not None and caller.owner is not None else ""
        wanted = own if qualifier in ("Self", "self") else qualifier
        exact = [f for f in every if (f.owner.name if f.owner is not None else f.module[-1:]) in (wanted, (wanted,))]
        if exact or qualifier == "Self":
            return exact or every
        return [f for f in every if f.owner is None] or every

    def _spread(self, first: Iterable[Function], words: Iterable[str]) -> dict[Function, int]:
        layer = list(dict.fromkeys(first))
        known = self._types_from(words, set())
        found: dict[Function, int] = {}
        # Methods of types that nothing has named yet.
        apart: dict[Function, None] = {}
        for depth in range(1, DEEPEST + 1):
            layer = [function for function in dict.fromkeys((*apart, *layer)) if function not in found]
            apart = dict.fromkeys(function for function in layer if not self._within(function, known))
            layer = [function for function in layer if function not in apart]
            found.update(dict.fromkeys(layer, depth))
            if not layer:
                break
            for function in layer:
                known |= self._types_from(self.words(function), known)
            layer = [callee for function in layer for callee in self.callees(function)]
        return found

    def _within(self, function: Function, known: set[str]) -> bool:
        owner = function.owner
        return not isinstance(owner, Impl) or owner.name not in self._members or owner.name in known

    def _types_from(self, words: Iterable[str], known: set[str]) -> set[str]:
        """The crate's types among ``words``, and those of their fields, without what is known."""
        found: set[str] = set()
        waiting = [word for word in words if word in self._members]
        while waiting:
            name = waiting.pop()
            if name not in found and name not in known:
                found.add(name)
                waiting += [word for word in self._members[name] if word in self._members]
        return found

    @cached_property
    def _members(self) -> dict[str, set[str]]:
        """The words in the declaration of each type; those of an alias too."""
        found: dict[str, set[str]] = {}
        for item in (*self._index.of_kind(Struct), *self._index.of_kind(Enum), *self._index.of_kind(Alias)):
            if not isinstance(item.parent, Enum):
                written = self._situation.source(item.path)[item.start : item.end].decode("utf-8", "replace")
                found.setdefault(item.name, set()).update(_WORD.findall(written))
        return found

    def _read(self, path: str, start: int, end: int) -> Names:
        root = parse(self._situation.source(path)).root_node
        node: Node | None = root.descendant_for_byte_range(start, max(start, end - 1))
        node = nodes.enclosing(node, nodes.FUNCTIONS)
        return Names() if node is None else _names(node)

    def _node(self, path: str, byte: int) -> Node | None:
        try:
            root = parse(self._situation.source(path)).root_node
        except LookupError:
            return None
        return root.descendant_for_byte_range(byte, byte)


def in_tests(situation: Situation, item: Item) -> bool:
    """The item is a test, or stands in a test module, or in a file that only tests, examples or build scripts use."""
    parts = item.path.split("/")
    if any(name in parts[:-1] for name in _NOT_CODE) or parts[-1] == "build.rs":
        return True
    try:
        root = parse(situation.source(item.path)).root_node
    except LookupError:
        return True
    node: Node | None = root.descendant_for_byte_range(item.name_start, item.name_start)
    while node is not None:
        before = node.prev_sibling
        while before is not None and before.type in (
            "attribute_item", "line_comment", "block_comment"
        ):  # fmt: skip
            if before.type == "attribute_item" and _testing(text_of(before)):
                return True
            before = before.prev_sibling
        node = node.parent
    return False


def _testing(attribute: bytes) -> bool:
    flat = b"".join(attribute.split())
    return flat.endswith((b"test]", b"test)]", b"bench]")) or b"cfg(test" in flat or (
        b"::test(" in flat or b"cfg(all(test" in flat
    )  # fmt: skip


def _names(node: Node) -> Names:
    found = Names()
    for token in _leaves(node):
        word = text(token)
        found.implicit.update(_IMPLICIT.get(word, ()))
        if token.type not in ("identifier", "field_identifier", "type_identifier"):
            continue
        found.words.add(word)
        before, after = _before(token), _after(token)
        if before == ".":
            found.methods.add(word)
        elif before == "::":
            found.qualified.add((_qualifier(token), word))
        elif after == "(" or (token.parent is not None and token.parent.type == "arguments"):
            found.free.add(word)
    return found


def _leaves(node: Node) -> Iterator[Node]:
    return (inner for inner in walk(node) if not inner.child_count)


def _before(token: Node) -> str:
    previous = token.prev_sibling
    return "" if previous is None else text(previous)[-2:] if previous.type == "::" else text(previous)[-1:]


def _after(token: Node) -> str:
    following = token.next_sibling
    if following is None and token.parent is not None:
        following = token.parent.next_sibling
    return "" if following is None else text(following)[:1]


def _qualifier(token: Node) -> str:
    """The segment before ``::`` in front of a name."""
    previous = token.prev_sibling
    owner = None if previous is None else previous.prev_sibling
    if owner is None:
        return ""
    written = text(owner)
    return written.partition("<")[0].removesuffix("::").rpartition("::")[2]
