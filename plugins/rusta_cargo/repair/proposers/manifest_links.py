"""What Cargo.toml names and what is not there: files of targets, features, versions and folders of dependencies.

A path becomes that of a file there is, a feature the one spelt alike (or is declared), a version the one that the path
dependency has.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.manifests import exists, manifests_of
from rusta_cargo.repair.code.similar import rank
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation

# Its source may as well have been lost.
_GONE = 0.2
_FILES = {
    "lib": ("src/lib.rs",),
    "bin": ("src/main.rs", "src/bin/{name}.rs", "src/{name}.rs"),
    "test": ("tests/{name}.rs",),
    "example": ("examples/{name}.rs",),
    "bench": ("benches/{name}.rs",),
}
Change = tuple[str, tuple[Replacement, ...], float]


def propose(situation: Situation) -> Iterator[Candidate]:
    """Mend what the manifest refers to."""
    seen: set[tuple[Replacement, ...]] = set()
    for number, error in enumerate(situation.diagnostics):
        if error.code is not None or error.phase != 0:
            continue
        said = error.rendered
        for path, source in manifests_of(situation, error):
            for title, parts, prior in (
                *_targets(situation, path, source, said),
                *_features(path, source, said),
                *_versions(situation, path, source, said),
            ):
                if parts and parts not in seen:
                    seen.add(parts)
                    yield Candidate(title, parts, prior, diagnostic=number)


def _targets(situation: Situation, path: str, source: bytes, said: str) -> Iterator[Change]:
    """The path of a target leads to no file: one that there is."""
    told = re.search(
        r"can't find (?:`([^`]+)` )?(lib|bin|test|example|bench)(?: `([^`]+)`)? at path `([^`]+)`",
        said,
    )
    folder = posixpath.dirname(path)
    if told is not None:
        kind, name = told[2], told[3] or told[1] or ""
        missing = told[4]
        for found in re.finditer(rb'(?m)^path\s*=\s*"([^"\n]*)"', source):
            written = found[1].decode("utf-8", "replace")
            if not missing.endswith(written.removeprefix("./")):
                continue
            stem = posixpath.basename(written)
            options = [form.format(name=name) for form in _FILES[kind]]
            options += [
                posixpath.join("src", stem),
                stem,
                f"{written}.rs",
                written.replace(".rs", "/main.rs"),
            ]
            for at, option in enumerate(dict.fromkeys(options)):
                if option != written and exists(situation, posixpath.join(folder, option)):
                    yield (
                        f"build it from {option}",
                        (edits.replace(path, found.start(1), found.end(1), option),),
                        0.85 - 0.05 * at,
                    )
            section = _section(source, kind, found.start())
            if kind in ("bin", "example", "bench") and section is not None:
                yield f"name no {kind} `{name}`, whose file is gone", (edits.delete(path, *section),), _GONE


def _section(source: bytes, kind: str, inside: int) -> tuple[int, int] | None:
    """The table of a target that covers a byte, with the blank lines before it."""
    for table in re.finditer(rb"(?m)\n*^\[\[" + kind.encode() + rb"\]\][ \t]*\n(?:(?![ \t]*\[).*(?:\n|\Z))*", source):
        if table.start() <= inside < table.end():
            return table.start(), table.start() + len(table[0].rstrip())
    return None


def _features(path: str, source: bytes, said: str) -> Iterator[Change]:
    """Features that are not there."""
    told = re.search(r"feature `([^`]+)` includes `(?:dep:)?([^`]+)`", said) or re.search(
        r"depends on `([^`]+)` with feature `([^`]+)`", said
    )
    if told is None:
        return
    wrong = told[2].split("/")[0]
    places = list(re.finditer(rb'"(dep:|[\w-]+\??/)?' + re.escape(wrong.encode()) + rb'([/?][^"]*)?"', source))
    known = [
        name for _, name in re.findall(r"(package `[^`]+` does have feature|similar name exists:) `([^`]+)`", said)
    ]
    try:
        data = tomllib.loads(source.decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        data = {}
    if "includes" in told[0]:
        known += [*data.get("features", {}), *data.get("dependencies", {})]
    for place in places[:1]:
        start = place.start() + 1 + len(place[1] or b"")
        for score, name in rank(wrong, [n for n in dict.fromkeys(known) if n != told[1]], 0.5, 3):
            yield (
                f"write `{name}`",
                (edits.replace(path, start, start + len(wrong), name),),
                0.9 * score,
            )
        if "includes" in told[0] and "/" not in place[0].decode():
            line = re.search(rb"(?m)^\[features\][^\n]*\n", source)
            if line is not None and not (place[1] or b""):
                yield (
                    f"declare the feature `{wrong}`",
                    (edits.insert(path, line.end(), f"{wrong} = []\n"),),
                    0.5,
                )
        optional = re.search(rb"(?m)^(" + re.escape(wrong.encode()) + rb"\s*=\s*)\"([^\"\n]+)\"", source)
        if "dep:" in said and optional is not None:
            new = f'{{ version = "{optional[2].decode()}", optional = true }}'
            yield (
                f"make `{wrong}` optional",
                (edits.replace(path, optional.end(1), optional.end(), new),),
                0.85,
            )
        listed = re.search(rb",\s*$", source[: place.start()])
        start = listed.start() if listed is not None else place.start()
        stop = place.end()
        if listed is None and source[stop : stop + 1] == b",":
            stop += 1
        yield f"leave `{wrong}` out", (edits.delete(path, start, stop),), 0.4


def _versions(situation: Situation, path: str, source: bytes, said: str) -> Iterator[Change]:
    """A path dependency of another version or at another place."""
    told = re.search(r"requirement `([\w-]+) = \"([^\"]+)\"`.*?didn't match: ([\d.]+)", said, re.DOTALL)
    if told is not None:
        pattern = rb"(?m)^" + re.escape(told[1].encode()) + rb"\s*=.*?(?:version\s*=\s*)?\"([~^=<> \d.*]+)\""
        found = re.search(pattern, source)
        if found is not None:
            yield (
                f"ask for version {told[3]}",
                (edits.replace(path, found.start(1), found.end(1), told[3]),),
                0.85,
            )
    lost = re.search(r"failed to read `([^`]+)/Cargo\.toml`", said)
    if lost is None:
        return
    name = posixpath.basename(lost[1])
    folder = posixpath.dirname(path)
    for found in re.finditer(rb'(?m)^([\w-]+)\s*=\s*\{[^}\n]*path\s*=\s*"([^"\n]*)"', source):
        key, written = found[1].decode(), found[2].decode("utf-8", "replace")
        if posixpath.basename(posixpath.normpath(written)) != name:
            continue
        base = posixpath.dirname(posixpath.normpath(written))
        forms = [
            posixpath.join(base, key),
            key,
            f"../{key}",
            f"crates/{key}",
            f"../{name}",
            name,
            f"crates/{name}",
        ]
        for at, form in enumerate(dict.fromkeys(forms)):
            manifest = posixpath.normpath(posixpath.join(folder, form, "Cargo.toml"))
            if form != written and not manifest.startswith("..") and exists(situation, manifest):
                yield (
                    f"find it at {form}",
                    (edits.replace(path, found.start(2), found.end(2), form),),
                    0.85 - 0.05 * at,
                )
