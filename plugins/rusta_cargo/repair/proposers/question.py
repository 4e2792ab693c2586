"""The ``?`` operator where it cannot be: E0277 about ``?``.

The function is made to return ``Result`` or ``Option`` and its end to say so; the failure is turned into the one that
the function returns; or the value is taken out without ``?``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.expected import last
from rusta_cargo.repair.code.expression import Spot, smallest
from rusta_cargo.repair.code.failing import made_somewhere
from rusta_cargo.repair.code.from_impls import conversion
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Enum, Function, ItemIndex, Use
from rusta_cargo.repair.code.labels import mismatch_in
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

Change = tuple[str, tuple[Replacement, ...], float]
_ONLY = re.compile(r"the `\?` operator can only be used (?:in|on `?(\w+)`?)")
# With no conversion at all in the crate the compiler asks for the very error instead.
_UNTOLD = re.compile(r"type mismatch resolving `<.+ as .+>::(?:Err|Error) == (.+)`")
_NO_TRY = "the `?` operator can only be applied to values"
_CONVERT = re.compile(r"`\?` couldn't convert the error(?: to|: ) ?`([^`]+)`")
# Methods of std that give an Option, whatever they are called on.
_OPTIONAL = (
    "nth", "next", "get", "first", "last", "find", "position", "pop", "peek", "strip_prefix", "strip_suffix",
    "split_once", "parent",
    "to_digit", "checked_add", "checked_sub", "checked_mul", "checked_div", "get_mut", "max", "min", "next_back",
    "ok", "extension",
    "file_name", "find_map", "min_by_key", "max_by_key", "rsplit_once", "split_first", "split_last", "as_deref",
    "pop_front", "pop_back",
)  # fmt: skip
_BOXED = "Box<dyn std::error::Error>"


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for ``?`` that does not fit its function."""
    index: ItemIndex | None = None
    done: set[tuple[Replacement, ...]] = set()
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        through = diagnostic.code == "E0277" and "`?`" in diagnostic.message
        if place is None or not (through or _UNTOLD.search(diagnostic.message)):
            continue
        index = index or ItemIndex.of(situation)
        near = smallest(situation, index, place.path, place.start, place.end)
        tried = None if near is None else nodes.enclosing(near.node, "try_expression")
        if near is None or tried is None:
            continue
        for title, parts, prior in sorted(_changes(situation, near.of(tried), diagnostic), key=lambda c: -c[2]):
            if parts and parts not in done:
                done.add(parts)
                yield Candidate(title, parts, max(0.01, min(0.93, prior)), diagnostic=number, cites=("E0277",))


def _changes(situation: Situation, here: Spot, diagnostic: Diagnostic) -> Iterator[Change]:
    value = here.node.named_children[0]
    mark = edits.delete(here.path, value.end_byte, here.node.end_byte)
    kind = here.types.of(value)
    if kind is None and value.type == "call_expression" and last(value) in _OPTIONAL:
        kind = "Option<_>"
    if _NO_TRY in diagnostic.message:
        yield "leave the `?` away", (mark,), 0.75
        return
    convert = _CONVERT.search(diagnostic.message) or _UNTOLD.search(diagnostic.message)
    if convert is not None:
        yield from _errors(situation, here, diagnostic, convert[1], value)
        return
    if _ONLY.search(diagnostic.message) is None:
        return
    told = diagnostic.message
    on_result = "on `Result`" in told or "on a `Result`" in told or "Result`s" in told
    around = nodes.callable_of(here.node)
    returned = None if around is None else around.child_by_field_name("return_type")
    outer = "" if returned is None else types.head(text(returned))
    if outer in ("Option", "Result"):
        if outer == "Option" or ("Result" in told and "returns `Option`" in told):
            yield (
                "turn the failure into `None`",
                (edits.insert(here.path, value.end_byte, ".ok()"),),
                0.8,
            )
        else:
            error = types.arguments(text(returned))[1:] or [""]
            made = '"missing value"' if types.head(error[0]) in ("str", "Box", "String") else ""
            made = f"{made}.to_string()" if types.head(error[0]) == "String" else made
            if made:
                yield (
                    "turn `None` into an error",
                    (edits.insert(here.path, value.end_byte, f".ok_or({made})"),),
                    0.5,
                )
            if types.head(error[0]) and not made:
                for variant in getattr(here.index.type_named(error[0]), "variants", ()):
                    if variant.shape == "unit":
                        yield (
                            "turn `None` into an error",
                            (
                                edits.insert(
                                    here.path,
                                    value.end_byte,
                                    f".ok_or({types.head(error[0])}::{variant.name})",
                                ),
                            ),
                            0.35,
                        )
    yield (
        "take the value or panic",
        (edits.replace(here.path, value.end_byte, here.node.end_byte, ".unwrap()"),),
        0.3,
    )
    if kind is not None or not on_result:
        yield (
            "take the value or its default",
            (edits.replace(here.path, value.end_byte, here.node.end_byte, ".unwrap_or_default()"),),
            0.1,
        )
    if around is not None and around.type == "function_item":
        yield from _returning(situation, here, around, returned, kind)


