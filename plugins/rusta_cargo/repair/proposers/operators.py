"""Operators on types that do not have them: E0277 and E0308 between operands, E0369, E0368, E0600, E0614, E0608, E0067, E0070, E0618, E0604-E0607.

Either operand is converted, its declaration retyped, or its type derives or is bound by what the operator needs; a
wrong ``*``, ``()``, index or cast goes or becomes the form that does what it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.declarations import retyped
from rusta_cargo.repair.code.expression import Spot, prefix, smallest, spot, suffix
from rusta_cargo.repair.code.items import Enum, ItemIndex, Struct
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_cargo.repair.proposers.coercions import fitted, place_of
from rusta_schemas.diagnostic import Diagnostic

MOST = 12
CONFIRMED = 0.15
Change = tuple[str, tuple[Replacement, ...], float]
# What the messages say of the two operands; the groups are named for the sides of the operator.
_SIDES = tuple(
    re.compile(pattern)
    for pattern in (
        r"^cannot add(?:-assign)? `(?P<right>.+)` to `(?P<left>.+)`", r"^cannot subtract(?:-assign)? `(?P<right>.+)` from `(?P<left>.+)`",
        r"^cannot multiply(?:-assign)? `(?P<left>.+)` by `(?P<right>.+)`", r"^cannot divide(?:-assign)? `(?P<left>.+)` by `(?P<right>.+)`",
        r"^cannot calculate(?: and assign)? the remainder of `(?P<left>.+)` divided by `(?P<right>.+)`",
        r"^no implementation for `(?P<left>.+) (?:[-+*/%&|^]|<<|>>)=? (?P<right>.+)`", r"^can't compare `(?P<left>.+)` with `(?P<right>.+)`",
    )
)  # fmt: skip
_COMPARING = ("==", "!=", "<", ">", "<=", ">=")
_SIGNED = {"u8": "i8", "u16": "i16", "u32": "i32", "u64": "i64", "u128": "i128", "usize": "isize"}


def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for operators that do not apply."""
    index: ItemIndex | None = None
    found: dict[tuple[Replacement, ...], tuple[str, float, list[int]]] = {}
    per: dict[int, int] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        readers = _READERS.get(diagnostic.code or "", ())
        if not readers or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        changes = [change for reader in readers for change in reader(situation, index, diagnostic)]
        for title, parts, weight in islice(sorted(changes, key=lambda c: -c[2]), 2 * MOST):
            known = found.get(parts)
            if known is not None:
                if number not in known[2]:
                    found[parts] = (known[0], max(weight, known[1]), [*known[2], number])
            elif per.get(number, 0) < MOST:
                per[number] = per.get(number, 0) + 1
                found[parts] = (title, weight, [number])
    for parts, (title, weight, numbers) in found.items():
        prior = max(0.01, min(0.93, weight + CONFIRMED * (len(numbers) - 1)))
        code = situation.diagnostics[numbers[0]].code
        yield Candidate(
            title[:160],
            parts,
            prior,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            cites=(code,) if code else (),
        )


