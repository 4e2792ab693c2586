"""The items of a Rust file that guards and risk look at: functions, modules, types, documentation tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from tree_sitter import Node

from rusta_cargo.repair.syntax import COMMENTS, parse, text_of, tokens_of, walk

# A body of one of these alone compiles and does nothing.
STUBS = (b"todo", b"unimplemented", b"unreachable", b"panic")
_FUNCTIONS = ("function_item", "function_signature_item")
_TYPES = (
    "struct_item", "enum_item", "union_item", "type_item", "const_item", "static_item", "trait_item",
)  # fmt: skip
_CONTAINERS = ("mod_item", "impl_item", "trait_item")
_ASSERTIONS = (b"assert", b"debug_assert", b"prop_assert")


@dataclass(frozen=True)
class Function:
    """One function. ``name`` has the modules and types around it; a second one of that name ends in ``#2``.

    ``attributes`` are its own and those of the modules around it. ``signature`` and ``body`` are tokens; ``body`` is
    None for a function that is only declared. ``assertions`` are the tokens of every assertion in the body.
    """

    name: str
    attributes: tuple[bytes, ...]
    public: bool
    signature: tuple[bytes, ...]
    body: tuple[bytes, ...] | None
    assertions: tuple[tuple[bytes, ...], ...]

    @property
    def is_test(self) -> bool:
        """It carries ``#[test]`` or an attribute whose path ends in ``test``, such as ``#[tokio::test]``."""
        return any(attribute_name(text).endswith("test") for text in self.attributes)

    @property
    def does_nothing(self) -> bool:
        """The body is empty, or is one stub macro alone."""
        inner = () if self.body is None else self.body[1:-1]
        return not inner or (inner[0] in STUBS and inner[1:2] == (b"!",) and _one_call(inner))


@dataclass(frozen=True)
class Outline:
    """The items of a file.

    ``modules`` are modules declared with ``mod name;``. ``public`` maps the name of every public item to the tokens
    that its users see, ``types`` maps types, traits, constants and statics to all their tokens. ``doc_tests`` are the
    opening fences of code in documentation, ``inner`` the attributes of the file itself.
    """

    functions: Mapping[str, Function] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    public: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    types: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    macros: tuple[tuple[bytes, ...], ...] = ()
    doc_tests: tuple[str, ...] = ()
    inner: tuple[bytes, ...] = ()


@lru_cache(maxsize=64)
def outline(source: bytes) -> Outline:
    """The outline of ``source``, which may be broken."""
    root = parse(source).root_node
    reader = _Reader()
    reader.read(root, (), ())
    return Outline(
        functions=reader.functions,
        modules=tuple(reader.modules),
        public=reader.public,
        types=reader.types,
        macros=tuple(reader.macros),
        doc_tests=_doc_fences(root),
        inner=tuple(text_of(child) for child in root.children if child.type == "inner_attribute_item"),
    )


def attribute_name(text: bytes) -> str:
    """The last part of an attribute's path: ``ignore`` for ``#[ignore = "slow"]``, ``test`` for ``#[tokio::test]``."""
    inner = text.strip().lstrip(b"#![ \t\r\n")
    end = next((i for i, byte in enumerate(inner) if byte in b"(]= \t\r\n"), len(inner))
    return inner[:end].decode("utf-8", "replace").rpartition("::")[2]


