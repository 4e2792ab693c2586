"""The crates that are measured on unless others are named: ``crates.toml`` beside this file.

They are Debian's: each is in a package ``librust-NAME-dev``, which puts its source into the registry folder that crates
are taken from. The list says which half a crate belongs to, so that another version of it does not change sides.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from rusta_eval.errors import EvalError


@cache
def halves() -> Mapping[str, str]:
    """``learn`` or ``measure``, by the name of the crate."""
    data = tomllib.loads((files("rusta_eval") / "crates.toml").read_text(encoding="utf-8"))
    return {name: half for half in ("learn", "measure") for name in data[half]}


def package_of(crate: str) -> str:
    """The Debian package that a crate is in."""
    return f"librust-{crate.lower().replace('_', '-')}-dev"


def missing(registry: Path, half: str | None = None) -> list[str]:
    """The listed crates of a half (default: of both) that are not in ``registry``."""
    here = {path.name.rpartition("-")[0] for path in registry.glob("*/")} if registry.is_dir() else set()
    return [name for name, side in halves().items() if half in (None, side) and name not in here]


def install(crates: Iterable[str], run: Callable[[list[str]], int] = subprocess.call) -> None:
    """Install the packages of ``crates`` with apt-get.

    Raises:
        EvalError: this is no Debian, nobody here may install, or it fails; says what to run.
    """
    packages = [package_of(crate) for crate in crates]
    if not packages:
        return
    argv = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    told = shlex.join(argv)
    if shutil.which("apt-get") is None:
        raise EvalError(f"apt-get is not here, so the listed crates cannot be installed: {', '.join(packages)}")
    if os.geteuid() != 0:
        raise EvalError(f"packages are installed by root; run: sudo {told}")
    if run(argv) != 0:
        raise EvalError(f"the crates could not be installed; see what this says: {told}")
