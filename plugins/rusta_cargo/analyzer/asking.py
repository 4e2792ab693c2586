"""``analyzer_fixes``: rust-analyzer's quick fixes at some places of the tree."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import Field

from rusta_cargo.analyzer.positions import offset_of, position_of
from rusta_cargo.toolchain import find_rust_analyzer
from rusta_cargo.tools.reading import file_content
from rusta_cargo.workspace import CargoWorkspace, workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.base import Closed
from rusta_schemas.diagnostic import Replacement
from rusta_schemas.edits import Edit

# The system's own interpreter is seen inside the sandbox; the one that runs this need not be.
_PYTHON = Path("/usr/bin/python3")
_MARGIN_S = 5.0
_SOURCES = ("lib/rustlib/src/rust/library",)


class Place(Closed):
    """Bytes ``start..end`` of a file of the tree."""

    path: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class FixesArgs(Closed):
    """``edits`` are made first."""

    places: tuple[Place, ...] = Field(min_length=1, max_length=32)
    edits: tuple[Edit, ...] = ()


class Fix(Closed):
    """A quick fix for the place of this number; all replacements or none."""

    place: int
    title: str
    replacements: tuple[Replacement, ...]


class FixesReport(Closed):
    """``note`` says why there are none where rust-analyzer is not there or took too long."""

    fixes: tuple[Fix, ...] = ()
    note: str = ""


def analyzer_fixes(args: FixesArgs, context: ToolContext) -> ToolResult:
    """Ask rust-analyzer; it runs in the sandbox, and its absence is an answer."""
    workspace = workspace_of(context)
    binary = find_rust_analyzer(workspace.toolchain)
    if binary is None:
        return _nothing("rust-analyzer is not installed")
    if not _PYTHON.is_file():
        return _nothing(f"there is no {_PYTHON}, which speaks to rust-analyzer inside the sandbox")
    overrides = workspace.tree(args.edits)
    with workspace.lane_for(_folders(binary)) as lane:
        lane.lay(overrides)
        driver = files("rusta_cargo.analyzer").joinpath("driver.py").read_text("utf-8")
        done = lane.run(
            [str(_PYTHON), "-I", "-c", driver],
            timeout_s=context.timeout_s,
            cancel=context.cancel,
            what="rust-analyzer",
            folder="",
            stdin=json.dumps(_job(workspace, args, binary, lane.sandbox.root, context.timeout_s)).encode(),
            partial=True,
        )
    if not done.ok:
        return _nothing(f"rust-analyzer gave no answer ({done.stopped or f'exit code {done.exit_code}'})")
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise ToolError("rust-analyzer's answer cannot be read") from None
    fixes = tuple(_fix(workspace, args, found) for found in answer["fixes"])
    return ToolResult(f"{len(fixes)} quick fixes{answer['note'] and ': ' + answer['note']}",
                      FixesReport(fixes=fixes, note=answer["note"]))  # fmt: skip


def _folders(binary: Path) -> tuple[Path, ...]:
    """What the sandbox has to show beside what it always shows."""
    folder = binary.resolve().parent
    return () if folder.is_relative_to("/usr") else (folder,)


def _nothing(note: str) -> ToolResult:
    return ToolResult(note, FixesReport(note=note))


def _job(workspace: CargoWorkspace, args: FixesArgs, binary: Path, root: Path, timeout_s: float) -> dict[str, Any]:
    places = []
    for place in args.places:
        data = file_content(workspace, place.path, args.edits)
        span = {"start": position_of(data, place.start), "end": position_of(data, place.end)}
        places.append({"path": place.path, **span})
    single = workspace.project.kind == "file"
    sources = [workspace.toolchain.sysroot / part for part in _SOURCES]
    return {
        "binary": str(binary),
        "root": str(root),
        "places": places,
        "deadline_s": max(1.0, timeout_s - _MARGIN_S),
        "detached": [f"{root}/{workspace.project.file}"] if single else [],
        "library": next((str(path) for path in sources if path.is_dir()), None),
    }


def _fix(workspace: CargoWorkspace, args: FixesArgs, found: dict[str, Any]) -> Fix:
    replacements = []
    for edit in found["edits"]:
        data = file_content(workspace, edit["path"], args.edits)
        start, end = offset_of(data, *edit["start"]), offset_of(data, *edit["end"])
        replacements.append(Replacement(path=edit["path"], start=start, end=max(start, end), text=edit["text"]))
    return Fix(place=found["place"], title=found["title"], replacements=tuple(replacements))
