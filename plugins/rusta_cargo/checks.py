"""What ``rusta doctor`` says about the Rust side of the machine."""

from __future__ import annotations

from pathlib import Path

from rusta_cargo import toolchain as toolchains
from rusta_cargo.toolchain import Toolchain
from rusta_conductor.doctor import Check
from rusta_conductor.errors import UsageError

_DOCS_ADVICE = "rustup component add rust-docs"


def toolchain(_home: Path) -> Check:
    """The compiler and cargo, with their versions."""
    found = _find()
    if isinstance(found, str):
        return Check("toolchain", False, found, "install Rust (rustup, or the packages rustc and cargo)")
    cargo = toolchains.tool_version(found.sysroot / "bin" / "cargo")
    if cargo is None:
        return Check(
            "toolchain",
            False,
            f"{found.sysroot} has no working cargo",
            "rustup component add cargo",
        )
    return Check("toolchain", True, f"rustc {found.release} ({found.host}), {cargo}, at {found.sysroot}", "")


def clippy(_home: Path) -> Check:
    """clippy is needed by one tool only."""
    return _component("clippy", "clippy-driver", "clippy")


def rustfmt(_home: Path) -> Check:
    """rustfmt is the parser of parse_probe."""
    return _component("rustfmt", "rustfmt", "rustfmt")


def rust_docs(_home: Path) -> Check:
    """The error index and the books, which explanations cite."""
    found = _find()
    if isinstance(found, str):
        return Check("rust_docs", None, "no toolchain, so no documentation", _DOCS_ADVICE)
    if found.docs is None or not (found.docs / "error_codes").is_dir():
        return Check("rust_docs", None, f"no documentation in {found.sysroot}", _DOCS_ADVICE)
    return Check("rust_docs", True, f"at {found.docs}", "")


def rust_analyzer(_home: Path) -> Check:
    """Never required."""
    found = _find()
    binary = None if isinstance(found, str) else toolchains.find_rust_analyzer(found)
    if binary is None:
        return Check("rust_analyzer", None, "not found; types come from the compiler alone", "")
    return Check("rust_analyzer", True, f"{toolchains.tool_version(binary)} at {binary}", "")


def _component(name: str, binary: str, component: str) -> Check:
    found = _find()
    advice = f"rustup component add {component}"
    if isinstance(found, str):
        return Check(name, None, "no toolchain", advice)
    version = toolchains.tool_version(found.sysroot / "bin" / binary) if found.has(binary) else None
    if version is None:
        return Check(name, None, f"not part of the toolchain at {found.sysroot}", advice)
    return Check(name, True, version, "")


def _find() -> Toolchain | str:
    try:
        return toolchains.find_toolchain(Path("/"))
    except UsageError as error:
        return str(error)
