"""What a function leaves unused: names that nothing reads, variables declared ``mut`` and never changed, fields never written.

Nobody writes such a thing on purpose. Where a test fails, what uses it is likelier to be what was lost there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import nodes

_BINDING = ("let_declaration", "tuple_pattern", "tuple_struct_pattern", "closure_parameters", "for_expression",
            "match_pattern", "mut_pattern", "reference_pattern", "let_condition", "parameter", "field_pattern",
            "ref_pattern", "captured_pattern", "slice_pattern")  # fmt: skip
_VALUES = ("value", "body", "condition", "alternative", "type")
_WORD = re.compile(r"(?<![\w.])[a-z][a-z0-9_]*\b(?!\s*(?:\(|::|!))")
_SETTING = r"\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)"
_CHANGING = (
    r"\.(?:push\w*|insert|extend\w*|clear|pop\w*|remove|append|entry|drain|sort\w*|iter_mut|get_mut|retain|\w*_mut)\("
)
_TOLD = re.compile(rf"^\*?(?P<place>(?:self\.)?[a-z]\w*)(?:{_SETTING}|{_CHANGING})")


@dataclass(frozen=True)
class Neglected:
    """idle: names bound and never read. unchanged: ``mut`` variables never changed, and ``self.field`` never written."""

    idle: frozenset[str] = frozenset()
    unchanged: frozenset[str] = frozenset()

    def speaks_for(self, old: str, new: str) -> bool:
        """What is put in the place of ``old`` uses something that nothing else does."""
        if self.idle and self.idle & (set(_WORD.findall(new)) - set(_WORD.findall(old))):
            return True
        told = _TOLD.match(new.strip())
        return told is not None and told["place"] in self.unchanged


def neglected(function: Node | None, fields: Iterable[str], sources: Iterable[bytes]) -> Neglected:
    """What ``function`` neglects.

    Args:
        fields: of the type that its method belongs to. sources: the files in which they may be written to.
    """
    if function is None:
        return Neglected()
    names = list(nodes.below(function, ("identifier", "shorthand_field_identifier")))
    count = Counter(nodes.text(node) for node in names)
    idle = {nodes.text(node) for node in names if count[nodes.text(node)] == 1 and _bound(node)}
    # Macros name their arguments in tokens and in texts.
    inside = nodes.below(function, ("macro_invocation", "string_literal"))
    told = set(re.findall(r"\w+", " ".join(nodes.text(node) for node in inside)))
    written = nodes.text(function)
    unchanged = {
        name
        for name in re.findall(r"\bmut ([a-z]\w*)\b", written)
        if not re.search(
            rf"(?<![\w.])(?<!mut )\*?{name}(?:\.\w+|\[[^\]]*\])*{_SETTING}|\b{name}\.\w+\(|&mut {name}\b", written
        )
    }
    whole = b"\n".join(sources).decode("utf-8", "replace")
    for field in fields:
        if not re.search(rf"\.{field}(?:\.\w+|\[[^\]]*\])*(?:{_SETTING}|{_CHANGING})|&mut \w+\.{field}\b", whole):
            unchanged.add(f"self.{field}")
    return Neglected(
        frozenset(n for n in idle - told if not n.startswith("_") and n[:1].islower()), frozenset(unchanged)
    )


def _bound(node: Node) -> bool:
    """The name is bound here, not read."""
    parent = node.parent
    if node.type == "shorthand_field_identifier":
        return parent is not None and parent.type == "field_pattern"
    if parent is None or parent.type not in _BINDING:
        return False
    return all(parent.child_by_field_name(field) != node for field in _VALUES)
