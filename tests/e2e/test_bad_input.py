"""Targets that are not right: an exit code, one clear sentence, and nothing changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from e2e_support import (
    BROKEN,
    MANIFEST,
    MENDED,
    Program,
    Tree,
    complaint,
    sandboxes,
    without_capabilities,
    write_files,
)

Lay = Callable[..., Path]
Watch = Callable[[Path], Tree]
Make = Callable[[Path], Path | str]

SOURCE = {"src/lib.rs": BROKEN}
CRATE: dict[str, str | bytes] = {"Cargo.toml": MANIFEST, **SOURCE}
BIG_LINE = "// " + "y" * 96 + "\n"


def files(**changed: str | bytes) -> Make:
    """A crate with some of its files replaced; ``src__lib`` is src/lib.rs."""
    names = {"manifest": "Cargo.toml", "src__lib": "src/lib.rs", "src__other": "src/other.rs"}
    return lambda root: write_files(root, {**CRATE, **{names[k]: v for k, v in changed.items()}})


def only(name: str, content: str | bytes) -> Make:
    return lambda root: write_files(root, {name: content}) / name


def fifo(name: str) -> Make:
    def make(root: Path) -> Path:
        write_files(root, CRATE)
        os.mkfifo(root / name)
        return root if "/" in name else root / name

    return make


def link_loop(root: Path) -> Path:
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    return root / "a"


def outer_source(root: Path) -> Path:
    write_files(root, {"crate/Cargo.toml": MANIFEST, "elsewhere/lib.rs": BROKEN})
    (root / "crate/src").symlink_to(root / "elsewhere")
    return root / "crate"


def odd_name(root: Path) -> Path:
    return write_files(Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9")), CRATE)


# What is given; and what the sentence says: the thing, and what to do. Nothing is opened, and the exit code is 2.
WRONG: dict[str, tuple[Make, tuple[str, ...]]] = {
    "no-crate": (lambda root: write_files(root, {"a.txt": ""}), ("is not a crate", "it has no Cargo.toml", "give a")),
    "empty-folder": (lambda root: root, ("has no Cargo.toml", "give a")),
    "nothing-there": (lambda root: root / "no" / "such", ("no/such does not exist", "give a")),
    "empty-manifest": (files(manifest=""), ("Cargo.toml describes neither a package", "add a [package]")),
    "broken-manifest": (files(manifest="[package]\nname = \n"), ("Cargo.toml does not parse", "line 2", "mend")),
    "manifest-encoding": (files(manifest=b"# \xff\n"), ("Cargo.toml is not UTF-8 at byte 2", "save it as UTF-8")),
    "a-program": (only("prog", b"\x7fELF\0"), ("prog is not a crate", "give a")),
    "a-fifo": (fifo("pipe.rs"), ("pipe.rs is neither a folder nor a file", "give a")),
    "a-device": (lambda root: "/dev/null", ("/dev/null is neither", "give a")),
    "everything": (lambda root: "/", ("/ is not a crate",)),
    "link-loop": (link_loop, ("cannot follow", "loop")),
    "source-is-elsewhere": (outer_source, ("src is a link out of the tree", "Give the crate that it leads to")),
    "odd-name": (odd_name, ("is not UTF-8", "rename the folder")),
}  # fmt: skip

FEATURE = "#![feature(never_type)]\n//! Never.\n\n/// Never at all.\npub fn never(x: !) -> ! {\n    x\n}\n\n"
# What is given, the exit code, and words of the answer. These are looked at, and an episode says what was seen.
SEEN: dict[str, tuple[Make, int, tuple[str, ...]]] = {
    "no-target": (
        lambda root: write_files(root, {"Cargo.toml": MANIFEST}),
        10,
        ("failed to parse manifest at `Cargo.toml`: no targets specified", "src/lib.rs"),
    ),
    "wrong-manifest": (
        files(manifest=MANIFEST.replace('"0.1.0"', "7")),
        10,
        ("Cargo.toml:3: invalid type: integer `7`",),
    ),
    "missing-path-dependency": (
        files(manifest=MANIFEST + '[dependencies]\ngone = { path = "../gone" }\n'),
        10,
        ("gone/Cargo.toml`: No such file", "Mend the dependency's path"),
    ),
    "dependency-not-offline": (
        files(manifest=MANIFEST + '[dependencies]\nno-such-crate = "1"\n'),
        10,
        ("no matching package named `no-such-crate` found", "no network", "cargo fetch"),
    ),
    "source-not-utf8": (
        files(src__lib=BROKEN.encode() + b"// \xff\n"),
        10,
        ("couldn't read `src/lib.rs`", "valid UTF-8", "src/lib.rs:12"),
    ),
    "program-as-source": (only("prog.rs", b"\x7fELF\0\xff"), 10, ("couldn't read `prog.rs`", "UTF-8")),
    "nightly-only": (
        files(src__lib=FEATURE + MENDED),
        10,
        ("[E0554] `#![feature]` may not be used on the stable release channel", "src/lib.rs:1"),
    ),
    "pipe-inside": (fifo("src/pipe.rs"), 2, ("src/pipe.rs is a socket, FIFO or device", "Remove it")),
}
QUICK = ("missing-path-dependency", "source-not-utf8", "pipe-inside")


def case(name: str, quick: tuple[str, ...]) -> object:
    return name if name in quick else pytest.param(name, marks=pytest.mark.slow)


@pytest.mark.parametrize("name", WRONG)
def test_it_is_told_before_anything_is_begun(rusta: Program, tmp_path: Path, unchanged: Watch, name: str) -> None:
    make, words = WRONG[name]
    (tmp_path / "ground").mkdir()
    target = make(tmp_path / "ground")
    unchanged(tmp_path / "ground")
    before = rusta.episodes()
    told = complaint(rusta("repair", target, code=2))
    assert [word for word in words if word not in told] == [], told
    assert rusta.episodes() == before


@pytest.mark.parametrize("name", [case(name, QUICK) for name in SEEN])
def test_it_is_told_what_was_seen(rusta: Program, tmp_path: Path, unchanged: Watch, name: str) -> None:
    make, code, words = SEEN[name]
    (tmp_path / "ground").mkdir()
    target = make(tmp_path / "ground")
    unchanged(tmp_path / "ground")
    done = rusta("repair", target, code=code)
    said = done.out + done.err
    assert [word for word in words if word not in said] == [], done.text
    assert len(done.out.splitlines()[0] if done.out else "") < 500
    assert sandboxes(rusta.home) == []


def test_a_link_out_of_the_tree_is_named(rusta: Program, tmp_path: Path, unchanged: Watch) -> None:
    """The compiler finds nothing at its end, and says so; we say why."""
    write_files(tmp_path, {"crate/Cargo.toml": MANIFEST, "elsewhere/outside.rs": "pub fn a() {}\n"})
    write_files(tmp_path, {"crate/src/lib.rs": "mod outside;\n" + MENDED})
    (tmp_path / "crate/src/outside.rs").symlink_to(tmp_path / "elsewhere/outside.rs")
    unchanged(tmp_path / "crate")
    unchanged(tmp_path / "elsewhere")
    done = rusta("repair", tmp_path / "crate", code=10)
    assert "file not found for module `outside`" in done.out
    assert f"src/outside.rs to {tmp_path}/elsewhere/outside.rs; put the files" in done.err


@pytest.mark.parametrize("part", ["Cargo.toml", "src", "src/lib.rs", "src/inner.rs"])
def test_what_may_not_be_read(rusta: Program, crate: Lay, part: str) -> None:
    """Also for root, who here may not read what the modes forbid."""
    root = crate({"src/lib.rs": "mod inner;\n" + BROKEN, "src/inner.rs": "\n"})
    before = Tree(root)
    (root / part).chmod(0)
    try:
        told = complaint(without_capabilities(rusta)("repair", root, code=2))
    finally:
        (root / part).chmod(0o755 if part == "src" else 0o644)
    assert "cannot read" in told
    assert str(root / part) in told
    assert "permission" in told.lower()
    assert {name for name in before.difference() if not name.endswith(part)} == set()


@pytest.mark.parametrize(
    "before",
    [
        BROKEN.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + BROKEN.encode(),
        pytest.param(
            (BROKEN + BIG_LINE * ((10_000_000 - len(BROKEN)) // 100)).encode(),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["crlf", "bom", "ten-megabytes"],
)
def test_every_other_byte_of_a_source_stays(rusta: Program, crate: Lay, before: bytes) -> None:
    root = crate({"src/lib.rs": before})
    bundle = rusta.json("repair", root)["bundle"]["id"]
    rusta("apply", bundle, code=0)
    after = (root / "src/lib.rs").read_bytes()
    assert after == before.replace(b"let result", b"let mut result")
    rusta("rollback", bundle, code=0)
    assert (root / "src/lib.rs").read_bytes() == before


@pytest.mark.slow
def test_a_source_of_more_than_ten_megabytes_is_left_alone(rusta: Program, crate: Lay, unchanged: Watch) -> None:
    root = crate({"src/lib.rs": BROKEN + BIG_LINE * 110_000})
    unchanged(root)
    done = rusta("repair", root, code=10)
    assert "src/lib.rs:4: [E0384]" in done.out
    small = crate({"src/lib.rs": "mod other;\n" + BROKEN, "src/other.rs": BIG_LINE * 110_000}, "b")
    assert rusta.json("repair", small)["outcome"] == "repaired"


def test_a_path_with_everything_in_its_name(rusta: Program, tmp_path: Path) -> None:
    """Spaces, umlauts, quotes, a newline, signs of the shell; and the crate is named by a link to it."""
    root = write_files(tmp_path / "ein Öhr 'q\" $x `y` *\nzwei;", CRATE)
    (tmp_path / "link").symlink_to(root)
    told = rusta.json("repair", tmp_path / "link")
    assert told["data"]["bundle"]["root"] == str(root)
    rusta("apply", told["bundle"]["id"], code=0)
    assert (root / "src/lib.rs").read_text() == MENDED
    rusta("rollback", told["bundle"]["id"], code=0)
    assert (root / "src/lib.rs").read_text() == BROKEN
    assert rusta.json("replay", told["episode"])["outcome"] == "repaired"


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PATH": "/usr/bin:/bin"}, ("no Rust toolchain", "RUSTA_TOOLCHAIN")),
        ({"RUSTA_TOOLCHAIN": "no-such"}, ("toolchain 'no-such' is not usable", "install it")),
        ({"RUSTA_HOME": "/etc/passwd"}, ("/etc/passwd is not a folder", "set RUSTA_HOME")),
        ({"RUSTA_HOME": "/proc/state"}, ("cannot make /proc/state", "set RUSTA_HOME")),
        ({"RUSTA_HOME": "{root}/state"}, ("lies inside the tree", "set RUSTA_HOME")),
    ],
    ids=["no-rustc", "no-toolchain", "home-is-a-file", "home-cannot-be-made", "home-in-the-tree"],
)
def test_surroundings_that_are_not_right(
    rusta: Program, crate: Lay, unchanged: Watch, env: dict[str, str], words: tuple[str, ...]
) -> None:
    if "PATH" in env and shutil.which("rustc", path=env["PATH"]):
        pytest.skip("rustc is a program of the system here")
    root = crate(SOURCE)
    unchanged(root)
    given = {name: value.format(root=root) for name, value in env.items()}
    told = complaint(rusta("repair", root, code=2, **given))
    assert [word for word in words if word not in told] == [], told


def test_a_home_that_cannot_be_written(crate: Lay, tmp_path: Path) -> None:
    """The user's own home folder is read-only, and nothing else was said."""
    home = tmp_path / "reader"
    home.mkdir(mode=0o500)
    rustup = os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup"))
    rusta = Program(tmp_path / "unused", tmp_path, {"RUSTUP_HOME": rustup})
    plain = without_capabilities(rusta).with_env(RUSTA_HOME="(unset)", HOME=str(home))
    told = complaint(plain("repair", crate(SOURCE), code=2))
    assert f"cannot make {home}/.local/state/rusta: Permission denied" in told
    assert "set RUSTA_HOME to a folder you own" in told
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("apply", "abcdef123456"), 2, "no bundle begins with 'abcdef123456'"),
        (("rollback", "no/such.json"), 2, "neither a bundle's file nor"),
        (("replay", "20200101-000000-00000000"), 2, "20200101-000000-00000000"),
        (("resume", "20200101-000000-00000000"), 2, "20200101-000000-00000000"),
        (("fork", "20200101-000000-00000000", "1"), 2, "20200101-000000-00000000"),
        (("devlog", "show", "20200101"), 2, "20200101"),
        (("repiar", "."), 2, "did you mean 'repair'"),
        (("repair", ".", "--budget", "probes=-1"), 2, "expected a positive number"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_names_that_nothing_has(rusta: Program, arguments: tuple[str, ...], code: int, words: str) -> None:
    assert words in complaint(rusta(*arguments, code=code))


@pytest.mark.slow
@pytest.mark.parametrize("option", [("-p", "other"), ("--features", "nope")])
def test_parts_that_the_crate_does_not_have(
    rusta: Program, crate: Lay, unchanged: Watch, option: tuple[str, str]
) -> None:
    root = crate(SOURCE)
    unchanged(root)
    done = rusta("repair", root, *option, code=10)
    assert option[1] in done.out.splitlines()[0]
