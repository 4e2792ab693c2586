"""Trait objects of more than one trait: E0225.

``Box<dyn Read + Write>`` needs one trait that stands for both: a new trait with the others above it, implemented for
whatever has them. The automatic traits and lifetimes stay in the object's type.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.types import words

_AUTOMATIC = ("Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe")
_FORMS = ("dynamic_type", "bounded_type")


def _object(case: Case) -> Iterator[Answer]:
    whole = _dynamic(nodes.node_at(case.root, case.place.start, case.place.end))
    if whole is None:
        return
    own, rest = _parts(text(whole))
    if len(own) < 2:
        return
    outermost = _outermost(whole)
    if outermost is None or _depends(whole, own):
        return
    name = _free(case, "".join(types.head(part.split("(")[0]) for part in own))
    if name is None:
        return
    joined = " + ".join(own)
    public = "pub " if _shown(whole, outermost) else ""
    declared = f"{public}trait {name}: {joined} {{}}\n\nimpl<T: {joined} + ?Sized> {name} for T {{}}\n"
    start = nodes.item_start(outermost)
    parts = [edits.line_before(case.path, case.source, start, declared)]
    for other in nodes.every(case.root, _FORMS):
        if _dynamic(other) == other and _parts(text(other)) == (own, rest) and _outermost(other) is not None:
            parts.append(edits.replace_node(case.path, other, f"dyn {' + '.join([name, *rest])}"))
    yield Answer(f"declare the trait `{name}` for {' and '.join(f'`{part}`' for part in own)}", tuple(parts), 0.6)


def _dynamic(node: Node) -> Node | None:
    """The whole ``dyn A + B`` around ``node``."""
    found: Node | None = None
    for current in nodes.ancestors(node):
        if current.type in _FORMS:
            found = current
        elif found is not None or current.type in ("block", *nodes.ITEMS):
            break
    return found if found is not None and text(found).startswith("dyn ") else None


def _parts(written: str) -> tuple[list[str], list[str]]:
    """(traits, automatic traits and lifetimes) of ``dyn A + B + Send + 'a``."""
    listed = [part.strip() for part in types.split_top(written.removeprefix("dyn ").strip(), "+")]
    rest = [part for part in listed if part.startswith("'") or part.rpartition("::")[2] in _AUTOMATIC]
    return [part for part in listed if part not in rest], rest


def _outermost(node: Node) -> Node | None:
    """The item around ``node`` that stands in its module; None when a function's own names may be meant."""
    found = None
    for current in nodes.ancestors(node):
        if current.type in nodes.ITEMS and current.parent is not None:
            holder = current.parent
            if holder.type == "source_file" or (
                holder.type == "declaration_list" and holder.parent is not None and holder.parent.type == "mod_item"
            ):
                return current
            found = current
    return found


def _shown(node: Node, outermost: Node) -> bool:
    """The object is part of what the item shows to others."""
    field = nodes.around(node, "field_declaration")
    return all(nodes.child(part, "visibility_modifier") is not None for part in (outermost, field) if part is not None)


def _depends(node: Node, own: list[str]) -> bool:
    """A bound speaks of something that only the item around it declares."""
    used = {word for part in own for word in words(part)} | {part for part in own if "'" in part}
    declared: set[str] = set()
    for around in nodes.ancestors(node):
        listed = around.child_by_field_name("type_parameters")
        if listed is not None:
            declared |= {text(inner) for inner in nodes.below(listed, ("type_identifier", "lifetime"))}
    return "Self" in used or any("'" in part for part in own) or not used.isdisjoint(declared)


def _free(case: Case, name: str) -> str | None:
    if not name.isidentifier():
        return None
    taken = {item.name for item in case.index}
    return next((word for word in (name, f"{name}Object", f"Dyn{name}") if word not in taken), None)


propose = answering({"E0225": (_object,)})
