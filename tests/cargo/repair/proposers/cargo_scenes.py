"""Small workspaces that the real cargo judges, for proposers that look at more than one crate."""

from __future__ import annotations

import os
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath

from conformance import rustc

from rusta_cargo.crates.models import CratesArgs
from rusta_cargo.failures import cargo_failures
from rusta_cargo.messages import parse_stream
from rusta_cargo.places import Places
from rusta_cargo.project import find_project
from rusta_cargo.repair.project import Package, Project, Target
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_cargo.repair.proposing import fault_of
from rusta_cargo.repair.tree import BASE
from rusta_cargo.tools.crates import report_of
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.diagnostic import Level
from rusta_schemas.observation import Observation, Status

Propose = Callable[[Situation], Iterable[Candidate]]
_KINDS = {"src/lib.rs": "lib", "src/main.rs": "bin", "build.rs": "custom-build"}
_FOLDERS = {"tests": "test", "examples": "example", "benches": "bench"}


def package(name: str, more: str = "") -> str:
    """A manifest of edition 2021."""
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}'


def situation_in(folder: Path, files: Mapping[str, str]) -> Situation:
    """What cargo says of the tree with these files."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
    done = subprocess.run(
        [rustc().replace("/bin/rustc", "/bin/cargo"), "check", "--offline", "--workspace", "--all-targets",
         "--keep-going", "--message-format=json"],
        cwd=folder, capture_output=True, timeout=120, check=False,
        env={**os.environ, "CARGO_TARGET_DIR": str(folder / "target"), "CARGO_INCREMENTAL": "0"},
    )  # fmt: skip
    assert done.returncode != 0, "it compiles"

    def read(path: str) -> bytes:
        if path not in files:
            raise SourceUnavailable(path)
        return files[path].encode()

    def probe(verb: str, args: JsonObject) -> Observation:
        assert verb == "crates_at_hand", f"a proposer asked {verb} in a test that has no other tools"
        lock = folder / "Cargo.lock"
        known = lock.read_bytes() if lock.exists() else b""
        report = report_of(find_project(folder), CratesArgs.model_validate(args), known)
        return Observation(verb=verb, status=Status.OK, summary="", data=to_json(report))

    places = Places(str(folder), str(folder), lambda path: files[path].encode() if path in files else None)
    found = tuple(item for item in parse_stream(done.stdout, places).diagnostics if item.level is Level.ERROR)
    found = found or cargo_failures(done.stderr, places)
    return Situation(found, read, probe, project_of(files), files=tuple(sorted(files)))


def project_of(files: Mapping[str, str]) -> Project:
    """The packages of the files, their targets found by their places."""
    packages = []
    for path in sorted(files):
        if PurePosixPath(path).name != "Cargo.toml" or path.startswith("vendor/"):
            continue
        try:
            data = tomllib.loads(files[path])
        except tomllib.TOMLDecodeError:
            data = {}
        named = data.get("package")
        if named is not None:
            folder = "" if path == "Cargo.toml" else str(PurePosixPath(path).parent)
            library = data.get("lib", {}).get("name", named["name"])
            targets = tuple(_targets(library, folder, files))
            packages.append(Package(named["name"], folder, named.get("edition", "2015"), targets))
    return Project(tuple(packages))


def _targets(name: str, folder: str, files: Mapping[str, str]) -> Iterable[Target]:
    for path in sorted(files):
        inner = path.removeprefix(f"{folder}/") if folder else path
        if inner in _KINDS:
            yield Target(name.replace("-", "_"), _KINDS[inner], path)
        elif inner.count("/") == 1 and inner.split("/")[0] in _FOLDERS and inner.endswith(".rs"):
            yield Target(PurePosixPath(inner).stem, _FOLDERS[inner.split("/")[0]], path)


def assert_scene(propose: Propose, folder: Path, whole: Mapping[str, str], broken: Mapping[str, str]) -> None:
    """Of ``whole`` with the files of ``broken`` in their place, the likeliest candidate makes ``whole`` again."""
    files = {**whole, **broken}
    now = situation_in(folder, files)
    found = sorted(propose(now), key=lambda item: -item.prior)
    assert sorted(propose(now), key=lambda item: -item.prior) == found, "asked again, it says something else"
    assert found, [(item.code, item.message) for item in now.diagnostics]
    assert all(fault_of(item, now) is None for item in found)
    tree = BASE.replace(found[0].replacements, now.read)
    after = {path: tree.source(path, now.read).decode() for path in files}
    assert {path: after[path] for path in broken} == {path: whole[path] for path in broken}
    assert after == dict(whole)


def assert_nothing(propose: Propose, folder: Path, files: Mapping[str, str]) -> None:
    """The proposer has nothing to say of these files."""
    assert [item.title for item in propose(situation_in(folder, files))] == []
