"""Format strings that do not agree with their arguments; such errors have no code, or E0425 for a name in braces.

A missing argument is a local or field that the call does not show yet; a superfluous one gets a placeholder; a text
joined with ``+`` becomes a placeholder; ``write!`` gets its destination.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types, usage
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.format_strings import (
    FormatCall,
    Hole,
    appended,
    call_at,
    is_name,
    macro_calls,
    spec_of,
)
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.proposer import Replacement

_SHOWN = (*types.NUMBERS, "String", "&str", "char", "bool", "str")
_WRITERS = ("write", "writeln")
_MOST = 4


def _answer(case: Case) -> Iterator[Answer]:
    message = case.diagnostic.message
    for needle, answer in _MESSAGES:
        if needle in message:
            yield from answer(case)
            return


def _too_few(case: Case) -> Iterator[Answer]:
    """More placeholders than arguments."""
    call = call_at(case.root, case.source, case.place)
    if call is None:
        return
    positional = [at for at in range(len(call.arguments)) if at not in call.named().values()]
    plain = [hole for hole in call.holes if hole.plain]
    numbers = [hole for hole in call.holes if hole.argument.isdecimal()]
    lacking = len(plain) - len(positional)
    if lacking > 0:
        offers = list(_unshown(case, call))
        for at, (offer, weight) in enumerate(offers[:_MOST]):
            chosen = [offer]
            for other, _ in offers:
                if len(chosen) < lacking and other not in chosen:
                    chosen.append(other)
            if len(chosen) == lacking:
                parts = appended(call, chosen, len(positional), case.path)
                yield Answer(f"show `{', '.join(chosen)}`", parts, weight - 0.02 * at)
        for hole in plain[-1:]:
            yield Answer("leave the last placeholder out", (_no_hole(call, hole, case.path),), 0.3)
    for hole in numbers:
        if int(hole.argument) >= len(call.arguments) and call.arguments:
            for number in range(len(call.arguments))[::-1][:3]:
                change = edits.replace(case.path, hole.start, hole.end, f"{{{number}{spec_of(hole)}}}")
                yield Answer(
                    f"show argument {number}",
                    (change,),
                    0.5 - 0.1 * (len(call.arguments) - 1 - number),
                )
            if len(numbers) == 1:
                change = edits.replace(case.path, hole.start, hole.end, f"{{{spec_of(hole)}}}")
                yield Answer("show the next argument", (change,), 0.3)
            for offer, weight in list(_unshown(case, call))[:2]:
                if int(hole.argument) == len(positional):
                    yield Answer(
                        f"show `{offer}`",
                        appended(call, [offer], len(positional), case.path),
                        weight,
                    )


def _no_hole(call: FormatCall, hole: Hole, path: str) -> Replacement:
    """The placeholder goes with the white space or the ``, `` in front of it."""
    start, opening = hole.start, call.inside[0]
    before = re.search(rb"[,:;]?\s*$", call.source[opening:start])
    return edits.delete(path, start - (len(before[0]) if before is not None else 0), hole.end)


def _unshown(case: Case, call: FormatCall) -> Iterator[tuple[str, float]]:
    """Locals (and fields of self) that the call does not show yet, what the text names first, then the nearest."""
    root = case.root
    shown = {case.source[s:e].decode("utf-8", "replace").strip("&* ") for s, e in call.arguments}
    shown |= {hole.argument for hole in call.holes}
    words = set(re.findall(r"\w+", text(call.string).lower()))
    reader = Types(root, case.index)
    body = nodes.function_of(call.macro.word)
    rated: list[tuple[float, str]] = []
    for near, (binding, kind) in enumerate(reader.visible(call.macro.word.start_byte)):
        if binding.name in shown or binding.name == "_":
            continue
        head = types.strip_references(kind or "")
        if binding.name == "self":
            struct = case.index.struct(kind or "")
            fields = [] if struct is None else struct.fields
            rated += [
                (0.5 + 0.2 * _spoken(field.name, words), f"self.{field.name}")
                for field in fields
                if f"self.{field.name}" not in shown and types.head(field.type.text) in _SHOWN
            ]
            continue
        score = 0.55 - 0.03 * near + 0.25 * _spoken(binding.name, words)
        score += 0.1 if head in _SHOWN or head in ("{integer}", "{float}") else 0.0
        used = body is not None and any(usage.uses(root, binding, body))
        rated.append((score + (0.0 if used else 0.2), binding.name))
    for score, name in sorted(rated, key=lambda pair: -pair[0]):
        yield name, max(0.1, min(0.85, score))


def _spoken(name: str, words: set[str]) -> bool:
    return name.lower() in words or any(part in words for part in name.lower().split("_") if len(part) > 2)


def _unused(case: Case) -> Iterator[Answer]:
    """Arguments that no placeholder shows."""
    call = call_at(case.root, case.source, case.place)
    if call is None:
        return
    spans = [span for span in case.diagnostic.spans if span.label and "never used" in span.label]
    spans = spans or [case.place]
    which = [at for at, (s, e) in enumerate(call.arguments) if any(s <= span.start and span.end <= e for span in spans)]
    if not which:
        return
    named = {at: name for name, at in call.named().items()}
    shape = next((hole for hole in reversed(call.holes) if hole.plain), None)
    opening, closing = call.inside
    written = case.source[opening:closing]
    ending = re.search(rb"(?:[.!?]|\\n|\s)*$", written)
    place = closing - (len(ending[0]) if ending is not None else 0)
    if not call.holes and re.search(rb"[:=]\s*$", written):
        place = closing
    gap = "" if written[: place - opening][-1:] in (b" ", b"") or place == opening else " "
    if gap and call.holes and call.holes[-1].end == place and len(call.holes) > 1:
        gap = case.source[call.holes[-2].end : call.holes[-1].start].decode("utf-8", "replace") or " "
        gap = gap if len(gap) < 4 else " "
    for spec, weight in (("", 0.6), (":?", 0.35)):
        if shape is not None and spec == "" and shape.spec:
            continue
        added = "".join(f"{gap or (' ' if at else '')}{{{named.get(arg, '')}{spec}}}" for at, arg in enumerate(which))
        yield Answer("show the argument", (edits.insert(case.path, place, added),), weight)
    if all(at not in named for at in which):
        yield from _braced(case, call, len(which))
        for hole in call.holes:
            if hole.argument.isdecimal() and len(which) == 1:
                change = edits.replace(case.path, hole.start, hole.end, f"{{{which[0]}{spec_of(hole)}}}")
                yield Answer(f"show argument {which[0]}", (change,), 0.5)
    holes = [hole for hole in call.holes if is_name(hole.argument)]
    for at in which:
        for hole in holes:
            if at in named and hole.argument not in call.named():
                change = edits.replace(case.path, hole.start, hole.end, f"{{{named[at]}{spec_of(hole)}}}")
                yield Answer(f"show `{named[at]}`", (change,), 0.6 + 0.2 * likeness(hole.argument, named[at]))
    source = case.source
    gone = tuple(
        edits.delete(
            case.path,
            call.arguments[at - 1][1] if at else call.string.end_byte,
            call.arguments[at][1],
        )
        for at in which
    )
    del source
    yield Answer("leave the argument out", gone, 0.4)


def _braced(case: Case, call: FormatCall, count: int) -> Iterator[Answer]:
    """``{{}}`` or a printf placeholder was meant as one, or ``()``/``[]`` stand for it."""
    opening, closing = call.inside
    written = case.source[opening:closing]
    for pattern, weight in (
        (rb"\{\{(:?[^{}]*)\}\}", 0.75),
        (rb"%[0-9.]*[a-zA-Z]", 0.7),
        (rb"\{\}\}|\{\{\}", 0.5),
    ):
        found = list(re.finditer(pattern, written))
        if len(found) == count:
            parts = tuple(
                edits.replace(
                    case.path,
                    opening + match.start(),
                    opening + match.end(),
                    f"{{{match[1].decode() if match.re.groups else ''}}}",
                )
                for match in found
            )
            yield Answer("write a placeholder", parts, weight)


def _no_string(case: Case) -> Iterator[Answer]:
    """What stands where the format string belongs is none."""
    macro = next(macro_calls(case.root, case.place.start, case.place.end), None)
    if macro is None:
        return
    name, tokens = macro.name, macro.tokens
    spans = edits.elements_of(tokens)
    which = next((at for at, (s, e) in enumerate(spans) if s <= case.place.start < e), None)
    if which is None:
        return
    start, end = spans[which]
    if name in _WRITERS and which == 1:
        yield from _destination(case, spans[0][0])
    if name in ("assert", "debug_assert") and which == 1:
        word = macro.word
        yield Answer(
            f"compare with `{name}_eq!`",
            (edits.replace_node(case.path, word, f"{name}_eq"),),
            0.8,
        )
        both = case.source[spans[0][1] : start]
        yield Answer(
            "compare the two",
            (edits.replace(case.path, spans[0][1], start, " == "),),
            0.3 if both else 0.2,
        )
    yield from _joined(case, tokens, start, end)
    rest = len(spans) - which - 1
    shape = " ".join(["{}"] * (rest + 1))
    yield Answer(f'format it with `"{shape}"`', (edits.insert(case.path, start, f'"{shape}", '),), 0.6)
    shape = " ".join(["{:?}"] * (rest + 1))
    yield Answer(f'format it with `"{shape}"`', (edits.insert(case.path, start, f'"{shape}", '),), 0.3)


def _joined(case: Case, tokens: Node, start: int, end: int) -> Iterator[Answer]:
    """``"a" + x + "b"`` becomes ``"a{}b", x``."""
    pieces: list[list[Node]] = [[]]
    for child in tokens.children:
        if start <= child.start_byte and child.end_byte <= end:
            if text(child) == "+":
                pieces.append([])
            else:
                pieces[-1].append(child)
    if len(pieces) < 2 or any(not piece for piece in pieces):
        return
    built, values = "", []
    for piece in pieces:
        written = case.source[piece[0].start_byte : piece[-1].end_byte].decode("utf-8", "replace")
        if len(piece) == 1 and piece[0].type == "string_literal":
            built += written[1:-1]
        else:
            built += "{}"
            values.append(written.lstrip("&"))
    if built != "{}" * len(values):
        new = "".join([f'"{built}"', *(f", {value}" for value in values)])
        yield Answer("show the parts by placeholders", (edits.replace(case.path, start, end, new),), 0.85)


def _destination(case: Case, place: int) -> Iterator[Answer]:
    reader = Types(case.root, case.index)
    for binding, kind in reader.visible(place):
        head = types.head(kind or "")
        if head in (
            "Formatter",
            "String",
            "File",
            "BufWriter",
            "Stdout",
            "Vec",
            "Write",
        ) or "Write" in (kind or ""):
            weight = 0.9 if head == "Formatter" else 0.6
            yield Answer(
                f"write to `{binding.name}`",
                (edits.insert(case.path, place, f"{binding.name}, "),),
                weight,
            )
    if nodes.function_of(nodes.node_at(case.root, place)) is not None:
        macro = next(macro_calls(case.root, place, place), None)
        word = None if macro is None else macro.word
        if word is not None:
            new = text(word).replace("write", "print")
            yield Answer(f"print with `{new}!`", (edits.replace_node(case.path, word, new),), 0.25)


def _captured(case: Case) -> Iterator[Answer]:
    """``{name}`` of nothing local: a field of self, or a value of an object at hand."""
    call = call_at(case.root, case.source, case.place)
    names = quoted(case.diagnostic.message)
    if call is None or not names:
        return
    if not any(hole.argument == names[0] for hole in call.holes):
        return
    name = names[0]
    for binding, kind in Types(case.root, case.index).visible(call.macro.word.start_byte):
        struct = case.index.struct(kind or "")
        if struct is not None and struct.field(name) is not None:
            value = f"{binding.name}.{name}"
            end = call.arguments[-1][1] if call.arguments else call.string.end_byte
            put = edits.insert(case.path, end, f", {name} = {value}")
            yield Answer(f"show `{value}`", (put,), 0.75)
    number = [hole for hole in call.holes if hole.argument == name]
    free = [at for at in range(len(call.arguments)) if at not in call.named().values()]
    if len(number) == 1 and len(free) > len([hole for hole in call.holes if hole.plain]):
        hole = number[0]
        change = edits.replace(case.path, hole.start, hole.end, f"{{{spec_of(hole)}}}")
        yield Answer("show the next argument", (change,), 0.6)


def _no_comma(case: Case) -> Iterator[Answer]:
    """``write!(f "…")``: the comma behind the destination."""
    macro = nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "macro_invocation")
    tokens = nodes.child(macro, "token_tree")
    parts = [] if tokens is None else [child for child in tokens.children if child.type not in ("(", ")")]
    at = next((n for n, part in enumerate(parts) if part.type in ("string_literal", "raw_string_literal")), 0)
    if at and parts[at - 1].type != ",":
        yield Answer("add the comma", (edits.insert(case.path, parts[at - 1].end_byte, ","),), 0.93)


_MESSAGES = (
    ("requires a destination and format arguments", _no_comma),
    ("in format string, but", _too_few),
    ("invalid reference to positional argument", _too_few),
    ("argument never used", _unused),
    ("unused formatting argument", _unused),
    ("format argument must be a string literal", _no_string),
)


propose = answering({None: (_answer,), "E0425": (_captured,)})
