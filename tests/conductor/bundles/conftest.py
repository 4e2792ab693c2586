"""Trees and bundles to try things with."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rusta_conductor.home import Home
from rusta_schemas.bundle import PatchBundle, Proof, ProofStep, Risk
from rusta_schemas.bundle import make_bundle as sealed
from rusta_schemas.canonical import sha256_hex
from rusta_schemas.edits import Edit, diff_edits

Texts = Mapping[str, tuple[bytes | None, bytes | None]]
MakeBundle = Callable[..., PatchBundle]


def build(root: Path, texts: Texts, **changes: Any) -> PatchBundle:
    """A bundle that turns every file's first text into its second; None: the file does not exist then."""
    edits: list[Edit] = []
    for path, (old, new) in sorted(texts.items()):
        edits += diff_edits(path, old or b"", new or b"")
    fields: dict[str, Any] = {
        "episode": "20250101-000000-0a0b0c0d",
        "created": "2025-01-01T00:00:00.000000Z",
        "domain": "test",
        "root": str(root),
        "summary": "say hello to the world",
        "edits": tuple(edits),
        "base_hashes": {p: None if old is None else sha256_hex(old) for p, (old, _) in texts.items()},
        "result_hashes": {p: None if new is None else sha256_hex(new) for p, (_, new) in texts.items()},
        "k_lines": 3,
        "k_files": len(texts),
        "risk": Risk.LOW,
        "confidence": 0.9,
        "proof": Proof(
            green=True,
            steps=(ProofStep(command="check", ok=True, summary="fine", key="a" * 64),),
            sandbox="overlay",
        ),
        "log_head": "b" * 64,
    }
    return sealed(**{**fields, **changes})


def lay(root: Path, texts: Texts, side: int = 0) -> None:
    """Write one side of ``texts`` below ``root``."""
    root.mkdir(exist_ok=True)
    for path, pair in texts.items():
        content = pair[side]
        if content is not None:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)


def picture(root: Path) -> dict[str, tuple[int, bytes | str | None]]:
    """Everything below ``root``: mode and content of files, targets of links, folders as None."""
    found: dict[str, tuple[int, bytes | str | None]] = {}
    for path in sorted(root.rglob("*")):
        about = path.lstat()
        content: bytes | str | None = None
        if stat.S_ISLNK(about.st_mode):
            content = str(path.readlink())
        elif stat.S_ISREG(about.st_mode):
            content = path.read_bytes()
        found[path.relative_to(root).as_posix()] = (stat.S_IMODE(about.st_mode), content)
    return found


# A file of each kind: changed in the middle, with CRLF and a BOM, made in new folders, removed.
MIXED: Texts = {
    "src/lib.txt": (b"one\ntwo\nthree\n", b"one\n2\nthree\nfour\n"),
    "src/crlf.txt": ("\ufeffa\r\nb ü\r\n".encode(), "\ufeffa\r\nb ö!\r\n".encode()),
    "new/deep/made.txt": (None, b"made\n"),
    "old/gone.txt": (b"going\n", None),
    "with space/ümlaut.txt": (b"x", b"y"),
}


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory where that is possible: these tests sync thousands of times, and none of them is about power loss."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="rusta-bundles-", dir=memory))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def mixed() -> Texts:
    return MIXED


@pytest.fixture
def tree(tmp_path: Path, mixed: Texts) -> Path:
    root = tmp_path / "tree"
    lay(root, mixed)
    (root / "src/lib.txt").chmod(0o750)
    (root / "old/gone.txt").chmod(0o700)
    (root / "other.txt").write_text("not touched\n")
    return root


@pytest.fixture(scope="session")
def make_bundle() -> MakeBundle:
    return build


@pytest.fixture
def bundle(tree: Path, mixed: Texts) -> PatchBundle:
    return build(tree, mixed)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ready()


@pytest.fixture
def look_at() -> Callable[[Path], dict[str, tuple[int, bytes | str | None]]]:
    return picture


@pytest.fixture
def write_texts() -> Callable[..., None]:
    return lay
