"""Unsafe operations outside an unsafe block: E0133.

The smallest piece of code that holds the operation and may stand in a block is wrapped: the expression where a value is
used, the whole statement where it is called for its effect or assigned to. Several operations in one block are also
wrapped together, and the function may be declared ``unsafe`` (the caller then answers for it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.nodes import ancestors, block_of, exact, function_of, node_at, statement_of, text
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic, Replacement

CODE = "E0133"
RISK = "adds an unsafe block: check that what the operation requires really holds"
# Where a plain block stands for no reason of its own: it has lost its keyword.
_PLAIN = (
    "expression_statement", "block", "let_declaration", "arguments", "assignment_expression", "return_expression",
    "binary_expression", "field_expression", "parenthesized_expression", "type_cast_expression", "reference_expression",
    "unary_expression", "field_initializer", "index_expression", "try_expression",
)  # fmt: skip
_BODIES = ("match_arm", "closure_expression")
_PLAIN_PRIOR, _BODY_PRIOR = 0.92, 0.55
_ASSIGNMENTS = ("assignment_expression", "compound_assignment_expr")
# An operand of one of these cannot begin a statement as a block and go on after it.
_CONTINUED = ("binary_expression", "type_cast_expression", "index_expression", "call_expression")


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Wrap what is unsafe."""
    places: dict[tuple[str, int], list[tuple[int, Node]]] = {}
    for number, error in enumerate(situation.diagnostics):
        found = _operation(situation, error)
        if found is None:
            continue
        path, node = found
        yield from _wrappings(path, node, number)
        block = block_of(node)
        if block is not None:
            places.setdefault((path, block.start_byte), []).append((number, node))
    yield from _keywords(places)
    together: list[Replacement] = []
    for (path, _), members in places.items():
        if len(members) > 1:
            together += _around(path, situation.source(path), [node for _, node in members])
        else:
            start, end = _smallest(members[0][1])
            together += edits.wrap(path, start, end, "unsafe { ", " }")
    if sum(len(members) for members in places.values()) > 1:
        yield Candidate("wrap all unsafe operations", tuple(together), 0.85, risk=(RISK,), cites=(CODE,))


def _operation(situation: Situation, error: Diagnostic) -> tuple[str, Node] | None:
    place = error.primary
    if error.code != CODE or place is None or place.macro is not None:
        return None
    tree = situation.syntax(place.path)
    node = exact(tree, place.start, place.end) or node_at(tree, place.start, place.end)
    return None if node.parent is None or block_of(node) is None else (place.path, node)


def _keywords(places: Mapping[tuple[str, int], list[tuple[int, Node]]]) -> Iterator[Candidate]:
    """``unsafe`` in front of blocks that are there already."""
    blocks: dict[tuple[str, int], tuple[float, list[int]]] = {}
    for (path, _), members in places.items():
        around = _block_without(members[0][1])
        if around is not None:
            known = blocks.setdefault((path, around[0].start_byte), (around[1], []))
            known[1].extend(number for number, _ in members)
    for (path, start), (prior, numbers) in blocks.items():
        yield Candidate(
            "make the block unsafe",
            (edits.insert(path, start, "unsafe "),),
            prior,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            risk=(RISK,),
            cites=(CODE,),
        )


def _block_without(node: Node) -> tuple[Node, float] | None:
    """The nearest block around ``node`` that could do with the keyword, and how likely it has lost it."""
    for block in ancestors(node):
        parent = block.parent
        if parent is None or block.type in ("function_item", "async_block", "const_block"):
            return None
        if block.type == "block":
            if parent.type in _PLAIN:
                return block, _PLAIN_PRIOR
            if parent.type in _BODIES:
                return block, _BODY_PRIOR
    return None


def _wrappings(path: str, node: Node, number: int) -> Iterator[Candidate]:
    start, end = _smallest(node)
    yield Candidate(
        "wrap the operation in an unsafe block",
        edits.wrap(path, start, end, "unsafe { ", " }"),
        0.8,
        diagnostic=number,
        risk=(RISK,),
        cites=(CODE,),
    )
    statement = statement_of(node)
    if statement is not None and statement.type == "expression_statement" and statement.end_byte != end:
        yield Candidate(
            "wrap the statement in an unsafe block",
            edits.wrap(path, statement.start_byte, statement.end_byte, "unsafe { ", " }"),
            0.4,
            diagnostic=number,
            risk=(RISK,),
            cites=(CODE,),
        )
    function = function_of(node)
    name = function.child_by_field_name("name") if function is not None else None
    if function is not None and name is not None and text(name) != "main":
        keyword = next((child for child in function.children if child.type == "fn"), None)
        if keyword is not None:
            yield Candidate(
                f"declare `{text(name)}` unsafe",
                (edits.insert(path, keyword.start_byte, "unsafe "),),
                0.1,
                diagnostic=number,
                risk=("makes the function unsafe to call",),
                cites=(CODE,),
            )


def _smallest(node: Node) -> tuple[int, int]:
    """The span to wrap: the operation, widened until a block may stand in its place."""
    current = node
    while (parent := current.parent) is not None:
        if parent.type in _ASSIGNMENTS and parent.child_by_field_name("left") == current:
            current = parent  # a place that is assigned to cannot be the value of a block
        elif parent.type in ("reference_expression", "field_expression", "try_expression"):
            current = parent  # borrowing a block's value would borrow a copy of the place
        elif parent.type in _CONTINUED and parent.start_byte == current.start_byte and _begins_statement(parent):
            current = parent
        else:
            break
    return current.start_byte, current.end_byte


def _begins_statement(node: Node) -> bool:
    statement = statement_of(node)
    return statement is not None and statement.start_byte == node.start_byte


def _around(path: str, source: bytes, nodes: list[Node]) -> list[Replacement]:
    """One block around the run of statements that hold ``nodes``, when none of them declares a name used later."""
    statements = [statement for node in nodes if (statement := statement_of(node)) is not None]
    first = min(statements, key=lambda item: item.start_byte)
    last = max(statements, key=lambda item: item.end_byte)
    run: list[Node] = []
    current: Node | None = first
    while current is not None:
        run.append(current)
        if current == last:
            break
        current = current.next_named_sibling
    declares = any(item.type == "let_declaration" for item in run)
    if declares or len(run) > len({item.start_byte for item in statements}) + 1:
        spans = sorted({_smallest(node) for node in nodes})
        outer = [span for span in spans if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in spans)]
        return [change for start, end in outer for change in edits.wrap(path, start, end, "unsafe { ", " }")]
    return _block(path, source, first.start_byte, last.end_byte)


def _block(path: str, source: bytes, start: int, end: int) -> list[Replacement]:
    line = source.rfind(b"\n", 0, start) + 1
    indent = source[line:start].decode("utf-8", "replace")
    if indent.strip() or b"\n" not in source[start:end]:
        return list(edits.wrap(path, start, end, "unsafe { ", " }"))
    body = source[start:end].decode("utf-8", "replace")
    inner = edits.reindent(body, "    ")
    return [edits.replace(path, start, end, f"unsafe {{\n{indent}    {inner}\n{indent}}}")]
