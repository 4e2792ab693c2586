"""Macro calls that no rule of the macro takes, macros not found where they are called; such errors have no code.

The compiler says what it tried to match: a missing separator is put in, a wrong one replaced, a superfluous argument
goes, a trailing comma goes or the macro learns to take it. A function called with ``!`` is called without; a macro
defined below its call moves up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.format_strings import MacroCall, macro_calls
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_schemas.diagnostic import Span

_TRIED = "while trying to match"
_SEPARATORS = (",", ";", "=>", ":", "=", "->", "|")
_COMPARISONS = {"==": "_eq", "!=": "_ne"}
# A macro of std that takes what another one was given.
_MEANT = {"assert_eq": "assert", "assert_ne": "assert", "debug_assert_eq": "debug_assert"}


def _answer(case: Case) -> Iterator[Answer]:
    message = case.diagnostic.message
    if message.startswith("no rules expected"):
        yield from _unexpected(case)
    elif message.startswith("unexpected end of macro invocation"):
        yield from _ended(case)
    elif message.startswith("cannot find macro"):
        yield from _not_found(case)
    elif message.startswith("missing `"):
        yield from _no_bang_at_item(case)
    elif message.startswith("expected"):
        yield from _no_bang(case)


def _call(case: Case) -> MacroCall | None:
    """The macro call around the error."""
    return next(macro_calls(case.root, case.place.start, case.place.end), None)


def _wanted(case: Case) -> tuple[str, Span | None]:
    """What the compiler tried to match there: a token, ``$x:expr``, or words; and where the macro asks for it."""
    for note in case.diagnostic.notes:
        if note.message.startswith(_TRIED):
            names = quoted(note.message)
            mine = [span for span in note.spans if span.path in case.index.files]
            return (names[0] if names else note.message), (mine[0] if mine else None)
    return "", None


def _holder(case: Case, tokens: Node) -> Node:
    """The innermost bracket group around the error."""
    node = nodes.node_at(tokens, case.place.start, case.place.end)
    found = nodes.enclosing(node, "token_tree")
    return tokens if found is None or found.start_byte < tokens.start_byte else found


def _unexpected(case: Case) -> Iterator[Answer]:
    call = _call(case)
    if call is None:
        return
    wanted, _ = _wanted(case)
    place, held = case.place, _holder(case, call.tokens)
    found = case.situation.text(case.path, place.start, place.end)
    if wanted in _SEPARATORS:
        if found in _SEPARATORS:
            change = edits.replace(case.path, place.start, place.end, wanted)
            yield Answer(f"write `{wanted}` for `{found}`", (change,), 0.7)
        else:
            before = len(case.source[: place.start].rstrip())
            lead = "" if wanted in (",", ";", ":") else " "
            put = edits.insert(case.path, before, f"{lead}{wanted}")
            if before == place.start:
                put = edits.insert(case.path, before, f"{lead}{wanted} ")
            yield Answer(f"put `{wanted}` in between", (put,), 0.92)
    if found in _SEPARATORS and found != ",":
        change = edits.replace(case.path, place.start, place.end, ",")
        yield Answer(f"write `,` for `{found}`", (change,), 0.6)
        every = tuple(edits.replace_node(case.path, child, ",") for child in held.children if text(child) == found)
        yield Answer(f"write `,` for every `{found}`", every, 0.5)
    if found == ",":
        semicolon = edits.replace(case.path, place.start, place.end, ";")
        yield Answer("write `;` for `,`", (semicolon,), 0.3)
        spans = edits.elements_of(held)
        which = next((n for n, (start, _) in enumerate(spans) if start > place.start), None)
        if which is None:
            yield Answer("leave the last comma out", (edits.delete(case.path, place.start, place.end),), 0.6)
        elif which == len(spans) - 1:
            gone = edits.delete_element(case.path, case.source, spans, which)
            yield Answer("leave the last argument out", (gone,), 0.55)
            yield Answer(
                "leave the first argument out",
                (edits.delete_element(case.path, case.source, spans, 0),),
                0.3,
            )
        if "sequence end" in wanted or wanted.startswith("$") or wanted == "":
            yield from _taught(case, call.name, ",")


def _taught(case: Case, name: str, separator: str) -> Iterator[Answer]:
    """The macro takes its repetition with a separator, or a trailing one."""
    for path, span in _macros(case, name):
        definition = nodes.node_at(case.situation.syntax(path).root_node, *span)
        for pattern in nodes.below(definition, "token_repetition_pattern"):
            sign = pattern.children[-1]
            parts = [child for child in pattern.children if child.type not in ("(", ")", "$")]
            bare = text(pattern).rpartition(")")[2] in ("*", "+", "?")
            if bare and len(parts) == 2:
                put = edits.insert(path, sign.start_byte, separator)
                yield Answer(f"separate the macro's repetition by `{separator}`", (put,), 0.6)


def _macros(case: Case, name: str) -> list[tuple[str, tuple[int, int]]]:
    return [(item.path, (item.start, item.end)) for item in case.index if item.kind == "macro" and item.name == name]


def _ended(case: Case) -> Iterator[Answer]:
    """The arguments end too early."""
    call = _call(case)
    if call is None:
        return
    tokens, word, name = call.tokens, call.word, call.name
    held = _holder(case, tokens)
    inner = [child for child in held.children if child.type not in ("(", ")", "[", "]", "{", "}")]
    _, at = _wanted(case)
    if inner and text(inner[-1]) == ",":
        last = inner[-1]
        gone = edits.delete(case.path, last.start_byte, last.end_byte)
        yield Answer("leave the last comma out", (gone,), 0.6)
        if at is not None:
            root = case.situation.syntax(at.path).root_node
            pattern = nodes.enclosing(nodes.node_at(root, at.start, at.end), "token_repetition_pattern")
            if pattern is not None and ")," in text(pattern):
                put = edits.insert(at.path, pattern.end_byte, " $(,)?")
                yield Answer("let the macro take a last comma", (put,), 0.62)
    comparison = next((child for child in inner if text(child) in _COMPARISONS), None)
    if name in _MEANT:
        if comparison is not None:
            spaced = edits.replace(
                case.path,
                len(case.source[: comparison.start_byte].rstrip()),
                comparison.end_byte,
                ",",
            )
            other = _MEANT[name] + _COMPARISONS[text(comparison)]
            parts = (spaced,) if other == name else (spaced, edits.replace_node(case.path, word, other))
            yield Answer("compare the two", parts, 0.7)
        plain = edits.replace_node(case.path, word, _MEANT[name])
        yield Answer(f"use `{_MEANT[name]}!`", (plain,), 0.65 if comparison is not None else 0.4)
        if comparison is None:
            for value in ("true", "()"):
                put = edits.insert(case.path, tokens.end_byte - 1, f", {value}")
                yield Answer(f"compare with `{value}`", (put,), 0.2)


def _no_bang(case: Case) -> Iterator[Answer]:
    """``vec[1, 2]`` and ``match!(x, P)``: keywords and indices to the parser."""
    line = nodes.line_start(case.source, case.place.start)
    before = case.source[line : case.place.start]
    for found in list(re.finditer(rb"\bvec\s*(?=\[)", before))[-1:]:
        put = edits.insert(case.path, line + found.start() + 3, "!")
        yield Answer("call the macro `vec!`", (put,), 0.85)
    for found in list(re.finditer(rb"\bmatch!(?=\s*\()", before))[-1:]:
        put = edits.replace(case.path, line + found.start(), line + found.end(), "matches!")
        yield Answer("call the macro `matches!`", (put,), 0.9)


def _no_bang_at_item(case: Case) -> Iterator[Answer]:
    """``name { … }`` where items stand: the name of a macro that the file declares or calls."""
    name = re.escape(case.source[case.place.start : case.place.end])
    named = re.search(rb"\bmacro_rules!\s*%s\b|\b%s!\s*[({\[]" % (name, name), case.source) if name else None
    if named is not None and re.fullmatch(rb"\w+", name):
        put = edits.insert(case.path, case.place.end, "!")
        yield Answer(f"call the macro `{name.decode()}!`", (put,), 0.95)


def _not_found(case: Case) -> Iterator[Answer]:
    """A macro of a name that there is, but not here."""
    names = quoted(case.diagnostic.message)
    if not names:
        return
    name = names[0].rpartition("::")[2]
    if case.index.named(name, Function) or "is a function" in case.diagnostic.rendered:
        start = case.source.find(b"!", case.place.end)
        if start >= 0 and not case.source[case.place.end : start].strip():
            yield Answer("call the function", (edits.delete(case.path, start, start + 1),), 0.9)
    for path, (start, end) in _macros(case, name):
        source = case.situation.source(path)
        definition = nodes.node_at(case.situation.syntax(path).root_node, start, end)
        definition = nodes.enclosing(definition, "macro_definition") or definition
        module = nodes.around(definition, "mod_item")
        if path == case.path and module is None and start > case.place.start:
            yield from _moved_up(case, definition)
        elif module is not None and path == case.path:
            yield from _exported(case, definition, module, name)
        elif path != case.path or start < case.place.start:
            yield from _declared_earlier(case, path, name)
            begin = nodes.item_start(definition)
            if b"#[macro_export]" not in source[begin:end]:
                line = edits.line_before(path, source, begin, "#[macro_export]")
                yield Answer(f"export `{name}!`", (line,), 0.4)


def _moved_up(case: Case, definition: Node) -> Iterator[Answer]:
    """The definition goes in front of the item that first calls it."""
    node: Node | None = nodes.node_at(case.root, case.place.start)
    user: Node | None = None
    for around in nodes.ancestors(node) if node is not None else ():
        if around.parent is not None and around.parent == definition.parent:
            user = around
    name = text(definition.child_by_field_name("name"))
    if user is None:
        return
    first = (
        next(
            (
                child
                for child in user.parent.named_children
                if child.end_byte <= definition.start_byte and f"{name}!" in text(child)
            ),
            user,
        )
        if user.parent is not None
        else user
    )
    source = case.source
    begin, end = nodes.item_start(definition), definition.end_byte
    written = source[begin:end].decode("utf-8", "replace")
    change = edits.delete_lines(case.path, source, begin, end)
    before, after = source[: change.start], source[change.end :]
    if before.endswith(b"\n\n") and (after[:1] == b"\n" or not after.strip()):
        change = edits.delete(case.path, change.start - 1, change.end)
    gap = "\n\n" if before.endswith(b"\n\n") or b"\n" in source[begin:end] else "\n"
    put = edits.insert(case.path, nodes.item_start(first), written + gap)
    yield Answer(f"define `{name}!` before it is called", (put, change), 0.85)


def _exported(case: Case, definition: Node, module: Node, name: str) -> Iterator[Answer]:
    start = nodes.item_start(module)
    line = edits.line_before(case.path, case.source, start, "#[macro_use]")
    if module.start_byte < case.place.start:
        yield Answer(f"let `{name}!` out of its module", (line,), 0.7)
    begin = nodes.item_start(definition)
    if b"macro_export" not in case.source[begin : definition.start_byte]:
        exported = edits.line_before(case.path, case.source, begin, "#[macro_export]")
        yield Answer(f"export `{name}!`", (exported,), 0.4)


def _declared_earlier(case: Case, path: str, name: str) -> Iterator[Answer]:
    """The module that holds the macro is declared with ``#[macro_use]``."""
    modules = case.index.modules.get(path, ())
    if not modules:
        return
    for item in case.index:
        if item.kind == "module" and item.body is None and item.name == modules[-1]:
            if any(attribute.name == "macro_use" for attribute in item.attributes):
                continue
            source = case.situation.source(item.path)
            line = edits.line_before(item.path, source, item.start, "#[macro_use]")
            yield Answer(f"let `{name}!` out of its module", (line,), 0.7)


propose = answering({None: (_answer,)})
