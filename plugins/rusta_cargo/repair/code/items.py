"""The index of every item in the files of the tree, by name, path and place.

``ItemIndex.of(situation)`` is cached for the tree of the situation; files are read once for each content.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from rusta_cargo.repair.code.model import (
    Alias,
    Attribute,
    Enum,
    Field,
    Function,
    Generic,
    Impl,
    Item,
    Leaf,
    Parameter,
    Piece,
    Struct,
    Trait,
    Use,
    Value,
    Variant,
    provided,
)
from rusta_cargo.repair.code.nodes import every, text
from rusta_cargo.repair.code.reading import read_items
from rusta_cargo.repair.code.types import head
from rusta_cargo.repair.proposer import Situation
from rusta_cargo.repair.syntax import parse
from rusta_schemas.diagnostic import Span

MOST_FILES = 2000
_CALLEES = {
    "generic_function": "function",
    "scoped_identifier": "name",
    "field_expression": "field",
}
_KEY = "rusta_cargo.repair.code.items"
_Kind = TypeVar("_Kind", bound=Item)
_Read = Callable[[str], bytes]


class ItemIndex:
    """The items of some files.

    Args:
        files: (path, module path of the file, text), each path once.
    """

    def __init__(self, files: Iterable[tuple[str, tuple[str, ...], bytes]]) -> None:
        self.modules: dict[str, tuple[str, ...]] = {}
        self.files: dict[str, tuple[Item, ...]] = {}
        self._names: dict[str, list[Item]] = {}
        for path, module, source in files:
            self.modules[path] = module
            self.files[path] = read_items(path, source)
            for item in self.files[path]:
                self._names.setdefault(item.name, []).append(item)
                for variant in item.variants if isinstance(item, Enum) else ():
                    self._names.setdefault(variant.name, []).append(variant)

    @classmethod
    def of(cls, situation: Situation) -> ItemIndex:
        """The index of this tree: the files that the targets' roots declare, and those the diagnostics speak of."""
        mine = dict(situation.overrides)
        spoken = tuple(dict.fromkeys(span.path for item in situation.diagnostics for span in item.spans))
        known = situation.cache.get(_KEY)
        if isinstance(known, tuple) and known[0] == mine and known[1] == spoken:
            index = known[2]
            assert isinstance(index, cls)
            return index
        index = cls(list(files_of(situation)))
        situation.cache[_KEY] = (mine, spoken, index)
        return index

    def __iter__(self) -> Iterator[Item]:
        for items in self.files.values():
            yield from items

    def of_kind(self, kind: type[_Kind], path: str | None = None) -> list[_Kind]:
        """Every item of a class, say ``Struct`` (variants are reached through their enum)."""
        chosen = self if path is None else self.files.get(path, ())
        return [item for item in chosen if isinstance(item, kind)]

    def named(self, name: str, kind: type[_Kind]) -> list[_Kind]:
        """The items of this name (a path is cut to its last segment); with ``Variant``, variants."""
        last = name.rpartition("::")[2]
        return [item for item in self._names.get(last, ()) if isinstance(item, kind) and item.name == last]

    def module_of(self, item: Item) -> tuple[str, ...]:
        """The modules around an item, from the crate's root."""
        return (*self.modules.get(item.path, ()), *item.module)

    def by_path(self, path: str, kind: type[_Kind], near: Item | None = None) -> list[_Kind]:
        """The items that ``a::b::C`` may mean, those whose modules agree first. ``crate``, ``self``, ``super`` count
        for nothing but order; imports are not followed."""
        parts = [part for part in path.split("<")[0].split("::") if part]
        wanted = tuple(part for part in parts[:-1] if part not in ("crate", "self", "super"))
        found = self.named(parts[-1], kind) if parts else []
        here = () if near is None else self.module_of(near)

        def key(item: Item) -> tuple[bool, bool, int]:
            module = self.module_of(item)
            return (module[len(module) - len(wanted) :] != wanted, module != here, item.start)

        return sorted(found, key=key)

    def type_named(self, type_text: str) -> Struct | Enum | None:
        """The struct, union or enum that a type means, through references and arguments; aliases are followed once."""
        name = head(type_text)
        for item in self._names.get(name, ()):
            if isinstance(item, Struct | Enum) and not isinstance(item, Variant):
                return item
        for item in self._names.get(name, ()):
            aliased = item.type if isinstance(item, Alias) and item.parent is None else None
            if aliased is not None and head(aliased.text) != name:
                return self.type_named(aliased.text)
        return None

    def struct(self, type_text: str) -> Struct | None:
        found = self.type_named(type_text)
        return found if isinstance(found, Struct) else None

    def enum(self, type_text: str) -> Enum | None:
        found = self.type_named(type_text)
        return found if isinstance(found, Enum) else None

    def trait(self, name: str) -> Trait | None:
        return next(iter(self.by_path(name, Trait)), None)

    def impls_of(self, type_name: str, trait: str | None = None) -> list[Impl]:
        """The impls for a type by its last segment; inherent ones, or those of ``trait``. ``"*"``: all."""
        found = []
        for item in self._names.get(head(type_name), ()):
            if not isinstance(item, Impl):
                continue
            mine = None if item.trait is None else head(item.trait.text)
            if trait == "*" or mine == (None if trait is None else head(trait)):
                found.append(item)
        return found

    def implements(self, type_name: str, trait: str) -> bool:
        """A derive or an impl of this tree says so."""
        item = self.type_named(type_name)
        return (item is not None and head(trait) in item.derives) or bool(self.impls_of(type_name, trait))

    def methods(self, type_name: str, name: str | None = None) -> list[Function]:
        """The functions in impls for a type: inherent first, then of traits; then what those traits provide."""
        impls = self.impls_of(type_name, "*")
        found = [item for impl in impls if impl.trait is None for item in impl.items]
        traits = [impl for impl in impls if impl.trait is not None]
        found += [item for impl in traits for item in impl.items]
        for impl in traits:
            trait = None if impl.trait is None else self.trait(impl.trait.text)
            found += [] if trait is None else [item for item in trait.items if provided(item)]
        return [item for item in found if isinstance(item, Function) and name in (None, item.name)]

    def functions(self, name: str) -> list[Function]:
        """The free functions of this name."""
        return [item for item in self.named(name, Function) if item.owner is None]

    def at(self, path: str, start: int, end: int | None = None) -> Item | None:
        """The innermost item that covers these bytes."""
        stop = start if end is None else end
        best: Item | None = None
        for item in self.files.get(path, ()):
            if item.start > start:
                break
            if item.start <= start and stop <= item.end:
                best = item
        if isinstance(best, Enum):
            return next((v for v in best.variants if v.start <= start and stop <= v.end), best)
        return best

    def defined_at(self, span: Span) -> Item | None:
        """The item whose name or head this span points at; rustc marks definitions by either."""
        for item in self.files.get(span.path, ()):
            if (item.name_start, item.name_end) == (span.start, span.end):
                return item
        return self.at(span.path, span.start, span.end)


