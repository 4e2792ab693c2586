"""Syntax errors told as "expected A, B or C, found X": the parser's own list says which tokens would let it go on.

Around the place where the parser stopped, one token is inserted, removed or replaced, and what other languages write in
its place is turned into Rust (a table). The grammar judges each result; only those that leave fewer broken places are
offered, those that leave none first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rusta_cargo.repair.code.brokenness import Brokenness
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import replace
from rusta_cargo.repair.code.lexer import Token, tokens
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Category, Diagnostic

_EXPECTED = re.compile(r"expected (?:one of )?(?P<list>.*?)(?:, found |$)", re.DOTALL)
_QUOTED = re.compile(r"`([^`]+)`")
# Tokens the parser would take nearly anywhere, and which are nearly never what is missing.
_UNLIKELY = (
    "!",
    "?",
    "::",
    ".",
    "macro_rules",
    "}",
    "{",
    "else",
    "|",
    "@",
    "auto",
    "default",
    "safe",
    "union",
)
_PLACEHOLDER = {"identifier": "_", "type": "_", "expression": "()"}
# What a block ends with that is left for good.
_LEAVES = re.compile(rb"\b(?:continue|break|return|panic!|unreachable!|exit)\b[^;{}]*;?\s*$")
_OFFERED = 12


@dataclass(frozen=True)
class _Change:
    title: str
    start: int
    end: int
    text: str
    weight: float


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Change one token where the parser stopped."""
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        if place is None or error.category is not Category.SYNTAX or place.macro is not None:
            continue
        if not place.path.endswith(".rs") or error.message.startswith(("no rules expected", "format argument")):
            continue
        try:
            source = situation.source(place.path)
        except SourceUnavailable:
            continue
        text = Brokenness(source, brackets=True)
        before = text.now
        rated: list[tuple[int, float, _Change]] = []
        for change in dict.fromkeys(_changes(source, error)):
            left = text.after(change.start, change.end, change.text)
            if left < before or (before == 0 and left == 0):
                rated.append((left, -change.weight, change))
        rated.sort(key=lambda item: item[:2])
        for left, _, change in rated[:_OFFERED]:
            yield Candidate(
                title=change.title,
                replacements=(replace(place.path, change.start, change.end, change.text),),
                prior=change.weight * (1.0 if left == 0 else 0.4),
                diagnostic=number,
            )


def _changes(source: bytes, error: Diagnostic) -> Iterator[_Change]:
    place = error.primary
    assert place is not None
    stream = list(tokens(source))
    index = next((i for i, token in enumerate(stream) if token.end > place.start), len(stream) - 1)
    if index < 0:
        return
    yield from _foreign(source, stream, index)
    found = stream[index]
    before = stream[index - 1] if index else None
    expected = _expected(error)
    for text in expected:
        likely = 0.05 if text in _UNLIKELY else 0.5 if len(expected) == 1 else 0.3
        if before is not None:
            yield _Change(f"insert `{text}`", before.end, before.end, _spaced(text, before), likely)
        yield _Change(
            f"insert `{text}`",
            found.start,
            found.start,
            f"{text} " if text.isalpha() else text,
            likely / 2,
        )
        yield _Change(f"write `{text}` for `{found}`", found.start, found.end, text, likely / 2)
        if before is not None:
            yield _Change(f"write `{text}` for `{before}`", before.start, before.end, text, likely / 3)
    for token in (found, before):
        if token is not None and token.kind == "punctuation":
            # The space after a comma stays: it keeps the neighbours apart.
            stop = token.end if token.text == b"," else _past_space(source, token.end)
            yield _Change(f"remove `{token}`", token.start, stop, "", 0.25)
        elif token is not None:
            yield _Change(f"remove `{token}`", token.start, _past_space(source, token.end), "", 0.08)
    yield from _missing_operand(stream, index)
    yield from _lost_call(source, found, before)
    yield from _lost_else(source, stream, index, expected)


