"""Features in manifests: the dependency that a crate is, and how one more feature of it is asked for."""

from __future__ import annotations

import posixpath
import re

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.manifests import read_toml
from rusta_cargo.repair.proposer import Replacement, Situation, SourceUnavailable

TABLES = ("dependencies", "dev-dependencies", "build-dependencies")


def manifest_above(situation: Situation, path: str) -> str | None:
    """The manifest of the package that a file belongs to; None for a file outside of the tree."""
    if posixpath.isabs(path):
        return None
    folder = posixpath.dirname(path)
    while True:
        manifest = posixpath.join(folder, "Cargo.toml")
        if read_toml(situation, manifest).get("package"):
            return manifest
        if not folder:
            return None
        folder = posixpath.dirname(folder)


def dependency_key(data: dict[str, object], name: str) -> str | None:
    """How the manifest calls the dependency on the crate of this name."""
    for table in TABLES:
        found = data.get(table)
        for key in found if isinstance(found, dict) else ():
            if str(key).replace("-", "_") == name.replace("-", "_"):
                return str(key)
    return None


def listed(situation: Situation, manifest: str, feature: str, entry: str) -> Replacement | None:
    """``entry`` put into the list of a feature."""
    row = re.search(rb"(?m)^" + re.escape(feature.encode()) + rb"\s*=\s*\[([^\]]*)\]", _source(situation, manifest))
    if row is None or f'"{entry}"'.encode() in row[1]:
        return None
    inside = row[1].decode("utf-8", "replace").rstrip()
    return edits.insert(manifest, row.start(1) + len(inside.rstrip(",").encode()), f'{", " if inside else ""}"{entry}"')


def asking(situation: Situation, manifest: str, key: str, *features: str) -> Replacement | None:
    """The dependency with more features; None where it has them, or where it is not written in a form that is known."""
    source = _source(situation, manifest)
    name = re.escape(key.encode())
    more = ", ".join(f'"{feature}"' for feature in features)
    plain = re.search(rb"(?m)^" + name + rb"\s*=\s*(\"[^\"\n]*\")", source)
    if plain is not None:
        text = f"{{ version = {plain[1].decode()}, features = [{more}] }}"
        return edits.replace(manifest, plain.start(1), plain.end(1), text)
    dotted = re.search(rb"(?m)^" + name + rb"\.workspace\s*=\s*true", source)
    if dotted is not None:
        text = f"{key} = {{ workspace = true, features = [{more}] }}"
        return edits.replace(manifest, dotted.start(), dotted.end(), text)
    table = re.search(rb"(?m)^" + name + rb"\s*=\s*\{([^}\n]*)\}", source)
    section = re.search(rb"(?m)^\[(?:\w+-)?dependencies\." + name + rb"\][ \t]*\n((?:[^\[\n][^\n]*\n?)*)", source)
    if table is None and section is None:
        return None
    where = table or section
    assert where is not None
    known = re.search(rb"(?:^|[\s,{])features\s*=\s*\[([^\]]*)\]", where[1])
    if known is not None:
        named = {name.decode("utf-8", "replace") for name in re.findall(rb'"([^"]*)"', known[1])}
        added = ", ".join(f'"{feature}"' for feature in features if feature not in named)
        if not added:
            return None
        at = where.start(1) + known.start(1) + len(known[1].rstrip().rstrip(b","))
        return edits.insert(manifest, at, f"{', ' if known[1].strip() else ''}{added}")
    at = where.start(1) + len(where[1].rstrip())
    return edits.insert(manifest, at, f"{', ' if table else chr(10)}features = [{more}]")


def _source(situation: Situation, path: str) -> bytes:
    try:
        return situation.source(path)
    except (SourceUnavailable, ValueError):
        return b""