def files_of(situation: Situation) -> Iterator[tuple[str, tuple[str, ...], bytes]]:
    """(path, module path, text) of the Rust files of the tree, each once.

    From the roots of the targets along ``mod name;`` with ``#[path]`` and ``mod.rs``; then the files that diagnostics
    speak of and no module reached. Files that cannot be read are left out.
    """
    seen: set[str] = set()
    waiting: list[tuple[str, tuple[str, ...], bool]] = [
        (target.path, (), True) for package in situation.project.packages for target in package.targets
    ]
    for diagnostic in situation.diagnostics:
        waiting += [(span.path, (), False) for span in diagnostic.spans if span.path.endswith(".rs")]
    position = 0
    while position < len(waiting) and len(seen) < MOST_FILES:
        path, module, is_root = waiting[position]
        position += 1
        if path in seen or path.startswith("/") or not path.endswith(".rs"):
            continue
        seen.add(path)
        try:
            source = situation.source(path)
        except LookupError:
            continue
        declared = list(_declared(path, module, source, is_root))
        waiting[position:position] = declared
        yield path, module, source


def _declared(
    path: str, module: tuple[str, ...], source: bytes, is_root: bool
) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """The files that the ``mod name;`` of a file may lie in."""
    if b"mod " not in source:
        return
    folder, file = posixpath.split(path)
    own = folder if is_root or file == "mod.rs" else posixpath.join(folder, file.removesuffix(".rs"))
    for item in read_items(path, source):
        if item.kind != "module" or item.body is not None:
            continue
        inside = posixpath.join(own, *item.module)
        named = (*module, *item.module, item.name)
        given = next((a for a in item.attributes if a.name == "path"), None)
        if given is not None:
            written = source[given.start : given.end].decode("utf-8", "replace").split('"')
            if len(written) > 1:
                base = folder if not item.module else inside
                # #[path] files look for their own modules beside themselves, as mod.rs does
                yield posixpath.normpath(posixpath.join(base, written[1])), named, True
            continue
        yield posixpath.join(inside, f"{item.name}.rs"), named, False
        yield posixpath.join(inside, item.name, "mod.rs"), named, False


def functions_calling(source: bytes, name: str) -> Iterator[tuple[int, int]]:
    """The spans of the calls in ``source`` to something whose last segment is ``name``, methods among them."""
    if name.encode() not in source:
        return
    for node in every(parse(source).root_node, "call_expression"):
        callee = node.child_by_field_name("function")
        while callee is not None and callee.type in _CALLEES:
            callee = callee.child_by_field_name(_CALLEES[callee.type])
        if text(callee) == name:
            yield node.start_byte, node.end_byte


__all__ = [
    "Alias",
    "Attribute",
    "Enum",
    "Field",
    "Function",
    "Generic",
    "Impl",
    "Item",
    "ItemIndex",
    "Leaf",
    "Parameter",
    "Piece",
    "Struct",
    "Trait",
    "Use",
    "Value",
    "Variant",
    "files_of",
    "functions_calling",
    "provided",
]