def _expected(error: Diagnostic) -> list[str]:
    match = _EXPECTED.search(error.message)
    if match is None:
        return []
    listed = _QUOTED.findall(match["list"])
    words = [text for word, text in _PLACEHOLDER.items() if re.search(rf"\b{word}\b", match["list"])]
    return list(dict.fromkeys([*listed, *words]))


def _spaced(text: str, before: Token) -> str:
    if text in (",", ";", ")", "]", ">", ":"):
        return f"{text} " if text == ":" else text
    if text in ("->", "=>", "="):
        return f" {text}"
    return f" {text}" if before.kind != "punctuation" or text[0].isalpha() else text


def _past_space(source: bytes, byte: int) -> int:
    while byte < len(source) and source[byte : byte + 1] in (b" ", b"\t"):
        byte += 1
    return byte


def _missing_operand(stream: list[Token], index: int) -> Iterator[_Change]:
    """An operator with nothing after it: take the operator away."""
    before = stream[index - 1] if index else None
    if before is not None and before.text in (
        b"+",
        b"-",
        b"*",
        b"/",
        b"%",
        b"&&",
        b"||",
        b"=",
        b"==",
    ):
        yield _Change(f"remove the dangling `{before}`", before.start, before.end, "", 0.3)


def _lost_else(source: bytes, stream: list[Token], index: int, expected: list[str]) -> Iterator[_Change]:
    """``let Some(x) = found { return; };``: a block that leaves, behind a pattern that may not match."""
    before = stream[index - 1] if index else None
    if before is None or stream[index].text != b"{" or "else" not in expected:
        return
    statement = source[max(source.rfind(b";", 0, before.end), source.rfind(b"{", 0, before.end)) + 1 : before.end]
    depth, inside = 0, b""
    for token in stream[index:]:
        depth += (token.text == b"{") - (token.text == b"}")
        if depth == 0:
            inside = source[stream[index].end : token.start]
            break
    if re.match(rb"\s*let [A-Z&(\[]", statement) and _LEAVES.search(inside):
        yield _Change("leave where the pattern does not match", before.end, before.end, " else", 0.95)


def _lost_call(source: bytes, found: Token, before: Token | None) -> Iterator[_Change]:
    """``f x`` where ``f`` is a function, or a parameter or local that is one."""
    if before is None or before.kind != "word" or found.kind not in ("word", "number", "string"):
        return
    name = re.escape(before.text)
    callable_here = re.search(rb"\bfn " + name + rb"\b|\b" + name + rb": (?:&(?:mut |dyn )*)?(?:impl |dyn )?Fn", source)
    bound = re.search(rb"\blet (?:mut )?" + name + rb" = (?:move )?\|", source)
    if callable_here or bound:
        text = f"({found.text.decode()})"
        yield _Change(f"call `{before}` with `{found}`", before.end, found.end, text, 0.7)


@cache
def _table() -> tuple[tuple[re.Pattern[str], str, float], ...]:
    text = (files("rusta_cargo.repair") / "data" / "foreign_syntax.toml").read_text("utf-8")
    rows = tomllib.loads(text)["form"]
    return tuple((re.compile(row["pattern"]), row["rust"], float(row.get("weight", 0.7))) for row in rows)


def _foreign(source: bytes, stream: list[Token], index: int) -> Iterator[_Change]:
    """What other languages write, anywhere on the line where the parser stopped or on the one before."""
    start = source.rfind(b"\n", 0, max(0, source.rfind(b"\n", 0, stream[index].start))) + 1
    stop = source.find(b"\n", stream[index].end)
    text = source[start : stop if stop >= 0 else len(source)].decode("utf-8", "replace")
    if "\ufffd" in text:
        return
    for pattern, rust, weight in _table():
        for match in pattern.finditer(text):
            first = start + len(text[: match.start()].encode())
            last = first + len(match[0].encode())
            if any(t.kind == "string" and t.start < first < t.end for t in stream):
                continue
            new = match.expand(rust)
            yield _Change(f"write `{new.strip()}` for `{match[0].strip()}`", first, last, new, weight)
