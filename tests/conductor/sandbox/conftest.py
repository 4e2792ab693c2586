"""Fixtures: every rung this machine has, a small target tree, and a way to open sandboxes on it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rusta_conductor.sandbox import (
    Layout,
    Rung,
    RungReport,
    Sandbox,
    acquire_lane,
    open_sandbox,
    probe_rungs,
    snapshot,
)

FILES = {
    "Cargo.toml": b'[package]\nname = "demo"\n',
    "src/lib.rs": b"pub fn one() -> u8 { 1 }\n",
    "src/deep/er/mod.rs": b"// deep\n",
    "src/other.rs": b"// other\n",
    "target/old": b"hidden\n",
    ".git/config": b"hidden\n",
}
HIDDEN = ("target", ".git")
Opener = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def rungs() -> dict[Rung, RungReport]:
    """What each rung's trial says on this machine."""
    with tempfile.TemporaryDirectory(prefix="rusta-probe-") as place:
        return {report.rung: report for report in probe_rungs(Path(place), fresh=True)}


@pytest.fixture(params=[rung for rung in Rung if rung is not Rung.NONE], ids=str)
def rung(request: pytest.FixtureRequest, rungs: dict[Rung, RungReport]) -> Rung:
    """Each rung that works here, in turn."""
    report = rungs[request.param]
    if not report.ok:
        pytest.skip(f"this machine has no rung {report.rung}: {report.why}")
    return report.rung


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A target tree whose files have old times."""
    return make_tree(tmp_path / "tree")


def make_tree(root: Path) -> Path:
    for name, data in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (root / "empty").mkdir()
    (root / "link.rs").symlink_to("src/lib.rs")
    return root.resolve()


@pytest.fixture
def opener(home: Path, tree: Path, rung: Rung) -> Iterator[Opener]:
    """Opens sandboxes on the tree (or another root) on this rung; the tree must come out as it was,
    byte for byte and to the nanosecond."""
    before = look(tree)
    with contextlib.ExitStack() as stack:

        def open_one(root: Path = tree, key: str = "demo", **more: tuple[Path, ...]) -> Sandbox:
            lane = stack.enter_context(acquire_lane(home, key))
            layout = Layout(root, hidden=HIDDEN, **more)
            return stack.enter_context(open_sandbox(layout, lane, rung))

        yield open_one
    assert look(tree) == before


@pytest.fixture
def sandbox(opener: Opener) -> Sandbox:
    return opener()


def look(root: Path) -> dict[str, object]:
    """Everything about a tree that must not change, times included."""
    return {
        path: (record.sha256, record.mode, record.mtime_ns, record.ctime_ns, record.inode)
        for path, record in snapshot(root).files.items()
    }


def shell(sandbox: Sandbox, script: str, **more: object) -> bytes:
    """Run a shell script that must succeed; its output."""
    done = sandbox.run(["/bin/sh", "-c", script], **more)  # type: ignore[arg-type]
    assert done.ok, done.stderr.decode()
    return done.stdout
