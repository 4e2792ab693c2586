"""Mistakes in the definition of a macro: fragments, repetitions, variables without ``$``, what may follow a fragment.

These errors have no code, or E0425 inside the macro's body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import likeness, rank

_FRAGMENTS = (
    "expr", "ident", "ty", "tt", "literal", "pat", "path", "block", "stmt", "item", "lifetime", "vis", "meta",
)  # fmt: skip
# What other people call them.
_SYNONYMS = {
    "type": "ty", "identifier": "ident", "name": "ident", "id": "ident", "pattern": "pat", "statement": "stmt",
    "token": "tt", "tokens": "tt", "expression": "expr", "lit": "literal", "str": "literal", "string": "literal",
    "visibility": "vis", "num": "expr", "e": "expr", "i": "ident", "t": "ty",
}  # fmt: skip
_NEEDED = {
    "identifier": "ident", "type": "ty", "pattern": "pat", "expression": "expr", "lifetime": "lifetime", "path": "path",
}  # fmt: skip


def _rule(case: Case) -> Node | None:
    return nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "macro_rule")


def _declared(rule: Node) -> dict[str, Node]:
    """The variables of a rule: ``$x`` to its binding."""
    left = rule.child_by_field_name("left")
    if left is None:
        return {}
    return {text(node.child_by_field_name("name")): node for node in nodes.below(left, "token_binding_pattern")}


def _answer(case: Case) -> Iterator[Answer]:
    message = case.diagnostic.message
    rule = _rule(case)
    if message.startswith("invalid fragment specifier"):
        yield from _fragment(case)
    elif message.startswith("missing fragment specifier"):
        yield from _no_fragment(case, rule)
    elif "still repeating at this depth" in message and rule is not None:
        yield from _repeating(case, rule)
    elif "which is not allowed for" in message and "is followed by" in message:
        yield from _followed(case)
    elif rule is not None and "found `$" in message:
        yield from _unknown(case, rule)
    elif rule is not None and message.startswith("expected"):
        yield from _other_fragment(case, rule)
        yield from _repetition_sign(case)


def _fragment(case: Case) -> Iterator[Answer]:
    names = quoted(case.diagnostic.message)
    if not names:
        return
    written = case.situation.text(case.path, case.place.start, case.place.end)
    end = case.place.end
    start = end - len(names[0].encode()) if written.endswith(names[0]) else None
    if start is None:
        return
    meant = _SYNONYMS.get(names[0].lower())
    offers = [(0.9, meant)] if meant is not None else rank(names[0], _FRAGMENTS, 0.4, 4)
    for score, name in [*offers, (0.3, "expr"), (0.2, "tt")]:
        yield Answer(
            f"take a fragment of kind `{name}`",
            (edits.replace(case.path, start, end, name),),
            0.9 * score,
        )


def _no_fragment(case: Case, rule: Node | None) -> Iterator[Answer]:
    variable = case.situation.text(case.path, case.place.start, case.place.end)
    place = case.place.end
    if case.source[place : place + 1] == b":":
        place += 1
    colon = "" if case.source[place - 1 : place] == b":" else ":"
    body = "" if rule is None else text(rule.child_by_field_name("right"))
    order = ["expr", "ident", "ty", "tt", "literal"]
    if re.search(rf"(fn|struct|enum|let|mod)\s+{re.escape(variable)}\b", body):
        order = ["ident", "expr", "ty", "tt"]
    elif re.search(rf"(:\s*&?|<|->\s*|impl\s+|for\s+){re.escape(variable)}\b", body):
        order = ["ty", "ident", "expr", "tt"]
    for at, kind in enumerate(order):
        put = edits.insert(case.path, place, f"{colon}{kind}")
        yield Answer(f"take a fragment of kind `{kind}`", (put,), 0.7 - 0.12 * at)


def _repeating(case: Case, rule: Node) -> Iterator[Answer]:
    """A variable of a repetition used outside of one: it is repeated as it is matched."""
    written = case.situation.text(case.path, case.place.start, case.place.end)
    binding = _declared(rule).get(written)
    repetition = nodes.around(binding, "token_repetition_pattern")
    if repetition is None:
        return
    ending = text(repetition).rpartition(")")[2]
    start, end = case.place.start, case.place.end
    for tail, weight in ((ending, 0.7), ("," + ending[-1:], 0.5), (ending[-1:], 0.4)):
        parts = edits.wrap(case.path, start, end, "$(", f"){tail}")
        yield Answer(f"repeat `{written}`", parts, weight)
    node = nodes.node_at(case.root, start, end)
    statement = _statement(node)
    if statement is not None:
        parts = edits.wrap(case.path, *statement, "$(", f"){ending[-1:]}")
        yield Answer("repeat the statement", parts, 0.45)


def _statement(node: Node) -> tuple[int, int] | None:
    """From the last ``;`` or bracket to the next ``;`` in the tokens around ``node``."""
    holder = node
    while holder.parent is not None and holder.parent.type != "macro_rule":
        siblings = holder.parent.children
        which = next((at for at, child in enumerate(siblings) if child == holder), 0)
        ends = [child for child in siblings[which:] if text(child) == ";"]
        starts = [child for child in siblings[:which] if text(child) in (";", "{", "(")]
        if ends and starts and which > 0:
            first = siblings[siblings.index(starts[-1]) + 1]
            return first.start_byte, ends[0].end_byte
        holder = holder.parent
    return None


def _followed(case: Case) -> Iterator[Answer]:
    """A separator goes between two fragments: what the calls have there is not known here."""
    allowed = [
        sign for note in case.diagnostic.notes if "allowed there" in note.message for sign in quoted(note.message)
    ]
    place = len(case.source[: case.place.start].rstrip())
    for at, sign in enumerate(sorted(allowed, key=lambda sign: (sign != ",", sign != "=>"))):
        lead = "" if sign in (",", ";") else " "
        gap = "" if place < case.place.start else " "
        put = edits.insert(case.path, place, f"{lead}{sign}{gap}")
        yield Answer(f"put `{sign}` in between", (put,), 0.7 - 0.15 * at)


def _unknown(case: Case, rule: Node) -> Iterator[Answer]:
    """``$y`` that the rule does not declare."""
    written = case.situation.text(case.path, case.place.start, case.place.end)
    declared = _declared(rule)
    used = text(rule.child_by_field_name("right"))
    for name in declared:
        if written.startswith("$") and written != name:
            unused = not re.search(rf"{re.escape(name)}\b", used)
            score = 0.45 + 0.4 * likeness(written[1:], name[1:]) + (0.1 if unused else 0.0)
            change = edits.replace(case.path, case.place.start, case.place.end, name)
            yield Answer(f"write `{name}`", (change,), score)


def _other_fragment(case: Case, rule: Node) -> Iterator[Answer]:
    """The place asks for an identifier, a type, …; the rule takes the variable as something else."""
    if "found" not in case.diagnostic.message:
        return
    wanted = next(
        (new for word, new in _NEEDED.items() if f"expected {word}" in case.diagnostic.message),
        None,
    )
    written = case.situation.text(case.path, case.place.start, case.place.end)
    binding = _declared(rule).get(written)
    kind = None if binding is None else binding.child_by_field_name("type")
    if kind is None:
        return
    options = [wanted, "ident", "ty", "tt", "path", "pat"]
    for at, new in enumerate(dict.fromkeys(item for item in options if item is not None)):
        if new != text(kind):
            change = edits.replace_node(case.path, kind, new)
            yield Answer(
                f"take `{written}` as `{new}`",
                (change,),
                0.8 if at == 0 and wanted else 0.35 - 0.05 * at,
            )


def _repetition_sign(case: Case) -> Iterator[Answer]:
    if "`*`, `+`, or `?`" in case.diagnostic.message:
        place = case.place.start
        before = len(case.source[:place].rstrip())
        for sign, weight in (("*", 0.6), ("+", 0.3), (",*", 0.3)):
            yield Answer(f"repeat with `{sign}`", (edits.insert(case.path, before, sign),), weight)


def _bare(case: Case) -> Iterator[Answer]:
    """A name in the body that is a variable of the rule without its ``$``."""
    rule = _rule(case)
    if rule is None:
        return
    written = case.situation.text(case.path, case.place.start, case.place.end)
    declared = _declared(rule)
    if f"${written}" in declared:
        right = rule.child_by_field_name("right")
        every = [
            node for node in (nodes.below(right, "identifier") if right is not None else ()) if text(node) == written
        ]
        one = edits.insert(case.path, case.place.start, "$")
        yield Answer(f"use the variable `${written}`", (one,), 0.9 if len(every) < 2 else 0.6)
        if len(every) > 1:
            parts = tuple(edits.insert(case.path, node.start_byte, "$") for node in every)
            yield Answer(f"use the variable `${written}` everywhere", parts, 0.9)


propose = answering({None: (_answer,), "E0425": (_bare,), "E0412": (_bare,), "E0433": (_bare,)})
