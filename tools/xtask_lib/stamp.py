"""When is `.venv` out of date? When something that decides its content changed.

The stamp is a JSON file inside `.venv`, written last and atomically: the digests of every input,
and the names of what the installation made. No stamp means a half-made environment.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xtask_lib.console import XtaskError
from xtask_lib.place import Place

FORMAT = "1"

# A change of one of these cannot be mended by installing again: the environment is made anew.
FOUNDATIONS = ("stamp format", "Python", "place of the checkout")

# What pip and hatchling read. The tool tables of linters and pytest decide nothing that is installed.
_PROJECT_KEYS_WITHOUT_EFFECT = ("description", "readme", "keywords", "classifiers", "authors")
_NATIVE_SUFFIXES = (".rs", ".toml", ".lock", ".h", ".c")
_NATIVE_SKIPPED = ("target", "rusta_native")


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from (`inputs`) and what must still be there (`made`)."""

    inputs: Mapping[str, str]
    made: tuple[str, ...]


def installed_tables(pyproject: Path) -> dict[str, Any]:
    """The parts of a `pyproject.toml` that decide what an editable installation contains.

    Raises XtaskError when the file is missing or is not TOML.
    """
    try:
        data = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise XtaskError(f"{pyproject} is missing: is this a complete checkout?") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise XtaskError(f"{pyproject} can't be read as TOML: {error}") from None
    project = {key: value for key, value in data.get("project", {}).items() if key not in _PROJECT_KEYS_WITHOUT_EFFECT}
    return {
        "build-system": data.get("build-system", {}),
        "project": project,
        "hatch": data.get("tool", {}).get("hatch", {}),
    }


def build_requirements(pyprojects: Iterable[Path]) -> list[str]:
    """Every `build-system.requires`, in order and without repetition."""
    found = dict.fromkeys(
        requirement
        for pyproject in pyprojects
        for requirement in installed_tables(pyproject)["build-system"].get("requires", [])
    )
    return list(found)


def native_sources(native: Path) -> list[Path]:
    """Every file that decides what the native build makes, sorted."""
    found = []
    for folder, folders, files in os.walk(native):
        folders[:] = sorted(f for f in folders if f not in _NATIVE_SKIPPED and f != "__pycache__")
        found += [Path(folder, f) for f in sorted(files) if f.endswith(_NATIVE_SUFFIXES)]
    return found


def current_inputs(place: Place, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Everything that decides the content of `.venv`, by the name that users are told."""
    inputs = {
        "stamp format": FORMAT,
        "Python": f"{sys.implementation.cache_tag} {platform.machine()}",
        "place of the checkout": str(place.root),
        "pyproject.toml": _digest_json(installed_tables(place.root / "pyproject.toml")),
        "build hook": _digest_files([place.root / "hatch_build.py"], place.root),
        "native sources": _digest_files(native_sources(place.root / "native"), place.root),
        "Rust toolchain": _rustc_version(environ),
        "RUSTA_NATIVE": environ.get("RUSTA_NATIVE", ""),
    }
    if plugin := place.example_plugin:
        tables = installed_tables(plugin / "pyproject.toml")
        inputs["example plugin's pyproject.toml"] = _digest_json(tables)
    return inputs


def read(place: Place) -> Stamp | None:
    """The stamp of the environment, or None when there is none that can be understood."""
    try:
        data = json.loads(place.stamp.read_text(encoding="utf-8"))
        return Stamp({str(k): str(v) for k, v in data["inputs"].items()}, tuple(data["made"]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def write(place: Place, inputs: Mapping[str, str]) -> None:
    """Write the stamp, atomically: a killed installation leaves none, never half of one."""
    data = {"inputs": dict(inputs), "made": list(made_by_installation(place))}
    temporary = place.stamp.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    temporary.replace(place.stamp)


def made_by_installation(place: Place) -> list[str]:
    """What has to be there as long as the stamp is good, relative to the checkout, sorted."""
    paths = [
        place.rusta,
        *place.venv.glob("lib/python3*/site-packages/*.dist-info"),
        *(path for path in place.native_artifacts.glob("*") if path.is_file()),
    ]
    return sorted(str(path.relative_to(place.root)) for path in paths if path.exists())


def out_of_date(place: Place, inputs: Mapping[str, str]) -> tuple[list[str], bool]:
    """Why the environment is out of date (no reason: it is good), and whether to make it anew."""
    if not place.venv.is_dir():
        return ["there is no .venv"], True
    # exists() follows the link: an interpreter that was removed since leaves a dangling one.
    if not place.python.exists():
        return ["its Python is gone"], True
    stamp = read(place)
    if stamp is None:
        return ["it was never finished"], True
    names = sorted({*inputs, *stamp.inputs})
    changed = [name for name in names if inputs.get(name) != stamp.inputs.get(name)]
    if any(name in changed for name in FOUNDATIONS):
        return [f"{name} changed" for name in changed], True
    gone = [name for name in stamp.made if not (place.root / name).exists()]
    reasons = [f"{name} changed" for name in changed]
    if gone:
        more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        reasons.append(f"{gone[0]}{more} went missing")
    return reasons, False


def _digest_json(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _digest_files(paths: Iterable[Path], root: Path) -> str:
    """One digest over names and contents; a missing file counts as missing, not as an error."""
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes() if path.is_file() else b"missing"
        header = f"{path.relative_to(root)}\0{len(content)}\0"
        digest.update(header.encode() + content)
    return digest.hexdigest()


def _rustc_version(environ: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            ["rustc", "--version"],
            env={**environ, "RUSTUP_AUTO_INSTALL": "0"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "none"
    return done.stdout.strip() or "none"
