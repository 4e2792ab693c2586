"""What the operating system has to provide: a few Debian packages and a Rust toolchain."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xtask_lib.console import XtaskError, command_line, note, step, warn
from xtask_lib.logged import CommandError, run_logged

RUST_HELP = """\
Rusta works on Rust crates and needs cargo and rustc. Install a toolchain with
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y
and open a new shell, or put the bin folder of the toolchain that you have on PATH."""

RUSTUP_WITHOUT_TOOLCHAIN = """\
rustup is installed but has no toolchain that works:
    {message}
Install one with
    rustup toolchain install stable && rustup default stable"""


@dataclass(frozen=True)
class SystemNeed:
    """A program of the operating system, the Debian packages that have it, and what it is for."""

    name: str
    present: Callable[[], bool]
    packages: tuple[str, ...]
    purpose: str
    required: bool
    without: str = ""


def _on_path(program: str) -> Callable[[], bool]:
    return lambda: shutil.which(program) is not None


SYSTEM_NEEDS = (
    SystemNeed(
        "ensurepip",
        lambda: importlib.util.find_spec("ensurepip") is not None,
        (f"python{sys.version_info.major}.{sys.version_info.minor}-venv",),
        "makes the virtual environment",
        required=True,
    ),
    SystemNeed("cc", _on_path("cc"), ("gcc", "libc6-dev"), "the linker of rustc", required=True),
    SystemNeed(
        "bwrap",
        _on_path("bwrap"),
        ("bubblewrap",),
        "the strongest sandbox",
        required=False,
        without="the sandbox falls back to a lower rung (`rusta doctor` shows which)",
    ),
    SystemNeed(
        "unshare",
        _on_path("unshare"),
        ("util-linux",),
        "overlay mounts for the sandbox",
        required=False,
        without="the sandbox falls back to a lower rung (`rusta doctor` shows which)",
    ),
)


def provide_system_packages(
    log: Path,
    environ: Mapping[str, str] = os.environ,
    needs: Sequence[SystemNeed] = SYSTEM_NEEDS,
) -> None:
    """See to it that the needed programs are there: install as root, else say what to run.

    Raises XtaskError when a program is missing that the product can't do without.
    `RUSTA_APT=0` never installs.
    """
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    packages = [package for need in missing for package in need.packages]
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    trouble = ""
    if not shutil.which("apt-get"):
        trouble = "this system has no apt-get; install what provides them there"
    elif os.geteuid() != 0:
        trouble = "run: sudo " + command_line(install)
    elif environ.get("RUSTA_APT") == "0":
        trouble = "RUSTA_APT=0 forbids installing; run: " + command_line(install)
    else:
        try:
            _apt_install(packages, install, log, environ)
        except CommandError as error:
            trouble = f"apt-get failed ({error}); try: {command_line(install)}"
        importlib.invalidate_caches()
    _judge([need for need in missing if not need.present()], trouble)


def _judge(missing: Sequence[SystemNeed], trouble: str) -> None:
    lines = [
        f"{need.name} is missing (Debian: {' '.join(need.packages)}): {need.purpose}"
        + (f"; without it {need.without}" if need.without else "")
        for need in missing
    ]
    if not lines:
        return
    text = "\n         ".join([*lines, trouble or "apt-get installed the packages, to no effect"])
    if any(need.required for need in missing):
        raise XtaskError(text)
    warn(text)


def _apt_install(packages: Sequence[str], install: Sequence[str], log: Path, environ: Mapping[str, str]) -> None:
    # The lock timeout: a machine that has just started is often still updating itself.
    options = ["-o", "DPkg::Lock::Timeout=120"]
    env = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step("installing Debian packages: " + " ".join(packages)):
        note(command_line(install))
        updated = False
        if not all(_apt_knows(package) for package in packages):
            run_logged(["apt-get", "update", *options], log, env)
            updated = True
        try:
            run_logged([*install, *options], log, env)
        except CommandError:
            if updated:
                raise
            # Known but no longer in the archive: the lists on this machine are old.
            run_logged(["apt-get", "update", *options], log, env)
            run_logged([*install, *options], log, env)


def _apt_knows(package: str) -> bool:
    done = subprocess.run(
        ["apt-cache", "policy", package],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    return "Candidate:" in done.stdout and "Candidate: (none)" not in done.stdout


def put_cargo_on_path(environ: MutableMapping[str, str]) -> None:
    """Add cargo's usual bin folder to PATH when cargo isn't found: a login shell would have it."""
    if shutil.which("cargo", path=environ.get("PATH")):
        return
    homes = [environ.get("CARGO_HOME"), str(Path("~/.cargo").expanduser())]
    for home in filter(None, homes):
        if Path(home, "bin", "cargo").exists():
            environ["PATH"] = os.pathsep.join(filter(None, [environ.get("PATH"), f"{home}/bin"]))
            return


def require_rust(environ: Mapping[str, str]) -> None:
    """Raise XtaskError, saying what to install, unless `rustc` and `cargo` really run."""
    for program in ("rustc", "cargo"):
        if not shutil.which(program, path=environ.get("PATH")):
            raise XtaskError(f"{program} was not found.\n{RUST_HELP}")
        # A rustup proxy without a toolchain is on PATH and fails; it must not download one either.
        done = subprocess.run(
            [program, "--version"],
            env={**environ, "RUSTUP_AUTO_INSTALL": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            message = done.stderr.strip().splitlines() or [f"{program} --version failed"]
            raise XtaskError(RUSTUP_WITHOUT_TOOLCHAIN.format(message=message[0]))


def require_room(folder: Path, mebibytes: int, purpose: str) -> None:
    """Raises XtaskError when the disk of ``folder`` has less room: a full disk fails anywhere, and says so nowhere."""
    free = shutil.disk_usage(folder).free >> 20
    if free < mebibytes:
        raise XtaskError(
            f"{folder} has {free:,} MiB free, and {purpose} {mebibytes:,} MiB; "
            "free some space, or set TMPDIR to a folder on another disk"
        )
