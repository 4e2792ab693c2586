"""Failing tests: a statement that other places of the file have and this one forgot; two statements in the wrong order.

Answers no error: it works where the tree compiles and tests fail. Most of what a repair needs stands in the same file
already (Barr et al., "The plastic surgery hypothesis", FSE 2014): a guard that the sibling method has, the step that the
other branch takes. Only statements are taken all of whose names are bound where they are put.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.calling import in_tests
from rusta_cargo.repair.code.inserting import Place, places, sets_again, statements
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.code.mutating import Change, Scene, begin_of, ranked, short
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_cargo.repair.syntax import parse

_LONGEST = 240
_SIMPLE = ("assignment_expression", "compound_assignment_expr", "call_expression")
_LEAVING = ("return_expression", "break_expression", "continue_expression")
_NAME = re.compile(r"(?<![\w.:])(?:[a-z_]\w*)\b(?!\s*(?:\(|!|::|:[^:]))")
_WORDS = frozenset(
    [
        "if",
        "else",
        "return",
        "break",
        "continue",
        "let",
        "mut",
        "true",
        "false",
        "as",
        "in",
        "for",
        "while",
        "match",
        "ref",
    ]
)
_KEY = "rusta_cargo.repair.proposers.behaviour_copied"


@dataclass(frozen=True)
class _Donor:
    """A statement of another place: its text without indentation, its names, the function, and whether it returns."""

    statement: str
    names: frozenset[str]
    owner: Function | None
    parent: object
    returns: str | None
    jumps: bool


SHARE = 0.03  # beside other slips, as those were counted where tests judge


def propose(situation: Situation) -> Iterator[Candidate]:
    """Statements of the suspects that their neighbours have, or that stand in the wrong order."""
    return ranked(situation, _changes, SHARE)


def _changes(scene: Scene) -> Iterator[Change]:
    yield from _exchanged(scene)
    function = scene.function
    if function is None or scene.body is None:
        return
    here = list(places(scene))
    spread = 1 / (1 + 0.1 * len(here))
    donors = [d for d in _donors(scene.situation, scene.index, scene.path) if _suits(d, function)]
    for place in here:
        visible = {binding.name for binding, _ in scene.types.visible(place.at)}
        beside = _flat(scene.text(place.block))
        looped = nodes.enclosing(place.block, (*nodes.LOOPS, "closure_expression"))
        for donor in donors:
            if not donor.names <= visible or _flat(donor.statement) in beside or (donor.jumps and not _in_loop(looped)):
                continue
            if sets_again(scene, place, donor.statement):
                continue
            weight = spread * _nearness(donor, function) * (2.0 if donor.returns is not None and _first(place) else 1.0)
            yield Change(
                "missing" if donor.returns is None else "guard",
                f"`{short(donor.statement)}`, as other places have it",
                place.put(donor.statement),
                weight,
                place.at,
            )


def _flat(code: str) -> str:
    return " ".join(code.split())


def _in_loop(node: Node | None) -> bool:
    return node is not None and node.type in nodes.LOOPS


def _first(place: Place) -> bool:
    """Guards stand at the beginning."""
    held = statements(place.block)
    return place.before and bool(held) and place.at <= held[0].start_byte


def _suits(donor: _Donor, function: Function) -> bool:
    return donor.returns is None or donor.returns == _returned(function)


def _returned(function: Function) -> str:
    return re.split(r"[<\s]", function.returns.text)[0] if function.returns is not None else "()"


def _nearness(donor: _Donor, function: Function) -> float:
    if donor.owner == function:
        return 0.25
    return 0.3 if donor.owner is not None and donor.parent == function.parent else 0.08


def _donors(situation: Situation, index: ItemIndex, path: str) -> list[_Donor]:
    """The statements of a file outside of its tests, each once for a function."""
    source = situation.source(path)
    key = (_KEY, path, hash(source))
    known = situation.cache.get(key)
    if isinstance(known, list):
        return known
    root, found = parse(source).root_node, dict[tuple[str, int], _Donor]()
    for function in index.of_kind(Function, path):
        if function.body is None or in_tests(situation, function):
            continue
        body = nodes.exact(root, function.body.start, function.body.end)
        for node in nodes.below(body, ("expression_statement", "if_expression")) if body is not None else ():
            donor = _donor(source, node, function)
            if donor is not None:
                found.setdefault((donor.statement, function.start), donor)
    result = list(found.values())
    situation.cache[key] = result
    return result


def _donor(source: bytes, node: Node, function: Function) -> _Donor | None:
    inner = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
    returns: str | None = None
    jumps = False
    if inner.type == "if_expression":
        block = inner.child_by_field_name("consequence")
        held = statements(block) if block is not None else []
        if inner.child_by_field_name("alternative") is not None or len(held) != 1:
            return None
        only = held[0].named_children[0] if held[0].named_children else held[0]
        if (held[0] if held[0].type in _LEAVING else only).type not in _LEAVING or "let " in text(inner)[:12]:
            return None
        returns = _returned(function) if "return" in text(held[0]) else None
        jumps = returns is None
    elif inner.type not in _SIMPLE or not text(node).endswith(";"):
        return None
    if node.end_byte - node.start_byte > _LONGEST:
        return None
    indent = nodes.indent_at(source, node.start_byte)
    statement = text(node).replace(f"\n{indent}", "\n")
    names = frozenset(name for name in _NAME.findall(_without_texts(statement)) if name not in _WORDS)
    return _Donor(statement, names, function, function.parent, returns, jumps)


def _without_texts(statement: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)\'', "", statement)


def _exchanged(scene: Scene) -> Iterator[Change]:
    """Two neighbouring statements that speak of the same thing, the other way round."""
    body = scene.body
    for block in nodes.below(body, ("block",)) if body is not None else ():
        inner = statements(block)
        for first, second in itertools.pairwise(inner):
            if "\n" not in scene.source[first.start_byte : second.start_byte].decode("utf-8", "replace"):
                continue
            if second.type not in nodes.STATEMENTS or first.type not in nodes.STATEMENTS:
                continue
            if text(first) == text(second) or any("return" in text(node)[:7] for node in (first, second)):
                continue
            common = set(re.findall(r"\w+", text(first))) & set(re.findall(r"\w+", text(second)))
            if not common - {"let", "mut", "self"} and "self" not in common:
                continue
            spans = [(begin_of(scene, node), node.end_byte) for node in (first, second)]
            pieces = [scene.source[a:b].decode("utf-8", "replace") for a, b in spans]
            yield Change(
                "order",
                f"`{short(pieces[1], 30)}` before `{short(pieces[0], 30)}`",
                ((*spans[0], pieces[1]), (*spans[1], pieces[0])),
                0.3 if _writes(first, second) or _writes(second, first) else 0.08,
                spans[0][0],
            )


def _writes(first: Node, second: Node) -> bool:
    """The first changes a place that the second speaks of."""
    inner = first.named_children[0] if first.named_children else first
    written = text(inner.child_by_field_name("left")) if inner.type in _SIMPLE[:2] else ""
    return bool(written) and written in text(second)
