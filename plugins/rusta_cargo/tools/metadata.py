"""``cargo_metadata``: the packages and targets of the workspace."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from rusta_cargo.failures import cargo_failures
from rusta_cargo.lane import CargoLane
from rusta_cargo.manifest import Manifest
from rusta_cargo.models import MetadataReport, NoArgs, PackageInfo, TargetInfo
from rusta_cargo.places import Places
from rusta_cargo.workspace import workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult

_KINDS = ("bin", "test", "example", "bench")


def cargo_metadata(_args: NoArgs, context: ToolContext) -> ToolResult:
    """``cargo metadata --no-deps`` of the base tree."""
    workspace = workspace_of(context)
    if workspace.project.kind == "file":
        raise ToolError(f"{workspace.project.file} belongs to no crate; there is nothing to list")
    with workspace.lane() as lane:
        lane.lay({})
        done = lane.run(
            [str(workspace.toolchain.tool("cargo")), "metadata", "--no-deps", "--format-version=1"],
            timeout_s=context.timeout_s,
            cancel=context.cancel,
            what="cargo metadata",
        )
        places = lane.places()
        if done.exit_code != 0:
            found = cargo_failures(done.stderr, places)
            reason = found[0].rendered if found else done.stderr.decode("utf-8", "replace")[-2000:]
            raise ToolError(f"cargo cannot read the workspace: {reason}")
        try:
            raw = json.loads(done.stdout)
            packages = tuple(_package(item, places, lane) for item in raw["packages"])
            report = MetadataReport(
                packages=tuple(sorted(packages, key=lambda package: package.manifest)),
                workspace_root=_folder(raw["workspace_root"], places),
                default_members=_default_members(raw),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ToolError(f"cargo metadata printed something else than expected: {error}") from None
    names = ", ".join(package.name for package in report.packages[:5])
    return ToolResult(f"{len(report.packages)} packages: {names}", report)


def _package(raw: dict[str, Any], places: Places, lane: CargoLane) -> PackageInfo:
    manifest, inside = places.name(raw["manifest_path"])
    data = lane.read(manifest) if inside else None
    off: set[tuple[str, str]] = set()
    if data is not None:
        # cargo does not say which targets bring their own harness.
        off = Manifest(Path(raw["manifest_path"]), tomllib.loads(data.decode("utf-8-sig"))).harness_off()
    paths = {item["path"] for item in raw["dependencies"] if item.get("path")}
    return PackageInfo(
        name=raw["name"],
        version=raw["version"],
        edition=raw["edition"],
        rust_version=raw.get("rust_version"),
        manifest=manifest,
        targets=tuple(_target(item, places, off) for item in raw["targets"]),
        features=tuple(sorted(raw["features"])),
        path_dependencies=tuple(sorted(_folder(path, places) for path in paths)),
    )


def _target(raw: dict[str, Any], places: Places, off: set[tuple[str, str]]) -> TargetInfo:
    kind = raw["kind"][0]
    return TargetInfo(
        name=raw["name"],
        kinds=tuple(raw["kind"]),
        crate_types=tuple(raw["crate_types"]),
        src=places.name(raw["src_path"])[0],
        edition=raw["edition"],
        test=raw.get("test", True),
        doctest=raw.get("doctest", False),
        harness=((kind, raw["name"]) if kind in _KINDS else ("lib", "")) not in off,
        required_features=tuple(raw.get("required-features") or ()),
    )


def _default_members(raw: dict[str, Any]) -> tuple[str, ...]:
    chosen = set(raw.get("workspace_default_members") or raw["workspace_members"])
    return tuple(sorted(package["name"] for package in raw["packages"] if package["id"] in chosen))


def _folder(path: str, places: Places) -> str:
    name, inside = places.name(f"{path}/.")
    if inside:
        return name
    root, _ = places.name(f"{path}/Cargo.toml")
    return "." if root == "Cargo.toml" else name
