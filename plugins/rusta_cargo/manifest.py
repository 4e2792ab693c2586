"""Reading ``Cargo.toml`` as far as laying a sandbox needs it; everything else is cargo's business."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rusta_conductor.errors import UsageError

# More faulty lines than these are no slip.
_FAULTY_LINES = 64
_DEPENDENCY_TABLES = (
    "dependencies",
    "dev-dependencies",
    "build-dependencies",
    "dev_dependencies",
    "build_dependencies",
)


@dataclass(frozen=True)
class Manifest:
    """A parsed manifest. ``path`` is the file, ``data`` its tables."""

    path: Path
    data: dict[str, Any]

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def package(self) -> dict[str, Any] | None:
        table = self.data.get("package", self.data.get("project"))
        return table if isinstance(table, dict) else None

    @property
    def workspace(self) -> dict[str, Any] | None:
        table = self.data.get("workspace")
        return table if isinstance(table, dict) else None

    @property
    def name(self) -> str | None:
        name = (self.package or {}).get("name")
        return name if isinstance(name, str) else None

    def field(self, name: str, root: Manifest | None) -> str | None:
        """A package field, looked up in ``root`` when the package says ``name.workspace = true``."""
        value = (self.package or {}).get(name)
        if isinstance(value, dict) and value.get("workspace") is True and root is not None:
            value = ((root.workspace or {}).get("package") or {}).get(name)
        return value if isinstance(value, str) else None

    def inherits(self) -> bool:
        """Something in it says ``workspace = true``."""
        return (
            _mentions_workspace(self.data.get("package"))
            or any(_mentions_workspace(dependency) for _, dependency in self._dependencies())
            or bool(self.data.get("lints", {}).get("workspace"))
        )

    def path_dependencies(self) -> Iterator[Path]:
        """Folders that its dependencies, patches and replacements name by path, resolved."""
        for _, dependency in self._dependencies():
            if isinstance(dependency, dict) and isinstance(dependency.get("path"), str):
                yield (self.folder / dependency["path"]).resolve()

    def member_folders(self) -> Iterator[Path]:
        """Folders of the workspace's members as listed, globs expanded."""
        for pattern in _strings((self.workspace or {}).get("members")):
            if any(sign in pattern for sign in "*?["):
                try:
                    found = sorted(self.folder.glob(pattern))
                except (ValueError, NotImplementedError, OSError):
                    continue
                yield from (path for path in found if (path / "Cargo.toml").is_file())
            else:
                yield (self.folder / pattern).resolve()

    def excludes(self, folder: Path) -> bool:
        """This workspace root leaves ``folder`` out: under ``exclude`` and not named in ``members``."""
        table = self.workspace or {}

        def under(key: str) -> bool:
            return any(folder.is_relative_to((self.folder / entry).resolve()) for entry in _strings(table.get(key)))

        return under("exclude") and not under("members")

    def harness_off(self) -> set[tuple[str, str]]:
        """(kind, name) of the targets that bring their own test runner; the library's name is ''."""
        off: set[tuple[str, str]] = set()
        for kind in ("bin", "test", "example", "bench"):
            for target in self.data.get(kind, []) or []:
                if isinstance(target, dict) and target.get("harness") is False:
                    off.add((kind, str(target.get("name", ""))))
        library = self.data.get("lib")
        if isinstance(library, dict) and library.get("harness") is False:
            off.add(("lib", ""))
        return off

    def _dependencies(self) -> Iterator[tuple[str, Any]]:
        tables: list[Any] = [self.data, self.data.get("workspace")]
        target = self.data.get("target")
        if isinstance(target, dict):
            tables += target.values()
        for table in tables:
            if isinstance(table, dict):
                for key in _DEPENDENCY_TABLES:
                    if isinstance(table.get(key), dict):
                        yield from table[key].items()
        patches = self.data.get("patch")
        for table in [
            *(patches.values() if isinstance(patches, dict) else ()),
            self.data.get("replace"),
        ]:
            if isinstance(table, dict):
                yield from table.items()


def read_manifest(path: Path) -> Manifest:
    """The manifest at ``path``.

    Raises:
        UsageError: it cannot be read, is not UTF-8, or is not TOML (with line and column).
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; check that it exists and may be read") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    try:
        return Manifest(path, tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} does not parse: {error}; mend the manifest first") from None


def read_what_parses(path: Path) -> Manifest:
    """The manifest at ``path`` without the lines that are no TOML, so that a broken one can be told apart and mended.

    Raises:
        UsageError: as :func:`read_manifest`, where not even a package's name or a workspace is left.
    """
    try:
        return read_manifest(path)
    except UsageError as error:
        found = Manifest(path, _salvaged(path))
        if found.name is None and found.workspace is None:
            raise error from None
        return found


def _salvaged(path: Path) -> dict[str, Any]:
    """The tables of a text whose faulty lines are left out one by one; none when that leads nowhere."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        return {}
    for _ in range(_FAULTY_LINES):
        try:
            return tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as error:
            told = re.search(r"at line (\d+)", str(error))
            number = int(told[1]) - 1 if told is not None else -1
            if not 0 <= number < len(lines) or not lines[number]:
                return {}
            lines[number] = ""
        except RecursionError:
            return {}
    return {}


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _mentions_workspace(table: object) -> bool:
    if not isinstance(table, dict):
        return False
    return table.get("workspace") is True or any(
        isinstance(value, dict) and value.get("workspace") is True for value in table.values()
    )
