"""Packages that their workspace does not list, told by the real cargo."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cargo_scenes import package, project_of
from conformance import rustc

from rusta_cargo.failures import cargo_failures
from rusta_cargo.places import Places
from rusta_cargo.repair.proposer import Situation
from rusta_cargo.repair.proposers.forgotten_members import propose
from rusta_cargo.repair.tree import BASE

LISTS = {
    "empty": ("members = []\n", 'members = ["parts/kid"]\n'),
    "in a line": ('members = ["app"]\n', 'members = ["app", "parts/kid"]\n'),
    "over lines": ('members = [\n    "app",\n]\n', 'members = [\n    "app",\n    "parts/kid",\n]\n'),
    "without a last comma": ('members = [\n  "app"\n]\n', 'members = [\n  "app",\n  "parts/kid"\n]\n'),
    "none": ("", 'members = ["parts/kid"]\n'),
}


def tree(members: str) -> dict[str, str]:
    return {
        "Cargo.toml": f'[workspace]\n{members}resolver = "2"\n',
        "app/Cargo.toml": package("app"),
        "app/src/lib.rs": "pub fn one() -> u8 {\n    1\n}\n",
        "parts/kid/Cargo.toml": package("kid"),
        "parts/kid/src/lib.rs": "pub fn two() -> u8 {\n    2\n}\n",
    }


def situation(folder: Path, files: dict[str, str], command: list[str]) -> Situation:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    cargo = rustc().replace("/bin/rustc", "/bin/cargo")
    done = subprocess.run(
        [cargo, "check", "--offline", *command], cwd=folder, capture_output=True, timeout=60, check=False
    )
    places = Places(str(folder), str(folder), lambda path: files[path].encode() if path in files else None)
    found = cargo_failures(done.stderr, places)

    def probe(verb: str, args: object) -> object:
        raise AssertionError(verb)

    return Situation(
        found, lambda path: files[path].encode(), probe, project_of(files), files=tuple(sorted(files))  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("how", [["-p", "kid"], ["--manifest-path", "parts/kid/Cargo.toml"]])
@pytest.mark.parametrize("name", LISTS)
def test_it_is_listed_as_the_others_are(tmp_path: Path, name: str, how: list[str]) -> None:
    before, after = LISTS[name]
    found = list(propose(situation(tmp_path, tree(before), how)))
    (candidate,) = found
    files = tree(before)
    changed = BASE.replace(candidate.replacements, lambda path: files[path].encode())
    assert changed.source("Cargo.toml", lambda path: files[path].encode()).decode() == tree(after)["Cargo.toml"]


@pytest.mark.parametrize(
    ("members", "how"),
    [
        ('members = ["app"]\nexclude = ["parts/kid"]\n', ["-p", "kid"]),
        ('members = ["app"]\n', ["-p", "nobody"]),
        ('members = ["app", "parts/kid"]\n', ["-p", "kidd"]),
    ],
)
def test_what_is_left_out_or_unknown_stays(tmp_path: Path, members: str, how: list[str]) -> None:
    assert list(propose(situation(tmp_path, tree(members), how))) == []
