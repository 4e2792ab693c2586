"""What the user's PATH is: a crate, a workspace, a member of one, or a ``.rs`` file; and what it needs around it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rusta_cargo.cargo_config import outside_config
from rusta_cargo.manifest import Manifest, read_manifest, read_what_parses
from rusta_cargo.standalone import module_files
from rusta_cargo.toolchain import Toolchain
from rusta_conductor.errors import UsageError

HIDDEN = ("target", ".git")
DEFAULT_EDITION = "2021"
Kind = Literal["package", "workspace", "file"]
_TARGET_FOLDERS = ("src", "tests", "examples", "benches")
_TREES_MAX = 200


@dataclass(frozen=True)
class Project:
    """The target of an episode.

    root: the tree that edits are relative to (for a standalone file, its folder).
    start: where cargo is started, relative to root ("" is root itself).
    package: the member the user meant; None for a whole workspace and for a file.
    file: the standalone file, relative to root.
    extra_trees: path dependencies outside root. read_only: other folders that builds read.
    """

    kind: Kind
    root: Path
    start: str = ""
    package: str | None = None
    file: str | None = None
    edition: str = DEFAULT_EDITION
    rust_version: str | None = None
    extra_trees: tuple[Path, ...] = ()
    read_only: tuple[Path, ...] = ()

    def key(self, toolchain: Toolchain) -> str:
        """Names the project's lanes: the same tree and toolchain give the same key."""
        text = f"{self.root}\n{self.start}\n{self.file or ''}\n{toolchain.identity}"
        return hashlib.sha256(os.fsencode(text)).hexdigest()[:32]

    @property
    def cargo_folder(self) -> Path:
        """Where cargo is started, on disk."""
        return self.root / self.start if self.start else self.root


def find_project(path: str | Path) -> Project:
    """The project at ``path``.

    Raises:
        UsageError: it does not exist, cannot be read, is no crate, or leads out of its tree; says what to do.
    """
    try:
        return _find(Path(path).absolute())
    except PermissionError as error:
        raise UsageError(f"cannot read {error.filename or path}; check its permissions") from None


def _find(given: Path) -> Project:
    try:
        place = given.resolve(strict=True)
    except FileNotFoundError:
        raise UsageError(f"{given} does not exist; give a crate's folder, a Cargo.toml or a .rs file") from None
    except (OSError, RuntimeError) as error:
        raise UsageError(f"cannot follow {given}: {error}") from None
    if place.is_dir():
        return _crate(place)
    if not place.is_file():
        raise UsageError(f"{given} is neither a folder nor a file; give a crate's folder, a Cargo.toml or a .rs file")
    if place.name == "Cargo.toml":
        return _crate(place.parent)
    if place.suffix == ".rs":
        return _rust_file(place)
    raise UsageError(f"{given} is not a crate; give a crate's folder, its Cargo.toml or a .rs file")


def _crate(folder: Path) -> Project:
    if not os.access(folder, os.R_OK | os.X_OK):
        raise UsageError(f"cannot read the folder {folder}; check its permissions")
    file = folder / "Cargo.toml"
    if not file.exists():
        above = next((parent for parent in folder.parents if (parent / "Cargo.toml").is_file()), None)
        hint = f"; the crate around it is {above}" if above else "; give a folder with a Cargo.toml, or a .rs file"
        raise UsageError(f"{folder} is not a crate: it has no Cargo.toml{hint}")
    manifest = read_what_parses(file)
    if manifest.package is None and manifest.workspace is None:
        raise UsageError(f"{file} describes neither a package nor a workspace; add a [package] section")
    top = workspace_root(manifest)
    root = _widest_root(top, manifest)
    _refuse_links(folder, root)
    trees = _extra_trees([top, manifest], root)
    start = top.folder
    kind: Kind = "package" if manifest.package is not None else "workspace"
    whole = manifest is top and manifest.workspace is not None
    return Project(
        kind="workspace" if whole and _members_beside(manifest) else kind,
        root=root,
        start="" if start == root else start.relative_to(root).as_posix(),
        package=manifest.name if not whole else None,
        edition=manifest.field("edition", top) or "2015",
        rust_version=manifest.field("rust-version", top),
        extra_trees=trees,
        read_only=outside_config(start, root).folders,
    )


def _members_beside(manifest: Manifest) -> bool:
    return manifest.package is None or next(manifest.member_folders(), None) is not None


