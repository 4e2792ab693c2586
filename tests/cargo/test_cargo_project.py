"""What a PATH is, and what is said when it is nothing we can work on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rusta_cargo.project import find_project
from rusta_cargo.toolchain import Toolchain
from rusta_conductor.errors import UsageError

Lay = Callable[..., Path]
PACKAGE = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2024"\n'


def package(name: str, more: str = "") -> str:
    return PACKAGE.format(name) + more


def test_a_crate_by_folder_manifest_and_source(lay: Lay) -> None:
    root = lay({"Cargo.toml": package("a"), "src/lib.rs": "mod deep;", "src/deep.rs": "", "notes/x.rs": ""})
    for path in (root, root / "Cargo.toml", root / "src/lib.rs", root / "src/deep.rs"):
        project = find_project(path)
        assert (project.kind, project.root, project.package, project.edition) == (
            "package",
            root,
            "a",
            "2024",
        )
    assert find_project(root / "notes/x.rs").kind == "file"


def test_a_standalone_file(lay: Lay) -> None:
    root = lay({"one.rs": "fn main() {}"})
    project = find_project(root / "one.rs")
    assert (project.kind, project.root, project.file) == ("file", root, "one.rs")


def test_a_virtual_workspace_and_its_member(lay: Lay) -> None:
    root = lay(
        {
            "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nedition = "2021"\n',
            "crates/a/Cargo.toml": '[package]\nname = "a"\nedition.workspace = true\n',
            "crates/a/src/lib.rs": "",
        }
    )
    whole, member = find_project(root), find_project(root / "crates/a")
    assert (whole.kind, whole.package, whole.root) == ("workspace", None, root)
    assert (member.kind, member.package, member.root, member.edition) == (
        "package",
        "a",
        root,
        "2021",
    )


def test_excluded_and_pointing_packages(lay: Lay) -> None:
    root = lay(
        {
            "Cargo.toml": '[workspace]\nmembers = []\nexclude = ["out"]\n',
            "out/Cargo.toml": package("out"),
            "far/off/Cargo.toml": package("far", 'workspace = "../.."\n'),
        }
    )
    assert find_project(root / "out").root == root / "out"
    assert find_project(root / "far/off").root == root


def test_path_dependencies_outside_become_extra_trees(lay: Lay) -> None:
    lay({"Cargo.toml": package("leaf")}, name="leaf")
    lay({"Cargo.toml": package("mid", '[dependencies]\nleaf = { path = "../leaf" }\n')}, name="mid")
    root = lay(
        {
            "Cargo.toml": package(
                "top",
                '[target."cfg(unix)".dev-dependencies]\nmid = { path = "../mid" }\n'
                '[dependencies]\nsub = { path = "sub" }\nnone = { path = "../none" }\n',
            ),
            "sub/Cargo.toml": package("sub"),
        },
        name="top",
    )
    project = find_project(root)
    assert set(project.extra_trees) == {root.parent / "leaf", root.parent / "mid"}


def test_a_dependency_around_the_crate_widens_the_tree(lay: Lay) -> None:
    root = lay(
        {
            "Cargo.toml": package("main"),
            "fuzz/Cargo.toml": package("fuzz", '[dependencies]\nmain = { path = ".." }\n[workspace]\n'),
        }
    )
    project = find_project(root / "fuzz")
    assert (project.root, project.start, project.extra_trees) == (root, "fuzz", ())


BAD = {
    "missing": (lambda root: root / "nope", "does not exist"),
    "no manifest": (lambda root: root / "empty", "has no Cargo.toml"),
    "inside a crate": (lambda root: root / "crate/src", "the crate around it is"),
    "text file": (lambda root: root / "readme.txt", "is not a crate"),
    "broken manifest": (lambda root: root / "broken", "line 3, column"),
    "empty manifest": (lambda root: root / "hollow", "neither a package nor a workspace"),
    "not UTF-8": (lambda root: root / "latin", "is not UTF-8 at byte 10"),
    "dead link": (lambda root: root / "dead", "does not exist"),
    "link out": (lambda root: root / "linked", "is a link out of the tree"),
    "fifo": (lambda root: root / "pipe", "neither a folder nor a file"),
}


FAULTY = {
    "a quote": '[package]\nname = "a"\nversion = "0.1.0\nedition = "2018"\n',
    "a merge": '[package]\nname = "a"\n<<<<<<< HEAD\nedition = "2018"\n=======\nedition = "2021"\n>>>>>>> x\n',
    "a key twice": '[package]\nname = "a"\nedition = "2018"\nedition = "2021"\n',
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_manifest_with_faulty_lines_is_still_a_crate(name: str, lay: Lay) -> None:
    project = find_project(lay({"Cargo.toml": FAULTY[name], "src/lib.rs": ""}))
    assert (project.kind, project.package, project.edition) == ("package", "a", "2018")


@pytest.mark.parametrize("name", BAD)
def test_bad_paths_say_what_to_do(name: str, lay: Lay) -> None:
    root = lay(
        {
            "empty/x": "",
            "crate/Cargo.toml": package("c"),
            "crate/src/lib.rs": "",
            "readme.txt": "",
            "broken/Cargo.toml": "[package]\n\nname = = 1\n",
            "hollow/Cargo.toml": "",
            "latin/Cargo.toml": b"# 23456789\xff",
            "linked/Cargo.toml": package("l"),
            "elsewhere/lib.rs": "",
        }
    )
    (root / "dead").symlink_to("nowhere")
    (root / "linked/src").symlink_to("../elsewhere")
    os.mkfifo(root / "pipe")
    path, said = BAD[name]
    with pytest.raises(UsageError, match=said):
        find_project(path(root))


def test_an_unreadable_manifest(lay: Lay) -> None:
    root = lay({"Cargo.toml": package("a")})
    (root / "Cargo.toml").chmod(0)
    if os.access(root / "Cargo.toml", os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(UsageError, match="cannot read"):
        find_project(root)


def test_a_link_to_a_crate_is_the_crate(lay: Lay) -> None:
    root = lay({"Cargo.toml": package("a"), "src/lib.rs": ""})
    (root.parent / "link").symlink_to(root)
    assert find_project(root.parent / "link").root == root


def test_keys_tell_trees_and_toolchains_apart(lay: Lay) -> None:
    one, two = (
        lay({"Cargo.toml": package("a")}, name="one"),
        lay({"Cargo.toml": package("a")}, name="two"),
    )
    old, new = Toolchain(Path("/x"), "release: 1.0"), Toolchain(Path("/x"), "release: 2.0")
    keys = {find_project(path).key(tools) for path in (one, two) for tools in (old, new)}
    assert len(keys) == 4
    assert find_project(one).key(old) == find_project(one / "Cargo.toml").key(old)
