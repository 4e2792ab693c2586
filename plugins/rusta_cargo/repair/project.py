"""What proposers and guards know of the project: its packages and their targets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Something cargo builds. ``path`` is its root file, relative to the tree."""

    name: str
    kind: str
    path: str


@dataclass(frozen=True)
class Package:
    """A package of the tree. ``folder`` is relative to the tree, "" for its root; ``dependencies`` are names."""

    name: str
    folder: str
    edition: str
    targets: tuple[Target, ...] = ()
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """The packages of the tree. A standalone file is one package without a manifest (``manifest`` is False)."""

    packages: tuple[Package, ...]
    manifest: bool = True

    @property
    def runs_when_built(self) -> bool:
        """Building it runs code of the tree: a build script or a procedural macro."""
        kinds = {target.kind for package in self.packages for target in package.targets}
        return not kinds.isdisjoint(("custom-build", "proc-macro"))

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders of the packages."""
        return tuple(package.folder for package in self.packages)

    def package_of(self, path: str) -> Package | None:
        """The package whose folder holds ``path``; the deepest when they nest."""
        holding = [package for package in self.packages if not package.folder or path.startswith(f"{package.folder}/")]
        return max(holding, key=lambda package: len(package.folder), default=None)
