"""Features of a dependency that nobody asks for, and without which it lacks what the program uses.

E0432, E0433, E0603 and E0599 of a path into the crate, derive macros that are "only a trait", attributes. Where the
compiler names the feature it is asked for; else the crate's manifest and sources tell which one brings the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rusta_cargo.crates.models import CrateInfo, plain
from rusta_cargo.repair.code.at_hand import at_hand, dependencies, manifest_for
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.features import asking, dependency_key
from rusta_cargo.repair.code.items import ItemIndex, Use
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.manifests import read_toml
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_GATED = re.compile(r"gated behind the `([^`]+)` feature")
_FOLDER = re.compile(r"/([\w-]+?)(?:-\d[\w.+-]*)?/(?:src/)?[\w/]*\.rs$")
_MACROS = re.compile(r"^cannot find (derive macro|attribute|macro) `(\w+)`")
_BRINGS_MACROS = re.compile(r"^(?:dep:)?[\w-]*(?:derive|macros?|attributes|impl|codegen)(?:/.*)?$")
_TOLD, _SEEN, _NAMED, _MACRO, _ALL = 0.95, 0.93, 0.9, 0.9, 0.3
_EACH = 0.7
_MOST = 4


@dataclass(frozen=True)
class _Need:
    """What an error misses of a dependency: ``names`` of which the last is the item, or a macro of any name.

    crate: its name in the code. real: its own. told: the feature that the compiler names.
    """

    crate: str
    real: str
    names: tuple[str, ...] = ()
    macro: bool = False
    told: str = ""


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Ask for the feature."""
    needs: dict[str, dict[_Need, list[int]]] = {}
    for number, error in enumerate(situation.diagnostics):
        manifest = None if error.primary is None else manifest_for(situation, error.primary.path)
        for need in () if manifest is None else _needs(situation, error):
            needs.setdefault(manifest or "", {}).setdefault(need, []).append(number)
    for manifest, asked in needs.items():
        yield from _candidates(situation, manifest, asked)


def _candidates(situation: Situation, manifest: str, asked: dict[_Need, list[int]]) -> Iterator[Candidate]:
    """The features one at a time, and the likeliest of each need together."""
    best: dict[str, list[str]] = {}
    ways: dict[tuple[str, str], tuple[float, set[int]]] = {}
    for need, numbers in asked.items():
        for place, (feature, prior) in enumerate(_features(situation, need)):
            weight, known = ways.get((need.crate, feature), (0.0, set()))
            ways[(need.crate, feature)] = (max(weight, prior), known | set(numbers))
            if place == 0 and feature not in best.setdefault(need.crate, []):
                best[need.crate].append(feature)
    for (crate, feature), (prior, errors) in ways.items():
        yield from _asked(situation, manifest, crate, (feature,), prior, sorted(errors))
    for crate, features in best.items():
        if len(features) > 1:
            errors = {number for feature in features for number in ways[(crate, feature)][1]}
            prior = max(ways[(crate, feature)][0] for feature in features)
            yield from _asked(situation, manifest, crate, tuple(features), prior, sorted(errors))


def _asked(
    situation: Situation, manifest: str, crate: str, features: tuple[str, ...], prior: float, errors: list[int]
) -> Iterator[Candidate]:
    key = dependency_key(read_toml(situation, manifest), crate)
    part = None if key is None else asking(situation, manifest, key, *features)
    if part is not None:
        shown = " and ".join(f"`{feature}`" for feature in features)
        code = situation.diagnostics[errors[0]].code
        yield Candidate(
            f"ask for {'the feature' if len(features) == 1 else 'the features'} {shown} of `{key}`", (part,), prior,
            diagnostic=errors[0] if len(errors) == 1 else None, cites=(code,) if code else (),
        )  # fmt: skip


def _needs(situation: Situation, error: Diagnostic) -> Iterator[_Need]:
    place = error.primary
    assert place is not None
    known = dependencies(situation, place.path)
    if not known:
        return
    for note in error.notes:
        for span in note.spans:
            gate, folder = _GATED.search(span.label or ""), _FOLDER.search(span.path)
            crate = None if folder is None else _code_name(folder[1], known)
            if gate is not None and crate is not None:
                yield _Need(crate, known[crate], told=gate[1])
    told = _MACROS.match(error.message)
    if told is not None:
        for crate in _macro_crates(situation, place.path, told[1], told[2], known):
            yield _Need(crate, known[crate], (told[2],), macro=True)
    elif error.code in ("E0432", "E0433", "E0603", "E0425", "E0412"):
        path = _path_at(situation, error)
        if len(path) > 1 and path[0] in known:
            before = situation.text(place.path, max(0, place.start - 200), place.start)
            yield _Need(path[0], known[path[0]], path[1:], macro=re.search(r"#!?\[[\w:]*$", before) is not None)


def _code_name(folder: str, known: dict[str, str]) -> str | None:
    return next((name for name, real in known.items() if plain(real) == plain(folder)), None)


def _macro_crates(situation: Situation, path: str, what: str, name: str, known: dict[str, str]) -> list[str]:
    """The dependencies that a missing macro may come from: the one its trait is imported from, or of its name."""
    if what == "attribute" and name in known:
        return [name]
    uses = ItemIndex.of(situation).of_kind(Use, path)
    heads = [leaf.path[0] for use in uses for leaf in use.leaves if leaf.path and leaf.path[-1] == name]
    return [head for head in dict.fromkeys(heads) if head in known]


def _path_at(situation: Situation, error: Diagnostic) -> tuple[str, ...]:
    """The path that an error is about, up to what is not found."""
    place = error.primary
    assert place is not None
    for text in quoted(error.message) if error.code == "E0432" else ():
        if "::" in text:
            return tuple(text.split("::"))
    source = situation.source(place.path)
    head = re.search(rb"((?:\w+::)+)(?:\{[^{};]*)?$", source[max(0, place.start - 400) : place.start])
    tail = re.match(rb"\w+(?:::\w+)*", source[place.start :])
    if head is None or tail is None:
        return ()
    return tuple((head[1] + tail[0]).decode("utf-8", "replace").split("::"))


def _features(situation: Situation, need: _Need) -> list[tuple[str, float]]:
    """The features that may bring what is needed, the likeliest first."""
    if need.told:
        return [(need.told, _TOLD)]
    report = at_hand(situation, [need.real], need.names)
    info = next(iter(report.crates), None)
    if info is None:
        return []
    found: dict[str, float] = {}
    if need.macro:
        for place, feature in enumerate(_bringing_macros(info)):
            found.setdefault(feature, _MACRO * _EACH**place)
    path = "::".join((plain(need.real), *need.names))
    sightings = sorted(report.sightings, key=lambda one: (path not in one.paths, one.name != need.names[-1]))
    for place, sighting in enumerate(one for one in sightings if one.features):
        for feature in sighting.features:
            found.setdefault(feature, _SEEN * _EACH**place)
    for name in reversed(need.names):
        if name in info.features:
            found.setdefault(name, _NAMED)
    if found and "full" in info.features:
        found.setdefault("full", _ALL)
    found.pop("default", None)
    return sorted(found.items(), key=lambda one: -one[1])[:_MOST]


def _bringing_macros(info: CrateInfo) -> list[str]:
    """The features that turn a crate of macros on, those that are called so first."""
    bringing = [name for name, parts in info.features.items() if any(map(_BRINGS_MACROS.match, parts))]
    return sorted(
        bringing, key=lambda name: (name not in ("derive", "macros"), _BRINGS_MACROS.match(name) is None, name)
    )
