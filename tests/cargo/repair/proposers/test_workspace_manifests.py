"""What the manifests of a workspace say of each other, told by the real cargo without network."""

from __future__ import annotations

from pathlib import Path

import pytest
from cargo_scenes import Propose, assert_nothing, assert_scene, package

from rusta_cargo.failures import cargo_failures
from rusta_cargo.places import Places
from rusta_cargo.repair.proposers import lost_dependencies, manifest_members

ROOT = '[workspace]\nmembers = ["parts/base", "app"]\nresolver = "2"\n\n[workspace.dependencies]\nmy-base = { path = "parts/base" }\n'
WHOLE = {
    "Cargo.toml": ROOT,
    "parts/base/Cargo.toml": package("my-base"),
    "parts/base/src/lib.rs": "pub fn one() -> u8 {\n    1\n}\n",
    "app/Cargo.toml": package("app", "\n[dependencies]\nmy-base.workspace = true\n"),
    "app/src/lib.rs": "pub fn two() -> u8 {\n    my_base::one() + 1\n}\n",
}
APART = {
    **WHOLE,
    "Cargo.toml": ROOT.partition("\n[workspace.dep")[0],
    "app/Cargo.toml": package("app", '\n[dependencies]\nmy-base = { path = "../parts/base" }\n'),
}
TESTED = {**APART, "app/src/lib.rs": "", "app/tests/it.rs": "#[test]\nfn it() {\n    assert_eq!(my_base::one(), 1);\n}\n",
          "app/Cargo.toml": package("app", '\n[dev-dependencies]\nmy-base = { path = "../parts/base" }\n')}  # fmt: skip
_DEPENDENCIES = "\n[dependencies]\n"
SCENES: dict[str, tuple[Propose, dict[str, str], dict[str, str]]] = {
    "inherited": (lost_dependencies.propose, WHOLE, {"app/Cargo.toml": package("app", _DEPENDENCIES)}),
    "by its folder": (lost_dependencies.propose, APART, {"app/Cargo.toml": package("app", _DEPENDENCIES)}),
    "for tests": (lost_dependencies.propose, TESTED, {"app/Cargo.toml": package("app")}),
    "under the wrong heading": (
        lost_dependencies.propose, WHOLE,
        {"app/Cargo.toml": WHOLE["app/Cargo.toml"].replace("[dependencies]", "[dev-dependencies]")},
    ),
    "under a misspelt heading": (
        lost_dependencies.propose, WHOLE,
        {"app/Cargo.toml": WHOLE["app/Cargo.toml"].replace("[dependencies]", "[dependancies]")},
    ),
    "a misspelt member": (
        manifest_members.propose, APART, {"Cargo.toml": APART["Cargo.toml"].replace('"app"', '"apps"')},
    ),
    "a dependency at the wrong place": (
        manifest_members.propose, APART,
        {"app/Cargo.toml": APART["app/Cargo.toml"].replace("../parts/base", "../my-base")},
    ),
    "inherited under another name": (
        manifest_members.propose, WHOLE,
        {"app/Cargo.toml": WHOLE["app/Cargo.toml"].replace("my-base", "mybase")},
    ),
    "not declared in the workspace": (
        manifest_members.propose, WHOLE,
        {"Cargo.toml": ROOT.replace('my-base = { path = "parts/base" }\n', "")},
    ),
    "a renamed package": (
        manifest_members.propose, APART, {"parts/base/Cargo.toml": package("mybase")},
    ),
    "a target without a file": (
        manifest_members.propose,
        {**APART, "app/Cargo.toml": APART["app/Cargo.toml"] + '\n[[example]]\nname = "show"\n',
         "app/examples/show.rs": "fn main() {}\n"},
        {"app/Cargo.toml": APART["app/Cargo.toml"] + '\n[[example]]\nname = "shows"\n'},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
def test_the_manifests_agree_again(name: str, tmp_path: Path) -> None:
    propose, whole, broken = SCENES[name]
    assert_scene(propose, tmp_path, whole, broken)


def test_they_are_silent_on_a_crate_that_is_nowhere(tmp_path: Path) -> None:
    files = {**APART, "app/src/lib.rs": "pub use nowhere::one;\n"}
    assert_nothing(lost_dependencies.propose, tmp_path, files)
    assert_nothing(manifest_members.propose, tmp_path, files)


def test_cargo_that_says_nothing_has_no_failures() -> None:
    assert cargo_failures(b"", Places("/x", "/x", lambda _path: None)) == ()
