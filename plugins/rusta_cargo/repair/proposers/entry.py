"""The function ``main``: E0601 (there is none), E0580 and E0131 (its signature), E0752 (async), and what it returns.

A parameter becomes a local read from the environment; a number that ``main`` returns becomes an exit status; a ``main``
of another module is brought to the root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation

_RUNTIMES = (
    ("tokio", "tokio::main"),
    ("async-std", "async_std::main"),
    ("actix-web", "actix_web::main"),
)
_NUMBERS = ("i32", "u8", "i64", "u32", "usize", "isize")


def _parameters(case: Case) -> Iterator[Answer]:
    """``main`` takes nothing: its parameters become locals."""
    function = nodes.function_of(nodes.node_at(case.root, case.place.start))
    listed = None if function is None else function.child_by_field_name("parameters")
    body = None if function is None else function.child_by_field_name("body")
    if function is None or listed is None or body is None:
        return
    empty = edits.replace_node(case.path, listed, "()")
    given = [part for part in listed.named_children if part.type == "parameter"]
    if not given:
        kind = function.child_by_field_name("return_type")
        if kind is not None:
            yield from _status(case)
        return
    lines = []
    for part in given:
        name = text(part.child_by_field_name("pattern"))
        declared = text(part.child_by_field_name("type"))
        lines.append(_read(name, declared, len(given) > 1 and name == "argc"))
    indent = nodes.indent_at(case.source, function.start_byte) + nodes.indent_unit(case.source)
    written = "".join(f"\n{indent}{line}" for line in lines)
    if "\n" not in text(body):
        written = " " + " ".join(lines)
    put = edits.insert(case.path, body.start_byte + 1, written)
    yield Answer("read the arguments in the body", (empty, put), 0.7)
    yield Answer("take no parameters", (empty,), 0.35)


def _read(name: str, kind: str, counted: bool) -> str:
    flat = kind.replace(" ", "")
    if counted:
        return f"let {name} = std::env::args().count();"
    if flat in ("Vec<String>", "&[String]", "&Vec<String>", "[String]"):
        lent = "&" if flat.startswith("&") else ""
        value = "std::env::args().collect::<Vec<String>>()" if lent else "std::env::args().collect()"
        return f"let {name}: {'Vec<String>' if not lent else kind} = {lent}{value};"
    if flat in ("Args", "std::env::Args", "env::Args"):
        return f"let {name} = std::env::args();"
    first = "std::env::args().nth(1)"
    if flat == "String":
        return f"let {name} = {first}.unwrap_or_default();"
    return f"let {name}: {kind} = {first}.and_then(|text| text.parse().ok()).unwrap_or_default();"


def _status(case: Case) -> Iterator[Answer]:
    """What ``main`` returns is no exit status."""
    function = nodes.function_of(nodes.node_at(case.root, case.place.start))
    kind = None if function is None else function.child_by_field_name("return_type")
    if function is None or kind is None or text(function.child_by_field_name("name")) != "main":
        return
    listed = function.child_by_field_name("parameters")
    body = function.child_by_field_name("body")
    if listed is None or body is None:
        return
    arrow = edits.delete(case.path, listed.end_byte, kind.end_byte)
    tail = nodes.tail_of(body)
    returns = list(nodes.below(body, "return_expression", into=("closure_expression",)))
    if text(kind) in _NUMBERS and tail is not None:
        if text(tail) == "0" and not returns:
            gone = edits.delete_lines(case.path, case.source, tail.start_byte, tail.end_byte)
            yield Answer("return nothing", (arrow, gone), 0.75)
        wrapped = edits.wrap(case.path, tail.start_byte, tail.end_byte, "std::process::exit(", ")")
        for node in returns:
            wrapped += tuple(_exiting(case, node))
        yield Answer("leave with an exit status", (arrow, *wrapped), 0.6)
    elif tail is not None and not returns:
        yield Answer("return nothing", (arrow, edits.insert(case.path, tail.end_byte, ";")), 0.4)


def _exiting(case: Case, node: Node) -> Iterator[Replacement]:
    value = node.named_children[0] if node.named_children else None
    if value is not None:
        yield edits.replace(case.path, node.start_byte, value.start_byte, "std::process::exit(")
        yield edits.insert(case.path, value.end_byte, ")")


def _generic(case: Case) -> Iterator[Answer]:
    """``main`` has no generic parameters and no where clause."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    function = nodes.function_of(node)
    for kind in ("type_parameters", "where_clause"):
        found = nodes.child(function, kind)
        if found is not None:
            start = found.start_byte if kind == "type_parameters" else len(case.source[: found.start_byte].rstrip())
            yield Answer("take no generic parameters", (edits.delete(case.path, start, found.end_byte),), 0.8)


