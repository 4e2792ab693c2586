"""What is to be done with what was gathered or found, and was forgotten: the last line, the place that was looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.mutating import Change, Scene, begin_of, short
from rusta_cargo.repair.code.nodes import text

_TAKEN = re.compile(r"(?:std::mem::|mem::)?take\(&mut (\w+)\)$|(\w+)(?:\.clone\(\))?$")
_LEAVING = re.compile(r"(?:return|break|continue|panic!)\b")
_LOOKED = re.compile(r"(.+?)\s*\.iter\(\)\s*\.r?position\(", re.DOTALL)


def changes(scene: Scene) -> Iterator[Change]:
    """Forgotten ends of loops and of searches in a suspect."""
    yield from _flushed(scene)
    yield from _removed(scene)
    yield from _left(scene)
    yield from _for_the_other(scene)


def _flushed(scene: Scene) -> Iterator[Change]:
    """After a loop that hands a part on whenever the next one begins, the last part is handed on, too."""
    unit = nodes.indent_unit(scene.source)
    for loop in scene.nodes("for_expression", "while_expression", "loop_expression"):
        statement = loop.parent if loop.parent is not None and loop.parent.type == "expression_statement" else loop
        block = statement.parent
        if block is None or block.type != "block":
            continue
        rest = scene.source[statement.end_byte : block.end_byte].decode("utf-8", "replace")
        indent = nodes.indent_at(scene.source, begin_of(scene, statement))
        for call in nodes.below(loop, ("call_expression",)):
            callee, given = call.child_by_field_name("function"), call.child_by_field_name("arguments")
            if (
                callee is None
                or given is None
                or text(callee.child_by_field_name("field")) not in ("push", "push_back")
            ):
                continue
            taken = _TAKEN.match(text(given.named_children[0])) if len(given.named_children) == 1 else None
            name = "" if taken is None else taken[1] or taken[2]
            if not name or not _gathered(scene, block, statement, name) or re.search(rf"\b{name}\b", rest):
                continue
            push = f"{scene.text(callee)}({name});"
            guarded = f"if !{name}.is_empty() {{\n{indent}{unit}{push}\n{indent}}}"
            for put, weight in ((guarded, 0.5), (push, 0.4)):
                title = f"`{short(put)}` after the loop"
                at = statement.end_byte
                yield Change("missing", title, ((at, at, f"\n{indent}{put}"),), weight, at)


def _left(scene: Scene) -> Iterator[Change]:
    """A branch that makes the result ready and then goes on as if it had not: ``return result;`` at its end."""
    tail = nodes.tail_of(scene.body)
    if tail is None or tail.type not in ("identifier", "call_expression") or scene.function is None:
        return
    result = text(tail) if tail.type == "identifier" else _wrapped(tail)
    if not result:
        return
    for node in scene.nodes("if_expression"):
        block = node.child_by_field_name("consequence")
        if block is None or node.child_by_field_name("alternative") is not None or not block.named_children:
            continue
        last = block.named_children[-1]
        if last.type != "expression_statement" or _LEAVING.match(text(last)) or "\n" not in scene.text(block):
            continue
        if re.search(rf"\b{result}\b", text(block)) and nodes.around(node, "closure_expression") is None:
            put = f"return {scene.text(tail)};"
            indent = nodes.indent_at(scene.source, begin_of(scene, last))
            at = last.end_byte
            yield Change("guard", f"`{short(put)}` at the end of the branch", ((at, at, f"\n{indent}{put}"),), 0.25, at)


def _wrapped(tail: Node) -> str:
    """``x`` of ``Ok(x)`` and ``Some(x)``."""
    held = re.fullmatch(r"(?:Ok|Some)\(([a-z]\w*)\)", text(tail))
    return "" if held is None else held[1]


def _gathered(scene: Scene, block: Node, loop: Node, name: str) -> bool:
    """``name`` is declared ``mut`` before the loop, in the same block."""
    before = scene.source[block.start_byte : loop.start_byte].decode("utf-8", "replace")
    return re.search(rf"\blet mut {name}\b", before) is not None


def _removed(scene: Scene) -> Iterator[Change]:
    """``if let Some(at) = list.iter().position(…) {`` and ``at`` is never asked for: ``list.remove(at);``."""
    for node in scene.nodes("if_expression"):
        condition, block = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is None or block is None or condition.type != "let_condition":
            continue
        found = re.fullmatch(r"Some\((\w+)\)", text(condition.child_by_field_name("pattern")))
        looked = _LOOKED.match(scene.text(condition.child_by_field_name("value")))
        if found is None or looked is None or re.search(rf"\b{found[1]}\b", text(block)):
            continue
        put = f"{looked[1]}.remove({found[1]});"
        outer = nodes.indent_at(scene.source, begin_of(scene, node))
        line = f"\n{outer}{nodes.indent_unit(scene.source)}{put}"
        first, last = block.start_byte + 1, block.end_byte - 1
        empty = not scene.source[first:last].strip()
        part = (first, last, f"{line}\n{outer}") if empty else (first, first, line)
        yield Change("missing", f"`{short(put)}`", (part,), 0.6, first)


def _for_the_other(scene: Scene) -> Iterator[Change]:
    """``left.visit(found);`` where ``right`` is bound beside ``left`` and never read: ``right.visit(found);``."""
    for name in sorted(scene.neglected.idle):
        beside = {
            text(other)
            for node in scene.nodes("tuple_pattern", "tuple_struct_pattern", "closure_parameters", "field_pattern")
            if any(text(child) == name for child in node.named_children)
            for other in node.named_children
            if other.type == "identifier" and text(other) != name
        }
        for statement in scene.nodes("expression_statement") if beside else ():
            for other in sorted(beside):
                written = scene.text(statement)
                put, count = re.subn(rf"(?<![\w.]){other}\b", name, written)
                if count and "\n" not in written:
                    indent = nodes.indent_at(scene.source, begin_of(scene, statement))
                    at = statement.end_byte
                    yield Change("missing", f"`{short(put)}`", ((at, at, f"\n{indent}{put}"),), 0.4, at)
