"""What the manifests of one workspace say of each other and is not so: members, inherited dependencies, package names.

The folder of a member or of a path dependency becomes that of the package that was meant; a dependency that is to be
inherited and is not declared takes the name it has in the workspace, or is declared there; a package that its users know
by another name gets that name back; a target declared under a name without a file gets the file's.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.manifests import manifest_paths, manifests_of, package_named, read_toml
from rusta_cargo.repair.code.similar import likeness, rank
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic

Change = tuple[str, tuple[Replacement, ...], float]
_SURE, _LIKELY, _LEFT_OUT = 0.92, 0.85, 0.25
_KINDS = "bin|test|example|bench"


def propose(situation: Situation) -> Iterator[Candidate]:
    """Make the manifests agree."""
    seen: set[tuple[Replacement, ...]] = set()
    for number, error in enumerate(situation.diagnostics):
        if error.code is not None or error.phase != 0:
            continue
        for title, parts, prior in (
            *_members(situation, error),
            *_folders(situation, error),
            *_inherited(situation, error),
            *_renamed(situation, error),
            *_target_names(situation, error),
        ):
            if parts and parts not in seen:
                seen.add(parts)
                yield Candidate(title, parts, prior, diagnostic=number)


def _source(situation: Situation, path: str) -> bytes:
    try:
        return situation.source(path)
    except SourceUnavailable:
        return b""


def _members(situation: Situation, error: Diagnostic) -> Iterator[Change]:
    """A member's folder has no manifest: the one spelt alike that is no member yet, or none."""
    told = re.search(r"workspace member `([^`]+)`.*failed to read `\1/Cargo\.toml`", error.rendered, re.DOTALL)
    for path in manifest_paths(situation) if told is not None else ():
        workspace = read_toml(situation, path).get("workspace")
        members: object = workspace.get("members") if isinstance(workspace, dict) else None
        source, folder = _source(situation, path), posixpath.dirname(path)
        listed = members if isinstance(members, list) else []
        for member in listed:
            assert told is not None
            if not isinstance(member, str) or not f"/{told[1]}".endswith(f"/{member.strip('./')}"):
                continue
            written = re.search(rb'(["\'])' + re.escape(member.encode()) + rb"\1", source)
            if written is None:
                continue
            others = {
                posixpath.relpath(posixpath.dirname(other) or ".", folder or ".")
                for other in manifest_paths(situation) if other != path
            } - {str(known).removeprefix("./") for known in listed}  # fmt: skip
            for score, other in rank(member, sorted(others), 0.4, 3):
                change = edits.replace(path, written.start() + 1, written.end() - 1, other)
                yield f"the member is `{other}`", (change,), _SURE * max(score, 0.7)
            start, end = _with_comma(source, written.start(), written.end())
            yield f"leave the member `{member}` out", (edits.delete(path, start, end),), _LEFT_OUT


def _with_comma(source: bytes, start: int, end: int) -> tuple[int, int]:
    """An element of a list with the comma that belongs to it."""
    after = re.match(rb"\s*,[ \t]*", source[end:])
    if after is not None:
        return start, end + after.end()
    before = re.search(rb",\s*$", source[:start])
    return (before.start() if before else start), end


def _folders(situation: Situation, error: Diagnostic) -> Iterator[Change]:
    """The path of a dependency leads nowhere: the folder of the package of that name."""
    told = re.search(r"dependency `([^`]+)`.*failed to read `([^`]+)/Cargo\.toml`", error.rendered, re.DOTALL)
    meant = None if told is None else package_named(situation, told[1])
    if told is None or meant is None:
        return
    for path in manifest_paths(situation):
        rows = re.finditer(rb"(?m)^([\w-]+)\s*=\s*\{[^}\n]*?\bpath\s*=\s*\"([^\"\n]*)\"", _source(situation, path))
        for found in rows:
            key, written = found[1].decode(), found[2].decode("utf-8", "replace")
            lost = posixpath.normpath(posixpath.join(posixpath.dirname(path), written))
            if key.replace("-", "_") != told[1].replace("-", "_") or not f"/{told[2]}".endswith(
                f"/{lost.lstrip('./')}"
            ):
                continue
            there = posixpath.relpath(posixpath.dirname(meant[0]) or ".", posixpath.dirname(path) or ".")
            parts = [edits.replace(path, found.start(2), found.end(2), there)]
            name = str(meant[1]["package"]["name"])
            if name != key:
                parts.append(edits.replace(path, found.start(1), found.end(1), name))
            yield f"find `{name}` at {there}", tuple(parts), _SURE


