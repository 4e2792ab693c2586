"""Arms of a match: those that are there, those to add, and what the well-known variants usually get."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code.items import Variant
from rusta_cargo.repair.code.nodes import text

PATH = re.compile(r"(?:[A-Za-z_]\w*(?:<[^>]*>)?::)*[A-Z]\w*")
_STRING = re.compile(r'"[^"]*"')
_NAME = re.compile(r"(?<![\w:])(?!(?:ref|mut|true|false|if)\b)[a-z]\w*(?!\w|::)")
NUMBER = re.compile(r"(\d)_[iu](?:8|16|32|64|128|size)\b")
# Bodies for the variants that everybody knows: (pattern, body, head of the result's type, how likely).
WELL_KNOWN = {
    "None": (("None", "None", "Option", 0.4), ("None", "return None", "Option", 0.08), ("None", "{}", "()", 0.3)),
    "Some": (("Some(value)", "Some(value)", "Option", 0.3), ("Some(value)", "value", None, 0.2)),
    "Ok": (("Ok(value)", "Ok(value)", "Result", 0.3), ("Ok(value)", "value", None, 0.3), ("Ok(_)", "{}", "()", 0.3)),
    "Err": (("Err(e)", "Err(e)", "Result", 0.4), ("Err(e)", "Err(e.into())", "Result", 0.15),
            ("Err(_)", "None", "Option", 0.3), ("Err(e)", "return Err(e)", "Result", 0.15),
            ("Err(e)", "return Err(e.into())", "Result", 0.1), ("Err(_)", "{}", "()", 0.3)),
    "true": (), "false": (),
}  # fmt: skip


@dataclass(frozen=True)
class Arm:
    """An arm to add.

    ``weight`` is how likely it is right; ``stub``: it only panics; ``guess``: nothing says that its body is meant.
    """

    pattern: str
    body: str
    weight: float
    stub: bool = False
    guess: bool = False


@dataclass(frozen=True)
class Sibling:
    """An arm that is there. ``variant`` is the last segment of the first path in its pattern."""

    node: Node
    pattern: str
    body: str
    variant: str
    plain: bool  # neither guard nor alternatives


def sibling_of(arm: Node) -> Sibling:
    """An arm that is there."""
    pattern, value = arm.child_by_field_name("pattern"), arm.child_by_field_name("value")
    written = text(pattern)
    path = PATH.search(written)
    guarded = pattern is not None and pattern.child_by_field_name("condition") is not None
    variant = "" if path is None else path[0].rpartition("::")[2]
    return Sibling(arm, written, text(value), variant, "|" not in written and not guarded)


def line_of(arm: Arm) -> str:
    """The arm's text; one that ends in a block needs no comma."""
    block = arm.body.startswith("{") and arm.body.endswith("}")
    return f"{arm.pattern} => {arm.body}{'' if block else ','}"


def pattern_for(variant: Variant) -> str:
    """The pattern that covers a variant and binds nothing."""
    owner = "" if variant.parent is None else f"{variant.parent.name}::"
    if variant.shape == "named":
        return f"{owner}{variant.name} {{ .. }}"
    fields = f"({', '.join('_' for _ in variant.fields)})" if variant.shape == "tuple" else ""
    return f"{owner}{variant.name}{fields}"


def binds(pattern: str) -> bool:
    """A lower-case name stands in it, which is no keyword and no path."""
    return _NAME.search(_STRING.sub("", pattern)) is not None


def uses_binding(sibling: Sibling) -> bool:
    names = re.findall(r"(?<![\w:])[a-z]\w*", sibling.pattern)
    return any(re.search(rf"\b{name}\b", sibling.body) for name in names)