def _returning(
    situation: Situation, here: Spot, function: Node, returned: Node | None, kind: str | None
) -> Iterator[Change]:
    """The function hands the failure on: its return type, its end and its other returns change together."""
    body, parameters = (
        function.child_by_field_name("body"),
        function.child_by_field_name("parameters"),
    )
    if body is None or parameters is None:
        return
    source = situation.source(here.path)
    head = types.head(kind or "Result")
    args = types.arguments(kind or "")
    value = text(returned) if returned is not None else _given(here, body)
    failing = args[1] if head == "Result" and len(args) > 1 and "_" not in types.words(args[1]) else None
    wholes = []
    if head == "Option":
        wholes.append((f"Option<{value}>", "Some", 0.7))
    elif types.head(value) == "Result":
        return
    else:
        sure = 0.28 if returned is None and value != "()" else 0.0  # the function ends in `Ok(…)` already
        customary = _customary(here.index)
        for error, share in customary[:2]:
            wholes.append((f"Result<{value}, {error}>", "Ok", 0.55 + 0.3 * share + sure))
        if not customary and "io" in _imported(here):
            wholes.append((f"Result<{value}, io::Error>", "Ok", 0.65 + sure))
        wholes.append((f"Result<{value}, {_BOXED}>", "Ok", 0.6))
        if failing is not None:
            wholes.append((f"Result<{value}, {failing}>", "Ok", 0.5))
        if kind is None:
            wholes.append((f"Option<{value}>", "Some", 0.25))
    for whole, wrapper, weight in wholes:
        changes = [
            edits.insert(here.path, parameters.end_byte, f" -> {whole}")
            if returned is None
            else edits.replace_node(here.path, returned, whole)
        ]
        changes += _wrapped_ends(here, source, body, wrapper, value)
        yield f"return `{whole}`", tuple(changes), weight


def _given(here: Spot, body: Node) -> str:
    """The type of what a function without return type ends with, inside its ``Ok``."""
    tail = nodes.tail_of(body)
    listed = None if tail is None or not _done(tail) else tail.child_by_field_name("arguments")
    inner = [] if listed is None else listed.named_children
    found = here.types.of(inner[0]) if len(inner) == 1 else None
    return "()" if found is None or "_" in types.words(found) or "{" in found else found


def _imported(here: Spot) -> set[str]:
    """The names that the file of ``here`` imports."""
    return {leaf.name for use in here.index.of_kind(Use, here.path) for leaf in use.leaves}


def _customary(index: ItemIndex) -> list[tuple[str, float]]:
    """The errors that the other functions of the tree return, with their share."""
    counts: dict[str, int] = {}
    for function in index.of_kind(Function):
        given = types.arguments(function.returns.text) if function.returns is not None else []
        if (
            function.returns is not None
            and types.head(function.returns.text) == "Result"
            and len(given) == 2
            and "'" not in given[1]
        ):
            counts[given[1]] = counts.get(given[1], 0) + 1
    total = sum(counts.values())
    return sorted(((error, count / total) for error, count in counts.items()), key=lambda pair: -pair[1])


def _done(node: Node) -> bool:
    """The value is a ``Result`` or ``Option`` already."""
    return (
        node.type == "call_expression" and text(node.child_by_field_name("function")) in ("Ok", "Err", "Some")
    ) or text(node) == "None"


