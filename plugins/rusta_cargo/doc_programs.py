"""The examples of a library's documentation as programs, built once and run as often as one likes.

``cargo test --doc`` builds and runs in one go. Here cargo is given a rustdoc that only builds, and keeps what it built
(``--persist-doctests``, an option that the stable rustdoc has under its own bootstrap switch; only rustdoc sees that
switch, so nothing else is built anew). A rustdoc without the option gives no programs.
"""

from __future__ import annotations

import re
import shlex
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rusta_cargo.lane import CargoLane
from rusta_cargo.libtest import stable_doctest_names
from rusta_cargo.running import TestProgram
from rusta_cargo.toolchain import Toolchain

_LISTED = re.compile(r"^test (.+ - .*\(line (\d+)\))(?: - [a-z ]+)? \.\.\. ", re.MULTILINE)
_NUMBERED = re.compile(r" #\d+$")
_UNMERGED = ("--merge-doctests", "no")
# The name that cargo_test gives the examples of a package.
SUFFIX = " doc"


@dataclass(frozen=True)
class _Request:
    """One call of ``cargo test --doc``."""

    lane: CargoLane
    toolchain: Toolchain
    options: Sequence[str]
    timeout_s: float
    cancel: threading.Event


def packages_of(tests: Sequence[str]) -> dict[str, list[str]]:
    """The examples among full names of tests, by package: ``demo doc::src/lib.rs - f`` → demo: [``src/lib.rs - f``]."""
    found: dict[str, list[str]] = {}
    for name in tests:
        unit, colons, bare = name.partition("::")
        if colons and unit.endswith(SUFFIX) and bare not in found.get(unit.removesuffix(SUFFIX), ()):
            found.setdefault(unit.removesuffix(SUFFIX), []).append(bare)
    return found


def doc_programs(
    lane: CargoLane,
    toolchain: Toolchain,
    options: Sequence[str],
    package: str,
    names: Sequence[str],
    environment: Mapping[str, str],
    *,
    folder: str,
    timeout_s: float,
    cancel: threading.Event,
) -> list[TestProgram]:
    """A program for each of ``names`` (of :func:`packages_of`) that could be built, named by its full name.

    Args:
        options: cargo's, for features. environment, folder: what the programs are run with.

    Raises:
        ToolTimeout: building them takes longer than ``timeout_s``.
    """
    request = _Request(lane, toolchain, options, timeout_s, cancel)
    stems = dict.fromkeys(_NUMBERED.sub("", name) for name in names)
    for extra in (_UNMERGED, ()):
        built = _built(request, package, [f"{stem} (line" for stem in stems], extra)
        if built:
            break
    return [
        TestProgram(f"{package}{SUFFIX}::{name}", built[name], folder, environment, harness=False)
        for name in names
        if name in built
    ]


def _built(request: _Request, package: str, filters: Sequence[str], extra: Sequence[str]) -> dict[str, str]:
    """The executables by the examples' names."""
    kept = request.lane.scratch / "examples"
    wrapper = request.lane.scratch / "rustdoc-keeping"
    rustdoc = request.toolchain.tool("rustdoc")
    kept.mkdir(exist_ok=True)
    for old in sorted(kept.rglob("*"), reverse=True):
        old.rmdir() if old.is_dir() else old.unlink()
    flags = shlex.join(["-Zunstable-options", "--persist-doctests", str(kept), "--no-run", *extra])
    wrapper.write_text(f'#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec {shlex.quote(str(rustdoc))} "$@" {flags}\n', "utf-8")
    wrapper.chmod(0o700)
    done = request.lane.run(
        [str(request.toolchain.tool("cargo")), "test", "--doc", *request.options, "-p", package, "--", *filters],
        timeout_s=request.timeout_s,
        cancel=request.cancel,
        what="the build of the documentation's examples",
        extra={"RUSTDOC": str(wrapper)},
    )
    lines = {found[1]: found[2] for found in _LISTED.finditer(done.stdout.decode("utf-8", "replace"))}
    stable = stable_doctest_names(tuple(lines))
    return {stable[name]: program for name, line in lines.items() if (program := _program(kept, name, line))}


def _program(kept: Path, name: str, line: str) -> str | None:
    """Where rustdoc put an example: a folder named by the file, the line and a number."""
    file = re.sub(r"[^A-Za-z0-9]", "_", name.partition(" - ")[0])
    for folder in sorted(kept.glob(f"{file}_{line}_*")):
        if (folder / "rust_out").is_file():
            return str(folder / "rust_out")
    return None
