"""What is declared twice: E0428, E0592, E0201, E0119 of one type, E0252, E0254, E0255, E0260.

Of two equal declarations one goes. Of two that differ, one takes another name: the one that the trait still misses, the
one that uses ask for in vain, else a free one; an import is renamed or left out; a derive beside a written
implementation goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Impl, Item, Use
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.proposer import Replacement
from rusta_cargo.repair.syntax import tokens_of
from rusta_schemas.diagnostic import Diagnostic, Span

_NAMED = (
    *nodes.ITEMS,
    "enum_variant",
    "field_declaration",
)
_OTHER = ("previous definition", "previous import", "other definition", "first implementation")
_UNKNOWN = ("E0425", "E0412", "E0432", "E0433", "E0599", "E0405", "E0046", "E0407", "E0609")


def _declared(case: Case, span: Span) -> Node | None:
    """The declaration that a span is about: its head, its name, or the whole."""
    root = case.situation.syntax(span.path).root_node
    return nodes.enclosing(nodes.node_at(root, span.start, span.end), _NAMED)


def _others(case: Case) -> list[Span]:
    marked = [
        span
        for span in case.diagnostic.spans
        if not span.primary and any(needle in (span.label or "") for needle in _OTHER)
    ]
    return [span for span in marked if span.path in case.index.files]


def _gone(case: Case, path: str, node: Node) -> tuple[Replacement, ...]:
    """The declaration is taken away with its attributes and documentation, and one blank line."""
    source = case.situation.source(path)
    start, end = nodes.item_start(node), node.end_byte
    if node.type == "enum_variant" and node.parent is not None:
        spans = edits.elements_of(node.parent)
        which = next((at for at, (s, e) in enumerate(spans) if s <= node.start_byte < e), None)
        return () if which is None else (edits.delete_element(path, source, spans, which),)
    if text(node.next_sibling) == ";":
        end = node.next_sibling.end_byte if node.next_sibling is not None else end
    change = edits.delete_lines(path, source, start, end)
    before = source[: change.start].rstrip(b" \t")
    after = source[change.end :]
    if before.endswith(b"\n\n") and (after[:1] == b"\n" or after.lstrip(b" \t")[:1] in (b"}", b"")):
        return (edits.delete(path, len(before) - 1, change.end),)
    if after[:1] == b"\n" and before.endswith(b"{\n"):
        return (edits.delete(path, change.start, change.end + 1),)
    return (change,)


def _twice(case: Case) -> Iterator[Answer]:
    """One declaration too many."""
    second = _declared(case, case.place)
    others = _others(case)
    first = _declared(case, others[0]) if others else None
    if second is None or first is None or second == first:
        return
    if others[0].path == case.path and first.start_byte > second.start_byte:
        first, second = second, first
    path = case.path
    equal = tokens_of(first) == tokens_of(second)
    if "use_declaration" in (first.type, second.type):
        return
    if equal:
        yield Answer("declare it once", _gone(case, path, second), 0.9)
        yield Answer("declare it once", _gone(case, others[0].path, first), 0.5)
        return
    body, signature = _body(first), _signature(first)
    if body is not None and _body(second) == body and first.type != "enum_variant":
        yield Answer("declare it once", _gone(case, path, second), 0.45)
        yield Answer("declare it once", _gone(case, others[0].path, first), 0.4)
    yield from _renamed(case, others[0].path, first, path, second)
    same = signature is not None and signature == _signature(second)
    weight = 0.3 if same else 0.15
    risk = ("takes one of two different declarations away",)
    if first.type == "mod_item":
        yield from _merged(case, first, second)
    elif not _size_matters(first, second):
        yield Answer("keep the first declaration", _gone(case, path, second), weight, risk)
        yield Answer("keep the second declaration", _gone(case, others[0].path, first), weight - 0.04, risk)


def _size_matters(first: Node, second: Node) -> bool:
    """Too much would be lost with either."""
    return min(len(tokens_of(first)), len(tokens_of(second))) > 120


def _body(node: Node) -> tuple[bytes, ...] | None:
    body = node.child_by_field_name("body")
    return None if body is None else tokens_of(body)


def _signature(node: Node) -> tuple[bytes, ...] | None:
    body = node.child_by_field_name("body") or node.child_by_field_name("value")
    if body is None:
        return None
    mine = tokens_of(node)
    return mine[: len(mine) - len(tokens_of(body))]


def _merged(case: Case, first: Node, second: Node) -> Iterator[Answer]:
    """Two inline modules of a name: what the second holds moves into the first."""
    one, two = first.child_by_field_name("body"), second.child_by_field_name("body")
    if one is None or two is None or len(case.situation.source(case.path)) < two.end_byte:
        return
    source = case.source
    inner = source[two.start_byte + 1 : two.end_byte - 1].strip(b"\n").rstrip()
    if not inner.strip():
        return
    closing = nodes.line_start(source, one.end_byte - 1)
    if not source[closing : one.end_byte - 1].strip():
        put = edits.insert(case.path, closing, "\n" + inner.decode("utf-8", "replace") + "\n")
        yield Answer("join the two modules", (put, *_gone(case, case.path, second)), 0.35)


def _name_node(node: Node) -> Node | None:
    return node.child_by_field_name("name")


def _renamed(case: Case, first_path: str, first: Node, second_path: str, second: Node) -> Iterator[Answer]:
    """Either of the two takes another name: one that is asked for elsewhere in vain, then a free one."""
    name_node = _name_node(second)
    if name_node is None:
        return
    name = text(name_node)
    for wanted in _missing_names(case, name, second):
        for path, node, weight in ((second_path, second, 0.02), (first_path, first, 0.0)):
            found = _name_node(node)
            if found is not None:
                score = 0.55 + 0.25 * likeness(name, wanted) + weight
                yield Answer(
                    f"name one of them `{wanted}`",
                    (edits.replace_node(path, found, wanted),),
                    score,
                )
    free = _free(case, name)
    if second.type != "enum_variant":
        yield Answer(
            f"name the second one `{free}`",
            (edits.replace_node(second_path, name_node, free),),
            0.4,
        )


def _free(case: Case, name: str) -> str:
    stem = re.sub(r"_?\d+$", "", name)
    number = 2
    while True:
        joined = f"{stem}{number}" if name[:1].isupper() and not name.isupper() else f"{stem}_{number}"
        if not case.index.named(joined, Item):
            return joined
        number += 1


def _missing_names(case: Case, name: str, node: Node) -> list[str]:
    """Names that other errors ask for, and those the trait of the impl around still misses."""
    found: list[str] = []
    impl = nodes.impl_of(node)
    if impl is not None and impl.type == "impl_item":
        found += _still_wanted(case, node)
    for error in case.situation.diagnostics:
        if error.code in _UNKNOWN and error is not case.diagnostic:
            found += [word for word in _plain(error) if word != name]
    return list(dict.fromkeys(found))[:4]


def _plain(error: Diagnostic) -> list[str]:
    return [word for word in quoted(error.message) if re.fullmatch(r"\w+", word)][:1]


def _still_wanted(case: Case, node: Node) -> list[str]:
    mine = case.index.at(case.path, node.start_byte)
    owner = mine.parent if mine is not None else None
    if not isinstance(owner, Impl) or owner.trait is None:
        return []
    trait = case.index.trait(owner.trait.text)
    given = {item.name for item in owner.items}
    if trait is not None:
        return [i.name for i in trait.items if i.name not in given and mine is not None and i.kind == mine.kind]
    return []


def _conflicting(case: Case) -> Iterator[Answer]:
    """Two implementations of one trait for one type that are the same text, or derived twice."""
    others = _others(case)
    second = _declared(case, case.place)
    attribute = nodes.enclosing(nodes.node_at(case.root, case.place.start), "attribute_item")
    if attribute is not None or (others and _in_derive(case, others[0])):
        yield from _derived(case, others)
        return
    first = _declared(case, others[0]) if others else None
    if first is not None and second is not None and first != second:
        if tokens_of(first) == tokens_of(second):
            yield Answer("implement it once", _gone(case, case.path, second), 0.9)
        elif first.type == second.type == "impl_item" and _head(first) == _head(second):
            risk = ("takes one of two different implementations away",)
            yield Answer("keep the first implementation", _gone(case, case.path, second), 0.3, risk)
            yield Answer("keep the second implementation", _gone(case, others[0].path, first), 0.28, risk)


def _head(node: Node) -> tuple[bytes, ...]:
    return tokens_of(node)[: -len(_body(node) or ()) or None]


def _in_derive(case: Case, span: Span) -> bool:
    root = case.situation.syntax(span.path).root_node
    return nodes.enclosing(nodes.node_at(root, span.start), "attribute_item") is not None


def _derived(case: Case, others: list[Span]) -> Iterator[Answer]:
    for span in (case.place, *others[:1]):
        root = case.situation.syntax(span.path).root_node
        attribute = nodes.enclosing(nodes.node_at(root, span.start), "attribute_item")
        listed = nodes.child(nodes.child(attribute, "attribute"), "token_tree")
        if attribute is None or listed is None:
            continue
        spans = edits.elements_of(listed)
        which = next((at for at, (s, e) in enumerate(spans) if s <= span.start < e), None)
        source = case.situation.source(span.path)
        weight = 0.9 if span.primary else 0.85
        if len(spans) == 1:
            gone = edits.delete_lines(span.path, source, attribute.start_byte, attribute.end_byte)
            yield Answer("derive it once", (gone,), weight)
        elif which is not None:
            yield Answer("derive it once", (edits.delete_element(span.path, source, spans, which),), weight)


def _imported(case: Case) -> Iterator[Answer]:
    """An import of a name that something else has here."""
    for span in (case.place, *_others(case)[:1]):
        use = _use_at(case, span)
        if use is None:
            continue
        leaf = next((leaf for leaf in use.leaves if leaf.start <= span.start and span.end <= leaf.end), None)
        if leaf is None or leaf.name == "*":
            continue
        others = [
            other
            for item in case.index.of_kind(Use, span.path)
            for other in item.leaves
            if other.path == leaf.path and other.name == leaf.name and other != leaf and item.module == use.module
        ]
        gone = _without_leaf(case, span.path, use, leaf.start, leaf.end)
        yield Answer("import it once", gone, 0.9 if others else 0.35)
        owner = leaf.path[-2] if len(leaf.path) > 1 else ""
        if not others and owner not in ("crate", "self", "super", ""):
            new = "".join(part.capitalize() for part in owner.split("_")) + leaf.path[-1]
            if leaf.name[:1].islower():
                new = f"{owner}_{leaf.path[-1]}"
            put = edits.insert(span.path, leaf.end, f" as {new}")
            if leaf.name == leaf.path[-1]:
                yield Answer(f"import it as `{new}`", (put,), 0.3)


def _use_at(case: Case, span: Span) -> Use | None:
    for item in case.index.of_kind(Use, span.path):
        if item.start <= span.start and span.end <= item.end:
            return item
    return None


def _without_leaf(case: Case, path: str, use: Use, start: int, end: int) -> tuple[Replacement, ...]:
    source = case.situation.source(path)
    if len(use.leaves) == 1:
        return (edits.delete_lines(path, source, use.first, use.end),)
    root = case.situation.syntax(path).root_node
    listed = nodes.enclosing(nodes.node_at(root, start, end), "use_list")
    if listed is None:
        return ()
    spans = edits.elements_of(listed)
    which = next((at for at, (s, e) in enumerate(spans) if s <= start < e), None)
    return () if which is None else (edits.delete_element(path, source, spans, which),)


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0428": (_twice,),
    "E0592": (_twice,),
    "E0201": (_twice,),
    "E0119": (_conflicting,),
    "E0252": (_imported,),
    "E0254": (_imported,),
    "E0255": (_imported,),
    "E0260": (_imported,),
    "E0430": (_imported,),
    "E0431": (_imported,),
}
propose = answering(_TABLE)
