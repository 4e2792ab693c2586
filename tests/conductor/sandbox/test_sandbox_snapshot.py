"""Snapshots: what counts as a change of a tree, what is refused, and that the quick look is exact."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rusta_conductor.sandbox import SandboxError, snapshot


def test_every_kind_of_change_is_seen(tree: Path) -> None:
    """Content, mode, kind, a new and a removed file, a link's text; not a time alone."""
    before = snapshot(tree, ("target", ".git"))
    assert set(before.files) == {
        "Cargo.toml",
        "src/lib.rs",
        "src/deep/er/mod.rs",
        "src/other.rs",
        "link.rs",
    }
    (tree / "src/lib.rs").write_bytes(b"PUB fn one() -> u8 { 1 }\n")
    (tree / "src/other.rs").chmod(0o755)
    (tree / "src/deep/er/mod.rs").unlink()
    (tree / "src/new.rs").write_text("")
    (tree / "link.rs").unlink()
    (tree / "link.rs").symlink_to("src/other.rs")
    (tree / "target/old").write_text("does not count")
    os.utime(tree / "Cargo.toml")
    after = snapshot(tree, ("target", ".git"), before)
    assert before.difference(after) == (
        "link.rs",
        "src/deep/er/mod.rs",
        "src/lib.rs",
        "src/new.rs",
        "src/other.rs",
    )
    assert before.digest != after.digest
    assert after.difference(after) == ()


def test_the_digest_is_of_the_content(tree: Path, tmp_path: Path) -> None:
    """Two equal trees have one digest, wherever and whenever they were made."""
    import shutil

    shutil.copytree(tree, tmp_path / "twin", symlinks=True)
    assert snapshot(tmp_path / "twin").digest == snapshot(tree).digest


def test_links_are_not_followed(tree: Path, tmp_path: Path) -> None:
    """A link out of the tree is recorded by its text; what it leads to is never read."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("1")
    (tree / "out").symlink_to(outside)
    (tree / "loop").symlink_to("loop")
    before = snapshot(tree)
    (outside / "secret").write_text("2")
    assert snapshot(tree).digest == before.digest
    assert not any(name.startswith("out/") for name in before.files)


def test_devices_and_sockets_are_refused(tree: Path) -> None:
    """The message names the file and what to do."""
    os.mkfifo(tree / "src/pipe")
    with pytest.raises(SandboxError, match=r"src/pipe is a socket, FIFO or device.*Remove it"):
        snapshot(tree)


def test_a_root_that_is_no_folder(tmp_path: Path) -> None:
    """Missing, a file, or a link."""
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("missing", "file", "link"):
        with pytest.raises(SandboxError, match="cannot open the folder"):
            snapshot(tmp_path / name)


def test_an_unreadable_file_is_named(tree: Path) -> None:
    """Only an ordinary user can fail here."""
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (tree / "src/lib.rs").chmod(0)
    with pytest.raises(SandboxError, match=r"lib\.rs"):
        snapshot(tree)


def test_a_change_that_keeps_size_and_time_is_seen(tree: Path) -> None:
    """Times can be set back; the change time cannot."""
    path = tree / "src/lib.rs"
    before = snapshot(tree)
    status = path.stat()
    path.write_bytes(b"X" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert before.difference(snapshot(tree, (), before)) == ("src/lib.rs",)


def test_the_quick_look_reads_only_what_may_have_changed(tree: Path) -> None:
    """A record is taken over when the file is old enough to be sure of."""
    first = snapshot(tree)
    aged = type(first)(first.root, first.hidden, first.files, time.time_ns() + 10**12)
    again = snapshot(tree, (), aged)
    assert all(again.files[name] is first.files[name] for name in first.files)
    racy = snapshot(tree, (), first)
    assert racy.digest == first.digest
    assert racy.files["src/lib.rs"] is not first.files["src/lib.rs"]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    names=st.lists(
        st.binary(min_size=1, max_size=20).filter(
            lambda b: b"/" not in b and b"\0" not in b and b not in (b".", b"..")
        ),
        unique=True,
        max_size=6,
    )
)
def test_any_file_name(tmp_path_factory: pytest.TempPathFactory, names: list[bytes]) -> None:
    """Names are bytes; each appears once and the digest tells them apart."""
    root = tmp_path_factory.mktemp("names")
    for name in names:
        (root / os.fsdecode(name)).write_bytes(b"x")
    taken = snapshot(root)
    assert {os.fsencode(name) for name in taken.files} == set(names)
    assert len(taken.digest) == 64
