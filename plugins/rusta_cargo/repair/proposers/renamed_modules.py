"""Module files that have another name than their ``mod`` line says: E0583.

The file was renamed and the declaration forgotten, or the other way round. The file is the one where the module should
lie that no ``mod`` line declares and that has what the paths through the module ask for. The declaration gets the file's
name, and the paths that still say the old one with it; where tests say the old name, the file is named in ``#[path]``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import islice

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.lexer import Token, tokens
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.reading import read_items
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.units import outside_library
from rusta_cargo.repair.proposer import Replacement, SourceUnavailable

_ROOTS = ("main.rs", "lib.rs", "mod.rs")
_KNOWN, _BOTH, _ONLY, _SEVERAL, _FILE = 0.94, 0.92, 0.75, 0.4, 0.4
_MOST = 3


def _renamed(case: Case) -> Iterator[Answer]:
    node = nodes.enclosing(nodes.node_at(case.root, case.place.start), "mod_item")
    name = None if node is None else node.child_by_field_name("name")
    if node is None or name is None:
        return
    old = text(name)
    asked = _asked(case, old)
    tested = _in_tests(case, old)
    beside = _undeclared(case, old)
    found = sorted(((_fit(case, path, asked, old, new), new, path) for new, path in beside), reverse=True)
    for fit, new, path in islice(found, _MOST):
        if asked and not fit:
            continue
        parts = (edits.replace_node(case.path, name, new), *_paths(case, old, new))
        used = any(_segments(case.situation.source(file), new) for file in _files(case))
        sure = _KNOWN if used and len(parts) == 1 else _BOTH if fit > 0.5 else _ONLY if len(found) == 1 else _SEVERAL
        prior = sure * max(fit, 0.5) if asked else sure
        if not tested:
            yield Answer(f"the module is `{new}` now", parts, prior)
        start = posixpath.relpath(path, posixpath.dirname(case.path) or ".")
        line = edits.line_before(case.path, case.source, nodes.item_start(node), f'#[path = "{start}"]')
        yield Answer(f"take the module from {path}", (line,), prior if tested else _FILE * prior)


def _undeclared(case: Case, old: str) -> Iterator[tuple[str, str]]:
    """(name, path) of the files that lie where the module should and that nothing declares."""
    folder, file = posixpath.split(case.path)
    package = case.situation.project.package_of(case.path)
    roots = {target.path for target in (() if package is None else package.targets)}
    own = folder if file in _ROOTS or case.path in roots else posixpath.join(folder, file.removesuffix(".rs"))
    for path in case.situation.files:
        if path in case.index.modules or path in roots or not path.endswith(".rs"):
            continue
        place, last = posixpath.split(path)
        name = last.removesuffix(".rs")
        if last == "mod.rs":
            place, name = posixpath.split(place)
        if place == own and name != old and name.isidentifier() and last not in ("main.rs", "lib.rs", "build.rs"):
            yield name, path


def _files(case: Case) -> Iterator[str]:
    """The files of the package that may say the module's name, its undeclared ones among them; no tests."""
    package = case.situation.project.package_of(case.path)
    for path in case.situation.files:
        if path.endswith(".rs") and case.situation.project.package_of(path) == package:
            inner = path if package is None else posixpath.relpath(path, package.folder or ".")
            if not inner.startswith("tests/") and _readable(case, path):
                yield path


def _readable(case: Case, path: str) -> bool:
    try:
        case.situation.source(path)
    except SourceUnavailable:
        return False
    return True


def _in_tests(case: Case, old: str) -> bool:
    package = case.situation.project.package_of(case.path)
    if package is None:
        return False
    here = f"{package.folder}/tests/" if package.folder else "tests/"
    found = (path for path in case.situation.files if path.startswith(here) and path.endswith(".rs"))
    return any(_readable(case, path) and _segments(case.situation.source(path), old) for path in found)


def _segments(source: bytes, name: str) -> list[Token]:
    """Where the name stands in a path, or alone in an import."""
    wanted = name.encode()
    if wanted not in source:
        return []
    stream = list(tokens(source))
    imports = [(item.start, item.end) for item in read_items("", source) if item.kind == "use"]
    found = []
    for before, token, after in zip([None, *stream], stream, [*stream[1:], None], strict=False):
        if token.kind != "word" or token.text != wanted or (before is not None and before.text == b"."):
            continue
        joined = (after is not None and after.text == b"::") or (before is not None and before.text == b"::")
        if (joined and (after is None or after.text not in (b"(", b"{"))) or _within(token, imports):
            found.append(token)
    return found


def _within(token: Token, spans: list[tuple[int, int]]) -> bool:
    return any(start <= token.start < end for start, end in spans)


def _paths(case: Case, old: str, new: str) -> Iterator[Replacement]:
    for path in _files(case):
        outside = (package := case.situation.project.package_of(path)) is not None and outside_library(package, path)
        for token in _segments(case.situation.source(path), old):
            before = case.situation.source(path)[: token.start].rstrip()
            if not outside or before.endswith((b"::", b"{", b",")):
                yield edits.replace(path, token.start, token.end, new)


def _asked(case: Case, old: str) -> set[str]:
    """The names that paths through the module ask for."""
    form = re.compile(rb"\b" + re.escape(old.encode()) + rb"\s*::\s*(?:(\w+)|\{([^{}]*)\})")
    found: set[str] = set()
    for path in case.situation.files:
        if path.endswith(".rs") and _readable(case, path):
            for match in form.finditer(case.situation.source(path)):
                listed = match[1] or match[2] or b""
                found |= {part.split()[0].decode() for part in listed.split(b",") if part.split()}
    return {name for name in found if name.isidentifier() and name != "self"}


def _fit(case: Case, path: str, asked: set[str], old: str, new: str) -> float:
    """How much of what is asked for the file has; how much alike the names are, when nothing is asked for."""
    if not asked:
        return likeness(old, new)
    items = read_items(path, case.situation.source(path))
    mine = {item.name for item in items if item.kind not in ("impl", "use")}
    mine |= {leaf.name for item in items if item.kind == "use" for leaf in getattr(item, "leaves", ())}
    return len(asked & mine) / len(asked)


propose = answering({"E0583": (_renamed,)})
