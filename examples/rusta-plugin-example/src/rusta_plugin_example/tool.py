"""The tool ``risk_census``: the arguments it takes, what it returns, and the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, runtime_checkable

from pydantic import Field

from rusta_conductor.errors import Cancelled, ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_plugin_example.census import KINDS, Kind, is_source, scan
from rusta_schemas.base import Closed, RelPath


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
    counts: dict[Kind, int]
    sites: tuple[Site, ...]
    skipped: tuple[RelPath, ...] = Field(default=(), description="files that could not be read")


@runtime_checkable
class Sources(Protocol):
    """What this tool needs of a workspace; the one of the domain ``repair`` has it.

    ``base`` has every file of the tree as it was when the episode began, ``read_base`` gives the content of one.
    """

    base: Mapping[str, str]

    def read_base(self, path: str) -> bytes:
        """Raises ToolError when the file cannot be read."""
        ...


def risk_census(args: CensusArgs, context: ToolContext) -> ToolResult:
    """Count and list the sites in the sources of the episode's workspace.

    Raises:
        ToolError: the domain laid out no workspace with sources.
        Cancelled: the user interrupted.
    """
    workspace = context.workspace
    if not isinstance(workspace, Sources):
        raise ToolError("risk_census needs a workspace with sources; call it in a 'repair' episode")

    def read(path: str) -> bytes | None:
        if context.cancel.is_set():
            raise Cancelled("risk_census was interrupted")
        try:
            return workspace.read_base(path)
        except ToolError:
            return None

    census = take_census(sorted(filter(is_source, workspace.base)), read, args)
    found = ", ".join(f"{count} {kind}" for kind, count in census.counts.items() if count)
    return ToolResult(f"{census.files} files: {found or 'nothing found'}", census)


def take_census(files: Iterable[str], read: Callable[[str], bytes | None], args: CensusArgs) -> Census:
    """The census of ``files`` (of ``args.paths`` when those are given); ``read`` gives None for what it cannot read."""
    wanted = args.kinds or tuple(KINDS)
    counts: dict[Kind, int] = {kind: 0 for kind in KINDS if kind in wanted}
    sites: list[Site] = []
    skipped: list[str] = []
    read_files = 0
    for path in args.paths or files:
        content = read(path)
        if content is None:
            skipped.append(path)
            continue
        read_files += 1
        for found in scan(content.decode("utf-8", "replace")):
            if found.kind not in counts:
                continue
            counts[found.kind] += 1
            if len(sites) < args.limit:
                sites.append(Site(path=path, line=found.line, kind=found.kind, text=found.text))
    return Census(files=read_files, counts=counts, sites=tuple(sites), skipped=tuple(skipped))
