"""Which crate a file belongs to: the library of its package, or a program, test, example or benchmark beside it."""

from __future__ import annotations

import posixpath

from rusta_cargo.repair.code.items import Impl, Item, ItemIndex, Use
from rusta_cargo.repair.project import Package, Target
from rusta_cargo.repair.proposer import Situation

LIBRARIES = ("lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro")
_OUTSIDE = ("tests", "examples", "benches")


def library_of(package: Package) -> Target | None:
    """The library target of a package."""
    return next((target for target in package.targets if target.kind in LIBRARIES), None)


def crate_name(package: Package) -> str:
    """The name by which others import the library of a package."""
    library = library_of(package)
    return (package.name if library is None else library.name).replace("-", "_")


def packages_by_name(situation: Situation) -> dict[str, Package]:
    """The packages of the tree that have a library, by the name of its crate."""
    return {crate_name(package): package for package in situation.project.packages if library_of(package)}


def outside_library(package: Package, path: str) -> bool:
    """``path`` is surely no file of the package's library: the root of another target, or under tests and the like."""
    if any(target.path == path and target.kind not in LIBRARIES for target in package.targets):
        return True
    inner = posixpath.relpath(path, package.folder or ".")
    return inner.split("/")[0] in _OUTSIDE


def file_of_module(situation: Situation, index: ItemIndex, package: Package, module: tuple[str, ...]) -> str | None:
    """The file of a module of the package's library."""
    for path, mine in index.modules.items():
        if mine == module and situation.project.package_of(path) == package and not outside_library(package, path):
            library = library_of(package)
            if module or library is None or library.path == path:
                return path
    return None


def names_in(index: ItemIndex, path: str, module: tuple[str, ...] = (), imports: bool = True) -> set[str]:
    """The names that a module of a file declares or imports; ``module``: the inline modules around it."""
    found: set[str] = set()
    for item in index.files.get(path, ()):
        if item.module == module and isinstance(item, Use):
            found |= {leaf.name for leaf in item.leaves if imports}
        elif item.module == module and not isinstance(item, Impl):
            found.add(item.name)
    return found


def importable(item: Item) -> bool:
    """It stands in a module, and is no import itself."""
    return not isinstance(item, Use | Impl) and (item.parent is None or item.parent.kind == "module")
