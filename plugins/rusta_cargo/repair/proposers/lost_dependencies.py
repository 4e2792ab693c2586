"""Crates that the source uses and Cargo.toml does not name, or names where they do not count: E0432, E0433, E0463.

The crate is a package of this workspace, one that the workspace's root declares, or one that is vendored here; it is
asked for in the style of the neighbours, among the dependencies that the files with the errors belong to. Else it may lie
on this machine, where cargo finds it without a network. A dependency of the tests that the library uses moves to the
others; a misspelt section gets its name.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.at_hand import at_hand
from rusta_cargo.repair.code.features import TABLES
from rusta_cargo.repair.code.manifests import manifest_paths, package_named, read_toml
from rusta_cargo.repair.code.similar import closest
from rusta_cargo.repair.code.units import crate_name
from rusta_cargo.repair.project import Package
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic

_TOLD = re.compile(r"(?:unlinked crate|crate for|missing crate) `(\w+)`|unresolved import `(\w+)")
_SURE, _VENDORED, _SECTION = 0.95, 0.9, 0.93
# On this machine, and an older version that is there too.
_LOCAL, _OLDER = 0.9, 0.5
_MOST = 3
Change = tuple[str, tuple[Replacement, ...], float]


def propose(situation: Situation) -> Iterator[Candidate]:
    """Declare the dependency that is missing."""
    asked: dict[tuple[str, str], list[int]] = {}
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        if place is None or error.code not in ("E0432", "E0433", "E0463") or not situation.project.manifest:
            continue
        package = situation.project.package_of(place.path)
        name = _crate(error)
        if package is not None and name is not None and name != crate_name(package):
            asked.setdefault((posixpath.join(package.folder, "Cargo.toml"), name), []).append(number)
    for (manifest, name), numbers in asked.items():
        paths = [place.path for number in numbers if (place := situation.diagnostics[number].primary) is not None]
        package = situation.project.package_of(paths[0])
        assert package is not None
        for title, parts, prior in _declared(situation, package, manifest, name, paths):
            yield Candidate(
                title, parts, prior, diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=(situation.diagnostics[numbers[0]].code or "",),
            )  # fmt: skip


def _crate(error: Diagnostic) -> str | None:
    """The crate that the error says is not linked."""
    said = f"{error.primary.label if error.primary else ''} {error.message}"
    if not any(words in said for words in ("unlinked crate", "can't find crate", "maybe a missing crate")):
        return None
    found = _TOLD.search(said)
    return None if found is None else next(group for group in found.groups() if group)


def _declared(situation: Situation, package: Package, manifest: str, name: str, paths: list[str]) -> Iterator[Change]:
    try:
        source = situation.source(manifest)
    except SourceUnavailable:
        return
    data = read_toml(situation, manifest)
    wanted = _table(package, paths)
    for table in TABLES:
        key = _key(data.get(table), name)
        if key is not None:
            if table != wanted:
                yield from _moved(manifest, source, key, table, wanted)
            return
    for heading in re.finditer(rb"(?m)^\[([\w.-]+)\]", source):
        word = heading[1].decode()
        if closest(word, TABLES, 0.7) == wanted and word not in TABLES and _key(data.get(word), name) is not None:
            change = edits.replace(manifest, heading.start(1), heading.end(1), wanted)
            yield f"write `[{wanted}]`", (change,), _SECTION
            return
    for line, prior in _lines(situation, manifest, data, name):
        title = re.split(r"[ .=]", line)[0]
        yield f"depend on `{title}`", (_put(manifest, source, wanted, line),), prior


def _table(package: Package, paths: list[str]) -> str:
    """The table for what these files use."""
    inner = [posixpath.relpath(path, package.folder or ".") for path in paths]
    if all(path == "build.rs" for path in inner):
        return "build-dependencies"
    apart = ("tests/", "examples/", "benches/")
    return "dev-dependencies" if all(path.startswith(apart) for path in inner) else "dependencies"


def _key(table: object, name: str) -> str | None:
    if not isinstance(table, dict):
        return None
    return next((key for key in table if key.replace("-", "_") == name), None)


def _moved(manifest: str, source: bytes, key: str, table: str, wanted: str) -> Iterator[Change]:
    """The line of a dependency put under another heading; the heading itself where it is the only line."""
    section = re.search(rb"(?m)^\[" + table.encode() + rb"\][ \t]*\n((?:[^\[\n][^\n]*\n?)*)", source)
    line = re.search(rb"(?m)^" + re.escape(key.encode()) + rb"\s*[.=][^\n]*\n?", source)
    if section is None or line is None or not section.start() < line.start() < section.end():
        return
    alone = section[1].strip() == line[0].strip()
    if alone and not re.search(rb"(?m)^\[" + wanted.encode() + rb"\]", source):
        start = section.start() + 1
        yield f"make it `[{wanted}]`", (edits.replace(manifest, start, start + len(table), wanted),), _SURE
        return
    text = line[0].decode("utf-8", "replace").rstrip("\n")
    gone = edits.delete(manifest, line.start(), line.end())
    yield f"move `{key}` to [{wanted}]", (gone, _put(manifest, source, wanted, text)), _SURE


def _lines(situation: Situation, manifest: str, data: dict[str, Any], name: str) -> Iterator[tuple[str, float]]:
    """How the manifest would ask for the crate."""
    roots = [path for path in manifest_paths(situation) if "workspace" in read_toml(situation, path)]
    root = min(roots, key=len, default=None)
    workspace = {} if root is None else read_toml(situation, root)["workspace"]
    shared = _key(workspace.get("dependencies") if isinstance(workspace, dict) else None, name)
    if shared is not None:
        written = situation.source(manifest)
        braces = re.search(rb"(?m)^[\w-]+\s*=\s*\{[^}\n]*workspace\s*=\s*true", written)
        dotted = re.search(rb"(?m)^[\w-]+\.workspace\s*=\s*true", written)
        long = braces is not None and dotted is None and any(table in data for table in TABLES)
        yield f"{shared} = {{ workspace = true }}" if long else f"{shared}.workspace = true", _SURE
        return
    meant = package_named(situation, name)
    if meant is None:
        for crate in at_hand(situation, [name]).crates:
            for place, version in enumerate(crate.versions[:_MOST]):
                yield f'{crate.name} = "{_asked_for(version)}"', _LOCAL * _OLDER**place
        return
    if meant[0] == manifest:
        return
    folder, real = posixpath.dirname(meant[0]), str(meant[1]["package"]["name"])
    if f"{folder}/.cargo-checksum.json" in situation.files:
        version = str(meant[1]["package"].get("version", ""))
        if "." in version:
            yield f'{real} = "{_asked_for(version)}"', _VENDORED
        return
    there = posixpath.relpath(folder or ".", posixpath.dirname(manifest) or ".")
    yield f'{real} = {{ path = "{there}" }}', _SURE


def _asked_for(version: str) -> str:
    """As people ask for a version: what may not change, ``1`` or ``0.8``; a version with a suffix in full."""
    if "-" in version:
        return version
    numbers = version.partition("+")[0].split(".")
    return numbers[0] if numbers[0] != "0" else ".".join(numbers[:2]) if numbers[1:2] != ["0"] else version


def _put(manifest: str, source: bytes, table: str, line: str) -> Replacement:
    """The line in its table, in the order of the names where they are ordered; the table at the end if it is new."""
    section = re.search(rb"(?m)^\[" + table.encode() + rb"\][^\n]*\n((?:[^\[\n][^\n]*\n?)*)", source)
    if section is None:
        gap = "" if source.endswith(b"\n") or not source else "\n"
        return edits.insert(manifest, len(source), f"{gap}\n[{table}]\n{line}\n")
    rows = list(re.finditer(rb"(?m)^([\w-]+)[^\n]*\n?", section[1]))
    names = [row[1].decode() for row in rows]
    later = next((row for row in rows if row[1].decode() > line), None) if names == sorted(names) else None
    if later is not None:
        return edits.insert(manifest, section.start(1) + later.start(), f"{line}\n")
    at = section.start(1) + (rows[-1].end() if rows else 0)
    gap = "" if source[at - 1 : at] == b"\n" else "\n"
    return edits.insert(manifest, at, f"{gap}{line}\n")
