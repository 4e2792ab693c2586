"""How the users of a crate may write a name that it has: its public paths, and the features that must be on.

Nothing is expanded or configured: items are found by their text, so that those inside of macros such as ``cfg_time! {}``
count as well. What is found here is a proposal; cargo judges it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

from rusta_cargo.crates.models import Kind, Sighting, plain
from rusta_cargo.crates.shelf import Crate
from rusta_cargo.crates.uses import Leaf, leaves
from rusta_cargo.repair.code.similar import rank

_FILES_MAX, _BYTES_MAX, _FILE_MAX = 5_000, 64 << 20, 2 << 20
_DEPTH = 4
_PATHS = 6
_SIGHTINGS = 12
_ALIKE, _NEAR = 0.6, 6
_USE = re.compile(rb"\bpub\s+use\s+([^;]{1,4000});")
_ITEM = (
    rb"(?m)^[ \t]*(?P<vis>pub(?:\([^)]*\))?\s+)?(?:(?:default|const|async|unsafe|auto|extern(?:\s*\"[^\"]*\")?)\s+)*"
    rb"(?P<kind>fn|struct|enum|union|trait|type|const|static|mod|macro_rules!)\s+(?P<name>%s)\b"
)
# Public, or indented without it as in a trait.
_FUNCTION = re.compile(rb"(?m)^(?:[ \t]*pub\s+|[ \t]+)(?:(?:const|async|unsafe)\s+)*fn\s+([a-z]\w*)")
_DERIVE = rb"proc_macro_derive\(\s*%s\b"
_PROC = re.compile(rb"#\[proc_macro(_attribute)?\]")
_FEATURE = re.compile(rb'feature\s*=\s*"([^"\n]+)"')
_WRAPPED = re.compile(rb"(?m)^[ \t]*(?:\w+::)*cfg_(\w+)!\s*\{|^\}")
_OWNER = re.compile(rb"(?m)^([ \t]*)(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(trait|impl|mod)\b\s*(\w+)?")
Module = tuple[str, ...]


@dataclass(frozen=True)
class _Place:
    """Something with a name in a module. ``at``: where it stands in its file."""

    path: Path
    at: int
    module: Module
    name: str
    kind: Kind
    owner: str = ""


class Exports:
    """The names of one crate. Files are read when they are needed."""

    def __init__(self, crate: Crate) -> None:
        self.crate = crate
        self._root = crate.root.parent

    def sightings(self, name: str) -> list[Sighting]:
        """Where the crate has ``name`` for its users; an item without a public path is left out."""
        found: dict[tuple[Kind, str, str], Sighting] = {}
        for place in self._places(name.encode()):
            asked = place.owner or place.name
            ways = list(self._ways(place.module, asked, _DEPTH))
            if place.kind in ("macro", "derive", "attribute"):
                ways = [((), asked, ()), *ways]
            ways.sort(key=lambda way: _weight(way[0], trait=bool(place.owner) or place.kind == "trait"))
            paths = list(dict.fromkeys(self._written(module, alias) for module, alias, _ in ways))
            if paths:
                gates = [*(self._gates(place.path, place.at) if not place.owner else ()), *ways[0][2]]
                features = tuple(dict.fromkeys(gate for gate in gates if gate in self.crate.info.features))
                sighting = Sighting(
                    crate=self.crate.info.name, name=name, kind=place.kind, owner=place.owner,
                    paths=tuple(paths[:_PATHS]), features=features,
                )  # fmt: skip
                found.setdefault((place.kind, place.owner, paths[0]), sighting)
        return sorted(found.values(), key=lambda one: (one.paths[0].count("::"), one.paths[0]))[:_SIGHTINGS]

    def functions(self) -> frozenset[str]:
        """The names of the functions that it makes public, alone or in traits; those of other impls among them."""
        return frozenset(name.decode() for text in self._texts.values() for name in _FUNCTION.findall(text))

    def _written(self, module: Module, name: str) -> str:
        prelude = module[-1:] == ("prelude",)
        return "::".join((plain(self.crate.info.name), *module, "*" if prelude else name))

    # items --------------------------------------------------------------------------------

    def _places(self, name: bytes) -> Iterator[_Place]:
        """The items of this name and what hands on one of another crate, those that the crate declares first."""
        wanted = re.compile(_ITEM % re.escape(name))
        derives = re.compile(_DERIVE % re.escape(name))
        for path, text in self._texts.items():
            if name not in text:
                continue
            for match in wanted.finditer(text):
                yield from self._place(path, text, match)
            for match in derives.finditer(text) if self.crate.macros else ():
                yield _Place(path, match.start(), (), name.decode(), "derive")
        known = any(name in text for text in self._texts.values())
        for module, leaf in self._handed_on if known else ():
            inside = self._resolved(module, leaf)
            if leaf.alias == name.decode() and (inside is None or inside[-1:] != (leaf.alias,)):
                yield _Place(leaf.file, leaf.at, module, leaf.alias, "use")

    def _place(self, path: Path, text: bytes, match: re.Match[bytes]) -> Iterator[_Place]:
        name, word = match["name"].decode(), match["kind"].decode()
        around = _around(text, match.start())
        module = (*self._module_of(path), *around[1])
        if word == "fn" and around[0] is not None:
            owner, trait = around[0]
            if trait:
                yield _Place(path, match.start(), module, name, "method", owner)
        elif word == "macro_rules!":
            if b"macro_export" in text[max(0, match.start() - 200) : match.start()].rpartition(b"}")[2]:
                yield _Place(path, match.start(), (), name, "macro")
        elif word == "fn" and self.crate.macros:
            before = _PROC.search(text, max(0, match.start() - 200), match.start())
            if before is not None:
                yield _Place(path, match.start(), (), name, "attribute" if before[1] else "macro")
        elif around[0] is None and match["vis"] is not None and match["vis"].strip() == b"pub":
            yield _Place(path, match.start(), module, name, cast("Kind", word))

    # paths --------------------------------------------------------------------------------

    def _ways(self, module: Module, name: str, depth: int) -> Iterator[tuple[Module, str, tuple[str, ...]]]:
        """The public modules in which an item of ``module`` can be reached, its name there, and the features asked."""
        gates = self._open(module)
        if gates is not None:
            yield module, name, gates
        if depth == 0:
            return
        for at, leaf in self._handed_on:
            target = self._resolved(at, leaf)
            if target is None or (at == module and leaf.alias == name):
                continue
            if target == (*module, name) or (leaf.glob and target == module):
                for way, alias, more in self._ways(at, name if leaf.glob else leaf.alias, depth - 1):
                    yield way, alias, (*self._gates(leaf.file, leaf.at), *more)

    def _open(self, module: Module) -> tuple[str, ...] | None:
        """The features that a public module needs; None when it is not public."""
        gates: list[str] = []
        for length in range(len(module)):
            declared = self._declared(module[:length], module[length])
            if declared is None:
                return None
            gates += declared
        return tuple(gates)

    def _declared(self, parent: Module, name: str) -> list[str] | None:
        pattern = re.compile(rb"(?m)^[ \t]*pub\s+mod\s+%s\s*[;{]" % name.encode())
        for path in self._files_of(parent):
            match = pattern.search(self._texts[path])
            if match is not None:
                return self._gates(path, match.start())
        return None

    def _resolved(self, module: Module, leaf: Leaf) -> Module | None:
        """The full path inside this crate that a ``pub use`` hands on; None when it is another crate's."""
        first, *rest = leaf.path or ("",)
        if first in ("crate", "$crate"):
            return tuple(rest)
        if first == "self":
            return (*module, *rest)
        if first == "super":
            up = module[:-1]
            while rest and rest[0] == "super":
                up, rest = up[:-1], rest[1:]
            return (*up, *rest)
        for start in (module, ()):
            if (*start, first) in self._modules:
                return (*start, first, *rest)
        return (*module, first) if not rest and not leaf.glob and leaf.alias != first else None

    @cached_property
    def _handed_on(self) -> list[tuple[Module, Leaf]]:
        found = []
        for path, text in self._texts.items():
            for match in _USE.finditer(text):
                module = (*self._module_of(path), *_around(text, match.start())[1])
                found += [(module, leaf) for leaf in leaves(match[1].decode("utf-8", "replace"), path, match.start())]
        return found

    # files --------------------------------------------------------------------------------

    @cached_property
    def _texts(self) -> dict[Path, bytes]:
        found: dict[Path, bytes] = {}
        total = 0
        for folder, inner, names in os.walk(self._root):
            inner[:] = sorted(name for name in inner if name not in ("target", "tests", "benches", "examples", "bin"))
            for name in sorted(names):
                path = Path(folder) / name
                if not name.endswith(".rs") or path.is_symlink() or len(found) >= _FILES_MAX or total > _BYTES_MAX:
                    continue
                try:
                    with path.open("rb") as stream:
                        found[path] = stream.read(_FILE_MAX)
                except OSError:
                    continue
                total += len(found[path])
        return found

    def _module_of(self, path: Path) -> Module:
        if path == self.crate.root:
            return ()
        parts = path.relative_to(self._root).with_suffix("").parts
        return parts[:-1] if parts[-1] == "mod" else parts

    def _files_of(self, module: Module) -> list[Path]:
        """The files that can declare modules of ``module``: its own, and those around it where it stands inline."""
        return [path for path in self._texts if self._module_of(path) == module[: len(self._module_of(path))]]

    @cached_property
    def _modules(self) -> frozenset[Module]:
        pattern = re.compile(rb"(?m)^[ \t]*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*[;{]")
        found: set[Module] = set()
        for path, text in self._texts.items():
            for match in pattern.finditer(text):
                found.add((*self._module_of(path), *_around(text, match.start())[1], match[1].decode()))
        return frozenset(found)

    def _gates(self, path: Path, at: int) -> list[str]:
        """The features that the attributes in front of a place, or a macro around it, ask for."""
        text = self._texts[path]
        found: list[str] = []
        lines = text[max(0, at - 600) : at].split(b"\n")
        for line in reversed(lines[:-1]):
            if not line.strip().startswith((b"#[", b"//", b"feature", b"any(", b"all(", b")")):
                break
            found += [name.decode() for name in _FEATURE.findall(line) if b"not(" not in line]
        last = max(_WRAPPED.finditer(text, max(0, at - 20_000), at), key=lambda match: match.start(), default=None)
        if last is not None and last[1] is not None:  # the macro is still open
            found.append(last[1].decode())
        return found[:1]


