"""``rustc_probe``: one source file through the compiler, and through its own tests."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Mapping

from rusta_cargo.failures import unexplained
from rusta_cargo.lane import CargoLane
from rusta_cargo.messages import arrange, parse_stream
from rusta_cargo.models import ProbeArgs, SourceArgs, TestReport
from rusta_cargo.places import Places
from rusta_cargo.running import TestProgram
from rusta_cargo.tools.checking import check_report, summary_of
from rusta_cargo.tools.reading import file_content
from rusta_cargo.tools.testing import (
    Tally,
    errors_of,
    names_in,
    runner_for,
    settle,
    test_report,
    test_summary,
)
from rusta_cargo.workspace import CargoWorkspace, workspace_of
from rusta_conductor.sandbox import Completed
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.canonical import digest, sha256_hex
from rusta_schemas.diagnostic import Diagnostic, Level

SOURCE_NAME = "source.rs"  # how a text that is no file is called
CRATE_NAME = "probe"
NO_TESTS = "there are none: no file has the word test"
_TYPE_ATTRIBUTE = re.compile(rb"^\s*#!\s*\[\s*crate_type\b", re.MULTILINE)
_NO_MAIN = re.compile(rb"^\s*#!\s*\[\s*no_main\s*\]", re.MULTILINE)
_MAIN = re.compile(
    rb'^[ \t]*(?:pub(?:\([^)\n]*\))?\s+)?(?:(?:const|async|unsafe|extern(?:\s*"[^"\n]*")?)\s+)*fn\s+main\b',
    re.MULTILINE,
)


def rustc_probe(args: ProbeArgs, context: ToolContext) -> ToolResult:
    """Compile one file of the tree, or one text, as a crate of its own; with ``run_tests`` run its tests too.

    A file that belongs to no crate is all that its compiler sees, so the answer for a tree holds for the whole
    episode: nothing is compiled twice.
    """
    workspace = workspace_of(context)
    overrides = workspace.tree(args.edits)
    source = source_of(args, context)
    testing = args.test or args.run_tests
    options = ["--edition", args.edition, *crate_type(args, source)]
    if testing:
        options = [
            *(option for option in options if not option.startswith("--crate-type")),
            "--test",
        ]
    command = shlex.join(["rustc", *options, args.path or "-"])
    if args.run_tests and not _mentions_tests(workspace, overrides, source):
        nothing = TestReport(compiled=True, ok=True, command="", exit_code=None, note=NO_TESTS)
        return ToolResult(f"{command}: {NO_TESTS}", nothing)
    same = _question(workspace, args, overrides)
    if same is not None and same in workspace.compiled:
        report = workspace.compiled[same]
        return ToolResult(summary_of(report), report)
    with workspace.lane() as lane:
        lane.lay(overrides)
        program = lane.scratch / CRATE_NAME
        begun = time.monotonic()
        done = lane.run(
            [
                str(workspace.toolchain.tool("rustc")),
                "--error-format=json",
                f"--crate-name={CRATE_NAME}",
                *options,
                *(["-o", str(program)] if args.run_tests else ["--emit=metadata", "-o", f"{program}.rmeta"]),
                "-" if args.path is None else _operand(args.path),
            ],
            timeout_s=context.timeout_s,
            cancel=context.cancel,
            what="rustc",
            folder="",
            stdin=source if args.path is None else None,
        )
        found = rustc_diagnostics(done, source_places(lane, args, source))
        if not args.run_tests:
            report = check_report(found, done, command=command, warnings=args.warnings)
            if same is not None:
                workspace.compiled[same] = report
            return ToolResult(summary_of(report), report)
        errors = errors_of(found)
        if done.exit_code != 0 or errors:
            failed = TestReport(
                compiled=False,
                ok=False,
                command=command,
                exit_code=done.exit_code,
                diagnostics=errors,
            )
            return ToolResult(f"{command}: does not compile, {len(errors)} errors", failed)
        runner = runner_for(lane, context, time.monotonic() - begun, args.limit_s)
        tally = Tally()
        tests = TestProgram(CRATE_NAME, str(program), "", {})
        started = time.monotonic()
        tally.add(
            CRATE_NAME,
            (source_places(lane, args, source),),
            *settle(runner, tests, None, args.reruns, names_in(CRATE_NAME, args.only)),
        )
        tally.seconds = time.monotonic() - started
        result = test_report(tally, command)
    return ToolResult(test_summary(result), result)


def _question(workspace: CargoWorkspace, args: ProbeArgs, overrides: Mapping[str, bytes | None]) -> str | None:
    """What is asked of the compiler, with the tree; None where more than the tree decides the answer, or it runs."""
    if workspace.project.kind != "file" or args.run_tests:
        return None
    tree = [[path, None if data is None else sha256_hex(data)] for path, data in sorted(overrides.items())]
    return digest([args.model_dump(mode="json", exclude={"edits"}), tree])


def _mentions_tests(workspace: CargoWorkspace, overrides: Mapping[str, bytes | None], source: bytes) -> bool:
    """A test, and anything compiled for tests only, has the word in its attribute, wherever a macro may put it."""
    if b"test" in source:
        return True
    for path in workspace.base.keys() | overrides.keys():
        text = overrides[path] if path in overrides else workspace.read_base(path)
        if text is not None and b"test" in text:
            return True
    return False


def source_of(args: SourceArgs, context: ToolContext) -> bytes:
    """The text that the arguments mean.

    Raises:
        ToolError: the file cannot be read, or the edits do not fit.
    """
    if args.source is not None:
        return args.source.encode("utf-8")
    return file_content(workspace_of(context), args.path or "", args.edits)


def source_places(lane: CargoLane, args: SourceArgs, source: bytes) -> Places:
    """The map from the compiler's names to paths; a text that is no file is called :data:`SOURCE_NAME`."""
    places = lane.places("")
    return places if args.path is not None else places.with_alias("<anon>", SOURCE_NAME, source)


def rustc_diagnostics(done: Completed, places: Places) -> tuple[Diagnostic, ...]:
    """What rustc said; a failed run always has at least one error."""
    found = list(parse_stream(done.stderr, places).diagnostics)
    if done.exit_code != 0 and not any(diagnostic.level is Level.ERROR for diagnostic in found):
        found.append(unexplained("rustc", done.exit_code, done.signal, done.stderr))
    return arrange(found)


def crate_type(args: ProbeArgs, source: bytes) -> list[str]:
    """The option for the crate's type; none when the source names it itself."""
    if args.crate_type != "auto":
        return [f"--crate-type={args.crate_type}"]
    if _TYPE_ATTRIBUTE.search(source):
        return []
    return [f"--crate-type={'bin' if has_main(source) else 'lib'}"]


def has_main(source: bytes) -> bool:
    """The source looks like a program: it has a ``fn main`` outside of all braces."""
    if _NO_MAIN.search(source):
        return True
    return any(not _in_block(source[: match.start()]) for match in _MAIN.finditer(source))


def _in_block(prefix: bytes) -> bool:
    """More braces were opened than closed before this place, comments and strings left aside."""
    text = re.sub(rb"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\\n])'", b"", prefix, flags=re.DOTALL)
    return text.count(b"{") > text.count(b"}")


def _operand(path: str) -> str:
    return f"./{path}" if path.startswith("-") else path
