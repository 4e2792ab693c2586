"""Fixtures of the end-to-end tests: the installed ``rusta``, one warm state folder, and small crates."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from e2e_support import MANIFEST, Program, Tree, kill_leftovers, write_files

Lay = Callable[..., Path]


@pytest.fixture(scope="session")
def warm_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One state folder for all tests that do not damage it, so that rungs are probed and lanes are built once."""
    return tmp_path_factory.mktemp("warm") / "home"


@pytest.fixture
def rusta(warm_home: Path, tmp_path: Path) -> Program:
    return Program(warm_home, tmp_path)


@pytest.fixture
def fresh(tmp_path: Path) -> Program:
    """``rusta`` with an empty state folder of its own."""
    return Program(tmp_path / "state", tmp_path)


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Write a crate (or any files) below a folder of the test; gives that folder."""

    def write(files: Mapping[str, str | bytes], name: str = "crate") -> Path:
        return write_files(tmp_path / name, files)

    return write


@pytest.fixture
def crate(lay: Lay) -> Lay:
    """``lay``, with a manifest of a package ``demo`` unless one is given."""

    def write(files: Mapping[str, str | bytes], name: str = "crate") -> Path:
        return lay({"Cargo.toml": MANIFEST, **files}, name)

    return write


@pytest.fixture
def unchanged() -> Iterator[Callable[[Path], Tree]]:
    """Remember a tree; at the end of the test it must be as it was, to the last time stamp."""
    watched: list[Tree] = []

    def watch(path: Path) -> Tree:
        watched.append(Tree(path))
        return watched[-1]

    yield watch
    for tree in watched:
        assert tree.difference() == [], "the target tree was written to"


@pytest.fixture(autouse=True)
def nothing_keeps_running(tmp_path: Path) -> Iterator[None]:
    """Whatever a test starts on its folders has ended with it."""
    yield
    assert kill_leftovers(str(tmp_path)) == [], "processes were left behind"
