"""Modules whose file is there and that nothing declares: E0432, E0433, and macros that are not found.

A path goes through a module that its parent does not have, while the file lies where the parent's modules lie: the line
``mod name;`` was forgotten, or lost. It is put among its siblings, in their order and with their visibility. A macro is
looked for in the files that no module has; one that is not exported has its module declared with ``#[macro_use]``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Item, ItemIndex
from rusta_cargo.repair.code.module_lines import dangling_path, declared
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
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
            (declared(situation, index, parent, name, outside=outside),),
            _SURE if first.primary is None or _expected(first.primary.path, parent) else _OTHER,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            cites=(first.code or "",),
        )
    for (parent, name, exported), numbers in macros.items():
        assert index is not None
        put = declared(situation, index, parent, name)
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
                if not spelled and (
                    any(_readable(situation, p) for p in there) or dangling_path(situation, index, path)
                ):
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
