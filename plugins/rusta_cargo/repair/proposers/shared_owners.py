"""One value that several threads or closures own: E0382 where the value cannot be cloned.

It goes behind an ``Arc``, and each closure that moves it gets a counted pointer of its own. What is called on it stays
as it is, for the pointer leads there by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import Binding, binding_of
from rusta_cargo.repair.code.usage import free_name, occurrences, uses
from rusta_cargo.repair.proposer import Replacement
from rusta_cargo.repair.proposers.moves import moved_type

_CLOSURES = ("closure_expression", "async_block")
# What is shared in order to be changed is behind one of these already.
_SHAREABLE = ("Mutex", "RwLock", "Condvar", "Barrier", "OnceLock")


def _counted(case: Case) -> Iterator[Answer]:
    name = next(iter(quoted(case.diagnostic.message)), "")
    if not name.isidentifier():
        return
    binding = binding_of(case.root, name, case.place.start)
    if binding is None or binding.kind != "let" or not binding.whole or binding.value is None:
        return
    kind = moved_type(case) or case.type_of(binding.value) or ""
    if types.head(kind) in ("Rc", "Arc") or types.is_reference(kind):
        return
    block = nodes.block_of(binding.at)
    if block is None:
        return
    closures = _moving(case, binding, block)
    if not closures:
        return
    value = binding.value
    parts: list[Replacement] = [*edits.wrap(case.path, value.start_byte, value.end_byte, "Arc::new(", ")")]
    written = binding.at.child_by_field_name("type")
    if written is not None:
        parts += edits.wrap(case.path, written.start_byte, written.end_byte, "Arc<", ">")
    mutable = nodes.child(binding.at, "mutable_specifier")
    if mutable is not None:
        parts.append(edits.delete(case.path, mutable.start_byte, mutable.end_byte + 1))
    taken = 0
    for closure in closures:
        statement = nodes.statement_of(closure)
        if statement is None:
            return
        if statement.type == "let_declaration" and text(statement.child_by_field_name("pattern")) == name:
            return
        own = name if nodes.around(statement, nodes.LOOPS) is not None and _within(statement, block) else ""
        if not own:
            own = free_name(block, f"{name}_clone", f"{name}_copy") + (str(taken + 1) if taken else "")
            parts += [edits.replace_node(case.path, use, own) for use in occurrences(closure, name)]
            taken += 1
        line = f"let {own} = Arc::clone(&{name});"
        parts.append(edits.line_before(case.path, case.source, statement.start_byte, line))
    parts += _import(case)
    yield Answer(f"share `{name}` through an `Arc`", tuple(parts), 0.75 if types.head(kind) in _SHAREABLE else 0.3)


def _moving(case: Case, binding: Binding, block: Node) -> list[Node]:
    """The closures with ``move`` that use the binding; empty when it is moved elsewhere or captured by format strings."""
    found: dict[int, Node] = {}
    for use in uses(case.root, binding, block):
        closure = nodes.around(use, _CLOSURES)
        if closure is None or closure.start_byte < binding.end:
            continue
        outer = nodes.around(closure, _CLOSURES)
        while outer is not None and outer.start_byte > binding.end:
            closure, outer = outer, nodes.around(outer, _CLOSURES)
        if nodes.child(closure, "move") is None:
            return []
        found[closure.start_byte] = closure
    return list(found.values())


def _within(statement: Node, block: Node) -> bool:
    """The loop around ``statement`` lies in ``block``, so that the value outlives its rounds."""
    loop = nodes.around(statement, nodes.LOOPS)
    return loop is not None and block.start_byte < loop.start_byte


def _import(case: Case) -> Iterator[Replacement]:
    """``Arc`` in scope, beside another import of ``std::sync`` if there is one."""
    for use in nodes.every(case.root, "use_declaration"):
        written = text(use)
        if "Arc" in types.words(written) or "sync::*" in written:
            return
    for use in nodes.every(case.root, "use_declaration"):
        argument = use.child_by_field_name("argument")
        if argument is not None and text(argument).startswith("std::sync::"):
            rest = text(argument).removeprefix("std::sync::")
            if rest.isidentifier():
                yield edits.replace_node(case.path, argument, f"std::sync::{{Arc, {rest}}}")
                return
            if rest.startswith("{"):
                yield edits.insert(case.path, argument.start_byte + len("std::sync::{"), "Arc, ")
                return
    first = next(iter(nodes.every(case.root, "use_declaration")), None)
    start = first.start_byte if first is not None else None
    if start is None:
        item = next((child for child in case.root.children if child.type in nodes.ITEMS), None)
        start = 0 if item is None else nodes.item_start(item)
        yield edits.line_before(case.path, case.source, start, "use std::sync::Arc;\n")
    else:
        yield edits.line_before(case.path, case.source, start, "use std::sync::Arc;")


propose = answering({"E0382": (_counted,)})
