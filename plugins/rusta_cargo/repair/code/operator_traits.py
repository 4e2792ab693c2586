"""What an operator needs of a type: a derive of the type of the tree, a bound of the type parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.deriving import derive_added
from rusta_cargo.repair.code.gathering import Change
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.proposer import Situation
from rusta_schemas.diagnostic import Diagnostic

COMPARING = ("==", "!=", "<", ">", "<=", ">=")
# What the messages say of the two operands; the groups are named for the sides of the operator.
SIDES = tuple(
    re.compile(pattern)
    for pattern in (
        r"^cannot add(?:-assign)? `(?P<right>.+)` to `(?P<left>.+)`",
        r"^cannot subtract(?:-assign)? `(?P<right>.+)` from `(?P<left>.+)`",
        r"^cannot multiply(?:-assign)? `(?P<left>.+)` by `(?P<right>.+)`",
        r"^cannot divide(?:-assign)? `(?P<left>.+)` by `(?P<right>.+)`",
        r"^cannot calculate(?: and assign)? the remainder of `(?P<left>.+)` divided by `(?P<right>.+)`",
        r"^no implementation for `(?P<left>.+) (?:[-+*/%&|^]|<<|>>)=? (?P<right>.+)`",
        r"^can't compare `(?P<left>.+)` with `(?P<right>.+)`",
    )
)  # fmt: skip
# What a generic parameter needs for an operator; {0} is the parameter.
_BOUNDS = {
    "==": "PartialEq", "!=": "PartialEq", "<": "PartialOrd", ">": "PartialOrd", "<=": "PartialOrd", ">=": "PartialOrd",
    "+": "std::ops::Add<Output = {0}>", "-": "std::ops::Sub<Output = {0}>", "*": "std::ops::Mul<Output = {0}>",
    "/": "std::ops::Div<Output = {0}>", "%": "std::ops::Rem<Output = {0}>", "+=": "std::ops::AddAssign",
    "-=": "std::ops::SubAssign",
    "*=": "std::ops::MulAssign", "/=": "std::ops::DivAssign", "neg": "std::ops::Neg<Output = {0}>",
    "not": "std::ops::Not<Output = {0}>",
}  # fmt: skip


def derived(_situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A comparison of a type of the tree: the type derives it."""
    wanted = {"==": ("PartialEq",), "!=": ("PartialEq",)}
    operator = re.search(r"binary operation `([^`]+)`", diagnostic.message)
    if operator is None or operator[1] not in COMPARING:
        return
    names = re.findall(r"cannot be applied to type `([^`]+)`", diagnostic.message)
    traits = wanted.get(operator[1], ("PartialEq", "PartialOrd"))
    for name in names:
        inner = [part for part in types.words(types.strip_references(name)) if index.type_named(part) is not None]
        for item in [index.type_named(part) for part in dict.fromkeys(inner)]:
            source = _situation.source(item.path) if item is not None else b""
            missing = [trait for trait in traits if item is not None and not index.implements(item.name, trait)]
            added = derive_added(source, item, missing) if item is not None else None
            if added is not None and item is not None:
                yield f"derive {' and '.join(missing)} for `{item.name}`", (added,), 0.75


def bounded(_situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """An operator on a type parameter: the parameter is bound by it."""
    place = diagnostic.primary
    found = re.search(r"operat(?:ion|or) `([^`]+)`.*to type `(?:&(?:mut )?)?([^`]+)`", diagnostic.message)
    adding = re.search(
        r"^cannot (add|subtract|multiply|divide)(-assign)?\b.*`(?:&(?:mut )?)?(\w+)`",
        diagnostic.message,
    )
    if place is None or (found is None and adding is None):
        return
    sign = (
        {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}[adding[1]] + ("=" if adding[2] else "")
        if adding and not found
        else ""
    )
    operator, name = (found[1], found[2]) if found is not None else (sign, adding[3] if adding else "")
    if diagnostic.code == "E0600":
        operator = {"-": "neg", "!": "not"}.get(operator, operator)
    bound = _BOUNDS.get(operator)
    item = index.at(place.path, place.start)
    while item is not None and bound is not None:
        added = edits.add_bound(item, name, bound.format(name))
        if added is not None:
            yield f"require `{bound.format(name)}` of `{name}`", (added,), 0.6
            arithmetic = "::ops::" in bound and not bound.endswith("Assign")
            if arithmetic:
                copied = edits.add_bound(item, name, f"{bound.format(name)} + Copy")
                if copied is not None:
                    yield f"require `{bound.format(name)}` and `Copy` of `{name}`", (copied,), 0.35
            return
        item = item.parent
