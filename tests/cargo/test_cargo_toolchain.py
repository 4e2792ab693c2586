"""Finding the compiler itself, not the proxies around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rusta_cargo import toolchain as toolchains
from rusta_cargo.toolchain import Toolchain, find_rust_analyzer, find_toolchain, is_proxy
from rusta_cargo.tools.selection import whole
from rusta_conductor.errors import UsageError


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_real_binaries_are_found() -> None:
    found = find_toolchain(Path("/"))
    rustc = found.tool("rustc")
    assert not is_proxy(rustc)
    assert rustc.parent == found.sysroot / "bin"
    assert found.release[0].isdigit()
    assert found.host in found.version


def test_a_missing_component_says_how_to_get_it(tmp_path: Path) -> None:
    program(tmp_path / "bin/rustc", "echo release: 9.9.9")
    with pytest.raises(UsageError, match="rustup component add clippy"):
        toolchains.Toolchain(tmp_path, "").tool("cargo-clippy")


def test_the_override_may_be_a_sysroot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin/rustc", "echo release: 9.9.9; echo host: x-y-z")
    monkeypatch.setenv("RUSTA_TOOLCHAIN", str(tmp_path))
    found = find_toolchain(Path("/"))
    assert (found.sysroot, found.release, found.host) == (tmp_path, "9.9.9", "x-y-z")


def test_a_toolchain_in_the_tree_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would run outside of the sandbox, only because the tree says so."""
    evil = program(tmp_path / "crate/evil/bin/rustc", f"touch {tmp_path}/ran")
    rustup = program(tmp_path / "path/rustup", f"echo {evil.parent.parent} '(overridden by rust-toolchain.toml)'")
    (tmp_path / "path/rustc").symlink_to(rustup)
    monkeypatch.setenv("PATH", str(tmp_path / "path"), prepend=":")
    monkeypatch.delenv("RUSTA_TOOLCHAIN", raising=False)
    with pytest.raises(UsageError, match="names a toolchain inside the project"):
        find_toolchain(tmp_path / "crate")
    assert not (tmp_path / "ran").exists()


def test_a_toolchain_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rustup = program(tmp_path / "path/rustup", "echo \"error: toolchain 'x' is not installed\" >&2; exit 1")
    (tmp_path / "path/rustc").symlink_to(rustup)
    monkeypatch.setenv("PATH", str(tmp_path / "path"), prepend=":")
    monkeypatch.delenv("RUSTA_TOOLCHAIN", raising=False)
    with pytest.raises(UsageError, match="toolchain 'x' is not installed"):
        find_toolchain(tmp_path / "some" / "..")


def test_a_proxy_or_broken_rust_analyzer_is_looked_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rustup = program(tmp_path / "1/rustup", "exit 1")
    (tmp_path / "1/rust-analyzer").symlink_to(rustup)
    program(tmp_path / "2/rust-analyzer", "exit 1")
    good = program(tmp_path / "3/rust-analyzer", "echo rust-analyzer 1.0")
    bare = toolchains.Toolchain(tmp_path / "none", "")
    monkeypatch.setenv("PATH", f"{tmp_path}/1:{tmp_path}/2:/usr/bin:/bin")
    assert find_rust_analyzer(bare) in (None, Path("/usr/bin/rust-analyzer"))
    monkeypatch.setenv("PATH", f"{tmp_path}/1:{tmp_path}/2:{tmp_path}/3:/usr/bin:/bin")
    assert find_rust_analyzer(bare) == good


def test_the_numbers_of_a_version_leave_its_channel_out() -> None:
    def made(release: str) -> Toolchain:
        return Toolchain(Path("/nowhere"), f"rustc {release}\nrelease: {release}\n")

    assert made("1.95.0").numbers == (1, 95, 0)
    assert made("1.73.0-nightly").numbers == (1, 73, 0)
    assert whole(made("1.74.0-beta.2")) == ["--keep-going"]
    assert whole(made("1.73.0")) == []
