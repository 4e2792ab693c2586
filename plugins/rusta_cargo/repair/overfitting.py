"""What makes a failing test pass without mending anything: treating the values of the test apart from all others.

``if x == 5 { return 7 }`` satisfies the test that asks for 7 and no other. A patch that adds a branch on a value that
the code did not speak of before is refused where tests are the judge. Zero, one and nothing are base cases that people
do forget, and stay allowed. A table that gives nothing for what it does not know is not made to give something: that is
the answer for one key, and wrong for all others.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from tree_sitter import Node

from rusta_cargo.repair.guards import Change
from rusta_cargo.repair.syntax import COMMENTS, differing, parse, text_of, walk

_LITERALS = (
    "integer_literal", "float_literal", "string_literal", "raw_string_literal", "char_literal",
)  # fmt: skip
_BASE_CASES = frozenset({b"0", b"1", b"0.0", b"1.0", b'""', b'b""'})
_TABLE = 2
# Literals, whole or with an end cut off.
_SPELLED = re.compile(rb"""[0-9][0-9A-Za-z_.]*|b?"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)'?|\\S*["']""")
_COMPARING = ("==", "!=", "<", "<=", ">", ">=")


def special_case(changes: Iterable[Change]) -> str | None:
    """Why a patch only serves the values of a test, or None."""
    for change in changes:
        if change.before is None or change.after is None or not change.path.endswith(".rs"):
            continue
        spelled = set(_SPELLED.findall(_inserted(change.before, change.after)))
        if spelled <= _BASE_CASES or spelled <= _known(change.before) | _BASE_CASES:
            continue  # a literal that was not there would be in what is new
        old, new = differing(change.before, change.after)
        bent = _bent_fallback(old, new)
        if bent is not None and bent not in _known(change.before):
            shown = bent.decode("utf-8", "replace")
            return f"{change.path} would give {shown} for all that it does not know, which only serves a test"
        was, now = _branches(old), _branches(new)
        if sum(now.values()) <= sum(was.values()):
            continue  # another value in an old branch is no new branch
        known = _known(change.before)
        for value, count in now.items():
            if count > was[value] and value not in known and value not in _BASE_CASES:
                shown = value.decode("utf-8", "replace")
                return f"{change.path} would treat the value {shown} apart, which only serves a test"
    return None


@lru_cache(maxsize=64)
def _branches(source: bytes) -> Counter[bytes]:
    """The literals that branches depend on, with how often."""
    root = parse(source).root_node
    return Counter(text_of(literal) for place in _conditions(root) for literal in _values(place))


def _conditions(root: Node) -> Iterator[Node]:
    for node in walk(root):
        if node.type in ("if_expression", "while_expression"):
            condition = node.child_by_field_name("condition")
            if condition is not None:
                yield condition
        elif node.type == "match_pattern" or (
            node.type == "macro_invocation" and text_of(node).startswith(b"matches!")
        ):  # fmt: skip
            yield node


def _values(place: Node) -> Iterator[Node]:
    """Literals that something is compared with; what stands deeper in arithmetic is none of them."""
    if place.type in ("match_pattern", "macro_invocation"):
        yield from (node for node in walk(place) if _literal(node))
        return
    for node in walk(place):
        if node.type == "binary_expression":
            operator = node.child_by_field_name("operator")
            if text_of(operator).decode() in _COMPARING:
                yield from (side for side in node.children if _literal(side))
        elif node.type == "let_condition":
            pattern = node.child_by_field_name("pattern")
            if pattern is not None:
                yield from (part for part in walk(pattern) if _literal(part))


def _inserted(before: bytes, after: bytes) -> bytes:
    """What is new in ``after``, with the rest of the words at its ends."""
    most = min(len(before), len(after))
    start = _alike(most, lambda n: before.startswith(after[:n]))
    end = _alike(most - start, lambda n: before.endswith(after[len(after) - n :]))
    left, right = start, len(after) - end
    while left and (after[left - 1 : left].isalnum() or after[left - 1 : left] in b"_."):
        left -= 1
    while right < len(after) and (after[right : right + 1].isalnum() or after[right : right + 1] in b"_."):
        right += 1
    return after[left:right]


def _alike(most: int, same: Callable[[int], bool]) -> int:
    """The largest number up to ``most`` for which ``same`` holds; it holds for all smaller ones."""
    return bisect_left(range(1, most + 1), True, key=lambda n: not same(n))


@lru_cache(maxsize=8)
def _known(source: bytes) -> frozenset[bytes]:
    """Every literal of a file outside of its tests."""
    found: set[bytes] = set()
    waiting = [parse(source).root_node]
    while waiting:
        node = waiting.pop()
        testing = False
        for child in node.children:
            if child.type == "attribute_item":
                testing = testing or b"test" in text_of(child)
            elif child.type not in COMMENTS:
                if not testing:
                    waiting.append(child)
                testing = False
        if _literal(node):
            found.add(text_of(node))
    return frozenset(found)


def _bent_fallback(before: bytes, after: bytes) -> bytes | None:
    """The new value of a table's last arm ``_ => …`` that gave nothing before."""
    if b"_ =>" not in after:
        return None
    old, new = (list(_fallbacks(parse(source).root_node)) for source in (before, after))
    if len(old) != len(new):
        return None
    for was, now in zip(old, new, strict=True):
        if was != now and was in _BASE_CASES and now not in _BASE_CASES:
            return now
    return None


def _fallbacks(root: Node) -> Iterator[bytes]:
    """The literal of each ``_ => literal`` beside at least two arms that map a literal to a literal."""
    for block in walk(root):
        if block.type != "match_block":
            continue
        arms = [(arm.child_by_field_name("pattern"), arm.child_by_field_name("value")) for arm in block.named_children]
        rows = [(text_of(pattern), value) for pattern, value in arms if pattern is not None and value is not None]
        entries = [value for pattern, value in rows if pattern != b"_" and _literal(value)]
        if len(entries) >= _TABLE:
            yield from (text_of(value) for pattern, value in rows if pattern == b"_" and _literal(value))


def _literal(node: Node) -> bool:
    return node.type in _LITERALS
