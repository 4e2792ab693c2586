"""Texts that are not what a test asks for: other words, another separator, other places of a number, spaces left in.

What a text should have been is read off the two sides of failing assertions: where they differ, and what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code.mutating import Change, Scene, replaced, short
from rusta_cargo.repair.code.nodes import text

_HOLE = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_DECIMALS = re.compile(r"\d\.(\d+)")
_PADDED = re.compile(r"(?<![\d.])0\d+")
_SEPARATORS = (" ", ", ", ",", "-", "_", "\\n", ".", "/", ":", ": ", ";", "; ", "|")
_MOST_REPEATS, _LONGEST, _ANCHOR = 12, 400, 3
_OWNING = ("to_string", "to_owned", "into")
_READING = (*_OWNING, "parse", "len", "chars", "split", "is_empty", "split_whitespace", "to_lowercase", "to_uppercase")
_CLEANING = ("trim", "trim_start", "trim_end")


def changes(scene: Scene) -> Iterator[Change]:
    """Other literals, other formats, cleaner texts."""
    pairs = [pair for left, right in scene.evidence.texts for pair in ((left, right), (right, left))]
    for node in scene.nodes("string_literal"):
        written = scene.text(node)
        if written.startswith('"'):
            for new, weight in _literals(written, pairs):
                yield Change(
                    "text", f"`{short(new, 24)}` instead of `{short(written, 24)}`", replaced(node, new), weight,
                    node.start_byte,
                )  # fmt: skip
    for node in scene.nodes("char_literal"):
        yield from _characters(node, pairs)
    for node in scene.nodes("call_expression"):
        yield from _cleaned(scene, node)
    for node in scene.nodes("let_declaration"):
        value = node.child_by_field_name("value")
        if value is not None and value.type == "identifier" and scene.types.of(value) == "&str":
            put = f"{scene.text(value)}.trim()"
            yield Change("chain", f"`{put}`", replaced(value, put), 0.1, value.start_byte)


def _literals(written: str, pairs: list[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    """What ``written`` (with its quotes) may have been, with weights."""
    seen = {written}
    for mine, theirs in pairs:
        for new, weight in (*_pieces(written, mine, theirs), *_holes(written, mine, theirs)):
            if new not in seen:
                seen.add(new)
                yield new, weight


def _pieces(written: str, mine: str, theirs: str) -> Iterator[tuple[str, float]]:
    inner = written[1:-1]
    if not inner:
        for separator in _SEPARATORS:
            if theirs != mine and theirs.replace(separator, "") == mine:
                yield f'"{separator}"', 0.3
        return
    start = 0
    for hole in (*_HOLE.finditer(inner), None):
        part, end = inner[start : hole.start() if hole else len(inner)], start
        if part and part in mine:
            for other in instead(part, mine, theirs):
                yield f'"{inner[:end]}{other}{inner[end + len(part) :]}"', 0.3
        if hole:
            start = hole.end()


def instead(part: str, mine: str, theirs: str) -> Iterator[str]:
    """What stands in ``theirs`` where ``part`` stands in ``mine``, by what is around it."""
    separating = not any(char.isalnum() for char in part)
    found: list[str] = []
    at = mine.find(part)
    while at >= 0:
        before, after = mine[:at], mine[at + len(part) :]
        if theirs.startswith(before) and theirs.endswith(after) and len(theirs) >= len(before) + len(after):
            found.append(theirs[len(before) : len(theirs) - len(after)])
        at = mine.find(part, at + 1)
    around = mine.split(part)
    if 2 < len(around) <= _MOST_REPEATS and max(len(mine), len(theirs)) <= _LONGEST:
        pattern = re.escape(around[0]) + "(.*?)" + r"(?:\1)".join(re.escape(piece) for piece in around[1:])
        whole = re.fullmatch(pattern, theirs, re.DOTALL)
        if whole:
            found.append(whole[1])
    found += _where_they_part(part, mine, theirs)
    place = theirs.lower().find(part.lower())
    if place >= 0:
        found.append(theirs[place : place + len(part)])
    for other in dict.fromkeys(found):
        if other != part and (separating or other.strip()) and not set('{}"') & set(other):
            yield other


def _where_they_part(part: str, mine: str, theirs: str) -> Iterator[str]:
    """What stands for ``part`` at the first place where the texts differ: it may be right everywhere else."""
    pairs = zip(mine, theirs, strict=False)
    differs = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(mine), len(theirs)))
    for start in range(max(0, differs - len(part) + 1), differs + 1):
        rest = mine[start + len(part) :][:_ANCHOR]
        end = theirs.find(rest, start) if mine.startswith(part, start) and rest else -1
        if 0 <= end - start <= _ANCHOR:
            yield theirs[start:end]


def _holes(written: str, mine: str, theirs: str) -> Iterator[tuple[str, float]]:
    """``{}`` with other places, width, filling or letters."""
    for hole in _HOLE.finditer(written):
        if hole[0] in ("{{", "}}"):
            continue
        name, _, spec = hole[0][1:-1].partition(":")
        for other, weight in specs(spec, mine, theirs):
            inside = f"{name}:{other}" if other else name
            yield f"{written[: hole.start()]}{{{inside}}}{written[hole.end() :]}", weight


def specs(spec: str, mine: str, theirs: str) -> Iterator[tuple[str, float]]:
    """What a format specification may have been, given a text made with it and the wanted one."""
    had = {len(found[1]) for found in _DECIMALS.finditer(mine)}
    wanted = dict.fromkeys(len(found[1]) for found in _DECIMALS.finditer(theirs))
    bare, dot, places = spec.partition(".")
    if not dot or places.isdecimal():
        kept = bare if not bare.endswith(("?", "x", "X", "e", "b")) else None
        for count in wanted:
            if kept is not None and count not in had:
                yield f"{kept}.{count}", 0.3
        if kept is not None and had and not wanted:
            yield f"{kept}.0", 0.2
    if spec in ("", "?") and (set('"[') & set(mine)) != (set('"[') & set(theirs)):
        yield ("?" if not spec else ""), 0.25
    if spec in ("x", "X", "02x", "02X", "#x", "#X") and mine.lower() == theirs.lower():
        yield spec.swapcase(), 0.3
    if spec.isdecimal() or not spec:
        for found in dict.fromkeys(_PADDED.findall(theirs)):
            if found not in mine:
                yield f"0{len(found)}", 0.25
        if spec.isdecimal():
            for other in (
                str(int(spec) + 1),
                str(max(1, int(spec) - 1)),
                spec.lstrip("0") or "",
                f"0{spec.lstrip('0')}",
            ):
                yield other, 0.1
    for sign in "<>^":
        if sign in spec:
            for other in "<>^".replace(sign, ""):
                yield spec.replace(sign, other, 1), 0.2


def _characters(node: Node, pairs: list[tuple[str, str]]) -> Iterator[Change]:
    content = text(node)[1:-1]
    for mine, theirs in pairs if len(content) == 1 else ():
        if len(mine) != len(theirs):
            continue
        others = (b for a, b in zip(mine, theirs, strict=True) if a == content != b)
        for other in dict.fromkeys(others):
            if other not in "'\\":
                title = f"`'{other}'` instead of `{text(node)}`"
                yield Change("text", title, replaced(node, f"'{other}'"), 0.3, node.start_byte)


def _cleaned(scene: Scene, node: Node) -> Iterator[Change]:
    """A text that is used as it was found, with spaces around it or in any letters."""
    callee = node.child_by_field_name("function")
    if callee is None or callee.type != "field_expression":
        return
    name, owner = text(callee.child_by_field_name("field")), callee.child_by_field_name("value")
    if owner is None or name not in _READING or owner.type == "string_literal":
        return
    have = (scene.types.of(owner) or "").lstrip("&")
    if have not in ("str", "String", "'static str") and (have or name not in (*_OWNING, "parse")):
        return
    if not text(owner).endswith(tuple(f".{step}()" for step in _CLEANING)):
        weight = 0.12 if "space" in scene.evidence.tags or name == "parse" else 0.03
        for step, share in (("trim", 1.0), ("trim_end", 0.5), ("trim_start", 0.3)):
            title = f"`{short(scene.text(owner), 24)}.{step}()` before `.{name}(…)`"
            yield Change("chain", title, ((owner.end_byte,) * 2 + (f".{step}()",),), weight * share, node.start_byte)
    if name in _OWNING and "case" in scene.evidence.tags:
        for step, weight in (("to_lowercase", 0.12), ("to_uppercase", 0.08)):
            put = f"{scene.text(owner)}.{step}()"
            yield Change("chain", f"`{short(put)}`", replaced(node, put), weight, node.start_byte)
