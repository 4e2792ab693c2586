"""A new lane starts from what was compiled before, and is never led astray by it."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rusta_cargo import inheriting
from rusta_cargo.inheriting import inherit
from rusta_cargo.models import CheckArgs
from rusta_cargo.project import Project, find_project
from rusta_cargo.toolchain import find_toolchain
from rusta_cargo.tools.checking import cargo_check

MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n'
LOCK = """version = 3
[[package]]
name = "demo"
version = "0.1.0"
[[package]]
name = "far-away"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
"""
FOREIGN, LOCAL = "0123456789abcdef", "fedcba9876543210"
BUILT = {
    ".cargo-lock": "",
    f".fingerprint/far-away-{FOREIGN}/lib-far_away": "1",
    f".fingerprint/demo-{LOCAL}/lib-demo": "2",
    f"build/far-away-{FOREIGN}/build-script-build": "3",
    f"build/demo-{LOCAL}/output": "4",
    f"deps/libfar_away-{FOREIGN}.rlib": "5",
    f"deps/far_away-{FOREIGN}.d": "6",
    f"deps/libdemo-{LOCAL}.rlib": "7",
    f"deps/demo-{LOCAL}": "8",
    "incremental/demo-1/s-1/query-cache.bin": "9",
}
TAKEN = {path for path in BUILT if "far" in path or "incremental" in path}


@pytest.fixture
def built(lay: Callable[..., Path]) -> Path:
    files = {"Cargo.toml": MANIFEST, "src/lib.rs": "", "Cargo.lock": LOCK}
    return lay({**files, **{f"target/debug/{path}": text for path, text in BUILT.items()}})


def inherited(root: Path, lanes: Path, name: str = "0") -> tuple[Path, int]:
    target = lanes / name / "target" / "cargo"
    target.parent.mkdir(parents=True)
    return target, inherit(target, find_project(root), lanes)


def listed(target: Path) -> set[str]:
    return {path.relative_to(target / "debug").as_posix() for path in target.rglob("*") if path.is_file()}


def test_only_what_cannot_lead_astray_is_taken(built: Path, tmp_path: Path) -> None:
    program = built / f"target/debug/build/far-away-{FOREIGN}/build-script-build"
    program.chmod(0o755)
    os.utime(program, ns=(5, 123_456_789))
    (built / "target/debug/deps/link-0.rlib").symlink_to("/etc/hostname")
    target, size = inherited(built, tmp_path / "lanes")
    assert listed(target) == TAKEN
    assert size == len(TAKEN)
    copy = target / program.relative_to(built / "target")
    assert copy.stat().st_mtime_ns == 123_456_789
    assert copy.stat().st_mode & 0o777 == 0o755
    assert copy.stat().st_nlink == 1, "a sandbox must not be able to write into the user's own file"


def test_another_lane_gives_its_dependencies_and_the_user_the_caches(built: Path, tmp_path: Path) -> None:
    first, _ = inherited(built, tmp_path / "lanes")
    (first / f"debug/deps/libfar_away-{FOREIGN}.rlib").write_text("of the lane")
    second, _ = inherited(built, tmp_path / "lanes", "1")
    assert listed(second) == TAKEN
    assert (second / f"debug/deps/libfar_away-{FOREIGN}.rlib").read_text() == "of the lane"


def test_a_folder_that_cargo_works_in_is_left_alone(built: Path, tmp_path: Path) -> None:
    with (built / "target/debug/.cargo-lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        target, size = inherited(built, tmp_path / "lanes")
    assert (size, target.exists()) == (0, False)


@pytest.mark.parametrize(("most", "kept"), [(4, "far"), (3, "incremental"), (0, None)])
def test_too_much_is_not_copied(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, kept: str | None
) -> None:
    monkeypatch.setattr(inheriting, "MOST_BYTES", most)
    target, size = inherited(built, tmp_path / "lanes")
    assert listed(target) == {path for path in TAKEN if kept is not None and kept in path}
    assert size == len(listed(target))


@pytest.mark.parametrize("lock", [None, b"no = [lock", b"\xff", b'package = "x"'])
def test_without_a_lock_file_nothing_tells_whose_a_package_is(built: Path, tmp_path: Path, lock: bytes | None) -> None:
    (built / "Cargo.lock").unlink()
    if lock is not None:
        (built / "Cargo.lock").write_bytes(lock)
    target, size = inherited(built, tmp_path / "lanes")
    assert (size, target.exists()) == (0, False)


def test_a_package_of_the_tree_is_local_though_a_registry_has_the_name(built: Path, tmp_path: Path) -> None:
    (built / "Cargo.lock").write_text(LOCK + '[[package]]\nname = "far-away"\nversion = "2.0.0"\n')
    target, _ = inherited(built, tmp_path / "lanes")
    assert listed(target) == {"incremental/demo-1/s-1/query-cache.bin"}


def test_a_single_file_inherits_nothing(built: Path, tmp_path: Path) -> None:
    project = Project(kind="file", root=built, file="a.rs")
    assert inherit(tmp_path / "lanes/0/target/cargo", project, tmp_path / "lanes") == 0


def test_dependencies_stay_built_and_the_members_are_judged_anew(
    lay: Callable[..., Path], bench: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's own build was of a sound text; the broken one has an older time, as a restored backup has."""
    root = lay(
        {
            "Cargo.toml": MANIFEST + '[dependencies]\nfar-away = "1"\n',
            "src/lib.rs": "pub fn f() -> u8 { far_away::g() }\n",
            ".cargo/config.toml": '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n',
            "vendor/far-away/Cargo.toml": MANIFEST.replace("demo", "far-away").replace("0.1.0", "1.0.0"),
            "vendor/far-away/src/lib.rs": "pub fn g() -> u8 { 7 }\n",
            "vendor/far-away/.cargo-checksum.json": '{"files":{}}',
        }
    )
    cargo = find_toolchain(root).tool("cargo")
    environment = {**os.environ, "CARGO_NET_OFFLINE": "true"}
    environment.pop("CARGO_TARGET_DIR", None)
    subprocess.run([cargo, "check", "--all-targets"], cwd=root, env=environment, check=True, capture_output=True)
    before = {path: path.stat().st_mtime_ns for path in (root / "target").rglob("*")}
    (root / "src/lib.rs").write_text("pub fn f() -> i8 { far_away::g() }\n")
    os.utime(root / "src/lib.rs", (1_000_000_000, 1_000_000_000))
    it = bench(root)
    report = it.call(cargo_check, CheckArgs())
    assert [diagnostic.code for diagnostic in report.diagnostics if diagnostic.code] == ["E0308"]
    [compiled] = (root / "target/debug/deps").glob("libfar_away-*.rmeta")
    with it.workspace.lane() as lane:
        [mine] = (lane.target / "debug/deps").glob("libfar_away-*.rmeta")
    assert mine.name == compiled.name
    assert mine.stat().st_mtime_ns == compiled.stat().st_mtime_ns, "it was not compiled again"
    assert before == {path: path.stat().st_mtime_ns for path in (root / "target").rglob("*")}
