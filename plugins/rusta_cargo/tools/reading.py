"""``read_span`` and ``tree_hashes``: looking at the tree."""

from __future__ import annotations

from rusta_cargo.models import NoArgs, ReadArgs, SpanText, TreeHashes
from rusta_cargo.workspace import FILE_MAX_BYTES, CargoWorkspace, workspace_of
from rusta_conductor.errors import ToolError, UsageError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.canonical import sha256_hex
from rusta_schemas.edits import Edit


def file_content(workspace: CargoWorkspace, path: str, edits: tuple[Edit, ...]) -> bytes:
    """A file of the tree with ``edits`` made.

    Raises:
        ToolError: the edits do not fit, or the file cannot be read.
    """
    overrides = workspace.tree(edit for edit in edits if edit.path == path)
    data = overrides.get(path)
    if data is None:
        return workspace.read_base(path)
    if len(data) > FILE_MAX_BYTES:
        raise ToolError(f"{path!r} would have {len(data):,} bytes; files over {FILE_MAX_BYTES:,} bytes are not read")
    return data


def read_span(args: ReadArgs, context: ToolContext) -> ToolResult:
    """Part of a file as text."""
    data = file_content(workspace_of(context), args.path, args.edits)
    end = len(data) if args.end is None else args.end
    if not args.start <= end <= len(data):
        raise ToolError(f"{args.path!r} has {len(data)} bytes; {args.start}..{end} is not a part of it")
    part = data[args.start : end]
    try:
        text, lossy = part.decode("utf-8"), False
    except UnicodeDecodeError:
        text, lossy = part.decode("utf-8", "replace"), True
    report = SpanText(text=text, sha256=sha256_hex(data), size=len(data), lossy=lossy)
    return ToolResult(
        f"{args.path} {args.start}..{end}: {len(part)} bytes{', not UTF-8' if lossy else ''}",
        report,
    )


def tree_hashes(_args: NoArgs, context: ToolContext) -> ToolResult:
    """Digests of the tree on disk, to see whether it changed during the episode."""
    workspace = workspace_of(context)
    try:
        found = workspace.current_hashes()
    except (UsageError, OSError) as error:
        raise ToolError(f"cannot read the tree: {error}") from None
    same = found == workspace.base
    return ToolResult(
        f"{len(found)} files, {'unchanged' if same else 'changed'} since the episode began",
        TreeHashes(files=found),
    )
