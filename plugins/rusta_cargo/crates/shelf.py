"""Where unpacked crates lie: directory sources of cargo's configuration, and what cargo itself has unpacked."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rusta_cargo.cargo_config import cargo_home, outside_config
from rusta_cargo.crates.models import CrateInfo, plain
from rusta_cargo.project import Project

_FOLDER = re.compile(r"(.+?)(?:-(\d+(?:\.\d+)*\S*))?$")
_MANIFEST_MAX = 1 << 20


@dataclass(frozen=True)
class Crate:
    """A crate with its sources. ``root``: the library's root file."""

    folder: Path
    root: Path
    info: CrateInfo
    macros: bool


def crates_for(project: Project, wanted: Iterable[str], lock: bytes) -> dict[str, Crate]:
    """The crates of these names that are here, by their names with underscores.

    The version that ``lock`` (a Cargo.lock) names comes first, else the newest.
    """
    names = {plain(name) for name in wanted}
    found: dict[str, list[Path]] = {}
    for shelf in shelves(project):
        for folder in _listed(shelf):
            named = _FOLDER.fullmatch(folder.name)
            if named is not None:
                # A folder may be called `sha2-0.10.8`, `sha-2` or `sha2`: its manifest has the last word.
                for name in {plain(named[1]), plain(folder.name)} & names:
                    found.setdefault(name, []).append(folder)
    locked = _locked(lock)
    chosen: dict[str, Crate] = {}
    for name, folders in sorted(found.items()):
        crates = [
            crate for folder in folders if (crate := _crate(folder)) is not None and plain(crate.info.name) == name
        ]
        crates.sort(
            key=lambda crate: (crate.info.version in locked.get(name, ()), order(crate.info.version)), reverse=True
        )
        if crates:
            first, others = crates[0], tuple(dict.fromkeys(crate.info.version for crate in crates))
            known = {"versions": others, "locked": first.info.version in locked.get(name, ())}
            chosen[name] = Crate(first.folder, first.root, first.info.model_copy(update=known), first.macros)
    return chosen


def shelves(project: Project) -> Iterator[Path]:
    """The folders whose subfolders are crates."""
    yield from outside_config(project.cargo_folder, project.root).folders
    yield from _listed(cargo_home() / "registry" / "src")


def order(version: str) -> tuple[tuple[int, ...], bool]:
    """Versions in their order; one with a suffix comes before the one without."""
    numbers, _, suffix = version.partition("+")[0].partition("-")
    return tuple(int(part) for part in numbers.split(".") if part.isdigit()), not suffix


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_dir())
    except OSError:
        return []


def _locked(lock: bytes) -> dict[str, set[str]]:
    try:
        packages = tomllib.loads(lock.decode("utf-8", "replace")).get("package", [])
        found: dict[str, set[str]] = {}
        for package in packages:
            found.setdefault(plain(package["name"]), set()).add(package["version"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError):
        return {}
    return found


def _crate(folder: Path) -> Crate | None:
    """The crate in a folder; None where there is no library that can be read."""
    try:
        with (folder / "Cargo.toml").open("rb") as stream:
            data = tomllib.loads(stream.read(_MANIFEST_MAX).decode("utf-8", "replace"))
        package = data["package"]
        library = data.get("lib") or {}
        root = folder / str(library.get("path") or "src/lib.rs")
        info = CrateInfo(name=package["name"], version=str(package["version"]), features=_features(data))
        macros = bool(library.get("proc-macro") or library.get("proc_macro"))
        inside = root.resolve().is_relative_to(folder.resolve())
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError):
        return None
    return Crate(folder, root, info, macros) if inside and root.is_file() else None


def _features(data: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The features; an optional dependency that no feature names with ``dep:`` is one as well."""
    declared = {str(name): tuple(map(str, parts)) for name, parts in (data.get("features") or {}).items()}
    named = {part[4:] for parts in declared.values() for part in parts if part.startswith("dep:")}
    for name, wanted in (data.get("dependencies") or {}).items():
        if isinstance(wanted, dict) and wanted.get("optional") and name not in named:
            declared.setdefault(str(name), (f"dep:{name}",))
    return declared
