"""``type_of``: the types of many expressions, by one run of the compiler."""

from __future__ import annotations

from rusta_cargo.lane import CargoLane
from rusta_cargo.messages import parse_stream
from rusta_cargo.models import ProbeArgs, TypeAnswer, TypeArgs, TypeQuery, TypeReport
from rusta_cargo.taxonomy import PHASE_RESOLVE
from rusta_cargo.tools.probing import crate_type
from rusta_cargo.tools.reading import file_content
from rusta_cargo.tools.selection import selection, whole
from rusta_cargo.type_probe import Question, answers, with_probes
from rusta_cargo.workspace import CargoWorkspace, workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.diagnostic import Diagnostic, Level

_OPEN = "the compiler names no type here: it is not known at this place, or the code is not compiled"


def type_of(args: TypeArgs, context: ToolContext) -> ToolResult:
    """Ask the compiler for the type of every queried expression."""
    workspace = workspace_of(context)
    overrides = workspace.tree(args.edits)
    by_path: dict[str, list[int]] = {}
    for number, query in enumerate(args.queries):
        by_path.setdefault(query.path, []).append(number)
    refused: dict[int, str] = {}
    numbers: dict[int, int] = {}  # number of the probe → number of the query
    for path, asked in by_path.items():
        source = file_content(workspace, path, args.edits)
        first = len(numbers)
        questions = [Question(args.queries[number].start, args.queries[number].end) for number in asked]
        overrides[path], bad = with_probes(source, questions, first)
        numbers |= {first + offset: number for offset, number in enumerate(asked)}
        refused |= {numbers[probe]: why for probe, why in bad.items()}
    with workspace.lane() as lane:
        lane.lay(overrides)
        found = _compile(workspace, lane, args, context)
    types = {numbers[probe]: text for probe, text in answers(found).items() if probe in numbers}
    stopped = _stopped(found)
    report = TypeReport(
        types=tuple(
            _answer(query, types.get(number), stopped or refused.get(number, _OPEN))
            for number, query in enumerate(args.queries)
        )
    )
    return ToolResult(f"{len(types)} of {len(args.queries)} types found", report)


def _answer(query: TypeQuery, text: str | None, why: str) -> TypeAnswer:
    if text is not None:
        why = "shortened by the compiler" if "..." in text else ""
    return TypeAnswer(path=query.path, start=query.start, end=query.end, type=text, why=why)


def _compile(
    workspace: CargoWorkspace, lane: CargoLane, args: TypeArgs, context: ToolContext
) -> tuple[Diagnostic, ...]:
    if workspace.project.kind == "file":
        path = workspace.project.file or ""
        if any(query.path not in workspace.base for query in args.queries):
            raise ToolError(f"only files that {path} is made of can be asked about")
        source = file_content(workspace, path, args.edits)
        options = crate_type(ProbeArgs(path=path), source)
        output = [
            "--emit=metadata",
            "-o",
            str(lane.scratch / "types.rmeta"),
            "--diagnostic-width=100000",
        ]
        command = [
            str(workspace.toolchain.tool("rustc")),
            "--error-format=json",
            "--edition",
            workspace.project.edition,
        ]
        done = lane.run(
            [*command, *options, *output, path],
            timeout_s=context.timeout_s,
            cancel=context.cancel,
            what="rustc",
            folder="",
        )
        return parse_stream(done.stderr, lane.places("")).diagnostics
    everything = any(_in_tests(workspace, query, args) for query in args.queries)
    done = lane.run(
        [
            str(workspace.toolchain.tool("cargo")),
            "check",
            "--message-format=json",
            *whole(workspace.toolchain),
            *selection(args),
            *(["--all-targets"] if everything else []),
        ],
        timeout_s=context.timeout_s,
        cancel=context.cancel,
        what="cargo check",
    )
    lane.keep_generated()
    return parse_stream(done.stdout, lane.places()).diagnostics


def _in_tests(workspace: CargoWorkspace, query: TypeQuery, args: TypeArgs) -> bool:
    """The place may be compiled for tests only: outside of ``src``, or behind the first ``cfg(test)`` of its file."""
    if "/src/" not in f"/{query.path}":
        return True
    first = file_content(workspace, query.path, args.edits).find(b"cfg(test)")
    return 0 <= first < query.start


def _stopped(found: tuple[Diagnostic, ...]) -> str:
    """Why the compiler never came to types; empty when it did."""
    errors = [diagnostic for diagnostic in found if diagnostic.level is Level.ERROR]
    first = min(errors, key=lambda diagnostic: diagnostic.phase, default=None)
    if first is None or first.phase >= PHASE_RESOLVE:
        return ""
    return f"the compiler stopped before types: {first.message}"
