"""``cargo_test``: build the tests of the tree with some edits made, run them, and say which passed."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rusta_cargo.environment import examples_environment
from rusta_cargo.lane import CargoLane
from rusta_cargo.libtest import Verdict, find_panic, parse_libtest, stable_doctest_names
from rusta_cargo.messages import parse_stream
from rusta_cargo.models import TestArgs, TestFailure, TestReport
from rusta_cargo.places import Places
from rusta_cargo.running import Outcome, Runner, TestProgram
from rusta_cargo.test_programs import doctest_packages, test_programs
from rusta_cargo.tools.checking import all_errors
from rusta_cargo.tools.selection import selection
from rusta_cargo.workspace import workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.diagnostic import Diagnostic, Level, Span

_TAIL = 4000
_MESSAGE = 1000


@dataclass
class Tally:
    """Verdicts and outputs by full name, over all programs."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[Places, ...]] = field(default_factory=dict)
    flaky: set[str] = field(default_factory=set)
    seconds: float = 0.0

    def add(self, unit: str, places: tuple[Places, ...], outcome: Outcome, flaky: set[str]) -> None:
        """Take the outcome of one program; ``places`` are tried in turn for the files that its panics name."""
        for name, verdict in outcome.verdicts.items():
            full = full_name(unit, name)
            self.verdicts[full], self.places[full] = verdict, places
            if verdict is Verdict.FAILED:
                self.outputs[full] = outcome.outputs.get(name, "")
        self.flaky |= {full_name(unit, name) for name in flaky}


def full_name(unit: str, name: str) -> str:
    """``package target::path::test``; a program without harness is one test named by its unit."""
    return f"{unit}::{name}" if name else unit


def names_in(unit: str, only: Sequence[str]) -> list[str]:
    """The harness's names of those tests among ``only`` (full names) that belong to ``unit``."""
    return [name.removeprefix(unit).removeprefix("::") for name in only if _belongs(name, unit)]


def _belongs(name: str, unit: str) -> bool:
    return name == unit or name.startswith(f"{unit}::")


def cargo_test(args: TestArgs, context: ToolContext) -> ToolResult:
    """``cargo test`` of the tree with the edits made, one program after the other."""
    workspace = workspace_of(context)
    if workspace.project.kind == "file":
        raise ToolError(f"{workspace.project.file} belongs to no crate; use rustc_probe with run_tests")
    if args.filter is not None and args.filter.startswith("-"):
        raise ToolError(f"the filter {args.filter!r} would be read as an option")
    overrides = workspace.tree(args.edits)
    cargo = str(workspace.toolchain.tool("cargo"))
    options = selection(args)
    chosen = [args.filter] if args.filter else ["--exact", *map(_bare, args.only)] if args.only else []
    command = shlex.join(["cargo", "test", *options, *(["--", *chosen] if chosen else [])])
    with workspace.lane() as lane:
        lane.lay(overrides)
        begun = time.monotonic()
        done = lane.run(
            [cargo, "test", "--no-run", "--message-format=json", *options],
            timeout_s=context.timeout_s,
            cancel=context.cancel,
            what="the build of the tests",
        )
        stream = parse_stream(done.stdout, lane.places())
        lane.keep_generated()
        errors = errors_of(all_errors(stream, done, lane, "cargo test --no-run"))
        if done.exit_code != 0 or errors:
            report = TestReport(
                compiled=False,
                ok=False,
                command=command,
                exit_code=done.exit_code,
                diagnostics=errors,
            )
            return ToolResult(f"{command}: does not compile, {len(errors)} errors", report)
        runner = runner_for(lane, context, time.monotonic() - begun, args.limit_s)
        tally = Tally()
        for program in test_programs(stream, lane, workspace.project, workspace.toolchain):
            if not program.harness and args.filter and args.filter not in program.unit:
                continue
            names = names_in(program.unit, args.only)
            if args.only and not names:
                continue
            started = time.monotonic()
            outcome, flaky = settle(runner, program, args.filter, args.reruns, names if program.harness else ())
            tally.seconds += time.monotonic() - started
            # Panics name files as the compiler was given them: from the workspace, or from the package in older cargos.
            tally.add(program.unit, (lane.places(), lane.places(program.folder)), outcome, flaky)
        if args.doctests:
            paths = sorted(workspace.base.keys() | overrides.keys())
            for package in doctest_packages(stream, lane, paths):
                wanted = names_in(f"{package} doc", args.only)
                if args.only and not wanted:
                    continue
                examples = [cargo, "test", "--doc", *_features(options), "-p", package]
                variables = examples_environment(workspace.toolchain)
                run = _doctest_run(lane, runner, examples, args.filter, variables)
                outcome, flaky = majority(run, _all_again(run), args.reruns)
                if wanted:  # examples are run together, there is no choosing by exact name
                    outcome = Outcome(
                        {name: outcome.verdicts[name] for name in wanted if name in outcome.verdicts},
                        outcome.outputs,
                    )
                    flaky &= set(wanted)
                tally.add(f"{package} doc", (), outcome, flaky)
        report = test_report(tally, command)
    workspace.require_unchanged()  # an overlay shows a changed base: what was tested would be neither tree
    return ToolResult(test_summary(report), report)


def runner_for(lane: CargoLane, context: ToolContext, spent_s: float, limit_s: float | None) -> Runner:
    """A runner with the time that the build left of the call's, at most ``limit_s``."""
    left = max(1.0, context.timeout_s - spent_s)
    return Runner(lane, left if limit_s is None else min(left, limit_s), context.cancel)


