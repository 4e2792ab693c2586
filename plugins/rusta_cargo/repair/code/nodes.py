"""Places in a syntax tree: the node at a span, what encloses it, its line and indentation.

Everything works on trees with error nodes; a function that finds nothing gives None.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

import tree_sitter_rust
from tree_sitter import Language, Node, Query, QueryCursor, Tree

from rusta_cargo.repair.syntax import text_of

FUNCTIONS = ("function_item", "function_signature_item")
TYPES = ("struct_item", "enum_item", "union_item")
LOOPS = ("for_expression", "while_expression", "loop_expression")
ITEMS = (
    *FUNCTIONS, *TYPES, "trait_item", "impl_item", "mod_item", "const_item", "static_item", "type_item",
    "associated_type", "macro_definition", "use_declaration", "extern_crate_declaration", "foreign_mod_item",
)  # fmt: skip
STATEMENTS = ("let_declaration", "expression_statement", "empty_statement", *ITEMS)
_HOLDERS = ("block", "source_file", "declaration_list")
# Between an item and what belongs to it: attributes and documentation.
_ATTACHED = ("attribute_item", "line_comment", "block_comment")


def text(node: Node | None) -> str:
    """The text of a node; empty for None."""
    return text_of(node).decode("utf-8", "replace")


def node_at(tree: Tree | Node, start: int, end: int | None = None) -> Node:
    """The smallest named node that covers ``start..end``; the root when there is none."""
    root = tree.root_node if isinstance(tree, Tree) else tree
    found = root.named_descendant_for_byte_range(start, start if end is None else end)
    return root if found is None else found


def exact(tree: Tree | Node, start: int, end: int) -> Node | None:
    """The outermost named node with exactly this span."""
    node: Node | None = node_at(tree, start, end)
    if node is None or (node.start_byte, node.end_byte) != (start, end):
        return None
    while (parent := node.parent) is not None and (parent.start_byte, parent.end_byte) == (
        start,
        end,
    ):
        if parent.type == "source_file":
            break
        node = parent
    return node


def ancestors(node: Node) -> Iterator[Node]:
    """``node``, its parent, and so on to the root."""
    current: Node | None = node
    while current is not None:
        yield current
        current = current.parent


def enclosing(node: Node | None, kinds: str | Collection[str]) -> Node | None:
    """``node`` itself or the nearest node around it of one of ``kinds``."""
    wanted = (kinds,) if isinstance(kinds, str) else kinds
    if node is None:
        return None
    return next((item for item in ancestors(node) if item.type in wanted), None)


def around(node: Node | None, kinds: str | Collection[str]) -> Node | None:
    """The nearest node strictly around ``node`` of one of ``kinds``."""
    return None if node is None else enclosing(node.parent, kinds)


def statement_of(node: Node | None) -> Node | None:
    """The statement (or tail expression) around ``node``: the child of the nearest block."""
    current = node
    while current is not None and current.parent is not None:
        if current.parent.type == "block" and current.type != "label":
            return current
        current = current.parent
    return None


def block_of(node: Node | None) -> Node | None:
    return enclosing(node, "block")


def function_of(node: Node | None) -> Node | None:
    """The function around ``node``; closures are looked through."""
    return enclosing(node, FUNCTIONS)


def callable_of(node: Node | None) -> Node | None:
    """The function, closure or async block around ``node``: what ``return`` and ``?`` leave."""
    return enclosing(node, (*FUNCTIONS, "closure_expression", "async_block"))


def item_of(node: Node | None) -> Node | None:
    return enclosing(node, ITEMS)


def impl_of(node: Node | None) -> Node | None:
    """The impl or trait whose ``Self`` holds at ``node``; a nested function has none of its own."""
    return enclosing(node, ("impl_item", "trait_item"))


def children(node: Node, kinds: str | Collection[str]) -> list[Node]:
    wanted = (kinds,) if isinstance(kinds, str) else kinds
    return [child for child in node.children if child.type in wanted]


def child(node: Node | None, kinds: str | Collection[str]) -> Node | None:
    """The first child of one of ``kinds``."""
    return None if node is None else next(iter(children(node, kinds)), None)


def below(node: Node, kinds: str | Collection[str], into: Collection[str] | None = None) -> Iterator[Node]:
    """The nodes of ``kinds`` at and below ``node`` in the order of the text.

    ``into`` names kinds that are not entered (say, nested functions).
    """
    wanted = (kinds,) if isinstance(kinds, str) else kinds
    closed = () if into is None else into
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type in wanted:
            yield current
        if current is node or current.type not in closed:
            waiting.extend(reversed(current.children))


def tail_of(block: Node | None) -> Node | None:
    """The tail expression of a block, if it has one."""
    if block is None or block.type != "block":
        return None
    last: Node | None = None
    for inner in block.named_children:
        if inner.type not in _ATTACHED and inner.type != "label":
            last = inner
    if last is None or last.type in STATEMENTS:
        # An expression that ends in a block is a statement to the grammar, and still the value.
        if last is not None and last.type == "expression_statement" and not text(last).endswith(";"):
            return last.named_children[0] if last.named_children else None
        return None
    return last


@lru_cache(maxsize=64)
def _query(kinds: tuple[str, ...]) -> Query:
    language = Language(tree_sitter_rust.language())
    return Query(language, "[" + " ".join(f"({kind})" for kind in kinds) + "] @found")


def every(root: Node, kinds: str | Collection[str]) -> list[Node]:
    """All nodes of ``kinds`` at and below ``root`` in the order of the text; much quicker than :func:`below`."""
    wanted = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    found = QueryCursor(_query(wanted)).captures(root).get("found", [])
    return sorted(found, key=lambda node: (node.start_byte, -node.end_byte))


def item_start(node: Node) -> int:
    """Where ``node`` begins with its attributes and documentation."""
    start, previous = node.start_byte, node.prev_sibling
    while previous is not None and previous.type in _ATTACHED:
        if previous.type != "attribute_item" and not text(previous).startswith(("///", "/**")):
            break
        start, previous = previous.start_byte, previous.prev_sibling
    return start


def line_start(source: bytes, byte: int) -> int:
    return source.rfind(b"\n", 0, byte) + 1


def line_end(source: bytes, byte: int) -> int:
    """The end of the line at ``byte``, without its line break."""
    end = source.find(b"\n", byte)
    if end < 0:
        return len(source)
    return end - 1 if end > byte and source[end - 1] == 0x0D else end


def after_line(source: bytes, byte: int) -> int:
    """The first byte of the next line (the end of the text when there is none)."""
    end = source.find(b"\n", byte)
    return len(source) if end < 0 else end + 1


def indent_at(source: bytes, byte: int) -> str:
    """The white space that begins the line of ``byte``."""
    start = line_start(source, byte)
    end = start
    while end < len(source) and source[end] in b" \t":
        end += 1
    return source[start:end].decode()


def starts_line(source: bytes, byte: int) -> bool:
    """Only white space stands before ``byte`` on its line."""
    return not source[line_start(source, byte) : byte].strip()


def indent_unit(source: bytes) -> str:
    """One step of indentation of this file: a tab when it uses them, else its smallest, else four spaces."""
    steps = []
    for line in source.split(b"\n", 4000)[:4000]:
        body = line.lstrip(b" \t")
        if line.startswith(b"\t") and body.strip():
            return "\t"
        width = len(line) - len(body)
        if width > 1 and body[:1] not in (b"*", b"", b"\r"):
            steps.append(width)
    return " " * (2 if steps and min(steps) in (2, 3) else 4)


def is_broken(node: Node) -> bool:
    """There is an error node at or below ``node``, or something is missing there."""
    return node.has_error
