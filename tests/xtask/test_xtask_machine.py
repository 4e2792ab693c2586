"""What the operating system has to provide: apt as root, advice for others, the Rust toolchain."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from xtask_lib import machine
from xtask_lib.console import XtaskError
from xtask_lib.machine import SystemNeed, provide_system_packages, require_rust

Needs = tuple[SystemNeed, SystemNeed]


def program(folder: Path, name: str, text: str) -> None:
    """An executable shell script."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH, with an apt-get that makes an installed package's program."""
    folder = tmp_path / "bin"
    touch, chmod, grep = (shutil.which(n) for n in ("touch", "chmod", "grep"))
    calls, known = tmp_path / "calls", tmp_path / "known"
    known.write_text("strong weak\n")
    program(
        folder,
        "apt-get",
        f'echo "$DEBIAN_FRONTEND $*" >> {calls}\n'
        f'[ "$1" = update ] && echo everything >> {known}\n'
        'if [ "$1" = install ]; then for p in "$@"; do\n'
        f"  case $p in strong|weak) {touch} {folder}/$p; {chmod} +x {folder}/$p;; esac\n"
        "done; fi\nexit 0",
    )
    program(
        folder,
        "apt-cache",
        f'if {grep} -q "$2\\|everything" {known}; then echo "  Candidate: 1.0"; fi',
    )
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return folder


def need(name: str, *, required: bool, package: str | None = None) -> SystemNeed:
    return SystemNeed(
        name,
        lambda: shutil.which(name) is not None,
        (package or name,),
        "a purpose",
        required=required,
        without="it is worse",
    )


@pytest.fixture
def needs() -> Needs:
    return need("strong", required=True), need("weak", required=False)


def calls(tmp_path: Path) -> list[str]:
    path = tmp_path / "calls"
    return path.read_text().splitlines() if path.exists() else []


def test_nothing_missing_runs_nothing(bin_folder: Path, tmp_path: Path, needs: Needs) -> None:
    for name in ("strong", "weak"):
        program(bin_folder, name, "")
    provide_system_packages(tmp_path / "log", {}, needs)
    assert calls(tmp_path) == []


def test_root_installs_what_is_missing(bin_folder: Path, tmp_path: Path, needs: Needs) -> None:
    provide_system_packages(tmp_path / "log", {"PATH": str(bin_folder)}, needs)
    (call,) = calls(tmp_path)
    assert call.startswith("noninteractive install -y --no-install-recommends strong weak ")
    assert (bin_folder / "weak").exists()


def test_the_lists_are_fetched_only_for_an_unknown_package(bin_folder: Path, tmp_path: Path, needs: Needs) -> None:
    (tmp_path / "known").write_text("weak\n")
    provide_system_packages(tmp_path / "log", {"PATH": str(bin_folder)}, needs)
    assert [call.split()[1] for call in calls(tmp_path)] == ["update", "install"]


def test_others_are_told_exactly_what_to_run(
    bin_folder: Path, tmp_path: Path, needs: Needs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(XtaskError) as caught:
        provide_system_packages(tmp_path / "log", {}, needs)
    text = "run: sudo apt-get install -y --no-install-recommends strong weak"
    assert text in str(caught.value)
    assert calls(tmp_path) == []


def test_work_goes_on_without_an_optional_program(
    bin_folder: Path,
    tmp_path: Path,
    needs: Needs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program(bin_folder, "strong", "")
    provide_system_packages(tmp_path / "log", {}, needs)
    told = capsys.readouterr().err
    assert "weak is missing" in told
    assert "without it it is worse" in told
    assert "sudo apt-get install -y --no-install-recommends weak" in told


def test_the_switch_forbids_installing(bin_folder: Path, tmp_path: Path, needs: Needs) -> None:
    with pytest.raises(XtaskError, match="RUSTA_APT=0 forbids installing"):
        provide_system_packages(tmp_path / "log", {"RUSTA_APT": "0"}, needs)
    assert calls(tmp_path) == []


def test_a_failing_apt_is_reported(
    bin_folder: Path, tmp_path: Path, needs: Needs, capsys: pytest.CaptureFixture[str]
) -> None:
    program(bin_folder, "apt-get", "echo E: Temporary failure resolving; exit 100")
    with pytest.raises(XtaskError, match=r"apt-get failed .*100.*; try: apt-get install"):
        provide_system_packages(tmp_path / "log", {"PATH": str(bin_folder)}, needs)
    assert "Temporary failure resolving" in capsys.readouterr().err
    assert "Temporary failure resolving" in (tmp_path / "log").read_text()


def test_a_system_without_apt_is_told_what_is_needed(bin_folder: Path, tmp_path: Path, needs: Needs) -> None:
    (bin_folder / "apt-get").unlink()
    with pytest.raises(XtaskError, match="no apt-get"):
        provide_system_packages(tmp_path / "log", {}, needs)


def test_an_installation_to_no_effect_is_not_called_done(bin_folder: Path, tmp_path: Path) -> None:
    odd = need("strange", required=True, package="weak")
    with pytest.raises(XtaskError, match="to no effect"):
        provide_system_packages(tmp_path / "log", {"PATH": str(bin_folder)}, [odd])


def test_the_needs_of_the_product() -> None:
    """bubblewrap may be missing, a linker may not; this very Python can make environments."""
    by_name = {n.name: n for n in machine.SYSTEM_NEEDS}
    assert not by_name["bwrap"].required
    assert by_name["cc"].required
    assert by_name["ensurepip"].packages == (f"python3.{sys.version_info.minor}-venv",)


def test_no_rust_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(XtaskError, match="rustc was not found") as caught:
        require_rust({"PATH": str(tmp_path)})
    assert "https://sh.rustup.rs" in str(caught.value)


def test_rustup_without_a_toolchain_says_what_to_install(tmp_path: Path) -> None:
    program(tmp_path, "rustc", 'echo "error: rustup could not choose a version" >&2; exit 1')
    with pytest.raises(XtaskError, match="could not choose a version") as caught:
        require_rust({"PATH": str(tmp_path)})
    assert "rustup default stable" in str(caught.value)


def test_cargo_is_found_where_rustup_puts_it(tmp_path: Path) -> None:
    program(tmp_path / "home" / "bin", "cargo", "")
    environ = {"PATH": str(tmp_path), "CARGO_HOME": str(tmp_path / "home")}
    machine.put_cargo_on_path(environ)
    assert environ["PATH"] == f"{tmp_path}{os.pathsep}{tmp_path / 'home'}/bin"
    before = dict(environ)
    machine.put_cargo_on_path(environ)
    assert environ == before


def test_a_full_disk_is_told_before_anything_fails_on_it(tmp_path: Path) -> None:
    machine.require_room(tmp_path, 1, "this needs")
    with pytest.raises(XtaskError, match=r"MiB free, and this needs 1,000,000,000,000 MiB; free some space"):
        machine.require_room(tmp_path, 10**12, "this needs")