def _wrapped_ends(here: Spot, source: bytes, body: Node, wrapper: str, value: str) -> Iterator[Replacement]:
    path = here.path
    for node in nodes.below(body, "return_expression", into=("closure_expression", "function_item", "async_block")):
        given = node.named_children
        if given and _done(given[0]):
            continue
        if given:
            yield edits.insert(path, given[0].start_byte, f"{wrapper}(")
            yield edits.insert(path, given[0].end_byte, ")")
        else:
            yield edits.insert(path, node.end_byte, f" {wrapper}(())")
    tail = nodes.tail_of(body)
    unit = value == "()"
    if tail is not None and _done(tail):
        return
    if tail is not None and not unit:
        yield edits.insert(path, tail.start_byte, f"{wrapper}(")
        yield edits.insert(path, tail.end_byte, ")")
        return
    if tail is not None and tail.type == "return_expression":
        return
    closing = body.end_byte - 1
    outer = nodes.indent_at(source, closing)
    indent = outer + nodes.indent_unit(source)
    semicolon = (
        ""
        if tail is None
        or tail.type
        in (
            "for_expression",
            "while_expression",
            "if_expression",
            "match_expression",
            "loop_expression",
            "block",
        )
        else ";"
    )
    if tail is not None and semicolon:
        yield edits.insert(path, tail.end_byte, ";")
    if nodes.starts_line(source, closing):
        yield edits.insert(path, nodes.line_start(source, closing), f"{indent}{wrapper}(())\n")
    else:
        yield edits.insert(path, closing, f" {wrapper}(()) ")


def _errors(situation: Situation, here: Spot, diagnostic: Diagnostic, wanted: str, value: Node) -> Iterator[Change]:
    """The error of the value is made the one of the function."""
    have = next(
        (
            m[1]
            for note in diagnostic.notes
            if (m := re.search(r"`From<([^`]+)>` is not implemented for", note.message))
        ),
        None,
    ) or next(
        (m[1] for span in diagnostic.spans if (m := re.search(r"`From<([^`]+)>`", span.label or ""))),
        None,
    )
    kind = here.types.of(value)
    label = mismatch_in((diagnostic.primary.label or "") if diagnostic.primary else "")
    if have is None and label is not None:
        have = label.found
    if have is None and kind is not None and len(types.arguments(kind)) > 1:
        have = types.arguments(kind)[1]
    have = have or next(
        (m[1] for span in diagnostic.spans if (m := re.search(r"this has type `Result<.*, (.+)>`", span.label or ""))),
        None,
    )
    end = value.end_byte
    goal = here.index.type_named(wanted)
    if types.head(wanted) == "String":
        yield (
            "turn the error into text",
            (edits.insert(here.path, end, ".map_err(|e| e.to_string())"),),
            0.75,
        )
    elif types.head(wanted) == "str":
        yield (
            "turn the error into text",
            (edits.insert(here.path, end, '.map_err(|_| "failed")'),),
            0.3,
        )
    for variant in goal.variants if isinstance(goal, Enum) else ():
        path = f"{goal.name}::{variant.name}" if goal is not None else variant.name
        if variant.shape == "tuple" and len(variant.fields) == 1:
            fits = have is not None and types.same(have, variant.fields[0].type.text)
            text_only = types.head(variant.fields[0].type.text) == "String"
            if fits and isinstance(goal, Enum):
                yield f"convert into `{path}`", (conversion(situation, here.index, goal, variant),), 0.6
                yield (
                    f"wrap the error in `{path}`",
                    (edits.insert(here.path, end, f".map_err({path})"),),
                    0.7,
                )
            elif re.match(r"Box<dyn (?:\w+::)*Error\b", variant.fields[0].type.text):
                yield (
                    f"box the error in `{path}`",
                    (edits.insert(here.path, end, f".map_err(|e| {path}(Box::new(e)))"),),
                    0.65,
                )
            elif text_only:
                yield (
                    f"wrap the error's text in `{path}`",
                    (edits.insert(here.path, end, f".map_err(|e| {path}(e.to_string()))"),),
                    0.35 if made_somewhere(situation, here.index, goal, variant.name) else 0.5,
                )
        elif variant.shape == "unit":
            yield (
                f"fail with `{path}`",
                (edits.insert(here.path, end, f".map_err(|_| {path})"),),
                0.4 / max(1, len(goal.variants) if isinstance(goal, Enum) else 1),
            )
    around = nodes.callable_of(here.node)
    returned = None if around is None else around.child_by_field_name("return_type")
    if returned is not None and text(returned).count(wanted.rpartition("::")[2]) >= 1:
        listed = nodes.child(returned, "type_arguments")
        error = listed.named_children[-1] if listed is not None and len(listed.named_children) > 1 else None
        if error is not None:
            yield "return any error", (edits.replace_node(here.path, error, _BOXED),), 0.35
            if have is not None and re.fullmatch(r"[\w:<>, ]+", have):
                yield f"return `{have}`", (edits.replace_node(here.path, error, have),), 0.2
    yield "convert the error", (edits.insert(here.path, end, ".map_err(Into::into)"),), 0.05
