"""Lints that are errors here, beyond what the compiler suggests itself.

Names are brought to their style everywhere at once; what nobody uses gets a leading underscore or an ``allow``; a lost
result is passed on with ``?``; missing documentation is written from the name; a number that does not fit gets a
wider type; code that is never reached goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.renaming import everywhere
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.seeing import expression_at
from rusta_cargo.repair.code.similar import words_of
from rusta_schemas.diagnostic import Diagnostic

_WIDER = {
    "u8": ("u16", "u32", "i32"), "i8": ("i16", "i32", "u8"), "u16": ("u32", "i32"), "i16": ("i32", "i64", "u16"),
    "u32": ("u64", "i64"), "i32": ("i64", "u32"), "u64": ("u128",), "i64": ("i128", "u64"),
    "usize": ("u64", "u128"), "isize": ("i64", "i128"),
}  # fmt: skip
_STYLES = ("non_snake_case", "non_camel_case_types", "non_upper_case_globals")
_MEANT = 0.7
_ALLOWED = "silences the lint at this place"
_DOCUMENTED = (
    *nodes.ITEMS, "enum_variant", "field_declaration",
)  # fmt: skip
# How a comparison with a limit of the type that is always the same was probably meant.
_STRICTER = {">=": (">", "!="), "<": ("<=", "=="), "<=": ("==", "<"), ">": ("!=", ">=")}


def _styled(case: Case) -> Iterator[Answer]:
    """A name in the wrong style, with all its uses; then all such names at once."""
    found = _restyled(case.diagnostic)
    if found is not None:
        parts = everywhere(case.situation, case.index.files, *found)
        yield Answer(f"name it `{found[1]}` everywhere", parts, 0.9)
    every: dict[str, str] = {}
    for other in case.situation.diagnostics:
        pair = _restyled(other) if other.code in _STYLES else None
        if pair is not None and pair[1] not in every.values():
            every[pair[0]] = pair[1]
    if len(every) > 1 and found is not None and next(iter(every)) == found[0]:
        parts = tuple(
            part for old, new in every.items() for part in everywhere(case.situation, case.index.files, old, new)
        )
        yield Answer("bring all the names to their style", parts, 0.95)


def _restyled(diagnostic: Diagnostic) -> tuple[str, str] | None:
    """The name that a lint complains of, and what it should be."""
    names = quoted(diagnostic.message)
    if not names:
        return None
    new = next(
        (
            part.text
            for suggestion in diagnostic.suggestions
            for part in suggestion.replacements
            if re.fullmatch(r"\w+", part.text)
        ),
        None,
    ) or _in_style(diagnostic.code or "", names[0])
    return (names[0], new) if new != names[0] else None


def _in_style(lint: str, name: str) -> str:
    words = words_of(name)
    if lint == "non_camel_case_types":
        return "".join(word.capitalize() for word in words)
    joined = "_".join(words)
    return joined.upper() if lint == "non_upper_case_globals" else joined


def _dead(case: Case) -> Iterator[Answer]:
    """Nobody uses it."""
    spans = [span for span in case.diagnostic.spans if span.primary]
    parts: list[Answer] = []
    for span in spans:
        name = case.situation.text(span.path, span.start, span.end)
        node = nodes.node_at(case.root, span.start, span.end)
        holder = nodes.enclosing(node, _DOCUMENTED)
        if holder is None or not re.fullmatch(r"\w+", name):
            continue
        line = edits.line_before(case.path, case.source, holder.start_byte, "#[allow(dead_code)]")
        parts.append(Answer(f"allow that `{name}` is not used", (line,), 0.45, (_ALLOWED,)))
        if not name.startswith("_") and holder.type not in ("enum_variant", *nodes.TYPES):
            renamed = everywhere(case.situation, case.index.files, name, f"_{name}")
            parts.append(Answer(f"name it `_{name}`", renamed, 0.5))
        if _is_library(case) and holder.type in nodes.ITEMS:
            opened = edits.insert(case.path, holder.start_byte, "pub ")
            if nodes.child(holder, "visibility_modifier") is None:
                parts.append(Answer(f"make `{name}` public", (opened,), _MEANT if _is_for_others(holder) else 0.3))
    yield from parts
    if len(spans) > 1:
        lines = [answer.parts[0] for answer in parts if answer.title.startswith("allow")]
        unique = tuple({(part.path, part.start): part for part in lines}.values())
        yield Answer("allow that they are not used", unique, 0.5, (_ALLOWED,))
        holder = nodes.enclosing(nodes.node_at(case.root, spans[0].start), ("impl_item", *nodes.TYPES))
        if holder is not None:
            line = edits.line_before(case.path, case.source, holder.start_byte, "#[allow(dead_code)]")
            yield Answer("allow that they are not used", (line,), 0.52, (_ALLOWED,))


def _is_for_others(item: Node) -> bool:
    """It is documented, and most of what stands beside it is public: only its ``pub`` was forgotten."""
    before, documented = item.prev_sibling, False
    while before is not None and before.type in ("line_comment", "attribute_item"):
        documented = documented or text(before).startswith("///")
        before = before.prev_sibling
    beside = [
        nodes.child(other, "visibility_modifier") is not None
        for other in (item.parent.named_children if item.parent is not None else ())
        if other.type == item.type and other != item
    ]
    return documented and 2 * sum(beside) > len(beside)


def _is_library(case: Case) -> bool:
    package = case.situation.project.package_of(case.path)
    return package is not None and any("lib" in target.kind for target in package.targets)


def _allowed(case: Case) -> Iterator[Answer]:
    """An ``allow`` of the lint at the item around."""
    lint = case.diagnostic.code or ""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    holder = nodes.enclosing(node, nodes.ITEMS)
    if holder is not None and re.fullmatch(r"\w+(::\w+)?", lint):
        line = edits.line_before(case.path, case.source, holder.start_byte, f"#[allow({lint})]")
        yield Answer(f"allow `{lint}` here", (line,), 0.05, (_ALLOWED,))


def _undocumented(case: Case) -> Iterator[Answer]:
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    if "for the crate" in case.diagnostic.message:
        name = next((package.name for package in case.situation.project.packages), "This crate")
        yield Answer("document the crate", (edits.insert(case.path, 0, f"//! {name}.\n\n"),), 0.6)
        return
    holder = nodes.enclosing(node, _DOCUMENTED)
    name_node = None if holder is None else holder.child_by_field_name("name")
    if holder is None:
        return
    words = words_of(text(name_node)) or ["This"]
    said = " ".join([words[0].capitalize(), *words[1:]])
    line = edits.line_before(case.path, case.source, nodes.item_start(holder), f"/// {said}.")
    if not nodes.starts_line(case.source, nodes.item_start(holder)):
        line = edits.insert(case.path, nodes.item_start(holder), f"/** {said}. */ ")
    yield Answer("document it", (line,), 0.6)


def _lost(case: Case) -> Iterator[Answer]:
    """A result that nobody looks at is passed on, or taken."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    statement = nodes.statement_of(node)
    function = nodes.callable_of(node)
    if statement is None or not text(statement).endswith(";"):
        return
    end = statement.end_byte - 1
    returns = "" if function is None else text(function.child_by_field_name("return_type"))
    if "Result" in case.diagnostic.message and "Result" in returns:
        yield Answer("pass the failure on", (edits.insert(case.path, end, "?"),), 0.85)
    if "Result" in case.diagnostic.message:
        yield Answer("panic on failure", (edits.insert(case.path, end, ".unwrap()"),), 0.3)
    future = "Future" in case.diagnostic.message or "futures do" in case.diagnostic.rendered
    if future and "async" in text(nodes.child(function, "function_modifiers")):
        yield Answer("await it", (edits.insert(case.path, end, ".await"),), 0.9)
    if "iterators are lazy" in case.diagnostic.rendered:
        changed = text(statement)
        if changed.count(".map(") == 1:
            at = statement.start_byte + changed.encode().find(b".map(")
            yield Answer("run through it", (edits.replace(case.path, at, at + 5, ".for_each("),), 0.8)
    if text(statement).count("==") == 1 and "comparison" in case.diagnostic.message:
        at = statement.start_byte + text(statement).encode().find(b"==")
        yield Answer("assign", (edits.replace(case.path, at, at + 2, "="),), 0.8)


