"""By which paths a file may import a name from the other crates of the tree.

The compiler suggests no items of crates that it has only read the metadata of: the library of the same package in its
programs, tests, examples and benchmarks, and the other members of a workspace.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from rusta_cargo.repair.code.features import TABLES
from rusta_cargo.repair.code.items import Item, ItemIndex, Use
from rusta_cargo.repair.code.manifests import read_toml
from rusta_cargo.repair.code.units import crate_name, importable, library_of, outside_library
from rusta_cargo.repair.project import Package
from rusta_cargo.repair.proposer import Situation


def exported(situation: Situation, index: ItemIndex, path: str, name: str) -> list[str]:
    """The paths before ``::name``, the shortest of each crate. Macros are left out."""
    user = situation.project.package_of(path)
    if user is None:
        return []
    found: list[str] = []
    for package, crate in _crates(situation, user, path):
        modules = sorted(dict.fromkeys(_modules(situation, index, package, name)), key=lambda m: (len(m), m))
        found += ["::".join((crate, *module)) for module in modules[:1]]
    return found


def _crates(situation: Situation, user: Package, path: str) -> Iterator[tuple[Package, str]]:
    """The packages whose library the file can name, with the name it has there."""
    if library_of(user) is not None and outside_library(user, path):
        yield user, crate_name(user)
    data = read_toml(situation, posixpath.join(user.folder, "Cargo.toml"))
    tables = [data.get(table) for table in TABLES]
    wanted: dict[str, str] = {}
    for table in tables:
        for key, value in table.items() if isinstance(table, dict) else ():
            real = value.get("package", key) if isinstance(value, dict) else key
            wanted[str(real)] = key.replace("-", "_") if real != key else ""
    for package in situation.project.packages:
        if package.name in wanted and package != user and library_of(package) is not None:
            yield package, wanted[package.name] or crate_name(package)


def _modules(situation: Situation, index: ItemIndex, package: Package, name: str) -> Iterator[tuple[str, ...]]:
    """The modules of a library that have ``name`` for others: the root first, then public modules."""
    library = library_of(package)
    assert library is not None
    for item in index.files.get(library.path, ()):
        handed_on = not item.module and isinstance(item, Use) and _open(item)
        if handed_on and any(leaf.name == name for leaf in getattr(item, "leaves", ())):
            yield ()
    public = _public_modules(situation, index, package)
    for item in index.named(name, Item):
        module = index.module_of(item)
        mine = situation.project.package_of(item.path) == package and not outside_library(package, item.path)
        if mine and importable(item) and item.kind != "macro" and _open(item) and module in public:
            yield module


def _public_modules(situation: Situation, index: ItemIndex, package: Package) -> set[tuple[str, ...]]:
    """The modules that others can name: all their modules are ``pub``."""
    known: dict[tuple[str, ...], bool] = {(): True}
    for item in index:
        if item.kind == "module" and situation.project.package_of(item.path) == package:
            known[(*index.module_of(item), item.name)] = _open(item)
    return {module for module in known if all(known.get(module[:depth], False) for depth in range(len(module) + 1))}


def _open(item: Item) -> bool:
    return item.visibility is not None and item.visibility.text == "pub"
