"""``doc_anchor``: what the toolchain's own documentation says of an error code, a lint or a rule of syntax."""

from __future__ import annotations

from pydantic import Field

from rusta_cargo.repair.documents import KEY, find_document
from rusta_cargo.workspace import workspace_of
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.anchor import Anchor, make_anchor
from rusta_schemas.base import Closed

TEXT_LIMIT = 12_000


class DocArgs(Closed):
    """``key``: ``E0308``, ``lint:unused_must_use`` or ``reference:tokens.html#delimiters``."""

    key: str = Field(pattern=KEY)


class DocReport(Closed):
    """``anchor`` is None when the documentation has nothing under that key (or is not installed)."""

    key: str
    anchor: Anchor | None = None
    title: str = ""
    text: str = ""


def doc_anchor(args: DocArgs, context: ToolContext) -> ToolResult:
    """Find the page, cite it, and give its text."""
    document = find_document(workspace_of(context).toolchain, args.key)
    if document is None:
        summary = f"{args.key}: not in the installed documentation (rustup component add rust-docs)"
        return ToolResult(summary, DocReport(key=args.key))
    anchor = make_anchor(document.origin, document.path, document.data, document.start, document.end, document.title)
    report = DocReport(key=args.key, anchor=anchor, title=document.title, text=document.text[:TEXT_LIMIT])
    return ToolResult(f"{args.key}: {document.title} ({document.origin}, {document.path})", report)
