"""Mistakes in Cargo.toml that stop cargo before it looks at the source, and a missing edition (E0670).

Keys and values near to what cargo knows, sections, quotes and brackets; only where cargo's own words say what is wrong.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.manifests import manifests_of, read_toml
from rusta_cargo.repair.code.similar import closest, rank
from rusta_cargo.repair.code.units import crate_name
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_SECTIONS = (
    "package", "dependencies", "dev-dependencies", "build-dependencies", "features", "lib", "workspace", "profile",
    "patch", "target", "lints", "badges",
)  # fmt: skip
_KEYS = (
    "name", "version", "edition", "authors", "description", "license", "repository", "readme", "keywords", "build",
    "categories", "rust-version", "resolver", "publish", "default-run", "links", "homepage", "documentation",
)  # fmt: skip
_EDITIONS = ("2015", "2018", "2021", "2024")
_USUAL = "2021"
Change = tuple[str, tuple[Replacement, ...], float]


def propose(situation: Situation) -> Iterator[Candidate]:
    """Mend the manifest that cargo complains of."""
    seen: set[tuple[Replacement, ...]] = set()
    for number, error in enumerate(situation.diagnostics):
        if error.code == "E0670" or _linked_by_path(situation, error):
            found = _edition(situation, error)
        elif error.code is None and error.phase == 0:
            found = _mended(situation, error)
        else:
            continue
        for title, parts, prior in found:
            if parts and parts not in seen:
                seen.add(parts)
                yield Candidate(title, parts, prior, diagnostic=number)


def _linked_by_path(situation: Situation, error: Diagnostic) -> bool:
    """A path begins at a crate that is there, in a package that names no edition: only 2015 asks for ``extern crate``."""
    place = error.primary
    package = None if place is None else situation.project.package_of(place.path)
    if place is None or package is None or error.code not in ("E0432", "E0433") or package.edition != "2015":
        return False
    manifest = read_toml(situation, posixpath.join(package.folder, "Cargo.toml"))
    known = {crate_name(package), *(name.replace("-", "_") for name in package.dependencies)}
    head = re.match(r"\w+", situation.text(place.path, place.start, place.end))
    return head is not None and head[0] in known and "edition" not in manifest.get("package", {"edition": ""})


def _edition(situation: Situation, error: Diagnostic) -> Iterator[Change]:
    """What needs a later edition: the manifest names none, or an old one."""
    place = error.primary
    package = None if place is None else situation.project.package_of(place.path)
    if package is None or not situation.project.manifest:
        return
    path = posixpath.join(package.folder, "Cargo.toml")
    try:
        source = situation.source(path)
    except LookupError:
        return
    written = re.search(rb"(?m)^edition\s*=\s*\"(\d+)\"", source)
    if written is not None:
        change = edits.replace(path, written.start(1), written.end(1), _USUAL)
        yield f"use edition {_USUAL}", (change,), 0.8
        return
    misspelt = _misspelt_key(path, source, "edition")
    if misspelt is not None:
        yield "write `edition`", (misspelt,), 0.9
    anchor = re.search(rb"(?m)^(?:version|name)\s*=.*\n(?:version\s*=.*\n)?", source)
    if anchor is not None:
        yield (
            f"use edition {_USUAL}",
            (edits.insert(path, anchor.end(), f'edition = "{_USUAL}"\n'),),
            0.85,
        )


def _misspelt_key(path: str, source: bytes, wanted: str) -> Replacement | None:
    for found in re.finditer(rb"(?m)^([\w-]+)(?=\s*=)", source):
        word = found[1].decode()
        if word not in _KEYS and closest(word, (wanted,), 0.7) == wanted:
            return edits.replace(path, found.start(1), found.end(1), wanted)
    return None


def _mended(situation: Situation, error: Diagnostic) -> Iterator[Change]:
    said = error.rendered
    for path, source in manifests_of(situation, error):
        yield from _values(path, source, error, said)
        yield from _syntax(path, source, error)
        yield from _missing(path, source, said)


def _values(path: str, source: bytes, error: Diagnostic, said: str) -> Iterator[Change]:
    """A value that cargo does not know."""
    told = re.search(r"supported edition values are .*but `(\w+)` is unknown", said)
    if told is not None:
        for match in re.finditer(rb'(edition\s*=\s*)"?' + re.escape(told[1].encode()) + rb'"?', source):
            start, end = match.start() + len(match[1]), match.end()
            for at, edition in enumerate(_near_editions(told[1])):
                change = edits.replace(path, start, end, f'"{edition}"')
                yield f"use edition {edition}", (change,), 0.8 - 0.15 * at
    place = error.primary
    if place is None or place.path != path:
        return
    line_end = source.find(b"\n", place.start)
    line_end = len(source) if line_end < 0 else line_end
    value = source[place.start : line_end].split(b"#")[0].rstrip()
    if "expected a string" in error.message and re.fullmatch(rb"[\w.]+", value):
        change = edits.replace(path, place.start, place.start + len(value), f'"{value.decode()}"')
        yield "write it as text", (change,), 0.9
    if "version number" in error.message:
        numbers = re.findall(r"\d+", value.decode("utf-8", "replace"))
        new = ".".join([*numbers, "0", "0", "0"][:3])
        yield (
            f"write the version `{new}`",
            (edits.replace(path, place.start, place.start + len(value), f'"{new}"'),),
            0.85,
        )
    if "invalid character" in error.message and "name" in error.message:
        new = re.sub(r"[^\w-]+", "-", value.decode("utf-8", "replace").strip('"')).strip("-")
        yield (
            f"name it `{new}`",
            (edits.replace(path, place.start, place.start + len(value), f'"{new}"'),),
            0.7,
        )
    if "expected a sequence" in error.message or "expected an array" in error.message:
        yield (
            "make it a list",
            (*edits.wrap(path, place.start, place.start + len(value), "[", "]"),),
            0.8,
        )
    unknown = re.search(r"unknown (?:field|variant) `([^`]+)`, expected (.*)", error.message)
    if unknown is not None:
        start = source.find(unknown[1].encode(), max(0, place.start - 1))
        for score, name in rank(unknown[1], quoted(unknown[2]), 0.5, 3):
            if start >= 0:
                change = edits.replace(path, start, start + len(unknown[1]), name)
                yield f"write `{name}`", (change,), 0.9 * score
    if (
        "opt-level" in source[: place.start].decode("utf-8", "replace").rpartition("\n")[2]
        and "must be" in error.message
    ):
        yield "use level 3", (edits.replace(path, place.start, place.start + len(value), "3"),), 0.7


def _near_editions(written: str) -> list[str]:
    """Editions in the order in which they may have been meant."""
    if not written.isdecimal():
        return [_USUAL]
    return sorted(_EDITIONS, key=lambda edition: (abs(int(edition) - int(written)), edition))[:2]


def _syntax(path: str, source: bytes, error: Diagnostic) -> Iterator[Change]:
    """Quotes, brackets, commas and keys that are written twice."""
    place = error.primary
    if place is None or place.path != path:
        return
    at = place.start
    line = source.rfind(b"\n", 0, at) + 1
    end = source.find(b"\n", at)
    end = len(source) if end < 0 else end
    while end > line and source[end - 1 : end] in (b"\r", b" "):
        end -= 1
    message = error.message
    tries: list[tuple[str, int, int, str, float]] = []
    if "basic string" in message or ("literal string" in message and source[line:end].count(b"'") % 2):
        tries.append(("close the text", end, end, '"', 0.85))
    if "must be quoted" in message:
        value = source[at:end].split(b"#")[0].strip()
        start = source.find(value, at)
        tries.append(("quote the text", start, start + len(value), f'"{value.decode()}"', 0.9))
    if "missing comma" in message:
        before = len(source[:at].rstrip())
        tries.append(("add a comma", before, before, ",", 0.9))
    if "unclosed" in message:
        closing = {"table": "]", "array": "]", "inline table": "}"}
        sign = next((s for word, s in closing.items() if f"unclosed {word}" in message), "]")
        double = source[line : line + 2] == b"[[" and "table" in message
        tries.append(
            (
                "close the bracket",
                end,
                end,
                sign * (2 if double and source[end - 1 : end] != b"]" else 1),
                0.9,
            )
        )
    if "duplicate key" in message:
        tries.append(("leave the second one out", line, end + 1 if end < len(source) else end, "", 0.5))
    if "expected `=`" in message or "key with no value" in message:
        key = re.match(rb"[\w-]+[ :]+(?=[\"\[{\d])", source[line:end])
        if key is not None:
            start = line + len(key[0].rstrip(b" :"))
            tries.append(("write `=`", start, line + len(key[0]), " = ", 0.85))
    for title, start, stop, text, prior in tries:
        after = source[:start] + text.encode() + source[stop:]
        if _parses(after) or "duplicate" in message:
            yield title, (edits.replace(path, start, stop, text),), prior


def _parses(source: bytes) -> bool:
    try:
        tomllib.loads(source.decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _missing(path: str, source: bytes, said: str) -> Iterator[Change]:
    """Sections and keys that have to be there."""
    if "missing either a `[package]` or a `[workspace]`" in said or "this virtual manifest specifies" in said:
        for found in re.finditer(rb"(?m)^\[([\w-]+)\]", source):
            word = found[1].decode()
            near = closest(word, _SECTIONS, 0.6)
            if word not in _SECTIONS and near is not None:
                yield (
                    f"write `[{near}]`",
                    (edits.replace(path, found.start(1), found.end(1), near),),
                    0.9,
                )
        if re.match(rb"\s*name\s*=", source):
            yield "begin the package", (edits.insert(path, 0, "[package]\n"),), 0.85
        if b"[project]" in source:
            at = source.find(b"[project]")
            yield "write `[package]`", (edits.replace(path, at, at + 9, "[package]"),), 0.9
    field = re.search(r"missing field `(?:package\.)?(\w[\w-]*)`", said)
    if field is not None:
        misspelt = _misspelt_key(path, source, field[1])
        if misspelt is not None:
            yield f"write `{field[1]}`", (misspelt,), 0.9
        at = source.find(b"[package]")
        folder = posixpath.basename(posixpath.dirname(path)) or "package"
        value = {"name": folder, "version": "0.1.0", "edition": _USUAL}.get(field[1])
        if at >= 0 and value is not None:
            end = source.find(b"\n", at) + 1 or len(source)
            yield f"add `{field[1]}`", (edits.insert(path, end, f'{field[1]} = "{value}"\n'),), 0.6