def _overflowing(case: Case) -> Iterator[Answer]:
    """A literal that does not fit: a wider declared type, or the type whose bits it has."""
    told = re.search(r"for `(\w+)`", case.diagnostic.message)
    if told is None:
        return
    kind = told[1]
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    holder = nodes.enclosing(node, ("let_declaration", "const_item", "static_item", "field_initializer", "arguments"))
    declared = None if holder is None else holder.child_by_field_name("type")
    item = case.index.at(case.path, node.start_byte)
    if declared is None and isinstance(item, Function) and item.returns is not None:
        body = nodes.function_of(node)
        declared = None if body is None else body.child_by_field_name("return_type")
    wider = list(_WIDER.get(kind, ()))
    if "-" in text(node.parent or node)[:1] and kind.startswith("u"):
        wider = [f"i{kind[1:]}", *[f"i{n[1:]}" for n in wider if n.startswith("u")]]
    for at, new in enumerate(wider):
        if declared is not None and re.search(rf"\b{kind}\b", text(declared)):
            changed = re.sub(rf"\b{kind}\b", new, text(declared))
            change = edits.replace_node(case.path, declared, changed)
            yield Answer(f"declare it `{changed}`", (change,), 0.75 - 0.15 * at)
        elif text(node).endswith(kind):
            change = edits.replace(case.path, node.end_byte - len(kind), node.end_byte, new)
            yield Answer(f"write a `{new}`", (change,), 0.6 - 0.1 * at)
    if declared is None and (binding := _compared(case, node)) is not None:
        for at, new in enumerate(wider):
            yield Answer(
                f"declare it `{new}`",
                (edits.replace_node(case.path, binding, new),),
                0.5 - 0.1 * at,
            )


