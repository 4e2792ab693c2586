"""The documentation of one toolchain: where its pages lie, and how its tools are asked to explain."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

_TIMEOUT_S = 20
# A lint as `-W help` lists it: its name and its level. Groups have a list of lints there.
_LISTED = re.compile(r"^ *clippy::([a-z0-9-]+) +(?:allow|warn|deny|forbid) ", re.MULTILINE)


class ToolchainLike(Protocol):
    """What is needed of a toolchain."""

    @property
    def sysroot(self) -> Path: ...
    @property
    def release(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def docs(self) -> Path | None: ...


@dataclass(frozen=True)
class Shelf:
    """``docs`` is None when the documentation is not installed; ``identity`` tells toolchains apart."""

    docs: Path | None
    release: str
    identity: str
    bin: Path | None = None

    @classmethod
    def of(cls, toolchain: ToolchainLike) -> Shelf:
        """The shelf of an installed toolchain."""
        return cls(toolchain.docs, toolchain.release, toolchain.identity, toolchain.sysroot / "bin")

    @property
    def origin(self) -> str:
        """What anchors into the installed pages name as their origin."""
        return f"rust-docs {self.release}"

    def index(self, home: Path) -> Path:
        """Where the index of these pages is kept."""
        return cache_folder(home) / f"{self.release}-{self.identity[:12]}.sqlite"

    @staticmethod
    def crate_index(home: Path, root: Path) -> Path:
        """Where the index of a crate's own declarations is kept."""
        return cache_folder(home) / f"crate-{hashlib.sha256(os.fsencode(root)).hexdigest()[:16]}.sqlite"

    def page(self, path: str) -> bytes | None:
        """An installed page; None when there is none."""
        if self.docs is None or ".." in path.split("/"):
            return None
        try:
            return (self.docs / path).read_bytes()
        except OSError:
            return None

    def explained(self, code: str) -> tuple[str, bytes] | None:
        """What the compiler itself says of an error code (``E0308``) or clippy of a lint (``clippy::NAME``).

        Returns:
            The origin of the text, and the text; None when the tool is not there or knows nothing.
        """
        if code.startswith("clippy::"):
            return self._answer("cargo-clippy", code.removeprefix("clippy::"), "cargo clippy --explain")
        return self._answer("rustc", code, "rustc --explain")

    @cached_property
    def lints(self) -> tuple[str, ...]:
        """The names of clippy's lints; none when clippy is not installed."""
        if self.bin is None or self.clippy_stamp is None:
            return ()
        try:
            answer = subprocess.run(
                [str(self.bin / "clippy-driver"), "-W", "help"],
                capture_output=True, timeout=_TIMEOUT_S, check=False, cwd="/",
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return ()
        text = answer.stdout.decode("utf-8", "replace")
        return tuple(sorted({name.replace("-", "_") for name in _LISTED.findall(text)}))

    @property
    def clippy_stamp(self) -> tuple[int, int] | None:
        """Size and time of clippy's driver; None when there is none."""
        try:
            status = None if self.bin is None else (self.bin / "clippy-driver").stat()
        except OSError:
            return None
        return None if status is None else (status.st_size, status.st_mtime_ns)

    def _answer(self, tool: str, name: str, origin: str) -> tuple[str, bytes] | None:
        if self.bin is None or not (self.bin / tool).is_file():
            return None
        # clippy's own lookup starts its driver, which it finds on PATH.
        env = {
            **os.environ,
            "PATH": f"{self.bin}:{os.environ.get('PATH', '')}",
            "RUSTUP_AUTO_INSTALL": "0",
        }
        try:
            answer = subprocess.run(
                [str(self.bin / tool), "--explain", name],
                capture_output=True, timeout=_TIMEOUT_S, check=False, cwd="/", env=env,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return None
        text = answer.stdout
        if answer.returncode != 0 or not text.strip() or text.startswith(b"unknown lint"):
            return None
        return f"{origin} {self.release}", text

    @cached_property
    def rule_pages(self) -> list[str]:
        """The pages of the Reference."""
        if self.docs is None:
            return []
        return sorted(
            path.relative_to(self.docs).as_posix()
            for path in (self.docs / "reference").rglob("*.html")
            if path.name != "print.html"
        )


def cache_folder(home: Path) -> Path:
    """Where the indexes lie."""
    return home / "cache" / "docs"
