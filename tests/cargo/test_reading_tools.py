"""``read_span``, ``tree_hashes``, ``apply_edits``: the tree as the base with edits made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rusta_cargo.models import FileChange, NoArgs, ReadArgs, TreeArgs
from rusta_cargo.tools.editing import apply_edits
from rusta_cargo.tools.reading import read_span, tree_hashes
from rusta_cargo.workspace import workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext
from rusta_schemas.canonical import sha256_hex
from rusta_schemas.edits import Edit

Lay = Callable[..., Path]
MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n'


def test_reading_with_and_without_edits(lay: Lay, bench: Callable) -> None:
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": "fn ü() {}\n"}))
    part = it.call(read_span, ReadArgs(path="src/lib.rs", start=3, end=5))
    assert (part.text, part.size, part.lossy, part.sha256) == (
        "ü",
        11,
        False,
        sha256_hex("fn ü() {}\n".encode()),
    )
    assert it.call(read_span, ReadArgs(path="src/lib.rs", start=3, end=4)).lossy
    edited = ReadArgs(path="src/lib.rs", edits=(it.edit("src/lib.rs", "ü", "u"),))
    assert it.call(read_span, edited).text == "fn u() {}\n"
    new = Edit(path="src/new.rs", start=0, end=0, removed="", inserted="x")
    assert it.call(read_span, ReadArgs(path="src/new.rs", edits=(new,))).text == "x"


def test_what_cannot_be_read_is_named(lay: Lay, bench: Callable) -> None:
    root = lay(
        {
            "Cargo.toml": MANIFEST,
            "src/lib.rs": "",
            "big.rs": b" " * (10 * 1024 * 1024 + 1),
            "ten.rs": b" " * (10 * 1024 * 1024),
        }
    )
    (root / "out.rs").symlink_to("/etc/passwd")
    (root / "in.rs").symlink_to("src/lib.rs")
    it = bench(root)
    for path, said in {
        "nope.rs": "'nope.rs' is not a file of",
        "big.rs": "has 10,485,761 bytes; files over 10,485,760 bytes",
        "out.rs": "is a link out of the tree",
    }.items():
        with pytest.raises(ToolError, match=said):
            it.call(read_span, ReadArgs(path=path))
    assert it.call(read_span, ReadArgs(path="ten.rs", end=1)).size == 10 * 1024 * 1024
    assert it.call(read_span, ReadArgs(path="in.rs")).size == 0
    with pytest.raises(ToolError, match=r"has 0 bytes; 1\.\.2 is not a part of it"):
        it.call(read_span, ReadArgs(path="src/lib.rs", start=1, end=2))


def test_a_tree_that_changes_meanwhile_is_noticed(lay: Lay, bench: Callable) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": "a", "target/x": "", ".git/x": ""})
    it = bench(root)
    before = it.call(tree_hashes, NoArgs()).files
    assert before == {"Cargo.toml": sha256_hex(MANIFEST.encode()), "src/lib.rs": sha256_hex(b"a")}
    (root / "src/lib.rs").write_text("b")
    assert it.call(tree_hashes, NoArgs()).files == before | {"src/lib.rs": sha256_hex(b"b")}
    with pytest.raises(ToolError, match="changed on disk since the episode began"):
        it.call(read_span, ReadArgs(path="src/lib.rs"))


def test_the_exact_change_set(lay: Lay, bench: Callable) -> None:
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": "1\n2\n3\n", "src/same.rs": "x"}))
    edits = (
        it.edit("src/lib.rs", "2\n", "two\nand a half\n"),
        Edit(path="src/new.rs", start=0, end=0, removed="", inserted="n\n"),
        Edit(path="src/same.rs", start=0, end=1, removed="x", inserted="x"),
    )
    report = it.call(apply_edits, TreeArgs(edits=edits))
    assert report.files == {
        "src/lib.rs": FileChange(before=sha256_hex(b"1\n2\n3\n"), after=sha256_hex(b"1\ntwo\nand a half\n3\n")),
        "src/new.rs": FileChange(before=None, after=sha256_hex(b"n\n")),
    }
    assert (report.k_lines, report.k_files) == (3, 2)
    assert it.call(apply_edits, TreeArgs()).files == {}


def test_edits_that_do_not_fit(lay: Lay, bench: Callable) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": "abc"})
    (root / "link.rs").symlink_to("src/lib.rs")
    it = bench(root)
    for edit, said in (
        (
            Edit(path="src/lib.rs", start=0, end=1, removed="x", inserted=""),
            r"'src/lib.rs' has changed: bytes 0\.\.1",
        ),
        (Edit(path="src/lib.rs", start=2, end=4, removed="cd", inserted=""), r"bytes 2\.\.4"),
        (Edit(path=".git/config", start=0, end=0, removed="", inserted="x"), "hidden"),
        (Edit(path="link.rs", start=0, end=0, removed="", inserted="x"), "is a link to"),
        (Edit(path="src/lib.rs/x.rs", start=0, end=0, removed="", inserted="x"), "src/lib.rs"),
    ):
        with pytest.raises(ToolError, match=said):
            it.call(apply_edits, TreeArgs(edits=(edit,)))


def test_another_workspace_is_refused(home: Path) -> None:
    import threading

    with pytest.raises(ToolError, match="need a CargoWorkspace, the episode has NoneType"):
        workspace_of(ToolContext(None, 1, threading.Event(), "k", 1, home))
