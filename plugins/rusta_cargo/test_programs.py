"""The test programs of a cargo build, with the surroundings that cargo would give them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from rusta_cargo.cargo_config import tree_environment
from rusta_cargo.lane import CargoLane
from rusta_cargo.manifest import Manifest
from rusta_cargo.messages import Artifact, BuildScript, Stream
from rusta_cargo.project import Project
from rusta_cargo.running import TestProgram
from rusta_cargo.toolchain import Toolchain

_KINDS = ("bin", "test", "example", "bench")
_LIBRARIES = {"lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro"}
_DOC_LINE = re.compile(rb"^\s*(//[/!]|/\*[*!]|\*)", re.MULTILINE)
_DOC_CODE = re.compile(rb"```|~~~|^\s*//[/!] {5,}\S|^\s*\* {5,}\S|include_str!|doc\s*=", re.MULTILINE)


def test_programs(stream: Stream, lane: CargoLane, project: Project, toolchain: Toolchain) -> list[TestProgram]:
    """Every test program among the artifacts, sorted by name."""
    scripts = {script.package_id: script for script in stream.scripts}
    programs: dict[str, TestProgram] = {}
    configured = tree_environment(project.cargo_folder, project.root)
    for artifact in stream.artifacts:
        if not artifact.test or artifact.executable is None:
            continue
        manifest = manifest_of(artifact, lane)
        folder = relative_folder(artifact, lane)
        if manifest is None or folder is None:
            continue
        programs[artifact.unit] = TestProgram(
            unit=artifact.unit,
            executable=artifact.executable,
            folder=folder,
            environment={
                **configured,
                **_package_variables(artifact, manifest, lane),
                **_script_variables(scripts.get(artifact.package_id), lane, toolchain),
            },
            harness=_key(artifact) not in manifest.harness_off(),
        )
    return [programs[unit] for unit in sorted(programs)]


test_programs.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def doctest_packages(stream: Stream, lane: CargoLane, paths: Iterable[str]) -> list[str]:
    """Names of the built packages whose library may have examples in its documentation."""
    tested = {artifact.package_id for artifact in stream.artifacts if artifact.test}
    found: set[str] = set()
    for artifact in stream.artifacts:
        if not set(artifact.kinds) & (_LIBRARIES - {"cdylib", "staticlib"}):
            continue
        manifest, folder = manifest_of(artifact, lane), relative_folder(artifact, lane)
        library = {} if manifest is None else manifest.data.get("lib") or {}
        if manifest is None or folder is None or library.get("doctest") is False:
            continue
        # A library without a test program of its own, by `test = false`, has examples all the same.
        if artifact.package_id not in tested and library.get("test") is not False:
            continue
        prefix = f"{folder}/" if folder else ""
        sources = [path for path in paths if path.startswith(prefix) and path.endswith(".rs")]
        if any(_may_hold_examples(lane.read(path) or b"") for path in sources):
            found.add(artifact.package)
    return sorted(found)


def manifest_of(artifact: Artifact, lane: CargoLane) -> Manifest | None:
    """The manifest of an artifact's package as the sandbox shows it; None outside the tree."""
    path, inside = lane.places().name(artifact.manifest)
    data = lane.read(path) if inside else None
    try:
        return None if data is None else Manifest(Path(artifact.manifest), tomllib.loads(data.decode("utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None


def relative_folder(artifact: Artifact, lane: CargoLane) -> str | None:
    """The package's folder relative to the tree; None outside of it."""
    path, inside = lane.places().name(artifact.manifest)
    folder = str(PurePosixPath(path).parent)
    return ("" if folder == "." else folder) if inside else None


def _key(artifact: Artifact) -> tuple[str, str]:
    kind = artifact.kinds[0] if artifact.kinds else "lib"
    return (kind, artifact.name) if kind in _KINDS else ("lib", "")


def _may_hold_examples(source: bytes) -> bool:
    return bool(_DOC_LINE.search(source) or b"doc" in source) and bool(_DOC_CODE.search(source))


def _package_variables(artifact: Artifact, manifest: Manifest, lane: CargoLane) -> dict[str, str]:
    root = _root_manifest(lane)
    version = manifest.field("version", root) or "0.0.0"
    core, _, pre = version.partition("+")[0].partition("-")
    major, minor, patch = [*core.split("."), "0", "0", "0"][:3]
    authors = (manifest.package or {}).get("authors")
    return {
        "CARGO_MANIFEST_DIR": str(PurePosixPath(artifact.manifest).parent),
        "CARGO_MANIFEST_PATH": artifact.manifest,
        "CARGO_PKG_NAME": artifact.package,
        "CARGO_PKG_VERSION": version,
        "CARGO_PKG_VERSION_MAJOR": major,
        "CARGO_PKG_VERSION_MINOR": minor,
        "CARGO_PKG_VERSION_PATCH": patch,
        "CARGO_PKG_VERSION_PRE": pre,
        "CARGO_PKG_AUTHORS": ":".join(map(str, authors)) if isinstance(authors, list) else "",
        **{
            f"CARGO_PKG_{name.upper().replace('-', '_')}": manifest.field(name, root) or ""
            for name in (
                "description",
                "homepage",
                "repository",
                "license",
                "license-file",
                "rust-version",
                "readme",
            )
        },
    }


def _root_manifest(lane: CargoLane) -> Manifest | None:
    data = lane.read("Cargo.toml")
    try:
        return None if data is None else Manifest(Path("Cargo.toml"), tomllib.loads(data.decode("utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None


def _script_variables(script: BuildScript | None, lane: CargoLane, toolchain: Toolchain) -> dict[str, str]:
    libraries = [str(lane.target / "debug" / "deps"), str(lane.target / "debug")]
    variables: dict[str, str] = {}
    if script is not None:
        variables = {**dict(script.env), "OUT_DIR": script.out_dir}
        folders = [path.rpartition("=")[2] for path in script.linked_paths]
        libraries += [path for path in folders if path.startswith(str(lane.target))]
    libraries += [
        str(toolchain.sysroot / "lib"),
        str(toolchain.sysroot / "lib" / "rustlib" / toolchain.host / "lib"),
    ]
    return {
        **variables,
        "CARGO": str(toolchain.sysroot / "bin" / "cargo"),
        "LD_LIBRARY_PATH": ":".join(libraries),
    }
