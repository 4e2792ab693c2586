"""``docs_search``, ``docs_anchor``, ``docs_passage`` and ``docs_explain``: all of them only read.

They work on the documentation of the workspace's toolchain; without a workspace, of the toolchain in use.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_docs.errors import DocsMissing, UnknownAnchor
from rusta_docs.explaining.explain import explain
from rusta_docs.explaining.frames import Read
from rusta_docs.explaining.model import Explanation
from rusta_docs.ledger import Issued, Ledger
from rusta_docs.library import Library
from rusta_docs.sources import package_name
from rusta_docs.tools.arguments import (
    ExplainArgs,
    ExplainReport,
    KeysArgs,
    KeysReport,
    PassageArgs,
    PassageReport,
    SearchArgs,
    SearchReport,
)
from rusta_docs.tools.opening import library_of

TEXT_LIMIT = 12_000


def docs_search(args: SearchArgs, context: ToolContext) -> ToolResult:
    """The passages nearest to a question."""
    with library_of(context) as library:
        try:
            hits = library.search(args.query, args.limit, args.collections)
        except DocsMissing as error:
            return ToolResult(f"no search: {error}", SearchReport(note=str(error)))
        library.issue(hit.passage for hit in hits)
    best = f": {hits[0].passage.place}" if hits else ""
    return ToolResult(f"{len(hits)} passages for {args.query!r}{best}", SearchReport(hits=tuple(hits)))


def docs_anchor(args: KeysArgs, context: ToolContext) -> ToolResult:
    """The passages for keys: error codes, lints, rules, items of the standard library, sections of the books."""
    with library_of(context) as library:
        found = [(key, library.lookup(key)) for key in dict.fromkeys(args.keys)]
        passages = [
            passage.model_copy(update={"text": passage.text[:TEXT_LIMIT]})
            for _, passage in found
            if passage is not None
        ]
        library.issue(passages)
    missing = tuple(key for key, passage in found if passage is None)
    report = KeysReport(passages=tuple(passages), missing=missing)
    lacks = f"; nothing for {', '.join(missing)}" if missing else ""
    return ToolResult(f"{len(passages)} passages{lacks}", report)


def docs_passage(args: PassageArgs, context: ToolContext) -> ToolResult:
    """What an anchor cites today; a changed document is told, never pointed to."""
    with library_of(context) as library:
        try:
            resolution = library.resolve(args.anchor)
        except UnknownAnchor as error:
            return ToolResult(str(error), PassageReport(note=str(error)))
    told = f"{resolution.anchor.id[:12]} {resolution.status}: {resolution.anchor.title}"
    return ToolResult(told, PassageReport(resolution=resolution))


def docs_explain(args: ExplainArgs, context: ToolContext) -> ToolResult:
    """Explain diagnostics of the tree: in plain words, with the rule's own words, the places, and the repairs."""
    read = _reader(context.workspace)
    with library_of(context) as library:
        told = explain(
            args.diagnostics, read, library, package=args.package or _package(context.workspace),
            candidates=dict(enumerate(args.candidates)), paths=getattr(context.workspace, "base", ()),
            call=args.call,
        )  # fmt: skip
        _issue(library, told, context)
    anchors = {anchor.id: anchor for item in told for anchor in item.anchors}
    report = ExplainReport(explanations=told, anchors=tuple(anchors.values()))
    return ToolResult(f"{len(told)} explained with {len(anchors)} anchors", report)


def _issue(library: Library, told: tuple[Explanation, ...], context: ToolContext) -> None:
    root = getattr(getattr(context.workspace, "project", None), "root", "")
    docs = "" if library.shelf.docs is None else str(library.shelf.docs)
    Ledger(library.home).issue(
        Issued(q.anchor, q.text, str(root) if q.role == "source" else docs)
        for explanation in told
        for q in explanation.quotations
    )


def _reader(workspace: Any) -> Read:
    """Files of the workspace's base; what is not there or cannot be read is None."""

    @cache
    def read(path: str) -> bytes | None:
        try:
            return bytes(workspace.read_base(path))
        except (ToolError, AttributeError):
            return None

    return read


def _package(workspace: Any) -> str:
    project = getattr(workspace, "project", None)
    if project is None:
        return "crate"
    return str(project.file or package_name(project.root))
