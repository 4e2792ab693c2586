"""What a new lane takes over from what was compiled before, so that a first build is not one of all dependencies.

Sources are the target folder of another lane of the project, else the user's own. They are only read, and only what
cannot lead astray is taken: the compiled crates of registries and git checkouts, whose sources do not change, and the
compiler's incremental caches, which it checks by content. Of packages that lie in files of their own (members, path
dependencies) no fingerprint is taken: cargo would judge them by times, which say nothing about a changed copy. Whether
the rest fits (compiler, profile, features) is cargo's own to judge.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rusta_cargo.project import Project

MIB = 1024 * 1024
# Copying more than this takes longer than most people would wait for a first word.
MOST_BYTES = 1024 * MIB
_COMPILED = (".rlib", ".rmeta", ".d", ".so", ".dylib")
_FINGERPRINTS = ".fingerprint"
_PROFILE = "debug"


@dataclass(frozen=True)
class _Copy:
    """One file to take: where from, where to below the target folder, and its size in bytes."""

    place: str
    inside: str
    size: int


def inherit(target: Path, project: Project, lanes: Path) -> int:
    """Fill the empty cargo target folder ``target``; returns the bytes copied, 0 when there was nothing to take.

    Args:
        lanes: the folder of the project's lanes. Nothing that is wrong with a source is an error: it is left alone.
    """
    local = None if project.kind == "file" else _local_packages(project.cargo_folder / "Cargo.lock")
    if local is None:
        return 0
    own = _own_target(project) / _PROFILE
    try:
        with _quiet(own / ".cargo-lock") as quiet:
            # Dependencies do not change while a lane is in use, so those of another lane need no lock.
            others = [
                place for place in sorted(lanes.glob(f"*/target/{target.name}/{_PROFILE}")) if place.parent != target
            ]
            chosen = next(filter(None, (_compiled(place, local) for place in [*others, *([own] if quiet else [])])), [])
            chosen = chosen if _bytes(chosen) <= MOST_BYTES else []
            caches = list(_files(own, "incremental")) if quiet else []
            chosen += caches if _bytes(chosen) + _bytes(caches) <= MOST_BYTES else []
            for item in chosen:
                _copy(item, target / _PROFILE)
            return _bytes(chosen)
    except OSError:  # it changed while it was read, or there is no room; what cargo lacks it builds
        shutil.rmtree(target, ignore_errors=True)
        return 0


def _bytes(items: Iterable[_Copy]) -> int:
    return sum(item.size for item in items)


def _own_target(project: Project) -> Path:
    """Where the user's cargo builds."""
    chosen = os.environ.get("CARGO_TARGET_DIR") or os.environ.get("CARGO_BUILD_TARGET_DIR")
    return project.cargo_folder / (chosen or "target")


def _local_packages(lock: Path) -> set[str] | None:
    """Names of the packages that come from neither a registry nor a git checkout; None when nothing tells them."""
    try:
        packages = tomllib.loads(lock.read_text(encoding="utf-8")).get("package")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    if not isinstance(packages, list):
        return None
    return {str(package.get("name")) for package in packages if _is_local(package)}


def _is_local(package: Any) -> bool:
    return isinstance(package, dict) and not str(package.get("source", "")).startswith(("registry+", "git+", "sparse+"))


@contextlib.contextmanager
def _quiet(lock: Path) -> Iterator[bool]:
    """Whether no cargo works in the folder of ``lock``; none does until the block ends."""
    try:
        fd = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        yield False
    else:
        yield True
    finally:
        os.close(fd)


def _compiled(folder: Path, local: set[str]) -> list[_Copy]:
    """Crates that are not local, with fingerprints. These are read first: what has one was complete before."""
    kept: list[_Copy] = []
    units: set[str] = set()
    for entry in _folders(folder / _FINGERPRINTS):
        name, _, unit = entry.rpartition("-")
        if name not in local:
            units.add(unit)
            kept += _files(folder, f"{_FINGERPRINTS}/{entry}")
    for entry in _folders(folder / "build"):
        if entry.rpartition("-")[0] not in local:
            kept += _files(folder, f"build/{entry}")
    if units:
        for item in _files(folder, "deps"):
            stem, suffix = os.path.splitext(os.path.basename(item.place))  # noqa: PTH119, PTH122  # thousands of names
            if suffix in _COMPILED and stem.rpartition("-")[2] in units:
                kept.append(item)
    return kept


def _folders(place: Path) -> list[str]:
    try:
        with os.scandir(place) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except FileNotFoundError:
        return []


def _files(folder: Path, inside: str) -> Iterator[_Copy]:
    """Every regular file at any depth below ``folder``/``inside``; links and the like are no part of a build."""
    try:
        with os.scandir(folder / inside) as entries:
            found = list(entries)
    except FileNotFoundError:
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(folder, f"{inside}/{entry.name}")
        elif entry.is_file(follow_symlinks=False):
            yield _Copy(entry.path, f"{inside}/{entry.name}", entry.stat(follow_symlinks=False).st_size)


def _copy(item: _Copy, target: Path) -> None:
    """One file with its mode and times, which cargo compares with one another."""
    place = target / item.inside
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copy2(item.place, place, follow_symlinks=False)
