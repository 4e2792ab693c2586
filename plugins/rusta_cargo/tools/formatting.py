"""``rustfmt`` and ``parse_probe``: the formatter, as a formatter and as the quickest parser of Rust."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from rusta_cargo.failures import unexplained
from rusta_cargo.lane import CargoLane
from rusta_cargo.messages import arrange
from rusta_cargo.models import FormatArgs, FormatReport, ParseReport, SourceArgs
from rusta_cargo.places import Places
from rusta_cargo.taxonomy import PHASE_PARSE
from rusta_cargo.tools.probing import SOURCE_NAME, source_of
from rusta_cargo.workspace import CargoWorkspace, workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.sandbox import Completed
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Span
from rusta_schemas.edits import unified_diff

_ERROR = re.compile(r"^error(?:\[(E\d{4})\])?: (.+)$")
_PLACE = re.compile(r"^\s*--> (.+?):(\d+):(\d+)$")
_UNDERLINE = re.compile(r"^\s*\|[ |_-]*(\^+)")
_PLAIN = ["--quiet", "--config-path", "/dev/null"]
_FORMATTING = b"error[internal]"  # it parsed the text, but could not lay it out
# The formatter reads the text from its input, so it cannot follow `mod name;` and says so; that is no fault of syntax.
_NOT_SYNTAX = ("file not found for module", "couldn't read")


def rustfmt(args: FormatArgs, context: ToolContext) -> ToolResult:
    """Format one file; the tree stays as it is."""
    workspace = workspace_of(context)
    source = source_of(SourceArgs(path=args.path, edits=args.edits), context)
    edition = args.edition or workspace.project.edition
    with workspace.lane() as lane:
        lane.lay(workspace.tree(args.edits))
        folder = str(PurePosixPath(args.path).parent)  # where the formatter looks for its configuration
        done = _rustfmt(workspace, lane, source, edition, [], context, "" if folder == "." else folder)
        if done.exit_code != 0:
            found = _diagnostics(done, args.path, source)
            reason = found[0].message if found else f"exit code {done.exit_code}"
            raise ToolError(f"rustfmt cannot format {args.path!r}: {reason}; mend its syntax first")
    after = done.stdout
    report = FormatReport(
        changed=after != source,
        text=after.decode("utf-8"),
        diff=unified_diff(args.path, source, after),
    )
    return ToolResult(f"{args.path}: {'changed' if report.changed else 'formatted already'}", report)


def parse_probe(args: SourceArgs, context: ToolContext) -> ToolResult:
    """Whether a text parses, by the compiler's own parser."""
    workspace = workspace_of(context)
    source = source_of(args, context)
    path = args.path or SOURCE_NAME
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = _at(path, source[: error.start], "the text is not UTF-8 here")
        return ToolResult(f"{path}: not UTF-8", ParseReport(ok=False, diagnostics=(bad,)))
    with workspace.lane() as lane:
        done = _rustfmt(workspace, lane, source, args.edition, _PLAIN, context, "")
        found = _diagnostics(done, path, source)
    if done.exit_code != 0 and not found and _FORMATTING not in done.stderr:
        found = (unexplained("rustfmt", done.exit_code, done.signal, done.stderr),)
    report = ParseReport(ok=not found, diagnostics=found)
    return ToolResult(f"{path}: {'parses' if report.ok else found[0].message}", report)


def _rustfmt(
    workspace: CargoWorkspace,
    lane: CargoLane,
    source: bytes,
    edition: str,
    options: list[str],
    context: ToolContext,
    folder: str,
) -> Completed:
    return lane.run(
        [
            str(workspace.toolchain.tool("rustfmt")),
            "--edition",
            edition,
            "--color",
            "never",
            *options,
        ],
        timeout_s=context.timeout_s,
        cancel=context.cancel,
        what="rustfmt",
        folder=folder,
        stdin=source,
    )


def _diagnostics(done: Completed, path: str, source: bytes) -> tuple[Diagnostic, ...]:
    """rustfmt prints the parser's messages for people only."""
    places = Places("/", "/", lambda _: None).with_alias("<stdin>", path, source)
    blocks: list[list[str]] = []
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        if _ERROR.match(line):
            blocks.append([])
        if blocks:
            blocks[-1].append(line)
    found = [_diagnostic(block, places) for block in blocks if not any(text in block[0] for text in _NOT_SYNTAX)]
    return arrange(item for item in found if item is not None)


def _diagnostic(block: list[str], places: Places) -> Diagnostic | None:
    head = _ERROR.match(block[0])
    place = next((found for line in block if (found := _PLACE.match(line))), None)
    if head is None or place is None or place[1] != "<stdin>":
        return None
    path, _ = places.name(place[1])
    text = places.text(path)
    line, column = int(place[2]), int(place[3])
    start = text.offset(line, column) if text is not None else None
    if text is None or start is None:
        return None
    width = next((len(found[1]) for row in block if (found := _UNDERLINE.match(row))), 0)
    end = text.offset(line, column + width)
    end = start if end is None else end
    end_line, end_column = text.position(end)
    return Diagnostic(
        level=Level.ERROR,
        code=head[1],
        category=Category.SYNTAX,
        phase=PHASE_PARSE,
        message=head[2],
        spans=(
            Span(
                path=path,
                start=start,
                end=end,
                line=line,
                column=column,
                end_line=end_line,
                end_column=end_column,
                primary=True,
            ),
        ),
        rendered="\n".join(block).strip() + "\n",
    )


def _at(path: str, before: bytes, message: str) -> Diagnostic:
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    span = Span(
        path=path,
        start=len(before),
        end=len(before),
        line=line,
        column=column,
        end_line=line,
        end_column=column,
        primary=True,
    )
    return Diagnostic(
        level=Level.ERROR,
        category=Category.SYNTAX,
        phase=PHASE_PARSE,
        message=message,
        spans=(span,),
        rendered=message,
    )
