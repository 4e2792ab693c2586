"""Mistakes in Cargo.toml, told by the real cargo without network."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cargo_scenes import situation_in
from conformance import assert_silent, rustc, situation_of

from rusta_cargo.failures import cargo_failures
from rusta_cargo.places import Places
from rusta_cargo.repair.project import Package, Project, Target
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_cargo.repair.proposers import manifest, manifest_links
from rusta_cargo.repair.tree import BASE

HEAD = '[package]\nname = "demo"\nversion = "0.1.0"\n'
FORM = {
    "unknown edition": (
        HEAD + 'edition = "2022"\n',
        HEAD + 'edition = "2021"\n',
    ),
    "edition as a number": (HEAD + "edition = 2021\n", HEAD + 'edition = "2021"\n'),
    "short version": (
        HEAD.replace("0.1.0", "1.2") + 'edition = "2021"\n',
        HEAD.replace("0.1.0", "1.2.0") + 'edition = "2021"\n',
    ),
    "unclosed table": (HEAD.replace("[package]", "[package"), HEAD),
    "unclosed text": (HEAD + 'edition = "2018\n', HEAD + 'edition = "2018"\n'),
    "unquoted text": (HEAD + "license = MIT\n", HEAD + 'license = "MIT"\n'),
    "misspelt section": (HEAD.replace("[package]", "[packge]"), HEAD),
    "missing comma": (
        HEAD + '[features]\ndefault = ["a" "b"]\na = []\nb = []\n',
        HEAD + '[features]\ndefault = ["a", "b"]\na = []\nb = []\n',
    ),
}
LINKS = {
    "misspelt path": (
        HEAD + '[[bin]]\nname = "demo"\npath = "src/mian.rs"\n',
        HEAD + '[[bin]]\nname = "demo"\npath = "src/main.rs"\n',
    ),
    "misspelt feature": (
        HEAD + '[features]\ndefault = ["colours"]\ncolour = []\n',
        HEAD + '[features]\ndefault = ["colour"]\ncolour = []\n',
    ),
    "version of a path dependency": (
        HEAD + '[dependencies]\nhelper = { path = "helper", version = "3.0" }\n',
        HEAD + '[dependencies]\nhelper = { path = "helper", version = "0.2.5" }\n',
    ),
    "folder of a dependency": (
        HEAD + '[dependencies]\nhelper = { path = "helpers" }\n',
        HEAD + '[dependencies]\nhelper = { path = "helper" }\n',
    ),
    "feature of a dependency": (
        HEAD + '[dependencies]\nhelper = { path = "helper", features = ["fats"] }\n',
        HEAD + '[dependencies]\nhelper = { path = "helper", features = ["fast"] }\n',
    ),
}


def lay(folder: Path, text: str) -> None:
    for path, content in {
        "Cargo.toml": text,
        "src/main.rs": "fn main() {}\n",
        "helper/Cargo.toml": '[package]\nname = "helper"\nversion = "0.2.5"\n[features]\nfast = []\n',
        "helper/src/lib.rs": "",
    }.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)


def told(folder: Path) -> tuple[int, bytes]:
    done = subprocess.run(
        [rustc().replace("/bin/rustc", "/bin/cargo"), "check", "--offline", "--quiet"],
        cwd=folder, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def situation(folder: Path) -> Situation:
    def read(path: str) -> bytes:
        place = folder / path
        if not place.is_file():
            raise SourceUnavailable(path)
        return place.read_bytes()

    def known(path: str) -> bytes | None:
        return read(path) if (folder / path).is_file() else None

    def probe(verb: str, args: object) -> object:
        raise AssertionError(f"a proposer asked {verb} in a test that has no tools")

    status, said = told(folder)
    assert status != 0
    found = cargo_failures(said, Places(str(folder), str(folder), known))
    return Situation(found, read, probe, Project((), True))  # type: ignore[arg-type]


def mended(candidates: list[Candidate], now: Situation, folder: Path) -> str:
    """The manifest after the likeliest candidate that cargo takes."""
    for candidate in sorted(candidates, key=lambda item: -item.prior):
        text = BASE.replace(candidate.replacements, now.read).source("Cargo.toml", now.read)
        (folder / "Cargo.toml").write_bytes(text)
        if told(folder)[0] == 0:
            return text.decode()
    raise AssertionError([candidate.title for candidate in candidates])


@pytest.mark.parametrize("name", FORM)
def test_the_form_is_mended(name: str, tmp_path: Path) -> None:
    broken, whole = FORM[name]
    lay(tmp_path, broken)
    now = situation(tmp_path)
    found = list(manifest.propose(now))
    assert found == list(manifest.propose(now))
    assert mended(found, now, tmp_path) == whole


@pytest.mark.parametrize("name", LINKS)
def test_what_it_names_is_found(name: str, tmp_path: Path) -> None:
    broken, whole = LINKS[name]
    lay(tmp_path, broken)
    now = situation(tmp_path)
    found = list(manifest_links.propose(now))
    assert found == list(manifest_links.propose(now))
    assert mended(found, now, tmp_path) == whole


def test_an_async_function_asks_for_an_edition() -> None:
    base = situation_of("pub async fn f() {}\n", "2015")
    files = {"Cargo.toml": HEAD.encode(), "lib.rs": b"pub async fn f() {}\n"}
    package = Package("demo", "", "2015", (Target("demo", "lib", "lib.rs"),))
    now = Situation(base.diagnostics, files.__getitem__, base.probe, Project((package,)))
    found = list(manifest.propose(now))
    assert [item.replacements[0].text for item in found] == ['edition = "2021"\n']


@pytest.mark.parametrize(
    "source",
    [
        'pub fn f() -> u8 { "" }',
        "pub fn f() { let x = ; }",
        "pub fn f(x: &str, y: &str) -> &str { x }",
    ],
)
def test_they_are_silent_on_source(source: str) -> None:
    assert_silent(manifest.propose, source)
    assert_silent(manifest_links.propose, source)


def test_a_program_whose_file_is_gone_is_named_no_more(tmp_path: Path) -> None:
    kept = '[package]\nname = "cells"\nversion = "0.1.0"\nedition = "2021"\n'
    files = {
        "Cargo.toml": f'{kept}\n[[bin]]\nname = "tool"\npath = "src/tool.rs"\n\n[dependencies]\n',
        "src/lib.rs": "pub fn f() {}\n",
    }
    now = situation_in(tmp_path, files)
    best = max(manifest_links.propose(now), key=lambda item: item.prior)
    assert (
        BASE.replace(best.replacements, now.read).source("Cargo.toml", now.read).decode() == f"{kept}\n[dependencies]\n"
    )
    assert best.prior < 0.3
