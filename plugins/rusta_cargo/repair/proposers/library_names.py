"""Libraries that their users know by another name: E0432 and E0433 of a crate that is not linked.

The package was renamed, or the name in ``[lib]`` was, and the paths in programs, tests, examples and other members of the
workspace still say the old one. The manifest gets the name back that all of them say; or the paths learn the new one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.lexer import tokens
from rusta_cargo.repair.code.manifests import read_toml
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.units import crate_name, library_of, outside_library
from rusta_cargo.repair.project import Package
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic

_TOLD = re.compile(r"(?:unlinked crate|crate for|missing crate|module or crate) `(\w+)`|unresolved import `(\w+)")
_BACK, _FORWARD, _ALIKE = 0.93, 0.7, 0.6
_STD = ("std", "core", "alloc", "crate", "self", "super")


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Make the manifest and the paths agree."""
    asked: dict[tuple[Package, str], list[int]] = {}
    for number, error in enumerate(situation.diagnostics):
        name = _crate(error) if error.code in ("E0432", "E0433") and situation.project.manifest else None
        if error.primary is not None and name is not None:
            user = situation.project.package_of(error.primary.path)
            meant = None if user is None else _meant(situation, user, error.primary.path, name)
            if meant is not None:
                asked.setdefault((meant, name), []).append(number)
    for (package, name), numbers in asked.items():
        mine = crate_name(package)
        old, new = _heads(situation, name), _heads(situation, mine)
        tested = any(_is_test(part.path) for part in old)
        back = _in_manifest(situation, package, name)
        one = numbers[0] if len(numbers) == 1 else None
        code = situation.diagnostics[numbers[0]].code or ""
        if back is not None:
            prior = _BACK if tested or not new else _FORWARD
            yield Candidate(
                f"call the library `{name}`, as its users do", (back,), prior, diagnostic=one, cites=(code,)
            )
        told = tuple(edits.replace(part.path, part.start, part.end, mine) for part in old if not _is_test(part.path))
        if told:
            prior = _BACK if new and not tested else _FORWARD / 2 if tested else _FORWARD
            yield Candidate(f"the library is called `{mine}` now", told, prior, diagnostic=one, cites=(code,))


def _crate(error: Diagnostic) -> str | None:
    place = error.primary
    said = f"{'' if place is None else place.label or ''} {error.message}"
    if not any(words in said for words in ("unlinked crate", "missing crate", "undeclared crate")):
        return None
    found = _TOLD.search(said)
    name = None if found is None else next((group for group in found.groups() if group), None)
    return None if name in _STD else name


def _meant(situation: Situation, user: Package, path: str, name: str) -> Package | None:
    """The package whose library goes by another name than ``name``: the user's own, or one that it depends on."""
    manifest = read_toml(situation, posixpath.join(user.folder, "Cargo.toml"))
    tables = [manifest.get(kind) for kind in ("dependencies", "dev-dependencies", "build-dependencies")]
    keys = {key.replace("-", "_") for table in tables if isinstance(table, dict) for key in table}
    for package in situation.project.packages:
        mine = package.name.replace("-", "_")
        if library_of(package) is not None and mine in keys and mine == name != crate_name(package):
            return package
    if name in keys or library_of(user) is None or not outside_library(user, path) or crate_name(user) == name:
        return None
    others = {crate_name(package) for package in situation.project.packages}
    known = name in others or any(
        likeness(name, other) > _ALIKE for other in keys if other != user.name.replace("-", "_")
    )
    return None if known else user


def _heads(situation: Situation, name: str) -> list[Replacement]:
    """Where paths begin at the crate ``name``, as replacements that change nothing."""
    found = []
    wanted = name.encode()
    for path in situation.files:
        try:
            source = situation.source(path) if path.endswith(".rs") else b""
        except SourceUnavailable:
            continue
        stream = list(tokens(source)) if wanted in source else []
        for before, token, after in zip([None, *stream], stream, stream[1:], strict=False):
            imported = before is not None and before.text in (b"use", b"crate")
            if token.text == wanted and (
                (after.text == b"::" and (before is None or before.text not in (b"::", b"$"))) or imported
            ):
                found.append(edits.replace(path, token.start, token.end, name))
    return found


def _is_test(path: str) -> bool:
    return path.startswith("tests/") or "/tests/" in path


def _in_manifest(situation: Situation, package: Package, name: str) -> Replacement | None:
    """The manifest's name for the library, written anew: in ``[lib]`` where it stands there, else the package's."""
    path = posixpath.join(package.folder, "Cargo.toml")
    try:
        source = situation.source(path)
    except SourceUnavailable:
        return None
    library = re.search(rb'(?m)^\[lib\][^\[]*?^name\s*=\s*"([^"\n]+)"', source)
    if library is not None:
        return edits.replace(path, library.start(1), library.end(1), name)
    called = re.search(rb'(?m)^\[package\][^\[]*?^name\s*=\s*"([^"\n]+)"', source)
    if called is None:
        return None
    dashed = b"-" in called[1] and "_" in name
    return edits.replace(path, called.start(1), called.end(1), name.replace("_", "-") if dashed else name)
