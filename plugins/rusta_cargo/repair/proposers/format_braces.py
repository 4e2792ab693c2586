"""Format strings that are not well formed: braces that are not matched, what may not stand in them, unknown specifiers.

An unmatched brace is closed or doubled, an expression in braces moves behind the string, a specifier becomes one that
there is. These errors have no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.format_strings import FormatCall, appended, call_at, is_name, masked


def _answer(case: Case) -> Iterator[Answer]:
    message = case.diagnostic.message
    if "invalid format string" in message:
        yield from _malformed(case)
    elif "positional arguments cannot follow named" in message:
        yield from _unnamed(case)
    elif "unknown format trait" in message:
        yield from _specifier(case)


def _malformed(case: Case) -> Iterator[Answer]:
    """Braces that are not matched, or with something in them that may not be there."""
    call = call_at(case.root, case.source, case.place)
    if call is None:
        return
    opening, _ = call.inside
    plain = masked(case.source, call.string)
    lacking = len([a for a in range(len(call.arguments)) if a not in call.named().values()]) - len(
        [hole for hole in call.holes if hole.plain]
    )
    depth = -1
    for at in range(len(plain)):
        char, place = plain[at : at + 1], opening + at
        if char == b"{":
            if depth >= 0:
                yield from _unclosed(case, call, depth, opening, lacking)
            depth = at
        elif char == b"}":
            if depth < 0:
                yield from _unopened(case, plain, at, place, lacking)
            else:
                yield from _filled(case, call, opening + depth, place)
            depth = -1
    if depth >= 0:
        yield from _unclosed(case, call, depth, opening, lacking)


def _unopened(case: Case, plain: bytes, at: int, place: int, lacking: int) -> Iterator[Answer]:
    before = re.search(rb"(?:[^\W\d]\w*)?(?::[#?xXbeo<>^0-9.]+)?$", plain[:at])
    word = before[0] if before is not None else b""
    sure = 0.75 if lacking > 0 else 0.4
    spots = dict.fromkeys([0, len(word) if word else 0])
    for length in spots:
        put = edits.insert(case.path, place - length, "{")
        fits = sure if (length == 0) == (lacking > 0) or word.startswith(b":") else sure - 0.2
        yield Answer("open the placeholder", (put,), fits)
    weight = 0.6 if lacking <= 0 else 0.3
    if case.source[place - 2 : place] == b"{{":
        yield Answer("open the placeholder once", (edits.delete(case.path, place - 1, place),), 0.85)
    yield Answer("write the brace as text", (edits.insert(case.path, place, "}"),), weight)
    yield Answer("leave the brace out", (edits.delete(case.path, place, place + 1),), 0.4)


def _unclosed(case: Case, call: FormatCall, at: int, opening: int, lacking: int) -> Iterator[Answer]:
    """``{`` without its end."""
    plain = masked(case.source, call.string)
    place = opening + at
    held = re.match(r"(?:[^\W\d]\w*|\d+)?(?::[#?xXbeEo<>^+0-9.$*]*)?", plain[at + 1 :].decode("latin-1"))
    length = len(held[0]) if held is not None else 0
    sure = 0.75 if lacking > 0 else 0.5
    if length and lacking > 0 and held is not None and is_name(held[0].partition(":")[0]):
        yield Answer("close the placeholder", (edits.insert(case.path, place + 1, "}"),), sure)
        sure -= 0.2
    yield Answer("close the placeholder", (edits.insert(case.path, place + 1 + length, "}"),), sure)
    weight = 0.45 if lacking <= 0 else 0.3
    yield Answer("write the brace as text", (edits.insert(case.path, place, "{"),), weight)
    yield Answer("leave the brace out", (edits.delete(case.path, place, place + 1),), 0.35)


def _filled(case: Case, call: FormatCall, start: int, end: int) -> Iterator[Answer]:
    """``{expr}``: what is no name moves behind the string; a specifier without its colon gets it."""
    held = case.source[start + 1 : end].decode("utf-8", "replace")
    argument, colon, spec = held.partition(":") if "::" not in held else (held, "", "")
    if re.fullmatch(r"\w*", argument.strip()) and re.fullmatch(r"[^\s\"]*", spec):
        return
    if re.fullmatch(r"[#]?[?xX]", held.strip()):
        put = edits.replace(case.path, start + 1, end, f":{held.strip()}")
        yield Answer("write the specifier behind a colon", (put,), 0.8)
        return
    if not argument.strip() and not colon:
        yield Answer("leave the white space out", (edits.delete(case.path, start + 1, end),), 0.8)
        return
    earlier = [hole for hole in call.holes if hole.plain and hole.end <= start]
    positional = [at for at in range(len(call.arguments)) if at not in call.named().values()]
    at = min(len(earlier), len(positional))
    put = edits.replace(case.path, start + 1, end, f":{spec}" if colon else "")
    value = argument.strip().replace('\\"', '"')
    yield Answer(f"show `{value}` by position", (put, *appended(call, [value], at, case.path)), 0.8)
    doubled = (edits.insert(case.path, start, "{"), edits.insert(case.path, end, "}"))
    yield Answer("write the braces as text", doubled, 0.45)


def _specifier(case: Case) -> Iterator[Answer]:
    """A specifier that is none: ``{:d}``, ``{:s}``, ``{:.2f}``."""
    call = call_at(case.root, case.source, case.place)
    if call is None:
        return
    for hole in call.holes:
        if hole.start <= case.place.start <= hole.end and hole.spec:
            kept = re.match(r".?[<>^]?[+#0]*\d*(?:\.\d+)?", hole.spec)
            spec = kept[0] if kept is not None else ""
            found = re.search(r"\d+", hole.spec)
            for new, weight in (
                (spec if not spec.isalpha() else "", 0.75),
                ("?", 0.4),
                (found[0] if found else "", 0.3),
            ):
                change = edits.replace(
                    case.path,
                    hole.start,
                    hole.end,
                    f"{{{hole.argument}{':' + new if new else ''}}}",
                )
                yield Answer("use a specifier that there is", (change,), weight)


def _unnamed(case: Case) -> Iterator[Answer]:
    """Positional arguments behind named ones go in front of them."""
    call = call_at(case.root, case.source, case.place)
    if call is None:
        return
    named = set(call.named().values())
    order = [at for at in range(len(call.arguments)) if at not in named] + sorted(named)
    parts = tuple(
        edits.replace(case.path, *call.arguments[at], call.argument(wanted))
        for at, wanted in enumerate(order)
        if at != wanted
    )
    yield Answer("put the named arguments last", parts, 0.8)


propose = answering({None: (_answer,)})
