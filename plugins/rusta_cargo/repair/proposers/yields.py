"""Associated types that are not what is asked for: E0271 of iterators, closures and impls.

An iterator yields copies, or what it yields is converted; an impl or a bound names the other type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text

_RESOLVING = re.compile(r"type mismatch resolving `<(.*) as (.*)>::(\w+) == (.*)`")


_RISK = ("changes a signature",)
_YIELDS = re.compile(r"to be an iterator that yields `(.*?)`, but it yields `(.*?)`")


# A reference to an owner as one to what it owns.
_VIEWS = {("Vec", "["): "Vec::as_slice", ("String", "str"): "String::as_str", ("PathBuf", "Path"): "PathBuf::as_path",
          ("Box", "dyn"): "Box::as_ref"}  # fmt: skip


_RETURNS = re.compile(r"to return `(.*?)`, but (?:it )?returns `(.*?)`")


def _resolved(case: Case) -> Iterator[Answer]:
    """E0271."""
    yield from _yielded(case)
    yield from _promised(case)
    found = _RESOLVING.search(case.diagnostic.message)
    if found is None:
        return
    expected = found[4]
    for span in case.noted("expected this to be"):
        if span.path in case.index.files and "{" not in expected:
            source = case.situation.source(span.path)
            old = source[span.start : span.end].decode("utf-8", "replace")
            yield Answer(
                f"let `{found[3]}` be `{expected}`",
                (edits.replace(span.path, span.start, span.end, expected),),
                0.5,
                ("changes a type",),
            )
            for bound in case.noted("required by this bound", "required by a bound"):
                root = case.situation.syntax(bound.path).root_node
                for binding in nodes.below(nodes.node_at(root, bound.start, bound.end), "type_binding"):
                    kind = binding.child_by_field_name("type")
                    if kind is not None and text(binding.child_by_field_name("name")) == found[3]:
                        yield Answer(
                            f"ask for `{found[3]} = {old}`",
                            (edits.replace_node(bound.path, kind, old),),
                            0.45,
                            _RISK,
                        )


def _promised(case: Case) -> Iterator[Answer]:
    """The signature says ``impl Iterator<Item = str>`` and what it gives back yields something else."""
    found = _RETURNS.search(case.diagnostic.message) or _YIELDS.search(case.diagnostic.message)
    around = nodes.enclosing(case.node, ("function_item", "block"))
    if found is None or around is None or around.type == "block":
        return
    for binding in nodes.below(case.node, "type_binding"):
        kind = binding.child_by_field_name("type")
        if kind is not None and types.same(text(kind), found[1]) and "{" not in found[2]:
            yield Answer(f"promise `{found[2]}`", (edits.replace_node(case.path, kind, found[2]),), 0.8, _RISK)


def _yielded(case: Case) -> Iterator[Answer]:
    """An iterator of references where values are asked for, and the other way round."""
    found = _YIELDS.search(case.diagnostic.message)
    if found is None:
        return
    want, have = found[1], found[2]
    node = _unboxed(case.node)
    if nodes.enclosing(node, "type_item") is not None:
        yield from _declared(case, want, have)
        return
    if types.is_reference(have) and types.same(types.referent(have), want):
        forms = (".copied()", ".cloned()") if want in types.COPY else (".cloned()", ".copied()")
        for rank, then in enumerate(forms):
            yield Answer(
                f"yield values with `{then}`",
                (edits.insert(case.path, node.end_byte, then),),
                0.65 - 0.3 * rank,
            )
    elif (
        view := _VIEWS.get((types.head(have), re.sub(r"\W.*|(?<=\w) .*", "", want.strip("&")) or want[1:2]))
    ) and types.is_reference(want):
        yield Answer(f"yield `{want}` with `{view}`", (edits.insert(case.path, node.end_byte, f".map({view})"),), 0.6)
    elif want == "String":
        yield Answer(
            "yield owned strings",
            (edits.insert(case.path, node.end_byte, ".map(|s| s.to_string())"),),
            0.5,
        )
    elif want in types.NUMBERS and have in types.NUMBERS:
        yield Answer(
            f"yield `{want}`",
            (edits.insert(case.path, node.end_byte, f".map(|x| x as {want})"),),
            0.5,
        )
    else:
        yield Answer(f"yield `{want}`", (edits.insert(case.path, node.end_byte, ".map(Into::into)"),), 0.15)
    for span in case.noted("required by this bound"):
        root = case.situation.syntax(span.path).root_node
        for binding in nodes.below(nodes.node_at(root, span.start, span.end), "type_binding"):
            kind = binding.child_by_field_name("type")
            if kind is not None and text(kind) == want:
                yield Answer(
                    f"ask for items that are `{have}`",
                    (edits.replace_node(span.path, kind, have),),
                    0.25,
                    _RISK,
                )


def _unboxed(node: Node) -> Node:
    """The iterator in ``Box::new(…)``."""
    callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    boxed = node.type == "call_expression" and text(callee) in ("Box::new", "Box::pin", "Rc::new", "Arc::new")
    return listed.named_children[0] if boxed and listed is not None and len(listed.named_children) == 1 else node


def _declared(case: Case, want: str, have: str) -> Iterator[Answer]:
    """The ``type Item`` of the impl that names the iterator."""
    impl = nodes.enclosing(case.node, "impl_item")
    body = None if impl is None else impl.child_by_field_name("body")
    if body is None:
        return
    for alias in nodes.children(body, "type_item"):
        kind = alias.child_by_field_name("type")
        if kind is not None and text(alias.child_by_field_name("name")) == "Item" and types.same(text(kind), want):
            yield Answer(f"let `Item` be `{have}`", (edits.replace_node(case.path, kind, have),), 0.85)


propose = answering({"E0271": (_resolved,)})
