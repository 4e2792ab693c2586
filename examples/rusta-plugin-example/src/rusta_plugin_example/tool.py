"""The tool ``risk_census``: the arguments it takes, what it returns, and the work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import Field
from rusta_conductor.errors import Cancelled, ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.base import Closed, RelPath

from rusta_plugin_example.census import KINDS, LARGEST_FILE, scan, source_files

Kind = Literal["unsafe", "todo", "panic", "unwrap"]


class CensusArgs(Closed):
    """What to look for, and where."""

    paths: tuple[RelPath, ...] = Field(
        default=(), description="files to look at, relative to the tree; all Rust files when empty"
    )
    kinds: tuple[Kind, ...] = Field(default=(), description="kinds of site; all when empty")
    limit: int = Field(default=200, ge=0, description="how many sites to list; all are counted")


class Site(Closed):
    """One place that a reviewer wants to look at twice."""

    path: RelPath
    line: int = Field(ge=1)
    kind: Kind
    text: str


class Census(Closed):
    """What was found. ``counts`` covers every site, ``sites`` the first ``limit`` of them."""

    files: int = Field(ge=0)
    counts: dict[str, int]
    sites: tuple[Site, ...]
    skipped: tuple[RelPath, ...] = Field(default=(), description="files that could not be read")


def risk_census(args: CensusArgs, context: ToolContext) -> ToolResult:
    """Count and list the sites in the sources of the episode's workspace."""
    census = take_census(workspace_root(context), args, context.cancel.is_set)
    found = ", ".join(f"{count} {kind}" for kind, count in census.counts.items() if count)
    return ToolResult(f"{census.files} files: {found or 'nothing found'}", census)


def workspace_root(context: ToolContext) -> Path:
    """The folder of the tree. Any workspace with a ``root`` will do, so the tool works in more than one domain.

    Raises:
        ToolError: the domain laid out no such workspace.
    """
    root = getattr(context.workspace, "root", None)
    if not isinstance(root, Path):
        raise ToolError(
            "risk_census needs a workspace with a root folder; call it in a repair episode"
        )
    return root


def take_census(
    root: Path, args: CensusArgs, cancelled: Callable[[], bool] = lambda: False
) -> Census:
    """The census of the tree at ``root``. ``cancelled`` is asked before every file.

    Raises:
        Cancelled: ``cancelled`` said so.
    """
    wanted = set(args.kinds or KINDS)
    counts = Counter({kind: 0 for kind in KINDS if kind in wanted})
    sites: list[Site] = []
    skipped: list[str] = []
    files = 0
    for path in args.paths or source_files(root):
        if cancelled():
            raise Cancelled("risk_census was interrupted")
        text = _read(root, path)
        if text is None:
            skipped.append(path)
            continue
        files += 1
        for found in scan(text):
            if found.kind not in wanted:
                continue
            counts[found.kind] += 1
            if len(sites) < args.limit:
                sites.append(
                    Site.model_validate(
                        {"path": path, "line": found.line, "kind": found.kind, "text": found.text}
                    )
                )
    return Census(files=files, counts=dict(counts), sites=tuple(sites), skipped=tuple(skipped))


def _read(root: Path, path: str) -> str | None:
    """The text of one file; None when it lies outside, is too large, or is not UTF-8."""
    file = root / path
    try:
        if not file.resolve().is_relative_to(root.resolve()) or file.stat().st_size > LARGEST_FILE:
            return None
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
