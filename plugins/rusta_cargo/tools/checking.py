"""``cargo_check`` and ``clippy``: what the compiler says of the tree with some edits made."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from rusta_cargo.failures import cargo_failures, unexplained
from rusta_cargo.lane import CargoLane
from rusta_cargo.messages import Stream, arrange, parse_stream
from rusta_cargo.models import CheckArgs, CheckReport
from rusta_cargo.taxonomy import PHASE_OK
from rusta_cargo.tools.selection import selection, whole
from rusta_cargo.workspace import workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.sandbox import Completed
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.diagnostic import Diagnostic, Level


def cargo_check(args: CheckArgs, context: ToolContext) -> ToolResult:
    """``cargo check`` of the tree with the edits made."""
    return _check("check", args, context)


def clippy(args: CheckArgs, context: ToolContext) -> ToolResult:
    """``cargo clippy`` of the tree with the edits made."""
    workspace_of(context).toolchain.tool("cargo-clippy")
    return _check("clippy", args, context)


def _check(verb: str, args: CheckArgs, context: ToolContext) -> ToolResult:
    workspace = workspace_of(context)
    if workspace.project.kind == "file":
        raise ToolError(f"{workspace.project.file} belongs to no crate; use rustc_probe")
    overrides = workspace.tree(args.edits)
    options = [*selection(args), *(["--all-targets"] if args.targets == "all" else [])]
    cargo = str(workspace.toolchain.tool("cargo"))
    with workspace.lane() as lane:
        lane.lay(overrides)
        done = lane.run(
            [cargo, verb, "--message-format=json", *whole(workspace.toolchain), *options],
            timeout_s=context.timeout_s,
            cancel=context.cancel,
            what=f"cargo {verb}",
        )
        stream = parse_stream(done.stdout, lane.places())
        diagnostics = all_errors(stream, done, lane, f"cargo {verb}")
        lane.keep_generated()
    report = check_report(diagnostics, done, command=shlex.join(["cargo", verb, *options]), warnings=args.warnings)
    return ToolResult(summary_of(report), report)


def all_errors(stream: Stream, done: Completed, lane: CargoLane, what: str) -> tuple[Diagnostic, ...]:
    """The messages of a run, with cargo's own errors; a failed run always has at least one error."""
    found = list(stream.diagnostics)
    if done.exit_code != 0:
        found += cargo_failures(done.stderr, lane.places())
        if not any(diagnostic.level is Level.ERROR for diagnostic in found):
            found.append(unexplained(what, done.exit_code, done.signal, done.stderr))
    return arrange(found)


def check_report(diagnostics: Iterable[Diagnostic], done: Completed, *, command: str, warnings: bool) -> CheckReport:
    """The report of one run of a compiler."""
    found = tuple(diagnostics)
    errors = tuple(diagnostic for diagnostic in found if diagnostic.level is Level.ERROR)
    others = tuple(diagnostic for diagnostic in found if diagnostic.level is Level.WARNING)
    return CheckReport(
        ok=done.exit_code == 0 and not errors,
        phase=min((diagnostic.phase for diagnostic in errors), default=PHASE_OK),
        errors=len(errors),
        warnings=len(others),
        diagnostics=errors + (others if warnings else ()),
        command=command,
        exit_code=done.exit_code,
        note="the output was too long to be kept whole; some messages are missing" if done.stdout_truncated else "",
    )


def summary_of(report: CheckReport) -> str:
    """One line for a person."""
    if report.ok:
        return f"{report.command}: ok" + (f", {report.warnings} warnings" if report.warnings else "")
    first = report.diagnostics[0]
    code = f"[{first.code}] " if first.code else ""
    count = "1 error" if report.errors == 1 else f"{report.errors} errors"
    return f"{report.command}: {count}; {code}{first.message.splitlines()[0] if first.message else ''}"[:300]
