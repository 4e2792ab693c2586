"""What the dependencies of a package have to offer, read from their sources on this machine.

The compiler knows only the crates that a program still mentions, and only the features that are on.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import Any

from rusta_cargo.crates.models import CratesReport, Sighting, plain
from rusta_cargo.repair.code.features import TABLES
from rusta_cargo.repair.code.manifests import read_toml
from rusta_cargo.repair.proposer import Situation
from rusta_schemas.action import Action

_MOST_NAMES, _MOST_CRATES = 32, 200


def manifest_for(situation: Situation, path: str) -> str | None:
    """The manifest of the package that a file belongs to; None for a standalone file."""
    package = situation.project.package_of(path)
    if package is None or not situation.project.manifest:
        return None
    return posixpath.join(package.folder, "Cargo.toml")


def dependencies(situation: Situation, path: str) -> dict[str, str]:
    """The dependencies of the package that a file belongs to: the name in the code → the name of the crate."""
    manifest = manifest_for(situation, path)
    data = {} if manifest is None else read_toml(situation, manifest)
    targets = data.get("target")
    parts = [data, *(targets.values() if isinstance(targets, dict) else ())]
    found: dict[str, str] = {}
    for part in parts:
        for table in TABLES:
            named = part.get(table) if isinstance(part, dict) else None
            for key, wanted in named.items() if isinstance(named, dict) else ():
                found.setdefault(plain(str(key)), _real(str(key), wanted))
    return dict(list(found.items())[:_MOST_CRATES])


def _real(key: str, wanted: Any) -> str:
    renamed = wanted.get("package") if isinstance(wanted, dict) else None
    return renamed if isinstance(renamed, str) else key


def at_hand(
    situation: Situation, crates: Iterable[str], names: Iterable[str] = (), near: Iterable[str] = ()
) -> CratesReport:
    """What ``crates_at_hand`` says; nothing where nobody answers."""
    wanted = sorted(set(crates))
    sought, alike = (sorted(set(words))[:_MOST_NAMES] for words in (names, near))
    if not wanted:
        return CratesReport(crates=())
    key = ("crates_at_hand", tuple(wanted), tuple(sought), tuple(alike))
    if key not in situation.cache:
        asked = Action(verb="crates_at_hand", args={"crates": [*wanted], "names": [*sought], "near": [*alike]})
        answer = situation.ask(asked)
        situation.cache[key] = CratesReport.model_validate(answer.data) if answer.ok else CratesReport(crates=())
    found = situation.cache[key]
    assert isinstance(found, CratesReport)
    return found


def seen(situation: Situation, path: str, names: Iterable[str], crates: Iterable[str] | None = None) -> list[Sighting]:
    """Where the dependencies of a file's package have these names; paths begin as the code would write them.

    ``crates``: only these, by their names in the code.
    """
    known = dependencies(situation, path)
    asked = known if crates is None else {name: known[name] for name in crates if name in known}
    return _renamed(at_hand(situation, asked.values(), names).sightings, known)


def unmentioned(situation: Situation, path: str, files: Iterable[str]) -> list[str]:
    """The dependencies that no file of the package speaks of, in an import or a path: those the compiler cannot know."""
    known = dependencies(situation, path)
    package = situation.project.package_of(path)
    if not known:
        return []
    spoken = re.compile(rb"\b(%s)\s*(?:::|;|\bas\b)" % b"|".join(map(str.encode, known)))
    found: set[bytes] = set()
    for file in files:
        if situation.project.package_of(file) == package:
            found.update(spoken.findall(situation.source(file)))
    return [name for name in known if name.encode() not in found]


def _renamed(found: Iterable[Sighting], known: dict[str, str]) -> list[Sighting]:
    """The sightings with the names that the package gives its dependencies."""
    code = {plain(real): name for name, real in reversed(known.items())}
    result = []
    for sighting in found:
        name = code.get(plain(sighting.crate), plain(sighting.crate))
        paths = tuple("::".join((name, *path.split("::")[1:])) for path in sighting.paths)
        result.append(sighting.model_copy(update={"paths": paths}))
    return result