def _binary(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """Both operands, with the types that the message or the labels give."""
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    node = (
        None
        if here is None
        else nodes.enclosing(here.node, ("binary_expression", "compound_assignment_expr"))
    )
    if here is None or node is None or place is None:
        return
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = text(node.child_by_field_name("operator"))
    sides = next((m for pattern in _SIDES if (m := pattern.search(diagnostic.message))), None)
    if left is None or right is None:
        return
    told = {
        (span.start, span.end): span.label or "" for span in diagnostic.spans if not span.primary
    }
    mine = sides["left"] if sides else told.get((left.start_byte, left.end_byte), "")
    theirs = (
        sides["right"]
        if sides
        else told.get((right.start_byte, right.end_byte), "") or here.types.of(right) or ""
    )
    if not mine:
        quoted = re.search(r"type `([^`]+)`", diagnostic.message)
        mine = quoted[1] if quoted else here.types.of(left) or ""
    assigns = operator.endswith("=") and operator not in _COMPARING
    if assigns and not sides and types.is_reference(mine):
        yield "change what the reference points at", here.of(left).wrapped(prefix("*")), 0.7
    comparing = operator in _COMPARING
    yield from _text_joined(here, left, right, operator, mine, theirs)
    yield from _made_equal(situation, here, left, right, mine, theirs, comparing, assigns)
    if operator in ("<<", ">>", "&", "|", "^", "%") or operator in ("<<=", ">>=", "&=", "|=", "^="):
        if types.strip_references(mine) in (*types.FLOATS, "{float}"):
            for title, parts, weight in retyped(
                here.of(left), "i32" if "{" in mine else "i" + mine[1:]
            ):
                yield title, parts, 0.7 * weight
            if not assigns:
                yield (
                    "convert to a whole number first",
                    edits.wrap(here.path, left.start_byte, left.end_byte, "(", " as i32)"),
                    0.3,
                )
    if assigns and not (sides and types.same(mine, theirs)):
        yield "write the operation out", _spelled_out(here, node, left, right, operator), 0.45
    yield from _strange(here, left, right, operator, mine, theirs)


def _made_equal(
    situation: Situation,
    here: Spot,
    left: Node,
    right: Node,
    mine: str,
    theirs: str,
    comparing: bool,
    assigns: bool,
) -> Iterator[Change]:
    a, b = types.short(mine), types.short(theirs)
    if not a or not b:
        return
    depth = a.count("&") - b.count("&")
    if (
        types.same(types.strip_references(a), types.strip_references(b))
        and depth
        and not types.strip_references(a)[:1] == "["
    ):
        side, times = (left, depth) if depth > 0 else (right, -depth)
        lent, other = here.of(side), here.of(right if side == left else left)
        value = side.child_by_field_name("value") if side.type == "reference_expression" else None
        if value is not None:
            yield "compare the value itself", lent.rewritten(text(value)), 0.75
        yield "follow the reference", lent.wrapped(prefix("*" * times)), 0.8
        if other.kind == "unary_expression" and other.text.startswith("*"):
            yield "leave the `*` away", other.rewritten(text(other.node.named_children[0])), 0.6
        if comparing and times == 1:
            yield "compare references", other.wrapped(prefix("&")), 0.45
        return
    goal_left, goal_right = (
        (a, b) if comparing else (types.strip_references(a), types.strip_references(b))
    )
    value_a, value_b = goal_left, goal_right
    if value_b not in ("{integer}", "{float}") or value_a not in types.NUMBERS:
        right_weight = 0.9 if right.type.endswith("_literal") else 0.75
    else:
        right_weight = 0.9
    if value_a not in ("{integer}", "{float}"):
        for title, parts, weight in fitted(situation, here.of(right), theirs, goal_left):
            yield title, parts, right_weight * weight
        for title, parts, weight in retyped(here.of(right), goal_left):
            yield title, parts, 0.8 * weight
    if not assigns and value_b != "{integer}":
        factor = 0.9 if left.type.endswith("_literal") else 0.62
        goal = "f64" if goal_right == "{float}" else goal_right
        for title, parts, weight in fitted(situation, here.of(left), mine, goal):
            yield title, parts, factor * weight
    if value_b != "{integer}":
        for title, parts, weight in retyped(
            here.of(left), "f64" if goal_right == "{float}" else goal_right
        ):
            yield title, parts, 0.8 * weight
    inner = types.inner(types.strip_references(a), "Option")
    if (
        comparing
        and inner is not None
        and (
            types.same(inner, b)
            or types.same(types.strip_references(inner), types.strip_references(b))
        )
    ):
        sign = "&" if types.is_reference(inner) and not types.is_reference(b) else ""
        yield (
            "compare with `Some`",
            edits.wrap(here.path, right.start_byte, right.end_byte, f"Some({sign}", ")"),
            0.7,
        )


def _text_joined(
    here: Spot, left: Node, right: Node, operator: str, mine: str, theirs: str
) -> Iterator[Change]:
    """``+`` between pieces of text."""
    heads = {types.head(mine), types.head(theirs)}
    if operator != "+" or not heads & {"str", "String"}:
        return
    if types.head(mine) in ("str", "String") and types.is_reference(mine):
        for maker in (".to_string()", ".to_owned()", ".clone()"):
            yield (
                "own the left side",
                here.of(left).wrapped(suffix(maker)),
                0.5 if maker == ".to_string()" else 0.2,
            )
    if types.head(theirs) not in ("str", "String"):
        added = here.of(right)
        made = suffix(".to_string()").put(added.text, added.strength)
        yield "append it as text", added.rewritten(f"&{made}"), 0.6
    parent = left.parent
    if (
        parent is not None
        and parent.parent is not None
        and parent.parent.type != "binary_expression"
    ):
        parts = _operands(parent)
        plain = [text(part) for part in parts]
        arguments = ", ".join(plain)
        yield (
            "join with `format!`",
            here.of(parent).rewritten(f'format!("{"{}" * len(plain)}", {arguments})'),
            0.35,
        )


def _operands(node: Node) -> list[Node]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if (
        node.type != "binary_expression"
        or text(node.child_by_field_name("operator")) != "+"
        or left is None
        or right is None
    ):
        return [node]
    return [*_operands(left), right]


def _spelled_out(
    here: Spot, node: Node, left: Node, right: Node, operator: str
) -> tuple[Replacement, ...]:
    """``x += y`` as ``x = x + y``."""
    value = text(right) if here.of(right).strength >= 3 else f"({text(right)})"
    return here.of(node).rewritten(f"{text(left)} = {text(left)} {operator[:-1]} {value}")


def _strange(
    here: Spot, left: Node, right: Node, operator: str, mine: str, theirs: str
) -> Iterator[Change]:
    """An operator that another one was meant for."""
    if operator in ("&", "|") and "bool" not in (mine, theirs):
        return
    if operator in ("+=", "-=") and types.head(mine) in (
        "Vec",
        "String",
        "HashSet",
        "BTreeSet",
        "VecDeque",
    ):
        method = {
            "String": "push_str",
            "HashSet": "insert",
            "BTreeSet": "insert",
            "VecDeque": "push_back",
        }.get(types.head(mine), "push")
        if types.head(mine) == "String" and types.strip_references(theirs) == "char":
            method = "push"
        holder = left.parent
        if holder is not None and operator == "+=":
            yield (
                f"use `{method}`",
                here.of(holder).rewritten(f"{text(left)}.{method}({text(right)})"),
                0.5,
            )
    if operator in ("==", "!="):
        sign = "" if operator == "==" else "!"
        holder = left.parent
        if (
            holder is not None
            and right.type in ("identifier", "scoped_identifier", "call_expression")
            and mine
            and types.same(mine, theirs)
        ):
            if right.type != "call_expression" and text(right).rpartition("::")[2][:1].isupper():
                yield (
                    "match the variant",
                    here.of(holder).rewritten(f"{sign}matches!({text(left)}, {text(right)})"),
                    0.25,
                )


def _derived(_situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A comparison of a type of the tree: the type derives it."""
    wanted = {"==": ("PartialEq",), "!=": ("PartialEq",)}
    operator = re.search(r"binary operation `([^`]+)`", diagnostic.message)
    if operator is None or operator[1] not in _COMPARING:
        return
    names = re.findall(r"cannot be applied to type `([^`]+)`", diagnostic.message)
    traits = wanted.get(operator[1], ("PartialEq", "PartialOrd"))
    for name in names:
        inner = [
            part
            for part in types.words(types.strip_references(name))
            if index.type_named(part) is not None
        ]
        for item in [index.type_named(part) for part in dict.fromkeys(inner)]:
            source = _situation.source(item.path) if item is not None else b""
            missing = [
                trait
                for trait in traits
                if item is not None and not index.implements(item.name, trait)
            ]
            added = edits.add_derive(source, item, missing) if item is not None else None
            if added is not None and item is not None:
                yield f"derive {' and '.join(missing)} for `{item.name}`", (added,), 0.75


# What a generic parameter needs for an operator; {0} is the parameter.
_BOUNDS = {
    "==": "PartialEq", "!=": "PartialEq", "<": "PartialOrd", ">": "PartialOrd", "<=": "PartialOrd", ">=": "PartialOrd",
    "+": "std::ops::Add<Output = {0}>", "-": "std::ops::Sub<Output = {0}>", "*": "std::ops::Mul<Output = {0}>",
    "/": "std::ops::Div<Output = {0}>", "%": "std::ops::Rem<Output = {0}>", "+=": "std::ops::AddAssign", "-=": "std::ops::SubAssign",
    "*=": "std::ops::MulAssign", "/=": "std::ops::DivAssign", "neg": "std::ops::Neg<Output = {0}>", "not": "std::ops::Not<Output = {0}>",
}  # fmt: skip


def _bounded(_situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """An operator on a type parameter: the parameter is bound by it."""
    place = diagnostic.primary
    found = re.search(
        r"operat(?:ion|or) `([^`]+)`.*to type `(?:&(?:mut )?)?([^`]+)`", diagnostic.message
    )
    adding = re.search(
        r"^cannot (add|subtract|multiply|divide)(-assign)?\b.*`(?:&(?:mut )?)?(\w+)`",
        diagnostic.message,
    )
    if place is None or (found is None and adding is None):
        return
    sign = (
        {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}[adding[1]]
        + ("=" if adding[2] else "")
        if adding and not found
        else ""
    )
    operator, name = (
        (found[1], found[2]) if found is not None else (sign, adding[3] if adding else "")
    )
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


def _unary(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``!`` and ``-`` on what has none."""
    here = spot(situation, index, diagnostic.primary) if diagnostic.primary else None
    if (
        here is None
        or here.kind not in ("unary_expression", "reference_expression")
        or not here.node.named_children
    ):
        return
    kind = re.search(r"type `([^`]+)`", diagnostic.message)
    operand, sign = here.of(here.node.named_children[0]), here.text[:1]
    have = kind[1] if kind else operand.type or ""
    flat = types.strip_references(have)
    if sign == "!":
        head = types.head(flat)
        for method, heads, weight in (("is_empty", ("String", "str", "Vec", "HashMap", "HashSet", "BTreeMap", "VecDeque"), 0.6),
                                      ("is_none", ("Option",), 0.7), ("is_err", ("Result",), 0.7)):  # fmt: skip
            if head in heads or (method == "is_empty" and flat.startswith("[")):
                yield (
                    f"ask `{method}`",
                    here.rewritten(suffix(f".{method}()").put(operand.text, operand.strength)),
                    weight,
                )
        parent = here.node.parent
        if parent is not None and parent.type == "binary_expression":
            operator = text(parent.child_by_field_name("operator"))
            negated = {"==": "!="}.get(operator)
            if negated:
                whole = f"{operand.text} {negated} {text(parent.child_by_field_name('right'))}"
                yield "compare for inequality", here.of(parent).rewritten(whole), 0.4
        if parent is not None and parent.type in ("binary_expression", "type_cast_expression"):
            yield (
                "negate the whole condition",
                edits.wrap(here.path, operand.node.start_byte, parent.end_byte, "(", ")"),
                0.45,
            )
    elif sign == "-":
        if flat in _SIGNED:
            for title, parts, weight in retyped(operand, _SIGNED[flat]):
                yield title, parts, 0.9 * weight
            yield (
                "make it signed first",
                operand.rewritten(f"({operand.text} as {_SIGNED[flat]})"),
                0.4,
            )
        for title, parts, weight in fitted(situation, operand, have, "i32"):
            if operand.node.type.endswith("_literal"):
                yield title, parts, 0.6 * weight
        if types.head(flat) == "Ordering":
            yield "reverse the order", here.rewritten(f"{operand.text}.reverse()"), 0.6
    if types.inner(flat, "Option", "Result") is not None:
        for form, weight in conversions(
            have, types.inner(flat, "Option", "Result") or "", place_of(situation, operand)
        )[:4]:
            yield (
                f"apply it to `{form.put(operand.text[:40], operand.strength)}`",
                operand.wrapped(form),
                0.7 * weight,
            )
    yield "leave the operator away", here.rewritten(operand.text), 0.12
    yield from _negation(situation, index, flat, sign)


def _negation(situation: Situation, index: ItemIndex, kind: str, sign: str) -> Iterator[Change]:
    """The operator is implemented where its meaning is plain: two variants, or fields that have it."""
    item = index.type_named(kind)
    trait, method = ("Not", "not") if sign == "!" else ("Neg", "neg")
    if item is None or item.generics:
        return
    body = ""
    if (
        isinstance(item, Enum)
        and sign == "!"
        and len(item.variants) == 2
        and all(v.shape == "unit" for v in item.variants)
    ):
        first, second = (variant.name for variant in item.variants)
        body = f"match self {{\n            {item.name}::{first} => {item.name}::{second},\n            {item.name}::{second} => {item.name}::{first},\n        }}"
    elif (
        isinstance(item, Struct)
        and sign == "-"
        and item.fields
        and all(f.type.text in types.NUMBERS and f.type.text[0] != "u" for f in item.fields)
    ):
        parts = [
            (f"{f.name}: " if item.shape == "named" else "") + f"-self.{f.name}"
            for f in item.fields
        ]
        body = (
            f"{item.name} {{ {', '.join(parts)} }}"
            if item.shape == "named"
            else f"{item.name}({', '.join(parts)})"
        )
    if body:
        source = situation.source(item.path)
        made = (f"\nimpl std::ops::{trait} for {item.name} {{\n    type Output = {item.name};\n\n"
                f"    fn {method}(self) -> {item.name} {{\n        {body}\n    }}\n}}")  # fmt: skip
        yield (
            f"implement `{trait}` for `{item.name}`",
            (edits.line_after(item.path, source, item.start, item.end, made),),
            0.3,
        )


def _pointless(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``*`` on what is no reference (E0614)."""
    here = spot(situation, index, diagnostic.primary) if diagnostic.primary else None
    if here is None or here.kind != "unary_expression" or not here.node.named_children:
        return
    operand = here.of(here.node.named_children[0])
    kind = re.search(r"type `([^`]+)` cannot", diagnostic.message)
    have = kind[1] if kind else ""
    yield "leave the `*` away", here.rewritten(operand.text), 0.8
    inner = types.inner(have, "Option", "Result")
    if inner is not None:
        for form, weight in conversions(have, types.referent(inner), place_of(situation, operand))[
            :3
        ]:
            yield "take the value out", here.wrapped(form), 0.2 * weight
        for form, weight in conversions(have, inner, place_of(situation, operand))[:4]:
            new = form.put(operand.text, operand.strength)
            yield f"follow `{new[:50]}`", operand.wrapped(form), 0.9 * weight
            origin = _origin(operand)
            if origin is not None:
                yield "take the value out where it is bound", origin.wrapped(form), weight
    bound = nodes.enclosing(operand.node, "identifier")
    if bound is not None:
        pattern = _reference_pattern(operand)
        if pattern is not None:
            yield (
                "bind the reference, not what it points at",
                (edits.delete(here.path, pattern.start_byte, pattern.start_byte + 1),),
                0.6,
            )


def _origin(here: Spot) -> Spot | None:
    """The value that a plain ``let`` of this name is bound to."""
    binding = (
        binding_of(here.root, here.text, here.node.start_byte)
        if here.kind == "identifier"
        else None
    )
    if (
        binding is None
        or binding.kind != "let"
        or not binding.whole
        or binding.value is None
        or binding.written is not None
    ):
        return None
    return here.of(binding.value)


def _reference_pattern(here: Spot) -> Node | None:
    binding = (
        binding_of(here.root, here.text, here.node.start_byte)
        if here.kind == "identifier"
        else None
    )
    if binding is None:
        return None
    name = nodes.node_at(here.root, binding.start, binding.end)
    return (
        name.parent if name.parent is not None and name.parent.type == "reference_pattern" else None
    )


def _indexed(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """An index into what has none (E0608)."""
    place = diagnostic.primary
    here = (
        None
        if place is None
        else smallest(situation, index, place.path, max(place.start - 1, 0), place.end)
    )
    node = None if here is None else nodes.enclosing(here.node, "index_expression")
    if here is None or node is None:
        return
    whole, base, key = (
        here.of(node),
        here.of(node.named_children[0]),
        here.of(node.named_children[-1]),
    )
    kind = re.search(r"type `([^`]+)`", diagnostic.message)
    have = kind[1] if kind else base.type or ""
    flat = types.strip_references(have)
    if types.tuple_parts(flat) and key.text.isdigit():
        yield "take the member of the tuple", whole.rewritten(f"{base.text}.{key.text}"), 0.85
    inner = types.inner(flat, "Option", "Result")
    if inner is not None:
        for form, weight in conversions(have, inner, place_of(situation, base))[:4]:
            yield "look inside first", base.wrapped(form), weight
    struct = index.struct(flat)
    for field in () if struct is None else struct.fields:
        if types.element(field.type.text) is not None or types.head(field.type.text) in (
            "HashMap",
            "BTreeMap",
            "String",
        ):
            yield f"index the field `{field.name}`", base.wrapped(suffix(f".{field.name}")), 0.5
    if struct is not None and key.kind in ("identifier", "string_literal"):
        name = key.text.strip('"')
        if struct.field(name) is not None:
            yield f"take the field `{name}`", whole.rewritten(f"{base.text}.{name}"), 0.6
    if types.head(flat) in ("HashSet", "BTreeSet"):
        yield (
            "ask whether it is in the set",
            whole.rewritten(f"{base.text}.contains(&{key.text})"),
            0.5,
        )
    if types.head(flat) not in types.NUMBERS:
        yield (
            "take the element in order",
            whole.rewritten(f"{base.text}.iter().nth({key.text}).unwrap()"),
            0.12,
        )
        yield (
            "take the element in order",
            whole.rewritten(f"{base.text}.nth({key.text}).unwrap()"),
            0.12,
        )
    for title, parts, weight in retyped(base, f"[{flat}]"):
        yield title, parts, 0.2 * weight
    yield "leave the index away", whole.rewritten(base.text), 0.3


def _called(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A call of what is no function (E0618)."""
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    node = None if here is None or place is None else nodes.enclosing(here.node, "call_expression")
    if here is None or node is None or place is None:
        return
    callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or listed is None:
        return
    whole, given = here.of(node), edits.elements_of(listed)
    source = situation.source(here.path)
    if not given:
        yield "leave the `()` away", whole.rewritten(text(callee)), 0.8
    elif len(given) == 1:
        if callee.type.endswith("_literal") or callee.type in (
            "parenthesized_expression",
            "identifier",
            "field_expression",
        ):
            yield "multiply", (edits.insert(here.path, listed.start_byte, " * "),), 0.35
            yield "index", (edits.replace(here.path, listed.start_byte, listed.start_byte + 1, "["),
                            edits.replace(here.path, listed.end_byte - 1, listed.end_byte, "]")), 0.35  # fmt: skip
    between = source[callee.end_byte : listed.start_byte]
    if b"\n" in between:
        yield (
            "end the statement before the bracket",
            (edits.insert(here.path, callee.end_byte, ";"),),
            0.75,
        )
    else:
        yield "separate the values", (edits.insert(here.path, callee.end_byte, ","),), 0.2
    if callee.type == "identifier" and here.index.functions(text(callee)):
        yield (
            "call the function, not the local of its name",
            here.of(callee).rewritten(f"self::{text(callee)}"),
            0.4,
        )
        yield (
            "call the function, not the local of its name",
            here.of(callee).rewritten(f"crate::{text(callee)}"),
            0.3,
        )
    if callee.type == "field_expression" and not given:
        yield "take the field", whole.rewritten(text(callee)), 0.7
    if given:
        yield "leave the arguments away", whole.rewritten(text(callee)), 0.1


def _assigned(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """An assignment to what is no place (E0070, E0067)."""
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    node = (
        None
        if here is None
        else nodes.enclosing(here.node, ("assignment_expression", "compound_assignment_expr"))
    )
    if here is None or node is None:
        return
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    whole, operator = here.of(node), text(node.child_by_field_name("operator")) or "="
    if left.type in ("call_expression", "field_expression", "index_expression"):
        yield "assign to what the reference points at", here.of(left).wrapped(prefix("*")), 0.6
    if right.type in ("identifier", "field_expression", "index_expression") and operator == "=":
        yield (
            "swap the sides",
            whole.rewritten(f"{text(right)} = {text(left)}"),
            0.6 if left.type != "call_expression" else 0.3,
        )
    if operator == "=":
        yield (
            "compare instead of assigning",
            whole.rewritten(f"{text(left)} == {text(right)}"),
            0.35,
        )
        if left.type == "identifier" and text(left).isupper():
            yield (
                "declare a local",
                whole.rewritten(f"let {text(left).lower()} = {text(right)}"),
                0.25,
            )
    else:
        yield (
            "use the value of the operation",
            whole.rewritten(f"{text(left)} {operator[:-1]} {text(right)}"),
            0.4,
        )
        if right.type == "identifier":
            yield "swap the sides", whole.rewritten(f"{text(right)} {operator} {text(left)}"), 0.5


def _cast(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A cast that ``as`` cannot make (E0604 to E0607, E0605)."""
    here = spot(situation, index, diagnostic.primary) if diagnostic.primary else None
    if here is None or here.kind != "type_cast_expression":
        return
    value, kind = here.node.child_by_field_name("value"), here.node.child_by_field_name("type")
    if value is None or kind is None:
        return
    operand = here.of(value)
    quoted = re.findall(r"`([^`]+)`", diagnostic.message)
    have = quoted[0] if len(quoted) > 1 else operand.type or ""
    want = quoted[1] if len(quoted) > 1 else text(kind)
    if diagnostic.code == "E0604":
        have, want = have if have in types.NUMBERS else operand.type or "u32", "char"
        yield "go by way of a byte", (edits.insert(here.path, value.end_byte, " as u8"),), 0.5
    for form, weight in conversions(have, want, place_of(situation, operand)):
        if not form.after.startswith(" as ") or form.after != f" as {want}" or form.before:
            demand = here.demand
            new = form.put(operand.text, operand.strength)
            yield (
                f"write `{new[:50]}`",
                here.rewritten(f"({new})" if form.gives < demand else new),
                0.9 * weight,
            )
    goal, plain = types.head(want), types.split_generic(want)[0]
    if types.is_reference(have) and want in types.NUMBERS:
        yield (
            "follow the reference first",
            (edits.insert(here.path, value.start_byte, "*" * have.count("&")),),
            0.7,
        )
    if types.inner(have, "Option", "Result") is not None:
        for form, weight in conversions(
            have, types.inner(have, "Option", "Result") or "", place_of(situation, operand)
        )[:3]:
            yield "take the value out first", operand.wrapped(form), 0.7 * weight
    if (
        types.strip_references(have) in (*types.FLOATS, "bool")
        and want == "char"
        or have in types.FLOATS
        and want.startswith("*")
    ):
        yield (
            "go by way of a whole number",
            (edits.insert(here.path, value.end_byte, " as u8"),),
            0.4,
        )
    if types.strip_references(want) != want and types.same(
        types.strip_references(have), types.strip_references(want)
    ):
        yield "leave the cast away", here.rewritten(operand.text), 0.3
    item = index.type_named(want)
    if isinstance(item, Enum) and have in types.INTEGERS:
        pass
    source_item = index.type_named(have)
    if (
        isinstance(source_item, Enum)
        and want in types.NUMBERS
        and any(v.shape != "unit" for v in source_item.variants)
    ):
        pass
    element = re.fullmatch(r"\*(const|mut) \[(.+)\]", want)
    if diagnostic.code == "E0607" and element is not None:
        maker = "slice_from_raw_parts" if element[1] == "const" else "slice_from_raw_parts_mut"
        yield (
            "cast to a thin pointer",
            (edits.replace_node(here.path, kind, f"*{element[1]} {element[2]}"),),
            0.4,
        )
        yield (
            "make a pointer to a slice of one",
            here.rewritten(f"std::ptr::{maker}({operand.text}, 1)"),
            0.3,
        )
    if goal == "Vec" and types.arguments(want) and types.same(types.arguments(want)[0], have):
        yield "make a vector of it", here.rewritten(f"vec![{operand.text}]"), 0.45
    if want[:1].isupper():
        yield f"convert with `{plain}::from`", here.rewritten(f"{plain}::from({operand.text})"), 0.3
        yield (
            "convert with `into`",
            here.rewritten(suffix(".into()").put(operand.text, operand.strength)),
            0.12,
        )


_Reader = Callable[[Situation, ItemIndex, Diagnostic], Iterator[Change]]
_READERS: dict[str, tuple[_Reader, ...]] = {
    "E0277": (_binary, _bounded), "E0369": (_binary, _derived, _bounded), "E0368": (_binary, _bounded), "E0600": (_unary, _bounded),
    "E0614": (_pointless,), "E0608": (_indexed,), "E0618": (_called,), "E0070": (_assigned,), "E0067": (_assigned,),
    "E0604": (_cast,), "E0605": (_cast,), "E0606": (_cast,), "E0607": (_cast,), "E0620": (_cast,),
}  # fmt: skip
