"""Finds the compiler's own binaries, never the rustup proxies, and what lies beside them.

Nothing of the target tree is run here: rustup is asked for names only, and a toolchain that a project keeps in its own
tree is refused, because it would run outside the sandbox.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rusta_conductor.errors import UsageError

_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Toolchain:
    """One installed toolchain. ``version`` is the whole of ``rustc -vV``; ``identity`` is its digest."""

    sysroot: Path
    version: str

    @property
    def release(self) -> str:
        """The version number, such as ``1.95.0``."""
        return self._field("release")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The version's numbers, such as ``(1, 95, 0)``; what stands behind a dash is left out."""
        return tuple(int(part) for part in self.release.partition("-")[0].split(".") if part.isdecimal())

    @property
    def host(self) -> str:
        """The host triple."""
        return self._field("host")

    @property
    def identity(self) -> str:
        text = f"{self.sysroot}\n{self.version}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def docs(self) -> Path | None:
        """The folder of the installed HTML documentation, if it is there."""
        path = self.sysroot / "share" / "doc" / "rust" / "html"
        return path if path.is_dir() else None

    def tool(self, name: str) -> Path:
        """The binary ``name`` of this toolchain.

        Raises:
            UsageError: it is not installed; says how to install it.
        """
        path = self.sysroot / "bin" / name
        if not path.is_file():
            component = {"cargo-clippy": "clippy", "clippy-driver": "clippy"}.get(name, name)
            raise UsageError(
                f"{name} is not part of the toolchain at {self.sysroot}; "
                f"install it with: rustup component add {component}"
            )
        return path

    def has(self, name: str) -> bool:
        return (self.sysroot / "bin" / name).is_file()

    def _field(self, name: str) -> str:
        for line in self.version.splitlines():
            key, _, value = line.partition(": ")
            if key == name:
                return value
        return "unknown"


def find_toolchain(folder: Path) -> Toolchain:
    """The toolchain that ``folder`` uses.

    ``RUSTA_TOOLCHAIN`` (a name or a sysroot) comes first, then rustup's choice for the folder, then ``rustc`` on PATH.

    Raises:
        UsageError: there is none, the one asked for is not installed, or it lies in the project's own tree.
    """
    chosen = os.environ.get("RUSTA_TOOLCHAIN", "")
    return _describe(_sysroot(folder.resolve(), chosen))


@cache
def _sysroot(folder: Path, chosen: str) -> Path:
    if chosen and (Path(chosen) / "bin" / "rustc").is_file():
        return Path(chosen).resolve()
    rustup = _rustup()
    if rustup is None:
        if chosen:
            raise UsageError(f"RUSTA_TOOLCHAIN={chosen!r} is not a folder with bin/rustc, and rustup is not installed")
        return _plain_sysroot()
    name = chosen or _active(rustup, folder)
    if "/" in name:
        path = Path(name).resolve()
        if path.is_relative_to(folder):
            raise UsageError(
                f"the toolchain file of {folder} names a toolchain inside the project ({path}), which could run "
                "anything outside the sandbox; set RUSTA_TOOLCHAIN to an installed toolchain"
            )
        return path
    answer = _ask([rustup, "which", "--toolchain", name, "rustc"], Path("/"))
    if answer.returncode != 0:
        raise UsageError(f"toolchain {name!r} is not usable: {_reason(answer)}; install it, or set RUSTA_TOOLCHAIN")
    return Path(answer.stdout.strip()).resolve().parent.parent


def _active(rustup: str, folder: Path) -> str:
    answer = _ask([rustup, "show", "active-toolchain"], folder)
    words = answer.stdout.split()
    if answer.returncode != 0 or not words:
        raise UsageError(
            f"no toolchain for {folder}: {_reason(answer)}; install it with rustup, or set RUSTA_TOOLCHAIN"
        )
    return words[0]


def _rustup() -> str | None:
    """The rustup whose proxies are first on PATH, or None when ``rustc`` there is a compiler itself."""
    rustc, rustup = shutil.which("rustc"), shutil.which("rustup")
    if rustup is None:
        return None
    if rustc is None:
        return rustup
    return rustup if is_proxy(Path(rustc)) else None


def is_proxy(binary: Path) -> bool:
    """True for a rustup proxy: a link to rustup, or a copy of it in the same folder."""
    if binary.resolve().name == "rustup":
        return True
    twin = binary.with_name("rustup")
    try:
        return twin.exists() and (twin.samefile(binary) or twin.stat().st_size == binary.stat().st_size)
    except OSError:
        return False


def _plain_sysroot() -> Path:
    rustc = shutil.which("rustc")
    if rustc is None:
        raise UsageError("no Rust toolchain found: put rustc and cargo on PATH, or set RUSTA_TOOLCHAIN")
    answer = _ask([rustc, "--print", "sysroot"], Path("/"))
    if answer.returncode != 0:
        raise UsageError(f"{rustc} does not work: {_reason(answer)}; set RUSTA_TOOLCHAIN to a working toolchain")
    return Path(answer.stdout.strip()).resolve()


@cache
def _describe(sysroot: Path) -> Toolchain:
    rustc = sysroot / "bin" / "rustc"
    if not rustc.is_file():
        raise UsageError(f"there is no compiler at {rustc}; set RUSTA_TOOLCHAIN to a working toolchain")
    answer = _ask([str(rustc), "-vV"], Path("/"))
    if answer.returncode != 0:
        raise UsageError(f"{rustc} does not work: {_reason(answer)}")
    return Toolchain(sysroot, answer.stdout.strip())


def find_rust_analyzer(toolchain: Toolchain) -> Path | None:
    """A rust-analyzer that runs: the toolchain's own, else the first on PATH that is no failing rustup proxy."""
    places = [toolchain.sysroot / "bin", *map(Path, os.environ.get("PATH", "").split(":"))]
    for place in dict.fromkeys(places):
        binary = place / "rust-analyzer"
        if os.access(binary, os.X_OK) and not is_proxy(binary) and tool_version(binary) is not None:
            return binary
    return None


@cache
def tool_version(binary: Path) -> str | None:
    """The first line of ``binary --version``, or None when it does not run."""
    try:
        answer = _ask([str(binary), "--version"], Path("/"))
    except UsageError:
        return None
    lines = answer.stdout.splitlines()
    return lines[0].strip() if answer.returncode == 0 and lines else None


def _ask(argv: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # A missing toolchain must be an error here, not a download.
    env = {**os.environ, "RUSTUP_AUTO_INSTALL": "0"}
    try:
        return subprocess.run(
            argv,
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"cannot run {argv[0]}: {error}") from None


def _reason(answer: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in answer.stderr.splitlines() if line.strip()]
    return lines[0].removeprefix("error: ") if lines else f"exit code {answer.returncode}"
