"""Modules whose file is there and that nothing declares: E0432, E0433, and macros that are not found.

A path goes through a module that its parent does not have, while the file lies where the parent's modules lie: the line
``mod name;`` was forgotten, or lost. It is put among its siblings, in their order and with their visibility. A macro is
looked for in the files that no module has; one that is not exported has its module declared with ``#[macro_use]``.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Attribute, Item, ItemIndex, Use
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic, Span

_LABELS = re.compile(
    r"could not find `(\w+)` in (?:the crate root|`\w+`)|use of un(?:resolved module|declared crate)[^`]*`(\w+)`"
    r"|cannot find (?:module or crate )?`(\w+)` in|^unresolved import$|^no `(\w+)` in the root"
)
_MACRO = re.compile(r"^cannot find macro `(\w+)`|^unresolved import `\w+::(\w+)`$")
_OUTSIDE = ("tests/", "examples/", "benches/")
_ROOTS = ("main.rs", "lib.rs", "mod.rs")
_SURE, _OTHER = 0.88, 0.5


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates that declare the module."""
    index: ItemIndex | None = None
    asked: dict[tuple[str, str], list[int]] = {}
    macros: dict[tuple[str, str, bool], list[int]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        macro = _MACRO.search(diagnostic.message) if diagnostic.code in (None, "E0432") else None
        if place is None or (diagnostic.code not in ("E0432", "E0433") and macro is None):
            continue
        index = index or ItemIndex.of(situation)
        found = _segment(situation, diagnostic, place) if diagnostic.code else None
        if found is not None:
            for parent in _parents(situation, index, place, *found):
                asked.setdefault((parent, found[1]), []).append(number)
        wanted = (macro[1] or macro[2]) if macro else found[1] if found else ""
        for home in _macro_modules(situation, index, wanted) if wanted else ():
            macros.setdefault(home, []).append(number)
    for (parent, name), numbers in asked.items():
        assert index is not None
        first = situation.diagnostics[numbers[0]]
        outside = first.primary is not None and first.primary.path not in index.files
        yield Candidate(
            f"declare the module `{name}`",
            (_put(situation, index, parent, name, outside),),
            _SURE if first.primary is None or _expected(first.primary.path, parent) else _OTHER,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            cites=(first.code or "",),
        )
    for (parent, name, exported), numbers in macros.items():
        assert index is not None
        put = _put(situation, index, parent, name, outside=False)
        if not exported:
            put = put.model_copy(
                update={"text": re.sub(r"(?m)^(?=(?:pub )?mod )", "#[macro_use]\n", put.text, count=1)}
            )
        yield Candidate(
            f"declare the module `{name}`, which has the macro",
            (put,),
            _SURE,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
        )


def _macro_modules(situation: Situation, index: ItemIndex, macro: str) -> Iterator[tuple[str, str, bool]]:
    """(the file that should declare it, the module, whether its macro is exported) of files that no module has."""
    defined = re.compile(rf"(#\[macro_export[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*)?macro_rules!\s*{macro}\b".encode())
    for path in situation.files:
        if not path.endswith(".rs") or path in index.modules or not _readable(situation, path):
            continue
        found = defined.search(situation.source(path))
        folder, file = posixpath.split(path)
        if found is None or file in ("main.rs", "lib.rs"):
            continue
        own, name = posixpath.split(folder) if file == "mod.rs" else (folder, file.removesuffix(".rs"))
        for parent in index.modules:
            if _folder(situation, parent) == own and not parent.startswith(_OUTSIDE):
                yield parent, name, found[1] is not None


def _expected(path: str, parent: str) -> bool:
    return posixpath.dirname(path).startswith(posixpath.dirname(parent)) or parent.endswith(_ROOTS)


def _segment(situation: Situation, diagnostic: Diagnostic, place: Span) -> tuple[list[str], str] | None:
    """(the segments in front of it, the segment that leads nowhere)."""
    told = next((m for said in (place.label or "", diagnostic.message) for m in [_LABELS.search(said)] if m), None)
    if told is None:
        return None
    name = next((group for group in told.groups() if group), None) or situation.text(place.path, place.start, place.end)
    source = situation.source(place.path)[: place.end].decode("utf-8", "replace")
    before = re.search(rf"((?:\w+\s*::\s*)*)\b{re.escape(name)}(?:\s*::\s*\w*)*$", source)
    if before is None or not name.isidentifier():
        return None
    return [part.strip() for part in before[1].split("::") if part.strip()], name


def _parents(situation: Situation, index: ItemIndex, place: Span, before: list[str], name: str) -> Iterator[str]:
    """The files whose module the path means, where a file for ``name`` lies and is not declared."""
    here = index.modules.get(place.path, ())
    packages = {package.name.replace("-", "_") for package in situation.project.packages}
    if before[:1] == ["crate"] or (before and before[0] in packages):
        wanted = [tuple(before[1:])]
    elif before[:1] == ["self"]:
        wanted = [(*here, *before[1:])]
    elif before and set(before) == {"super"}:
        wanted = [here[: len(here) - len(before)]]
    else:
        wanted = [(*here, *before), tuple(before)]
    for module in dict.fromkeys(wanted):
        for path, mine in index.modules.items():
            if mine == module and path.endswith(".rs") and not path.startswith(_OUTSIDE):
                own = _folder(situation, path)
                there = [f"{own}/{name}.rs".lstrip("/"), f"{own}/{name}/mod.rs".lstrip("/")]
                spelled = any(_written(item, name) for item in index.files[path])
                if not spelled and (any(_readable(situation, p) for p in there) or _dangling(situation, index, path)):
                    yield path


def _written(item: Item, name: str) -> bool:
    return item.kind == "module" and item.name == name and not item.module


def _folder(situation: Situation, path: str) -> str:
    folder, file = posixpath.split(path)
    roots = {target.path for package in situation.project.packages for target in package.targets}
    return folder if file in _ROOTS or path in roots else posixpath.join(folder, file.removesuffix(".rs"))


def _readable(situation: Situation, path: str) -> bool:
    try:
        situation.source(path)
    except (SourceUnavailable, LookupError):
        return False
    return True


def _dangling(situation: Situation, index: ItemIndex, path: str) -> tuple[Item, Attribute] | None:
    """An attribute that says in which file a module lies, in front of something that is no module."""
    source = situation.source(path)
    for item in index.files[path]:
        for attribute in item.attributes if item.kind != "module" else ():
            written = source[attribute.start : attribute.end]
            if re.search(rb'\bpath\s*=\s*"[^"]+\.rs"', written) and attribute.name in ("path", "cfg_attr"):
                last = [a for a in item.attributes if re.search(rb'\bpath\s*=\s*"', source[a.start : a.end])][-1]
                return item, last
    return None


def _put(situation: Situation, index: ItemIndex, path: str, name: str, outside: bool) -> Replacement:
    source = situation.source(path)
    dangling = _dangling(situation, index, path)
    if dangling is not None:
        return edits.insert(path, dangling[1].end, f"\nmod {name};")
    siblings = [
        item for item in index.files[path]
        if item.kind == "module" and item.body is None and not item.module and not item.attributes
    ]  # fmt: skip
    shown = Counter("" if item.visibility is None else f"{item.visibility.text} " for item in siblings)
    word = "pub " if outside else shown.most_common(1)[0][0] if shown else ""
    line = f"{word}mod {name};"
    later = next((item for item in siblings if item.name > name), None)
    ordered = [item.name for item in siblings] == sorted(item.name for item in siblings)
    if ordered and later is not None:
        return edits.insert(path, later.start, f"{line}\n")
    before = _before(index, path, siblings, name)
    if before is not None:
        return edits.line_after(path, source, before.start, before.end, line)
    if siblings:
        return edits.line_after(path, source, siblings[-1].start, siblings[-1].end, line)
    used = next((use for use in index.of_kind(Use, path) if not use.module and _speaks_of(use, name)), None)
    if used is not None and used.is_public:  # `mod error;` stands in front of `pub use error::Error;`
        return edits.insert(path, used.first, f"{line}\n")
    first = min((item.first for item in index.files[path]), default=0)
    return edits.insert(path, first, f"{line}\n\n")


def _before(index: ItemIndex, path: str, siblings: Sequence[Item], name: str) -> Item | None:
    """The sibling that the module follows, where the uses of the siblings stand in the order of the siblings."""
    order: list[str] = []
    for use in index.of_kind(Use, path):
        order += [module for module in (*(item.name for item in siblings), name) if _speaks_of(use, module)]
    order = list(dict.fromkeys(order))
    used = [item for item in siblings if item.name in order]
    if name not in order or [item.name for item in used] != [other for other in order if other != name]:
        return None
    at = order.index(name)
    return used[at - 1] if at and len(used) == len(siblings) else None


def _speaks_of(use: Use, module: str) -> bool:
    """It imports from the module ``module`` that is declared beside it."""
    return any(leaf.path[leaf.path[:1] in (("self",), ("crate",)) :][:1] == (module,) for leaf in use.leaves)