def settle(
    runner: Runner,
    program: TestProgram,
    only: str | None,
    reruns: int,
    names: Sequence[str] = (),
) -> tuple[Outcome, set[str]]:
    """One program's verdicts after the reruns, and the names of its flaky tests.

    Args:
        only: a part of the names of the tests to run. names: exactly these instead.
    """
    return majority(
        lambda: runner.run(program, only=only, names=names),
        lambda names: runner.run(program, names=names),
        reruns,
    )


def majority(
    first: Callable[[], Outcome], again: Callable[[Sequence[str]], Outcome], reruns: int
) -> tuple[Outcome, set[str]]:
    """Run failing tests up to ``reruns`` more times; the majority of a test's runs decides, a tie is a failure."""
    outcome = first()
    failed = [name for name, verdict in outcome.verdicts.items() if verdict is Verdict.FAILED]
    fails = dict.fromkeys(failed, 1)
    passes = dict.fromkeys(failed, 0)
    runs = reruns + 1
    for _ in range(reruns):
        open_names = [name for name in failed if fails[name] <= runs / 2 and passes[name] <= runs / 2]
        if not open_names:
            break
        fresh = again(open_names)
        for name in open_names:
            if fresh.verdicts.get(name) is Verdict.OK:
                passes[name] += 1
            else:
                fails[name] += 1
    flaky = {name for name in failed if passes[name]}
    for name in failed:
        if passes[name] > fails[name]:
            outcome.verdicts[name] = Verdict.OK
            outcome.outputs.pop(name, None)
    return outcome, flaky


def test_report(tally: Tally, command: str) -> TestReport:
    """The report over all programs, names sorted."""

    def names(verdict: Verdict) -> list[str]:
        return sorted(name for name, found in tally.verdicts.items() if found is verdict)

    failed = tuple(_failure(name, tally.outputs.get(name, ""), tally.places[name]) for name in names(Verdict.FAILED))
    return TestReport(
        compiled=True,
        ok=not failed,
        passed=tuple(names(Verdict.OK)),
        failed=failed,
        ignored=tuple(names(Verdict.IGNORED)),
        flaky=tuple(sorted(tally.flaky)),
        command=command,
        exit_code=101 if failed else 0,
        note="" if tally.verdicts else "there are no tests",
        seconds=round(tally.seconds, 3),
    )


test_report.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def test_summary(report: TestReport) -> str:
    """One line for a person."""
    text = f"{report.command}: {len(report.passed)} passed, {len(report.failed)} failed"
    if report.flaky:
        text += f", {len(report.flaky)} flaky"
    return text + (f"; first: {report.failed[0].name}" if report.failed else "")


test_summary.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def errors_of(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The errors among the diagnostics."""
    return tuple(diagnostic for diagnostic in diagnostics if diagnostic.level is Level.ERROR)


def _failure(name: str, output: str, places: tuple[Places, ...]) -> TestFailure:
    panic = find_panic(output)
    if panic is None:
        lines = [line for line in output.splitlines() if line.strip()]
        return TestFailure(name=name, message=(lines[0] if lines else "failed")[:_MESSAGE], output=output[-_TAIL:])
    spans = (_panic_span(place, panic.path, panic.line, panic.column) for place in places)
    return TestFailure(
        name=name,
        message=panic.message[:_MESSAGE],
        output=output[-_TAIL:],
        panicked_at=next((span for span in spans if span is not None), None),
    )


def _panic_span(places: Places, file: str, line: int, column: int) -> Span | None:
    path, inside = places.name(file)
    text = places.text(path) if inside else None
    offset = None if text is None else text.offset(line, column)
    if offset is None:
        return None
    return Span(
        path=path,
        start=offset,
        end=offset,
        line=line,
        column=column,
        end_line=line,
        end_column=column,
        primary=True,
    )


def _bare(name: str) -> str:
    """The harness's name in a full one: the unit in front of it has a space and no colons of a path."""
    unit, _, rest = name.partition("::")
    return rest or unit


def _features(options: Sequence[str]) -> list[str]:
    """The options without the choice of packages."""
    kept: list[str] = []
    skip = False
    for option in options:
        if skip or option == "-p":
            skip = option == "-p"
            continue
        kept.append(option)
    return kept


def _all_again(run: Callable[[], Outcome]) -> Callable[[Sequence[str]], Outcome]:
    """Examples are built and run together; there is no running only some of them."""
    return lambda _names: run()


def _doctest_run(
    lane: CargoLane, runner: Runner, command: Sequence[str], only: str | None, variables: Mapping[str, str]
) -> Callable[[], Outcome]:
    def run() -> Outcome:
        done = lane.run(
            [*command, *(["--", only] if only else [])],
            timeout_s=runner.left_s,
            cancel=runner.cancel,
            what="the documentation's examples",
            extra=variables,
            partial=True,
        )
        parsed = parse_libtest(done.stdout)
        outcome = Outcome(dict(parsed.verdicts), dict(parsed.outputs))
        if not parsed.complete and done.exit_code != 0 and Verdict.FAILED not in outcome.verdicts.values():
            ended = "they did not end in time" if done.stopped == "timeout" else f"exit code {done.exit_code}"
            said = done.stderr.decode("utf-8", "replace")[-_TAIL:]
            outcome.fail("", f"the examples could not be run: {ended}\n{said}")
        names = stable_doctest_names(tuple(outcome.verdicts))
        return Outcome(
            {names[name]: verdict for name, verdict in outcome.verdicts.items()},
            {names[name]: text for name, text in outcome.outputs.items() if name in names},
        )

    return run