def _waiting(case: Case) -> Iterator[Answer]:
    """An async ``main`` without a runtime: with the attribute of one that the package has, else not async."""
    function = nodes.function_of(nodes.node_at(case.root, case.place.start))
    if function is None:
        return
    package = case.situation.project.package_of(case.path)
    for runtime, attribute in (
        ("tokio", "tokio::main"),
        ("async-std", "async_std::main"),
        ("actix-web", "actix_web::main"),
    ):
        if package is not None and runtime in package.dependencies:
            line = edits.line_before(case.path, case.source, function.start_byte, f"#[{attribute}]")
            yield Answer(f"run it with `{runtime}`", (line,), 0.9)
    word = nodes.child(nodes.child(function, "function_modifiers"), "async")
    if word is not None and ".await" not in text(function):
        stop = word.end_byte + 1
        yield Answer("make it an ordinary function", (edits.delete(case.path, word.start_byte, stop),), 0.85)


def _absent(situation: Situation) -> Iterator[Candidate]:
    """No ``main`` at the root: one that is spelt alike, one of a module, one that calls what takes nothing."""
    for number, error in enumerate(situation.diagnostics):
        if error.code != "E0601" or error.primary is None:
            continue
        path = error.primary.path
        try:
            source = situation.source(path)
        except LookupError:
            continue
        root = situation.syntax(path).root_node
        functions = [node for node in root.named_children if node.type == "function_item"]
        plain = [node for node in functions if text(node.child_by_field_name("parameters")) == "()"]
        for node in plain:
            name = node.child_by_field_name("name")
            score = likeness(text(name), "main")
            if name is not None and (score >= 0.5 or text(name).lower() in ("start", "entry", "_start")):
                change = edits.replace_node(path, name, "main")
                yield _offer(f"name `{text(name)}` `main`", change, 0.5 + 0.4 * score, number)
        for module in root.named_children:
            if module.type != "mod_item":
                continue
            for inner in nodes.below(module, "function_item"):
                if text(inner.child_by_field_name("name")) == "main":
                    line = f"use {text(module.child_by_field_name('name'))}::main;\n\n"
                    yield _offer(
                        "use the `main` of the module",
                        edits.insert(path, root.start_byte, line),
                        0.5,
                        number,
                    )
        calls = [
            text(node.child_by_field_name("name"))
            for node in plain
            if re.fullmatch(
                r"run|real_main|start|execute|app|program|solve",
                text(node.child_by_field_name("name")),
            )
        ]
        gap = "" if source.endswith(b"\n\n") or not source.strip() else "\n"
        for name_text in calls:
            put = edits.insert(path, len(source), f"{gap}fn main() {{\n    {name_text}();\n}}\n")
            yield _offer(f"add a `main` that calls `{name_text}`", put, 0.55, number)
        put = edits.insert(path, len(source), f"{gap}fn main() {{}}\n")
        yield _offer("add an empty `main`", put, 0.3, number)


def _offer(title: str, change: Replacement, prior: float, number: int) -> Candidate:
    return Candidate(title, (change,), prior, diagnostic=number, cites=("E0601",))


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0580": (_parameters, _status),
    "E0131": (_generic,),
    "E0646": (_generic,),
    "E0647": (_generic,),
    "E0752": (_waiting,),
    "E0277": (_status,),
}
_signature = answering(_TABLE)


def propose(situation: Situation) -> Iterator[Candidate]:
    """Mend the function ``main``."""
    yield from _signature(situation)
    yield from _absent(situation)
