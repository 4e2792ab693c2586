"""The examples as their expectation file tells of them, and the real compiler to hold them against."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "examples" / "broken"
TABLE: dict[str, dict[str, Any]] = tomllib.loads((BROKEN / "expected.toml").read_text("utf-8"))

T = TypeVar("T")
Files = dict[Path, bytes]


@dataclass(frozen=True)
class Fix:
    """One suggestion of the compiler: replacements (file, start, end, text) that belong together."""

    applicability: str
    parts: tuple[tuple[str, int, int, str], ...]


@dataclass(frozen=True)
class Checked:
    """What one run of the compiler reported."""

    ok: bool
    errors: tuple[str, ...]
    fixes: tuple[Fix, ...]


@dataclass(frozen=True)
class Example:
    """A broken example, laid out anew in ``folder``."""

    name: str
    expected: dict[str, Any]
    folder: Path

    def sources(self) -> Files:
        return {path: path.read_bytes() for path in sorted(self.folder.rglob("*.rs"))}

    def write(self, files: Files) -> None:
        """Write every file anew: cargo judges by modification times, and the target folder is shared."""
        for path, content in files.items():
            path.unlink(missing_ok=True)
            path.write_bytes(content)

    def with_fix(self, files: Files, fix: Fix) -> Files:
        """``files`` with one suggestion followed."""
        changed = dict(files)
        for name, start, end, text in sorted(fix.parts, key=lambda part: part[1], reverse=True):
            path = self.folder / name
            content = changed[path]
            changed[path] = content[:start] + text.encode() + content[end:]
        return changed


class Compiler:
    """The toolchain's own binaries, offline, with one target folder for all examples."""

    def __init__(self, target: Path) -> None:
        sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True)
        self._bin = Path(sysroot.stdout.strip()) / "bin"
        self._target = target
        self._environ = {
            **os.environ,
            "CARGO_TARGET_DIR": str(target),
            "CARGO_TERM_COLOR": "never",
            "CARGO_NET_OFFLINE": "true",
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
        }

    def check(self, example: Example) -> Checked:
        """`cargo check --workspace`, or rustc for a single file."""
        if example.expected["kind"] == "file":
            done = self._rustc(example, "--emit=metadata", "--error-format=json")
            messages = [json.loads(line) for line in done.stderr.splitlines()]
        else:
            done = self._cargo(example, "check", "--workspace", "--message-format=json")
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            messages = [line["message"] for line in lines if line["reason"] == "compiler-message"]
        placed = [item for item in messages if item["level"] == "error" and item["spans"]]
        assert placed or done.returncode == 0, done.stderr
        return Checked(
            done.returncode == 0,
            tuple(_unique(_describe(item) for item in placed)),
            tuple(_unique(fix for item in placed for fix in _fixes(item))),
        )

    def tests(self, example: Example) -> dict[str, bool]:
        """Every test by name, and whether it passed; nothing when the tests do not compile."""
        if example.expected["kind"] == "file":
            built = self._rustc(example, "--test")
            text = "" if built.returncode else self._run([str(self._target / "single")]).stdout
        else:
            text = self._cargo(example, "test", "--workspace", "--no-fail-fast").stdout
        lines = (line.split() for line in text.splitlines() if line.startswith("test "))
        return {words[1]: words[-1] == "ok" for words in lines if len(words) == 4 and words[2] == "..."}

    def _cargo(self, example: Example, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self._bin / "cargo"), *arguments, "--offline", "--locked"]
        return self._run(command, example.folder)

    def _rustc(self, example: Example, *arguments: str) -> subprocess.CompletedProcess[str]:
        self._target.mkdir(exist_ok=True)
        out = str(self._target / "single")
        command = [str(self._bin / "rustc"), "--edition=2021", *arguments, "-o", out]
        return self._run([*command, example.expected["path"]], example.folder)

    def _run(self, command: Sequence[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=folder, env=self._environ, capture_output=True, text=True, check=False)


def _describe(message: dict[str, Any]) -> str:
    span = next(span for span in message["spans"] if span["is_primary"])
    code = (message["code"] or {}).get("code", "")
    return f"{code} {span['file_name']}:{span['line_start']}"


def _fixes(message: dict[str, Any]) -> Iterable[Fix]:
    for child in message["children"]:
        spans = [span for span in child["spans"] if span["suggested_replacement"] is not None]
        if spans:
            yield Fix(
                spans[0]["suggestion_applicability"],
                tuple(
                    (
                        span["file_name"],
                        span["byte_start"],
                        span["byte_end"],
                        span["suggested_replacement"],
                    )
                    for span in spans
                ),
            )


def _unique(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "example" in metafunc.fixturenames:
        metafunc.parametrize("example", TABLE, indirect=True)


@pytest.fixture
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Example:
    """A fresh copy of one example, so that nothing is ever built inside the tree."""
    name: str = request.param
    expected = TABLE[name]
    source, folder = BROKEN / expected["path"], tmp_path / name
    if source.is_file():
        folder.mkdir()
        shutil.copyfile(source, folder / source.name)
    else:
        shutil.copytree(source, folder, copy_function=shutil.copyfile)
    return Example(name, expected, folder)


@pytest.fixture(scope="session")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    return Compiler(tmp_path_factory.mktemp("target"))


@pytest.fixture(scope="session")
def table() -> dict[str, dict[str, Any]]:
    return TABLE


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
