"""Packages inside of a workspace's folder that its members do not list: cargo does not know them there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.manifests import manifest_paths, package_named, read_toml
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable

_PRIOR = 0.9
_UNKNOWN = re.compile(r"package ID specification `([\w-]+)` did not match any packages")
_STRAY = re.compile(r"believes it's in a workspace when it's not:\s+current:\s+(\S+)\s+workspace:")
_TABLE = re.compile(rb"(?m)^\[workspace\][^\n]*\n(?:(?!\[)[^\n]*\n?)*")
_LIST = re.compile(rb"(?m)^members\s*=\s*\[([^\]]*)\]")


def propose(situation: Situation) -> Iterator[Candidate]:
    """List the package among the members."""
    for number, error in enumerate(situation.diagnostics):
        if error.code is not None or error.phase != 0:
            continue
        manifest = _meant(situation, error.rendered or error.message)
        listed = None if manifest is None else _listed(situation, manifest)
        if listed is not None:
            member, change = listed
            yield Candidate(f"make `{member}` a member of the workspace", (change,), _PRIOR, diagnostic=number)


def _meant(situation: Situation, told: str) -> str | None:
    """The manifest that an error says is in no workspace."""
    unknown, stray = _UNKNOWN.search(told), _STRAY.search(told)
    if unknown is not None:
        found = package_named(situation, unknown[1])
        return None if found is None else found[0]
    if stray is None:
        return None
    fits = (path for path in manifest_paths(situation) if f"/{stray[1]}".endswith(f"/{path}"))
    return max(fits, key=len, default=None)


def _listed(situation: Situation, manifest: str) -> tuple[str, Replacement] | None:
    folder = posixpath.dirname(manifest)
    for root in sorted(manifest_paths(situation), key=len, reverse=True):
        above = posixpath.dirname(root)
        if root == manifest or not f"{folder}/".startswith(f"{above}/" if above else ""):
            continue
        table = read_toml(situation, root).get("workspace")
        if not isinstance(table, dict):
            continue
        member = posixpath.relpath(folder, above or ".")
        if member in (table.get("exclude") or ()) or member in (table.get("members") or ()):
            return None
        try:
            return member, _entry(situation.source(root), root, member)
        except (SourceUnavailable, LookupError):
            return None
    return None


def _entry(source: bytes, path: str, member: str) -> Replacement:
    """The new element, in the way the list is written; a list where there is none."""
    section = _TABLE.search(source)
    if section is None:
        raise LookupError(path)
    there = _LIST.search(source, section.start(), section.end())
    if there is None:
        heading = source.index(b"\n", section.start()) + 1
        return edits.insert(path, heading, f'members = ["{member}"]\n')
    inside = there[1]
    filled = inside.rstrip()
    place = there.start(1) + len(filled)
    if not filled:
        return edits.insert(path, place, f'"{member}"')
    last = filled.rpartition(b"\n")[2]
    indent = last[: len(last) - len(last.lstrip())].decode() if b"\n" in filled else None
    comma = "" if filled.endswith(b",") else ","
    gap = " " if indent is None else f"\n{indent}"
    after = "," if comma == "" and indent is not None else ""
    return edits.insert(path, place, f'{comma}{gap}"{member}"{after}')


__all__ = ["propose"]
