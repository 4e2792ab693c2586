"""The manifest that an error of cargo is about, and whether a file of the tree is there."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from rusta_cargo.repair.proposer import Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic


def manifest_of(situation: Situation, error: Diagnostic) -> tuple[str, bytes] | None:
    """The manifest an error is about: by its place, else by the end of the path that it names."""
    named = re.findall(r"[^\s`]*Cargo\.toml", error.rendered)
    paths = [span.path for span in error.spans if span.path.endswith("Cargo.toml")]
    for path in named:
        pieces = path.split("/")
        paths += ["/".join(pieces[at:]) for at in range(1 if path.startswith("/") else 0, len(pieces))]
    for path in [*paths, "Cargo.toml"]:
        try:
            return path, situation.source(path)
        except (SourceUnavailable, LookupError, ValueError):
            continue
    return None


def manifests_of(situation: Situation, error: Diagnostic) -> list[tuple[str, bytes]]:
    """Every manifest of the tree that an error names, by file or by folder, the deepest cause first; the root's last."""
    first = manifest_of(situation, error)
    found = {} if first is None else {first[0]: first[1]}
    spoken: dict[str, bytes] = {}
    for said in reversed(re.findall(r"[\w./-]*/[\w./-]+", f"{error.message}\n{error.rendered}")):
        pieces = said.removesuffix("/Cargo.toml").split("/")
        for at in range(1 if said.startswith("/") else 0, len(pieces)):
            path = "/".join([*pieces[at:], "Cargo.toml"])
            if path not in spoken and exists(situation, path):
                spoken[path] = situation.source(path)
                break
    return list((found | spoken if error.spans else spoken | found).items())


def manifest_paths(situation: Situation) -> tuple[str, ...]:
    """The manifests of the tree, as listed."""
    return tuple(path for path in situation.files if path.rpartition("/")[2] == "Cargo.toml" and _own(path))


def _own(path: str) -> bool:
    return not any(part == "target" or part.startswith(".") for part in path.split("/"))


def read_toml(situation: Situation, path: str) -> dict[str, Any]:
    """The tables of a manifest; none where it cannot be read."""
    try:
        return tomllib.loads(situation.source(path).decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, SourceUnavailable, LookupError, ValueError):
        return {}


def package_named(situation: Situation, name: str) -> tuple[str, dict[str, Any]] | None:
    """The manifest of the package of this name (dashes and underscores count alike), and its tables."""
    for path in manifest_paths(situation):
        data = read_toml(situation, path)
        mine = data.get("package", {}).get("name")
        if isinstance(mine, str) and mine.replace("-", "_") == name.replace("-", "_"):
            return path, data
    return None


def exists(situation: Situation, path: str) -> bool:
    """The tree has this file, as text."""
    try:
        situation.source(path)
    except (SourceUnavailable, LookupError, ValueError):
        return False
    return True
