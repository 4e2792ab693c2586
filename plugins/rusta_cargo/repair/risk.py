"""What a reviewer should know of a proved patch: its risk, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.guards import Change, deleted_share
from rusta_cargo.repair.outline import Outline, outline
from rusta_cargo.repair.proposer import RETELLS, STUB
from rusta_cargo.repair.shape import shape_of
from rusta_cargo.repair.syntax import differing, parse, text_of, tokens, walk
from rusta_schemas.bundle import Risk

_LOOPS = ("for_expression", "while_expression", "loop_expression", "closure_expression")
_MUCH = 0.1
# The compiler asked for a value, and one that says nothing was put there.
PLACEHOLDER = "fills a place with an empty value"


@dataclass(frozen=True)
class RiskReport:
    """How risky, and why in words."""

    level: Risk
    reasons: tuple[str, ...]


def assess(changes: Iterable[Change], notes: Iterable[str] = ()) -> RiskReport:
    """The risk of a patch.

    Args:
        changes: its files before and after.
        notes: what the proposers of its parts said themselves.
    """
    found: dict[str, Risk] = {}
    for note in notes:
        found[note] = Risk.HIGH if note in (STUB, RETELLS) else Risk.MEDIUM
    for change in changes:
        if not change.path.endswith(".rs"):
            found[f"changes {change.path}"] = Risk.MEDIUM
        elif change.before is not None and change.after is not None:
            for reason, level in _of_file(change.before, change.after).items():
                found.setdefault(reason, level)
            if shape_of((change,)).placeholder:
                found.setdefault(PLACEHOLDER, Risk.MEDIUM)
    level = max(found.values(), key=list(Risk).index, default=Risk.LOW)
    return RiskReport(level, tuple(found))


def _of_file(before: bytes, after: bytes) -> dict[str, Risk]:
    share = deleted_share(before, after)
    old, new = differing(before, after)
    was, now = outline(old), outline(new)
    found: dict[str, Risk] = {}
    for name in _changed(was.public, now.public):
        found[f"changes what users of `{name}` see"] = Risk.MEDIUM
    for name in _signatures(was, now):
        found.setdefault(f"changes the signature of `{name}`", Risk.MEDIUM)
    for name in _changed(was.types, now.types):
        found.setdefault(f"changes the type `{name}`", Risk.MEDIUM)
    if was.macros != now.macros:
        found["changes a macro, and with it every use of it"] = Risk.MEDIUM
    if _count(new, b"unsafe") > _count(old, b"unsafe"):
        found["adds unsafe"] = Risk.HIGH
    if _count(new, b"unwrap", b"expect") > _count(old, b"unwrap", b"expect"):
        found["adds a panic where a value may be missing"] = Risk.MEDIUM
    if _clones_in_loops(new) > _clones_in_loops(old):
        found["adds a clone in a loop"] = Risk.MEDIUM
    if _casts(new) > _casts(old):
        found["adds a cast that may lose bits"] = Risk.MEDIUM
    if share > _MUCH:
        found[f"deletes {share:.0%} of the code of a file"] = Risk.HIGH
    elif len(tokens(old)) - len(tokens(new)) > 2:
        found["deletes code"] = Risk.MEDIUM
    return found


def _changed(was: Mapping[str, tuple[bytes, ...]], now: Mapping[str, tuple[bytes, ...]]) -> list[str]:
    """Names that are new, gone or different."""
    return [name for name in dict.fromkeys((*was, *now)) if was.get(name) != now.get(name)]


def _signatures(was: Outline, now: Outline) -> list[str]:
    return [
        name
        for name, function in was.functions.items()
        if name in now.functions and now.functions[name].signature != function.signature
    ]


def _count(source: bytes, *words: bytes) -> int:
    return sum(tokens(source).count(word) for word in words)


def _casts(source: bytes) -> int:
    return sum(node.type == "type_cast_expression" for node in walk(parse(source).root_node))


def _clones_in_loops(source: bytes) -> int:
    return sum(
        1
        for node in walk(parse(source).root_node)
        if node.type == "field_expression" and text_of(node.child_by_field_name("field")) == b"clone" and _in_loop(node)
    )


def _in_loop(node: Node) -> bool:
    above = node.parent
    while above is not None and above.type != "function_item":
        if above.type in _LOOPS:
            return True
        above = above.parent
    return False