def _inherited(situation: Situation, error: Diagnostic) -> Iterator[Change]:
    """``name.workspace = true`` of a dependency that the workspace does not have."""
    told = re.search(r"`dependency\.([\w-]+)` was not found in `workspace\.dependencies`", error.rendered)
    roots = [path for path in manifest_paths(situation) if "workspace" in read_toml(situation, path)]
    root = min(roots, key=len, default=None)
    if told is None or root is None:
        return
    name = told[1]
    workspace = read_toml(situation, root)["workspace"]
    known: dict[str, Any] = workspace.get("dependencies", {}) if isinstance(workspace, dict) else {}
    form = rb"(?m)^(" + re.escape(name.encode()) + rb")\s*(?:\.\s*workspace|=\s*\{[^}\n]*workspace)"
    for path, source in manifests_of(situation, error):
        place = re.search(form, source)
        tables = read_toml(situation, path).values()
        taken = {key for table in tables if isinstance(table, dict) for key in table} if path != root else set()
        for score, other in rank(name, [key for key in known if key not in taken], 0.6, 3):
            if place is not None:
                yield f"inherit `{other}`", (edits.replace(path, place.start(1), place.end(1), other),), _SURE * score
    declared = _requirement(situation, root, name)
    heading = re.search(rb"(?m)^\[workspace\.dependencies\][^\n]*\n(?:[^\[\n][^\n]*\n?)*", _source(situation, root))
    if declared is not None and heading is not None:
        gap = "" if heading[0].endswith(b"\n") else "\n"
        change = edits.insert(root, heading.end(), f"{gap}{name} = {declared}\n")
        yield f"declare `{name}` in the workspace", (change,), _LIKELY


def _requirement(situation: Situation, manifest: str, name: str) -> str | None:
    """How ``manifest`` would ask for the package of this name: a vendored one by version, another by its folder."""
    meant = package_named(situation, name)
    if meant is None:
        return None
    folder = posixpath.dirname(meant[0])
    if f"{folder}/.cargo-checksum.json" in situation.files:
        numbers = str(meant[1]["package"].get("version", "")).split(".")
        return f'"{".".join(numbers[:2])}"' if len(numbers) > 1 else None
    return f'{{ path = "{posixpath.relpath(folder or ".", posixpath.dirname(manifest) or ".")}" }}'


def _renamed(situation: Situation, error: Diagnostic) -> Iterator[Change]:
    """A package that is called otherwise than those who depend on it say."""
    told = re.search(r"searched package name: `([^`]+)`\s+perhaps you meant:\s+([\w-]+)", error.rendered)
    if told is None:
        return
    wanted, has = told[1], told[2]
    users = [path for path in manifest_paths(situation) if _depends(read_toml(situation, path), wanted)]
    meant = package_named(situation, has)
    if meant is not None:
        own = _source(situation, meant[0])
        written = re.search(rb'(?m)^name\s*=\s*"(' + re.escape(has.encode()) + rb')"', own)
        if written is not None:
            change = edits.replace(meant[0], written.start(1), written.end(1), wanted)
            yield f"call the package `{wanted}`, as its users do", (change,), _SURE if users else 0.5
    if likeness(wanted, has) > 0.6:
        parts = [
            edits.replace(path, found.start(1), found.end(1), has)
            for path in users
            for found in re.finditer(rb"(?m)^(" + re.escape(wanted.encode()) + rb")\s*[.=]", _source(situation, path))
        ]
        yield f"depend on `{has}`", tuple(parts), 0.5


def _depends(data: dict[str, Any], name: str) -> bool:
    tables: list[Any] = [data, data.get("workspace")]
    return any(
        isinstance(table, dict) and isinstance(table.get(kind), dict) and name in table[kind]
        for table in tables
        for kind in ("dependencies", "dev-dependencies", "build-dependencies")
    )


def _target_names(situation: Situation, error: Diagnostic) -> Iterator[Change]:
    """``[[bench]] name`` without a file of that name; cargo knows one that has nearly that name."""
    told = re.search(
        rf"can't find `([^`]+)` ({_KINDS}).*a (?:{_KINDS}) with a similar name exists: `([^`]+)`",
        error.rendered,
        re.DOTALL,
    )
    for path, source in manifests_of(situation, error) if told is not None else ():
        assert told is not None
        for found in re.finditer(rb'(?m)^name\s*=\s*"(' + re.escape(told[1].encode()) + rb')"', source):
            if source.rfind(f"[[{told[2]}]]".encode(), 0, found.start()) > source.rfind(b"[package]", 0, found.start()):
                change = edits.replace(path, found.start(1), found.end(1), told[3])
                yield f"the {told[2]} is `{told[3]}`", (change,), _SURE
