"""Modules and crates that are not there or not clear: E0583, E0463, E0468, E0469, E0466, E0659, E0429, E0365.

``mod name;`` without a file goes, or names the file that there is; an ``extern crate`` of nothing goes; a name that two
imports bring is qualified with one of them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Item, Use
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import SourceUnavailable

_DECLARATIONS = ("mod_item", "extern_crate_declaration", "use_declaration")
_BUILT_IN = {"core": "core", "alloc": "alloc", "std": "std"}


def _no_file(case: Case) -> Iterator[Answer]:
    """``mod name;`` without its file."""
    node = nodes.enclosing(nodes.node_at(case.root, case.place.start), "mod_item")
    name = None if node is None else node.child_by_field_name("name")
    if node is None or name is None:
        return
    written = text(name)
    for path, new in _near(case, written):
        if new is not None:
            yield Answer(f"the module is `{new}`", (edits.replace_node(case.path, name, new),), 0.7)
        else:
            line = edits.line_before(case.path, case.source, node.start_byte, f'#[path = "{path}"]')
            yield Answer(f"take it from {path}", (line,), 0.4)
    used = re.findall(rb"\b" + re.escape(written.encode()) + rb"\s*::", case.source)
    elsewhere = [item for item in case.index if item.kind == "module" and item.name == written]
    gone = edits.delete_lines(case.path, case.source, nodes.item_start(node), node.end_byte)
    if len(elsewhere) > 1 and elsewhere[0].path != case.path:
        item = elsewhere[0]
        path = "::".join(("crate", *case.index.module_of(item), item.name))
        change = edits.replace(case.path, node.start_byte, node.end_byte, f"use {path};")
        yield Answer(f"import `{path}`", (change,), 0.6)
    yield Answer(f"declare no module `{written}`", (gone,), 0.15 if used else 0.4)
    semicolon = nodes.child(node, ";")
    if semicolon is not None:
        change = edits.replace(case.path, name.end_byte, semicolon.end_byte, " {}")
        yield Answer("make it an empty module", (change,), 0.2, ("the module is empty",))


def _near(case: Case, name: str) -> Iterator[tuple[str, str | None]]:
    """Files that may be the module: of a name spelt alike where it should be, or of its name elsewhere."""
    folder, file = posixpath.split(case.path)
    roots = ("main.rs", "lib.rs", "mod.rs")
    own = folder if file in roots else posixpath.join(folder, file.removesuffix(".rs"))
    spellings = [
        f"{name}s",
        name.removesuffix("s"),
        name.replace("_", ""),
        name.lower(),
        f"{name}_",
    ]
    for other in dict.fromkeys(spellings):
        if other != name and other and _exists(case, own, other):
            yield "", other
    for place in dict.fromkeys((folder, posixpath.dirname(folder), posixpath.join(folder, "src"))):
        if place != own and _exists(case, place, name):
            path = posixpath.relpath(posixpath.join(place, f"{name}.rs"), own or ".")
            start = posixpath.relpath(posixpath.join(place, f"{name}.rs"), folder or ".")
            yield (start if file not in roots else path), None


def _exists(case: Case, folder: str, name: str) -> bool:
    for file in (f"{name}.rs", f"{name}/mod.rs"):
        try:
            case.situation.source(posixpath.join(folder, file))
        except (SourceUnavailable, LookupError):
            continue
        return True
    return False


def _no_crate(case: Case) -> Iterator[Answer]:
    """A crate that the package does not have."""
    node = nodes.enclosing(nodes.node_at(case.root, case.place.start), _DECLARATIONS)
    names = quoted(case.diagnostic.message)
    if node is None or not names:
        return
    package = case.situation.project.package_of(case.path)
    for other in () if package is None else package.dependencies:
        if other.replace("-", "_") != names[0] and other.replace("-", "_").replace("_", "") == names[0].replace(
            "_", ""
        ):
            change = edits.replace(
                case.path, case.place.start, case.place.end,
                text(node).replace(names[0], other.replace("-", "_")),
            )  # fmt: skip
            yield Answer(f"the crate is `{other}`", (change,), 0.7)
    if node.type == "extern_crate_declaration":
        if _exists(case, posixpath.dirname(case.path), names[0]):
            change = edits.replace(case.path, node.start_byte, node.end_byte, f"mod {names[0]};")
            yield Answer("declare it as a module", (change,), 0.8)
        inline = [i for i in case.index if i.kind == "module" and i.name == names[0]]
        used = re.findall(rb"\b" + re.escape(names[0].encode()) + rb"\s*::", case.source)
        begin = nodes.item_start(node)
        gone = edits.delete_lines(case.path, case.source, begin, node.end_byte)
        yield Answer("link no such crate", (gone,), 0.7 if inline else 0.2 if used else 0.45)


def _deep(case: Case) -> Iterator[Answer]:
    """``extern crate`` with macros below the root: it moves to the root."""
    node = nodes.enclosing(nodes.node_at(case.root, case.place.start), "extern_crate_declaration")
    if node is None:
        return
    begin = nodes.item_start(node)
    written = case.source[begin : node.end_byte].decode("utf-8", "replace")
    gone = edits.delete_lines(case.path, case.source, begin, node.end_byte)
    flat = "\n".join(line.strip() for line in written.split("\n"))
    roots = [
        target.path
        for package in case.situation.project.packages
        for target in package.targets
        if target.path in case.index.files
    ]
    for path in [case.path] if case.path in roots else roots[:1]:
        top = case.situation.syntax(path).root_node
        first = next(
            (c for c in top.named_children if c.type not in ("inner_attribute_item", "line_comment")),
            top,
        )
        put = edits.insert(path, first.start_byte, f"{flat}\n")
        yield Answer("link the crate at the root", (put, gone), 0.7)


def _unclear(case: Case) -> Iterator[Answer]:
    """A name that means two things here."""
    names = quoted(case.diagnostic.message)
    if not names:
        return
    name = names[0]
    place = case.place
    for note in case.diagnostic.notes:
        for path in re.findall(r"use `((?:\w+|::)[\w:]*)` to refer to this", note.message):
            if path != name:
                change = edits.replace(case.path, place.start, place.end, path)
                yield Answer(f"mean `{path}`", (change,), 0.7)
    spans = [span for note in case.diagnostic.notes for span in note.spans if span.path in case.index.files]
    offered = 0
    for span in spans:
        use = next((u for u in case.index.of_kind(Use, span.path) if u.start <= span.start <= u.end), None)
        leaf = None
        if use is not None:
            leaf = next((item for item in use.leaves if item.start <= span.start <= item.end), None)
        if use is None or leaf is None:
            continue
        path = "::".join((*leaf.path, name)) if leaf.name == "*" else "::".join(leaf.path)
        path = path.replace("*::", "")
        node = nodes.node_at(case.root, place.start, place.end)
        imported = nodes.enclosing(node, "use_declaration") is not None
        if span.path == case.path and not imported and not case.place.macro:
            local = leaf.path[0] in ("crate", "self", "super", "std", "core", "alloc")
            module = use.module == getattr(case.index.at(case.path, place.start), "module", ())
            change = edits.replace(case.path, place.start, place.end, path)
            if local or module:
                yield Answer(f"mean `{path}`", (change,), 0.55 - 0.05 * offered)
        line = edits.line_after(span.path, case.situation.source(span.path), use.start, use.end, f"use {path};")
        yield Answer(f"import `{path}`", (line,), 0.5 - 0.05 * offered)
        offered += 1
    for item in case.index.named(name, Item)[:2]:
        if item.kind in ("macro", "module", "function") and item.path == case.path and not item.module:
            change = edits.replace(case.path, place.start, place.end, f"self::{name}")
            if place.start < place.end and item.kind != "macro":
                yield Answer(f"mean `self::{name}`", (change,), 0.4)


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0583": (_no_file,),
    "E0463": (_no_crate,),
    "E0468": (_deep,),
    "E0659": (_unclear,),
}
propose = answering(_TABLE)