def _rust_file(file: Path) -> Project:
    if not os.access(file, os.R_OK):
        raise UsageError(f"cannot read {file}; check its permissions")
    owner = owning_crate(file)
    if owner is not None:
        return _crate(owner)
    return Project(kind="file", root=file.parent, file=file.name)


def owning_crate(file: Path) -> Path | None:
    """The folder of the crate that ``file`` is compiled in, None when it belongs to none."""
    for folder in file.parents:
        if (folder / "Cargo.toml").is_file():
            break
    else:
        return None
    manifest = read_manifest(folder / "Cargo.toml")
    if manifest.package is None:
        return None
    return folder if any(file == source for source in crate_sources(manifest)) else None


def crate_sources(manifest: Manifest) -> set[Path]:
    """Every source file that the targets of a package are compiled from, found textually."""
    folder, data = manifest.folder, manifest.data
    entries = [folder / "build.rs"]
    for name in _TARGET_FOLDERS:
        place = folder / name
        nested = [place / "bin"] if name == "src" else [place]
        if name == "src":
            entries += [place / "lib.rs", place / "main.rs"]
        for home in nested:
            entries += sorted(home.glob("*.rs")) + sorted(home.glob("*/main.rs"))
    tables = [
        data.get("lib"),
        *(t for kind in ("bin", "test", "example", "bench") for t in data.get(kind) or []),
    ]
    entries += [folder / t["path"] for t in tables if isinstance(t, dict) and isinstance(t.get("path"), str)]
    build = (manifest.package or {}).get("build")
    entries += [folder / build] if isinstance(build, str) else []
    found: set[Path] = set()
    for entry in entries:
        if entry.is_file() and entry not in found:
            found |= {path.resolve() for path in module_files(entry, folder).values()}
    return found


def workspace_root(manifest: Manifest) -> Manifest:
    """The manifest of the workspace that a package belongs to, by cargo's rules; its own when it stands alone."""
    if manifest.workspace is not None:
        return manifest
    named = (manifest.package or {}).get("workspace")
    if isinstance(named, str):
        return read_manifest((manifest.folder / named).resolve() / "Cargo.toml")
    for folder in manifest.folder.parents:
        file = folder / "Cargo.toml"
        if not file.is_file():
            continue
        above = read_manifest(file)
        if above.workspace is not None:
            return manifest if above.excludes(manifest.folder) else above
        named = (above.package or {}).get("workspace")
        if isinstance(named, str):
            return read_manifest((above.folder / named).resolve() / "Cargo.toml")
    return manifest


def _widest_root(top: Manifest, manifest: Manifest) -> Path:
    """The workspace's folder, or a package above it that it depends on by path (as fuzz crates do)."""
    root = top.folder
    for dependency in (*top.path_dependencies(), *manifest.path_dependencies()):
        if root.is_relative_to(dependency) and (dependency / "Cargo.toml").is_file():
            root = dependency
    if not manifest.folder.is_relative_to(root):  # a member that lies beside its workspace's folder
        root = Path(os.path.commonpath([root, manifest.folder]))
        if root in (Path("/"), Path.home()):
            raise UsageError(
                f"{manifest.folder} and its workspace {top.folder} have no folder of their own around them"
            )
    return root


def _extra_trees(manifests: list[Manifest], root: Path) -> tuple[Path, ...]:
    """Folders outside ``root`` of everything reached by path dependencies, widest folders only."""
    trees: list[Path] = []
    seen: set[Path] = set()
    queue = [*manifests]
    while queue and len(seen) < _TREES_MAX:
        manifest = queue.pop()
        if manifest.folder in seen:
            continue
        seen.add(manifest.folder)
        if not manifest.folder.is_relative_to(root):
            trees.append(workspace_root(manifest).folder if manifest.inherits() else manifest.folder)
        for folder in (*manifest.path_dependencies(), *manifest.member_folders()):
            if folder not in seen and (folder / "Cargo.toml").is_file():
                queue.append(read_what_parses(folder / "Cargo.toml"))
    trees.sort(key=lambda tree: len(tree.parts))
    kept: list[Path] = []
    for tree in trees:
        if not any(tree.is_relative_to(other) for other in kept) and not tree.is_relative_to(root):
            kept.append(tree)
    return tuple(kept)


def _refuse_links(folder: Path, root: Path) -> None:
    for path in (
        folder / "Cargo.toml",
        folder / "src",
        folder / "src" / "lib.rs",
        folder / "src" / "main.rs",
    ):
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            raise UsageError(
                f"{path} is a link out of the tree, to {path.resolve()}; the sandbox does not follow it. "
                "Give the crate that it leads to, or put the file itself in its place"
            )