def _around(text: bytes, at: int) -> tuple[tuple[str, bool] | None, Module]:
    """(the trait or impl around a place and whether it is a trait, the inline modules around it), by indentation."""
    line = text.rfind(b"\n", 0, at) + 1
    # The match may begin at the line before the item.
    indent = len(text[line:]) - len(text[line:].lstrip(b" \t"))
    owner: tuple[str, bool] | None = None
    modules: list[str] = []
    for match in reversed(list(_OWNER.finditer(text, max(0, line - 200_000), line))) if indent else ():
        here = len(match[1])
        if here >= indent:
            continue
        opened = text.find(b"{", match.end())
        if opened < 0 or opened >= at or b";" in text[match.end() : opened]:
            continue
        if b"}" in text[opened:].partition(b"\n")[0]:
            continue
        if re.compile(rb"(?m)^" + match[1] + rb"\}").search(text, opened, at) is not None:
            continue
        if match[2] == b"mod":
            modules.append((match[3] or b"").decode())
        elif owner is None:
            owner = ((match[3] or b"").decode(), match[2] == b"trait")
        indent = here
        if not here:
            break
    return owner, tuple(reversed(modules))


def _weight(module: Module, *, trait: bool) -> tuple[bool, int, Module]:
    """A prelude is made for traits; else the shortest way is the one that is meant."""
    prelude = module[-1:] == ("prelude",)
    return prelude != trait, len(module), module


def look_up(crates: Iterable[Crate], names: Iterable[str]) -> list[Sighting]:
    """The sightings of all names in all crates."""
    wanted = [name for name in dict.fromkeys(names) if name.isidentifier()]
    found: list[Sighting] = []
    for crate in crates:
        exports = Exports(crate)
        for name in wanted:
            found += exports.sightings(name)
    return found


def near(crates: Iterable[Crate], names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The functions of these crates whose names are like ``names``, those most alike first."""
    known = {function for crate in crates for function in Exports(crate).functions()}
    return {name: tuple(other for _, other in rank(name, known, _ALIKE, _NEAR)) for name in names}