def _compared(case: Case, node: Node) -> Node | None:
    """The written type of the local on the other side of the operator."""
    operation = nodes.around(node, "binary_expression")
    if operation is None:
        return None
    for side in operation.named_children:
        if side.type == "identifier":
            binding = binding_of(case.root, text(side), side.start_byte)
            kind = None if binding is None else binding.at.child_by_field_name("type")
            if kind is not None and text(kind) in types.NUMBERS:
                return kind
    return None


def _useless(case: Case) -> Iterator[Answer]:
    """A comparison that is always the same."""
    sign = expression_at(case, case.place).child_by_field_name("operator")
    for at, new in enumerate(_STRICTER.get(text(sign), ())):
        if sign is not None:
            change = edits.replace_node(case.path, sign, new)
            yield Answer(f"compare with `{new}`", (change,), 0.6 - 0.2 * at)


def _endless(case: Case) -> Iterator[Answer]:
    """A method that only calls itself: the field of its name was meant, or a part of ``self``."""
    function = case.item
    if function is None or function.owner is None:
        return
    owner = getattr(function.owner, "self_type", None)
    struct = None if owner is None else case.index.struct(owner.text)
    fields = [] if struct is None else [field.name for field in struct.fields]
    calls = [
        span for span in case.diagnostic.spans if "recursive call" in (span.label or "") and span.path == case.path
    ]
    for span in calls:
        call = nodes.node_at(case.root, span.start, span.end)
        callee = call.child_by_field_name("function")
        value = None if callee is None else callee.child_by_field_name("value")
        if callee is None or value is None:
            continue
        if function.name in fields:
            gone = edits.delete(case.path, callee.end_byte, call.end_byte)
            yield Answer("read the field", (gone,), 0.9)
        for field in fields[:4]:
            put = edits.insert(case.path, value.end_byte, f".{field}")
            yield Answer(f"call it on `{field}`", (put,), 0.6 if len(fields) == 1 else 0.4)
            read = edits.replace(case.path, value.end_byte, call.end_byte, f".{field}")
            yield Answer(f"read `{field}`", (read,), 0.5 if len(fields) == 1 else 0.3)