class _Reader:
    def __init__(self) -> None:
        self.functions: dict[str, Function] = {}
        self.modules: list[str] = []
        self.public: dict[str, tuple[bytes, ...]] = {}
        self.types: dict[str, tuple[bytes, ...]] = {}
        self.macros: list[tuple[bytes, ...]] = []

    def read(self, parent: Node, around: tuple[str, ...], outer: tuple[bytes, ...]) -> None:
        for node in _items(parent):
            self._item(node, around, (*outer, *_attributes(node)))

    def _item(self, node: Node, around: tuple[str, ...], attributes: tuple[bytes, ...]) -> None:
        inside = (*around, _name(node))
        body = node.child_by_field_name("body")
        if node.type in _FUNCTIONS:
            self._function(node, "::".join(inside), attributes)
        elif node.type == "macro_definition":
            self.macros.append(tokens_of(node))
        elif node.type == "mod_item" and body is None:
            self.modules.append("::".join(inside))
        elif node.type in _TYPES:
            name = _free("::".join(inside), self.types)
            self.types[name] = tokens_of(node)
            if _is_public(node):
                self.public[name] = _public_part(node)
        if body is not None and node.type in (*_CONTAINERS, *_FUNCTIONS):
            self.read(body, inside, attributes if node.type in ("mod_item", *_FUNCTIONS) else ())

    def _function(self, node: Node, name: str, attributes: tuple[bytes, ...]) -> None:
        name = _free(name, self.functions)
        body = node.child_by_field_name("body")
        signature = _without(node, body)
        self.functions[name] = Function(
            name=name,
            attributes=attributes,
            public=_is_public(node),
            signature=signature,
            body=None if body is None else tokens_of(body),
            assertions=() if body is None else _assertions(body),
        )
        if _is_public(node):
            self.public[name] = signature


def _items(parent: Node) -> Iterator[Node]:
    """Items below ``parent`` that lie in no other item; expressions and error nodes are looked through."""
    wanted = (*_FUNCTIONS, *_TYPES, *_CONTAINERS, "macro_definition")
    waiting = list(reversed(parent.children))
    while waiting:
        node = waiting.pop()
        if node.type in wanted:
            yield node
        elif node.child_count:
            waiting.extend(reversed(node.children))


def _attributes(node: Node) -> tuple[bytes, ...]:
    found: list[bytes] = []
    before = node.prev_sibling
    while before is not None and before.type in ("attribute_item", *COMMENTS):
        if before.type == "attribute_item":
            found.append(text_of(before))
        before = before.prev_sibling
    return tuple(reversed(found))


def _name(node: Node) -> str:
    named = node.child_by_field_name("name")
    parts = [named] if named is not None else [
        node.child_by_field_name("trait"), node.child_by_field_name("type"),
    ]  # fmt: skip
    return " for ".join(text_of(part).decode("utf-8", "replace") for part in parts if part is not None)


def _free(name: str, taken: Mapping[str, object]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}#{number}"
    return free


def _is_public(node: Node) -> bool:
    return any(child.type == "visibility_modifier" and text_of(child) == b"pub" for child in node.children)


def _without(node: Node, left_out: Node | None) -> tuple[bytes, ...]:
    return tuple(token for child in node.children if child != left_out for token in tokens_of(child))


def _public_part(node: Node) -> tuple[bytes, ...]:
    """What users of a type see: private fields and the values of constants are left out."""
    if node.type in ("const_item", "static_item"):
        return _without(node, node.child_by_field_name("value"))
    body = node.child_by_field_name("body")
    if node.type != "struct_item" or body is None or body.type != "field_declaration_list":
        return tokens_of(node)
    shown = [c for c in body.children if c.type == "field_declaration" and _is_public(c)]
    return _without(node, body) + tuple(token for item in shown for token in tokens_of(item))


def _assertions(body: Node) -> tuple[tuple[bytes, ...], ...]:
    found = []
    for node in walk(body):
        if node.type == "macro_invocation":
            name = text_of(node.child_by_field_name("macro")).rpartition(b"::")[2]
            if name.startswith(_ASSERTIONS):
                found.append(tokens_of(node))
    return tuple(found)


def _one_call(inner: tuple[bytes, ...]) -> bool:
    """``inner`` is ``name ! ( … )`` with at most a ``;`` behind it."""
    depth = 0
    for index, token in enumerate(inner[2:], start=2):
        depth += (token in (b"(", b"[", b"{")) - (token in (b")", b"]", b"}"))
        if depth == 0:
            return inner[index + 1 :] in ((), (b";",))
    return False


def _doc_fences(root: Node) -> tuple[str, ...]:
    fences = []
    inside = False
    for node in walk(root):
        text = text_of(node).decode("utf-8", "replace") if node.type in COMMENTS else ""
        if text.startswith(("///", "//!", "/**", "/*!")):
            for line in text.splitlines():
                bare = line.strip().lstrip("/*! ")
                if bare.startswith(("```", "~~~")):
                    if not inside:
                        fences.append(bare.strip("`~ "))
                    inside = not inside
    return tuple(fences)
