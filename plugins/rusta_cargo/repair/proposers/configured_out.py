"""Names that are there and configured out: a feature that is off, misspelt or not passed on, a ``#[cfg(test)]`` too many.

The compiler points at the item with "found an item that was configured out". A feature of a dependency is asked for in
the manifest, by the feature of this package that guards the use where there is one; a feature of the package itself
that nothing declares takes the name that is declared, one that is declared becomes a default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.features import asking, dependency_key, listed, manifest_above
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.manifests import read_toml
from rusta_cargo.repair.code.similar import rank
from rusta_cargo.repair.code.units import outside_library
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic, Span

_GATED = re.compile(r"gated behind the `([^`]+)` feature")
_FEATURE = re.compile(rb'feature\s*=\s*"([^"\n]+)"')
_TEST = re.compile(rb"#\[cfg\(test\)\][ \t]*\n?[ \t]*")
_SPELT, _PASSED, _ASKED, _DEFAULT, _GUARD, _OPENED = 0.92, 0.9, 0.88, 0.6, 0.4, 0.75
Change = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Configure the item in."""
    asked: dict[tuple[Replacement, ...], tuple[str, float, list[int]]] = {}
    for number, error in enumerate(situation.diagnostics):
        if error.primary is None:
            continue
        for title, parts, prior in _changes(situation, error, error.primary):
            asked.setdefault(parts, (title, prior, []))[2].append(number)
    for parts, (title, prior, numbers) in asked.items():
        first = situation.diagnostics[numbers[0]].code
        only = numbers[0] if len(numbers) == 1 else None
        yield Candidate(title, parts, prior, diagnostic=only, cites=(first,) if first else ())


def _changes(situation: Situation, error: Diagnostic, place: Span) -> Iterator[Change]:
    told = [note for note in error.notes if "configured out" in note.message]
    for note in told:
        for span in note.spans:
            gate = _GATED.search(span.label or "")
            if gate is not None:
                yield from _feature(situation, place, span, gate[1])
            elif b"cfg(test)" in _text(situation, span.path)[max(0, span.start - 200) : span.end]:
                yield from _for_tests(situation, span.path, span.start)
    if error.code == "E0599" and quoted(error.message):
        for item in ItemIndex.of(situation).named(quoted(error.message)[0], Function):
            if any(attribute.name == "cfg" for attribute in item.attributes):
                yield from _for_tests(situation, item.path, item.start)


def _text(situation: Situation, path: str) -> bytes:
    try:
        return situation.source(path)
    except (SourceUnavailable, ValueError):
        return b""


def _for_tests(situation: Situation, path: str, start: int) -> Iterator[Change]:
    """``#[cfg(test)]`` in front of something that the rest of the crate uses."""
    source = _text(situation, path)
    found = [match for match in _TEST.finditer(source, max(0, start - 400)) if match.start() <= start]
    if found and not re.search(rb"[;}]", source[found[-1].end() : start]):
        yield "keep it outside of tests too", (edits.delete(path, found[-1].start(), found[-1].end()),), _OPENED


def _feature(situation: Situation, place: Span, gate: Span, feature: str) -> Iterator[Change]:
    theirs, mine = manifest_above(situation, gate.path), manifest_above(situation, place.path)
    if theirs is None or mine is None:
        return
    data = read_toml(situation, theirs)
    declared = [str(name) for name in data.get("features", {})]
    if feature not in declared:
        source = _text(situation, gate.path)
        parts_of = [match for match in _FEATURE.finditer(source) if match[1].decode("utf-8", "replace") == feature]
        for score, other in rank(feature, declared, 0.5, 3):
            parts = tuple(edits.replace(gate.path, m.start(1), m.end(1), other) for m in parts_of)
            if parts:
                yield f"the feature is `{other}`", parts, _SPELT * score
        return
    if theirs == mine:
        yield from _own(situation, mine, place, feature)
        return
    name = str(data["package"].get("name", ""))
    key = dependency_key(read_toml(situation, mine), name)
    if key is None:
        return
    around = _text(situation, place.path)[: place.start]
    guards = [match[1].decode("utf-8", "replace") for match in _FEATURE.finditer(around)]
    for guard in reversed(list(dict.fromkeys(guards))):
        added = listed(situation, mine, guard, f"{key}/{feature}")
        if added is not None:
            yield f"let `{guard}` bring `{key}/{feature}`", (added,), _PASSED
            break
    wanted = asking(situation, mine, key, feature)
    if wanted is not None:
        yield f"ask for the feature `{feature}` of `{key}`", (wanted,), _ASKED


def _own(situation: Situation, manifest: str, place: Span, feature: str) -> Iterator[Change]:
    """A feature of the package itself: on by default, or the use is guarded as well."""
    source = _text(situation, manifest)
    added = listed(situation, manifest, "default", feature)
    if added is None and (heading := re.search(rb"(?m)^\[features\][^\n]*\n", source)) is not None:
        added = edits.insert(manifest, heading.end(), f'default = ["{feature}"]\n')
    if added is not None:
        yield f"make `{feature}` a default feature", (added,), _DEFAULT
    package = situation.project.package_of(place.path)
    if package is not None and not outside_library(package, place.path):
        text = _text(situation, place.path)
        statement = text.rfind(b"\n", 0, place.start) + 1
        if text[statement:].lstrip().startswith((b"use ", b"pub use ")):
            line = edits.line_before(place.path, text, place.start, f'#[cfg(feature = "{feature}")]')
            start = len(text[:statement]) + (len(text[statement:]) - len(text[statement:].lstrip()))
            yield (
                f"guard the import with `{feature}`",
                (edits.line_before(place.path, text, start, line.text.strip()),),
                _GUARD,
            )