def _unreached(case: Case) -> Iterator[Answer]:
    """Statements behind the end go; or what ends too early has one ``;`` less."""
    statement = nodes.statement_of(nodes.node_at(case.root, case.place.start, case.place.end))
    if statement is not None and statement.parent is not None:
        last = statement.parent.named_children[-1]
        gone = edits.delete_lines(case.path, case.source, statement.start_byte, last.end_byte)
        yield Answer("leave out what is never reached", (gone,), 0.5)


def _unread(case: Case) -> Iterator[Answer]:
    """A value that is written and never read: the statement goes."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    statement = nodes.statement_of(node)
    if statement is None:
        return
    if statement.type == "expression_statement":
        gone = edits.delete_lines(case.path, case.source, statement.start_byte, statement.end_byte)
        yield Answer("leave out the assignment", (gone,), 0.45)
    elif statement.type == "let_declaration":
        value = statement.child_by_field_name("value")
        pattern = statement.child_by_field_name("pattern")
        written = statement.child_by_field_name("type") or pattern
        if value is not None and written is not None:
            parts = [edits.delete(case.path, written.end_byte, value.end_byte)]
            word = nodes.child(statement, "mutable_specifier")
            yield Answer("declare it without a value", tuple(parts), 0.5)
            if word is not None and pattern is not None:
                parts.append(edits.delete(case.path, word.start_byte, pattern.start_byte))
                yield Answer("declare it without a value", tuple(parts), 0.45)


def _unused_item(case: Case) -> Iterator[Answer]:
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    holder = nodes.enclosing(node, ("macro_definition", "label"))
    if holder is None:
        return
    if holder.type == "label":
        stop = case.source.find(b":", holder.end_byte) + 1
        while case.source[stop : stop + 1] == b" ":
            stop += 1
        yield Answer("leave the label out", (edits.delete(case.path, holder.start_byte, stop),), 0.8)
        return
    line = edits.line_before(case.path, case.source, nodes.item_start(holder), "#[allow(unused_macros)]")
    yield Answer("allow that it is not used", (line,), 0.4, (_ALLOWED,))


def _forbidden(case: Case) -> Iterator[Answer]:
    """A lint that is forbidden and allowed further in (E0453): what may have exceptions is denied."""
    for span in case.diagnostic.spans:
        if "`forbid` level set here" not in (span.label or "") or span.path not in case.index.files:
            continue
        root = case.situation.syntax(span.path).root_node
        attribute = nodes.enclosing(
            nodes.node_at(root, span.start, span.end), ("attribute_item", "inner_attribute_item")
        )
        word = None if attribute is None else next(nodes.below(attribute, "identifier"), None)
        if word is not None and text(word) == "forbid":
            yield Answer("deny the lint instead of forbidding it", (edits.replace_node(span.path, word, "deny"),), 0.6)


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    **dict.fromkeys(_STYLES, (_styled, _allowed)),
    "E0453": (_forbidden,),
    "dead_code": (_dead,),
    "missing_docs": (_undocumented,),
    "unused_must_use": (_lost,),
    "overflowing_literals": (_overflowing,),
    "unused_comparisons": (_useless, _allowed),
    "unconditional_recursion": (_endless,),
    "unreachable_code": (_unreached, _allowed),
    "unused_assignments": (_unread, _allowed),
    "unused_macros": (_unused_item,),
    "unused_labels": (_unused_item,),
    **dict.fromkeys(
        (
            "unreachable_patterns", "private_interfaces", "private_bounds", "unsafe_code", "unused_variables",
            "missing_debug_implementations", "unused_doc_comments", "improper_ctypes", "static_mut_refs", "deprecated",
            "clippy::too_many_arguments", "clippy::type_complexity", "clippy::new_without_default",
            "clippy::module_inception", "clippy::upper_case_acronyms", "clippy::should_implement_trait",
        ),
        (_allowed,),
    ),
}  # fmt: skip
propose = answering(_TABLE)
